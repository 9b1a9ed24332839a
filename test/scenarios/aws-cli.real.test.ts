/** The distribution's AWS CLI, unchanged but for its endpoint, through the whole life of a service. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Installation } from "../support/installation.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { listOperations, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

interface ServiceReply {
  readonly Service: {
    readonly ServiceArn: string;
    readonly ServiceId: string;
    readonly ServiceUrl: string;
    readonly Status: string;
    readonly InstanceConfiguration: Readonly<Record<string, string>>;
    readonly HealthCheckConfiguration: Readonly<Record<string, unknown>>;
    readonly AutoScalingConfigurationSummary: Readonly<Record<string, unknown>>;
  };
  readonly OperationId?: string;
}

const START_COMMAND = "/node /app/server.js";

let slipway: Installation;
let images: TestImages;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

/** What tags keep from a service counts within seconds, and goes with them. */
async function protectByTags(arn: string, url: string): Promise<void> {
  const tag = (tags: Readonly<Record<string, string>>) => {
    const rows = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return slipway.aws(["tag-resource", "--resource-arn", arn, "--tags", JSON.stringify(rows)]);
  };
  const answers = (status: number) =>
    waitFor(async () => (await slipway.fetch(url)).status === status, {
      what: `status ${status}`,
      timeoutMs: 10_000,
    });
  await tag({ "slipway:allow-cidrs": "203.0.113.0/24" });
  await answers(403);
  await tag({ "slipway:allow-cidrs": "127.0.0.0/8 ::1", "slipway:basic-auth": "alice=/shop/nowhere" });
  await answers(401);
  expect(await slipway.slipway(["why", "whole-life"])).toMatch(/nobody gets in\. .*\/shop\/nowhere/);
  const keys = ["slipway:allow-cidrs", "slipway:basic-auth"];
  await slipway.aws(["untag-resource", "--resource-arn", arn, "--tag-keys", ...keys]);
  await answers(200);
}

describe("the AWS CLI", () => {
  it("takes a service through its whole life", async () => {
    const scaling = await slipway.aws<{ AutoScalingConfiguration: { AutoScalingConfigurationArn: string } }>([
      "create-auto-scaling-configuration",
      "--auto-scaling-configuration-name",
      "small",
      "--max-concurrency",
      "10",
      "--min-size",
      "2",
      "--max-size",
      "3",
    ]);
    const source = (version: string) =>
      JSON.stringify({
        AutoDeploymentsEnabled: false,
        ImageRepository: {
          ImageIdentifier: images.app,
          ImageRepositoryType: "ECR_PUBLIC",
          ImageConfiguration: {
            Port: "9000",
            RuntimeEnvironmentVariables: { VERSION: version },
            StartCommand: START_COMMAND,
          },
        },
      });
    const created = await slipway.aws<ServiceReply>([
      "create-service",
      "--service-name",
      "whole-life",
      "--source-configuration",
      source("one"),
      "--instance-configuration",
      "Cpu=0.5 vCPU,Memory=1 GB",
      "--health-check-configuration",
      "Protocol=HTTP,Path=/health,Interval=1,Timeout=1",
      "--auto-scaling-configuration-arn",
      scaling.AutoScalingConfiguration.AutoScalingConfigurationArn,
      "--tags",
      "Key=team,Value=shop",
      "Key=slipway:stop-grace,Value=5s",
    ]);
    const arn = created.Service.ServiceArn;
    expect(created.Service.Status).toBe("OPERATION_IN_PROGRESS");
    expect(created.OperationId).toMatch(/^[0-9a-f]{32}$/);
    expect(created.Service.InstanceConfiguration).toMatchObject({ Cpu: "512", Memory: "1024" });
    expect(created.Service.HealthCheckConfiguration).toMatchObject({ Protocol: "HTTP", Path: "/health" });

    const running = await waitForStatus(slipway, arn, "RUNNING");
    expect(running.ServiceUrl).toMatch(/^[a-z][a-z0-9]{9}\.us-east-1\.slipway\.localhost:\d+$/);
    const first = await slipway.fetch(running.ServiceUrl);
    expect(first).toMatchObject({ status: 200 });
    expect(first.body).toContain("one");
    const listed = await slipway.aws<{ ServiceSummaryList: readonly { ServiceArn: string }[] }>([
      "list-services",
    ]);
    expect(listed.ServiceSummaryList.map((service) => service.ServiceArn)).toEqual([arn]);
    const tags = await slipway.aws<{ Tags: unknown }>(["list-tags-for-resource", "--resource-arn", arn]);
    expect(tags.Tags).toContainEqual({ Key: "team", Value: "shop" });

    await slipway.aws(["update-service", "--service-arn", arn, "--source-configuration", source("two")]);
    await waitForStatus(slipway, arn, "RUNNING");
    expect((await slipway.fetch(running.ServiceUrl)).body).toContain("two");

    await slipway.aws(["start-deployment", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "RUNNING");

    await protectByTags(arn, running.ServiceUrl);

    await slipway.aws(["pause-service", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "PAUSED");
    const paused = await slipway.fetch(running.ServiceUrl);
    expect(paused.status).toBe(503);
    expect(paused.body).toContain("paused");

    await slipway.aws(["resume-service", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "RUNNING");
    expect((await slipway.fetch(running.ServiceUrl)).body).toContain("two");

    await slipway.aws(["delete-service", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "DELETED");
    expect((await slipway.fetch(running.ServiceUrl)).status).toBe(404);
    expect((await listOperations(slipway, arn)).map(({ Type, Status }) => `${Type} ${Status}`)).toEqual([
      "DELETE_SERVICE SUCCEEDED",
      "RESUME_SERVICE SUCCEEDED",
      "PAUSE_SERVICE SUCCEEDED",
      "START_DEPLOYMENT SUCCEEDED",
      "UPDATE_SERVICE SUCCEEDED",
      "CREATE_SERVICE SUCCEEDED",
    ]);
  });

  it("is refused without the right secret", async () => {
    const stranger = slipway.aws(["list-services", "--no-sign-request"]);
    await expect(stranger).rejects.toThrow(/MissingAuthenticationToken|UnrecognizedClient|AccessDenied/);
  });

  it("gets AWS's own words for a name that is taken", async () => {
    const create = () =>
      slipway.aws<ServiceReply>([
        "create-service",
        "--service-name",
        "taken-name",
        "--source-configuration",
        JSON.stringify({
          AutoDeploymentsEnabled: false,
          ImageRepository: {
            ImageIdentifier: images.app,
            ImageRepositoryType: "ECR_PUBLIC",
            // Longer than the commands below take: the CLI itself needs most of a second for each.
            ImageConfiguration: { RuntimeEnvironmentVariables: { START_DELAY_MS: "30000" } },
          },
        }),
      ]);
    const { Service } = await create();
    await expect(create()).rejects.toThrow(/Service with the provided name already exists: taken-name\./);
    const update = () =>
      slipway.aws([
        "update-service",
        "--service-arn",
        Service.ServiceArn,
        "--instance-configuration",
        "Cpu=1024,Memory=3072",
      ]);
    await expect(update()).rejects.toThrow(
      /Service cannot be updated in the current state: OPERATION_IN_PROGRESS\./,
    );
    await slipway.aws(["delete-service", "--service-arn", Service.ServiceArn]);
    await waitForStatus(slipway, Service.ServiceArn, "DELETED");
  });
});
