/** Bad input and bad days: each ends in a clear error or in recovery, never in a riddle. */
import { CreateServiceCommand, DeleteServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createScaling,
  createService,
  describeOperation,
  describeService,
  listOperations,
  QUICK_HTTP,
  sdk,
  type ServiceRequest,
  sourceConfiguration,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const START_COMMAND = "/node /app/server.js";
/** Long enough for an application of Node on a busy machine, short enough for a test. */
const IMPATIENT = { "slipway:start-timeout": "20s" };

let slipway: Installation;
let images: TestImages;
let app: Omit<ServiceRequest, "name">;

beforeAll(async () => {
  images = await buildTestImages();
  app = { image: images.app, startCommand: START_COMMAND };
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

afterEach(async () => {
  await deleteAll();
});

async function deleteAll(): Promise<void> {
  const client = sdk(slipway);
  for (const arn of await slipway.serviceArns()) {
    await waitFor(async () => (await describeService(slipway, arn)).Status !== "OPERATION_IN_PROGRESS");
    await client.send(new DeleteServiceCommand({ ServiceArn: arn }));
    await waitForStatus(slipway, arn, "DELETED");
  }
  await waitFor(async () => (await slipway.containers()).length === 0, { what: "no container left" });
}

/** Creates a service that cannot come up and returns why it did not. */
async function causeOfFailure(request: ServiceRequest, timeoutMs = 60_000) {
  const { ServiceArn: arn } = await createService(slipway, request);
  await waitForStatus(slipway, arn, "CREATE_FAILED", timeoutMs);
  const [operation] = await listOperations(slipway, arn);
  expect(operation).toMatchObject({ Type: "CREATE_SERVICE", Status: "FAILED" });
  return (await describeOperation(slipway, arn, operation?.Id ?? "")).Cause;
}

describe("a service that cannot come up says why", () => {
  it("when its image does not exist", async () => {
    const cause = await causeOfFailure({ name: "no-image", image: "slipway.invalid/no/such:image" });
    expect(cause).toMatchObject({ Phase: "pull", Class: "pull" });
    expect(cause?.Message).toContain("slipway.invalid/no/such:image");
  });

  // At the same time: both are given up only when their time is over.
  it("when nothing listens on its port, and when its health path answers 404", async () => {
    const healthCheck = { ...QUICK_HTTP, Path: "/no-such-path" };
    const [silent, lost] = await Promise.all([
      causeOfFailure({
        ...app,
        name: "wrong-port",
        environment: { LISTEN_PORT: "9999" },
        tags: IMPATIENT,
      }),
      causeOfFailure({ ...app, name: "not-found", healthCheck, tags: IMPATIENT }),
    ]);
    expect(silent).toMatchObject({ Phase: "health-check", Class: "port-not-listening" });
    expect(silent?.Message).toContain("8080");
    expect(lost).toMatchObject({ Phase: "health-check", Class: "health-status" });
    expect(lost?.Message).toContain("404");
    expect(lost?.Message).toContain("/no-such-path");
  }, 120_000);

  it("when its process ends with an exit code, at once", async () => {
    const cause = await causeOfFailure(
      { ...app, name: "exits", environment: { EXIT_CODE_AT_START: "3" } },
      20_000,
    );
    expect(cause).toMatchObject({ Class: "exit-code" });
    expect(cause?.Message).toMatch(/\b3\b/);
    expect(cause?.LogLines?.length).toBeGreaterThan(0);
  });

  it("when it needs more memory than it has", async () => {
    const size = { Cpu: "256", Memory: "512" };
    const cause = await causeOfFailure({ ...app, name: "hungry", size, environment: { OOM_AT_START: "1" } });
    expect(cause).toMatchObject({ Class: "out-of-memory" });
    expect(cause?.Message).toContain("512");
  });

  it("when its program does not exist", async () => {
    const cause = await causeOfFailure({ ...app, name: "no-program", startCommand: "/no/such/program" });
    expect(cause).toMatchObject({ Class: "start" });
    expect(cause?.Message).toContain("/no/such/program");
  });
});

describe("a service that failed to come up", () => {
  it("can be mended with an update", async () => {
    const { ServiceArn: arn } = await createService(slipway, {
      ...app,
      name: "mended",
      startCommand: "/no/such",
    });
    await waitForStatus(slipway, arn, "CREATE_FAILED");
    await slipway.aws([
      "update-service",
      "--service-arn",
      arn,
      "--source-configuration",
      JSON.stringify(sourceConfiguration({ ...app, name: "mended" })),
    ]);
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);
  });
});

describe("a running service", () => {
  it("goes back to what it was when an update cannot come up", async () => {
    const { ServiceArn: arn } = await createService(slipway, {
      ...app,
      name: "rolled-back",
      environment: { VERSION: "good" },
    });
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    const bad = sourceConfiguration({ ...app, name: "", environment: { EXIT_CODE_AT_START: "3" } });
    await slipway.aws([
      "update-service",
      "--service-arn",
      arn,
      "--source-configuration",
      JSON.stringify(bad),
    ]);
    await waitForStatus(slipway, arn, "RUNNING");
    const [operation] = await listOperations(slipway, arn);
    expect(operation).toMatchObject({ Type: "UPDATE_SERVICE", Status: "ROLLBACK_SUCCEEDED" });
    const { SourceConfiguration } = await describeService(slipway, arn);
    expect(SourceConfiguration?.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentVariables).toEqual({
      VERSION: "good",
    });
    expect((await slipway.fetch(ServiceUrl)).body).toContain("good");
  });

  it("gets a new instance for one whose health check fails after a while, before the old one goes", async () => {
    const { ServiceArn: arn } = await createService(slipway, {
      ...app,
      name: "sickening",
      healthCheck: QUICK_HTTP,
    });
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    const [before] = await slipway.containers();
    await slipway.fetch(ServiceUrl, "/toggle-health", { method: "POST" });
    const after = await waitFor(
      async () => {
        expect((await slipway.fetch(ServiceUrl, "/env")).status).toBe(200);
        const containers = await slipway.containers();
        return containers.length === 1 && containers[0] !== before && containers;
      },
      { what: "a new instance instead of the sick one", timeoutMs: 60_000 },
    );
    expect(after).toHaveLength(1);
  });

  it("gets a new instance for one that died", async () => {
    const scalingArn = await createScaling(slipway, { name: "two-of-them", minSize: 2 });
    const { ServiceArn: arn } = await createService(slipway, { ...app, name: "mortal", scalingArn });
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    const before = await slipway.containers();
    await slipway.fetch(ServiceUrl, "/exit?code=3").catch(() => null);
    await waitFor(
      async () => {
        const containers = await slipway.containers();
        return containers.length === 2 && containers.some((name) => !before.includes(name));
      },
      { what: "two instances again" },
    );
  });

  it("answers again after its proxy was killed", async () => {
    const { ServiceArn: arn } = await createService(slipway, { ...app, name: "unkillable" });
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    await slipway.killEdge();
    await waitFor(async () => (await slipway.fetch(ServiceUrl)).status === 200, { what: "a new proxy" });
  });

  it("keeps serving while the control plane is away, and is known to the next one", async () => {
    const { ServiceArn: arn } = await createService(slipway, { ...app, name: "orphan" });
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    const before = await slipway.containers();
    await slipway.kill();
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);
    await slipway.start();
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);
    expect((await describeService(slipway, arn)).Status).toBe("RUNNING");
    expect(await slipway.containers()).toEqual(before);
  });
});

describe("odd but valid input", () => {
  it("takes a start command with quotes, and no shell sees it", async () => {
    const startCommand = `${START_COMMAND} 'it is' "\\$(touch /tmp/pwned); \`id\`"`;
    const { ServiceArn: arn } = await createService(slipway, { ...app, name: "quoted", startCommand });
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    const { body } = await slipway.fetch(ServiceUrl, "/argv");
    expect(JSON.parse(body)).toEqual(["it is", "$(touch /tmp/pwned); `id`"]);
  });

  it("takes two hundred environment variables as they are", async () => {
    const environment = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`VARIABLE_${index}`, `wert "${index}" $HOME äöü\n`]),
    );
    const { ServiceArn: arn } = await createService(slipway, { ...app, name: "wordy", environment });
    const { ServiceUrl } = await waitForStatus(slipway, arn, "RUNNING");
    const { body } = await slipway.fetch(ServiceUrl, "/env");
    expect(JSON.parse(body)).toMatchObject({ ...environment, PORT: "8080" });
  });

  it("lets a delete overtake a create", async () => {
    const { ServiceArn: arn } = await createService(slipway, {
      ...app,
      name: "overtaken",
      environment: { START_DELAY_MS: "60000" },
    });
    await sdk(slipway).send(new DeleteServiceCommand({ ServiceArn: arn }));
    await waitForStatus(slipway, arn, "DELETED");
    const operations = await listOperations(slipway, arn);
    expect(operations.map(({ Type, Status }) => `${Type} ${Status}`)).toEqual([
      "DELETE_SERVICE SUCCEEDED",
      "CREATE_SERVICE FAILED",
    ]);
  });

  it("frees a name when its service is deleted", async () => {
    const first = await createService(slipway, { ...app, name: "recycled" });
    await waitForStatus(slipway, first.ServiceArn, "RUNNING");
    const again = new CreateServiceCommand({
      ServiceName: "recycled",
      SourceConfiguration: sourceConfiguration({ ...app, name: "" }),
    });
    await expect(sdk(slipway).send(again)).rejects.toThrow("already exists: recycled.");
    await deleteAll();
    const second = await createService(slipway, { ...app, name: "recycled" });
    expect(second.ServiceArn).not.toBe(first.ServiceArn);
    await waitForStatus(slipway, second.ServiceArn, "RUNNING");
  });
});
