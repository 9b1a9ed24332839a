/** The access log through the whole control plane: a tag turns it on, and its lines are read as every log. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { TagResourceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "../../src/edge/runtime-socket.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, sdk, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
/** Until a changed tag has its effect. */
const EFFECT_MS = 2_000;

interface Line {
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly instance: string;
  readonly requestId: string;
  readonly sampled?: number;
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

async function lines(filterPattern = ""): Promise<readonly Line[]> {
  const logGroupName = `/aws/apprunner/logged/${service.ServiceId}/access`;
  const { events } = await slipway
    .client()
    .call("Logs_20140328.FilterLogEvents", { logGroupName, limit: 1_000, filterPattern })
    .catch(() => ({ events: [] }));
  return events.map(({ message }) => JSON.parse(message) as Line);
}

function linesOf(path: string): Promise<readonly Line[]> {
  return lines(`{ $.path = "${path}" }`);
}

/** Asks until a request of the path stands in the log. */
async function logged(path: string): Promise<Line> {
  return waitFor(
    async () => {
      await slipway.fetch(service.ServiceUrl, `${path}?secret=1`);
      return (await linesOf(path))[0] ?? null;
    },
    { what: `a line of ${path}` },
  );
}

it("is off until the tag says on, then has each request once", async () => {
  await slipway.fetch(service.ServiceUrl, "/before");
  await tag("on");
  const taggedAtMs = Date.now();
  const line = await logged("/on");
  expect(Date.parse(line.time) - taggedAtMs).toBeLessThan(EFFECT_MS);
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

it("goes on after HAProxy was killed", async () => {
  const socket = join(slipway.stateDirectory, "edge/run/haproxy.sock");
  const info = await runCommand(socket, "show info", new AbortController().signal);
  process.kill(Number(/^Pid: (\d+)$/m.exec(info)?.[1]), "SIGKILL");
  // The application knows no such path: the answer is its own.
  expect(await logged("/after-crash")).toMatchObject({
    status: 404,
    instance: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
});

it("writes a sample of more than it takes, and says so", async () => {
  await run("wrk", [
    "-t1",
    "-c32",
    "-d3s",
    `-HHost: ${service.ServiceUrl}`,
    `http://127.0.0.1:${slipway.edgePort}/flood`,
  ]);
  await waitFor(async () => (await lines("{ $.sampled = 20 }")).length > 0, { what: "a sampled line" });
  expect((await lines('"More requests than the access log takes"')).length).toBeGreaterThan(0);
});

it("stops with the tag, within a moment", async () => {
  await tag("off");
  const taggedAtMs = Date.now();
  await waitFor(() => Date.now() - taggedAtMs > EFFECT_MS, { what: "the tag's effect" });
  await slipway.fetch(service.ServiceUrl, "/off");
  await tag("on");
  await logged("/on-again");
  expect(await linesOf("/off")).toEqual([]);
});
