/** A tag moves in a real registry, and the service follows by itself: told by the registry, without waiting for a poll. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { Registry } from "../support/registry.ts";
import { listOperations, sdk, sourceConfiguration, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

let slipway: Installation;
let images: TestImages;
let registry: Registry;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "slipway-registry-"));
  images = await buildTestImages();
  registry = await Registry.start(directory);
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await registry.stop();
  await images.remove();
  rmSync(directory, { recursive: true, force: true });
});

it("a push to the service's tag is deployed at once, and once; a push of another tag is not", async () => {
  const name = `${registry.host}/team/web:1`;
  await registry.push(name, images.app, "one");
  const reply = await sdk(slipway).send(
    new CreateServiceCommand({
      ServiceName: "followed",
      SourceConfiguration: {
        ...sourceConfiguration({ name: "followed", image: name }),
        AutoDeploymentsEnabled: true,
      },
      HealthCheckConfiguration: { Protocol: "TCP", Interval: 1, Timeout: 1 },
    }),
  );
  const arn = reply.Service?.ServiceArn ?? "";
  const { ServiceUrl: url } = await waitForStatus(slipway, arn, "RUNNING");
  const watch = async () =>
    (await slipway.client().call("Slipway.DescribeSourceWatch", { ServiceArn: arn })).SourceWatch;
  const version = async () => (await slipway.fetch(url)).body.split(" ")[0];
  expect(await version()).toBe("one");
  // The first look finds what the create has deployed.
  await waitFor(async () => (await watch()).HandledVersion?.startsWith("sha256:"), { what: "a first look" });

  const { WebhookUrl, WebhookSecret } = await watch();
  await registry.restart({ url: WebhookUrl, secret: WebhookSecret });
  await registry.push(`${registry.host}/team/web:2`, images.app, "of-another-tag");
  await waitFor(async () => (await watch()).LastDeliveryResult?.startsWith("Ignored: another image"), {
    what: "a delivery that is ignored",
  });
  const pushedAtMs = Date.now();
  await registry.push(name, images.app, "two");
  await waitFor(async () => (await version()) === "two", { what: "the new version", timeoutMs: 60_000 });
  // A registry is polled each five minutes.
  expect(Date.now() - pushedAtMs).toBeLessThan(60_000);
  await waitForStatus(slipway, arn, "RUNNING");
  const operations = await listOperations(slipway, arn);
  expect(operations.map(({ Type, Status }) => `${Type} ${Status}`)).toEqual([
    "START_DEPLOYMENT SUCCEEDED",
    "CREATE_SERVICE SUCCEEDED",
  ]);
  expect(await watch()).toMatchObject({ IsWatched: true, LastDeliveryResult: expect.any(String) });
});

it("after a crash the same version is looked at, and not deployed again", async () => {
  const [arn = ""] = await slipway.serviceArns();
  const before = await listOperations(slipway, arn);
  const watch = async () =>
    (await slipway.client().call("Slipway.DescribeSourceWatch", { ServiceArn: arn })).SourceWatch;
  await slipway.kill();
  await slipway.start();
  const { LastCheckAt, WebhookUrl, WebhookSecret } = await watch();
  const answer = await fetch(WebhookUrl, {
    method: "POST",
    headers: { authorization: `Bearer ${WebhookSecret}` },
    body: JSON.stringify({ events: [{ action: "push", target: { repository: "team/web", tag: "1" } }] }),
  });
  expect(answer.status).toBe(202);
  await waitFor(async () => String((await watch()).LastCheckAt) !== String(LastCheckAt), {
    what: "another look",
  });
  expect(await listOperations(slipway, arn)).toEqual(before);
});
