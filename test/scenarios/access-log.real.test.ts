/** The access log through the whole control plane: a tag turns it on, and its lines are read as every log. */
import { TagResourceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, sdk, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

interface Line {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly instance: string;
  readonly requestId: string;
}

let images: TestImages;
let slipway: Installation;
let service: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
  const { ServiceArn } = await createService(slipway, {
    name: "logged",
    image: images.app,
    startCommand: "/node /app/server.js",
    environment: { VERSION: "spoken" },
  });
  service = await waitForStatus(slipway, ServiceArn, "RUNNING");
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

async function tag(value: "on" | "off"): Promise<void> {
  await sdk(slipway).send(
    new TagResourceCommand({
      ResourceArn: service.ServiceArn,
      Tags: [{ Key: "slipway:access-log", Value: value }],
    }),
  );
}

async function lines(): Promise<readonly Line[]> {
  const logGroupName = `/aws/apprunner/logged/${service.ServiceId}/access`;
  const { events } = await slipway
    .client()
    .call("Logs_20140328.FilterLogEvents", { logGroupName, limit: 1_000 })
    .catch(() => ({ events: [] }));
  return events.map(({ message = "" }) => JSON.parse(message) as Line);
}

/** Asks until a request of the path stands in the log. */
async function logged(path: string): Promise<Line> {
  return waitFor(
    async () => {
      await slipway.fetch(service.ServiceUrl, `${path}?secret=1`);
      return (await lines()).find((line) => line.path === path) ?? null;
    },
    { what: `a line of ${path}` },
  );
}

it("is off until the tag says on, then has each request once", async () => {
  await slipway.fetch(service.ServiceUrl, "/before");
  await tag("on");
  const line = await logged("/on");
  expect(line).toMatchObject({ method: "GET", path: "/on" });
  expect(line.instance).toMatch(/^[0-9a-f]{32}$/);
  const all = await lines();
  expect(all.some(({ path }) => path === "/before")).toBe(false);
  expect(new Set(all.map(({ requestId }) => requestId)).size).toBe(all.length);
});

it("goes on after the control plane was killed, with what ended meanwhile", async () => {
  await slipway.kill();
  await slipway.fetch(service.ServiceUrl, "/while-away");
  await slipway.start();
  await waitFor(async () => (await lines()).find(({ path }) => path === "/while-away") ?? null, {
    what: "the line",
  });
});
