/** A service at zero instances is there all the same, whatever comes first: its next request, a crash, a command. Runs alone: it measures. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import {
  DeleteServiceCommand,
  PauseServiceCommand,
  ResumeServiceCommand,
  StartDeploymentCommand,
} from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createScaling,
  createService,
  listOperations,
  liveInstances,
  sdk,
  type ServiceRequest,
  type ServiceView,
  waitForActivity,
  waitForStatus,
  waitForZero,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
const COLD = { "slipway:scale-to-zero": "1s", "slipway:warm-zero": "0s" };
const WARM = { "slipway:scale-to-zero": "1s" };
/** Far below a stop's grace of 30 s, which a frozen process would sleep through. */
const PROMPT_MS = 15_000;
const BODY = "x".repeat(3 * 1024 * 1024);

let slipway: Installation;
let images: TestImages;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create({ program: "test/support/quick-scaling-serve" });
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

/** A running service; most tests let it go to zero before they begin. */
async function serve(
  name: string,
  tags: Readonly<Record<string, string>>,
  rest: Partial<ServiceRequest> = {},
): Promise<ServiceView> {
  const { ServiceArn } = await createService(slipway, {
    name,
    image: images.app,
    startCommand: "/node /app/server.js",
    tags,
    ...rest,
  });
  return waitForStatus(slipway, ServiceArn, "RUNNING");
}

async function serveAtZero(name: string, rest: Partial<ServiceRequest> = {}): Promise<ServiceView> {
  const service = await serve(name, COLD, rest);
  await waitForZero(slipway, service.ServiceArn);
  return service;
}

function crowd(host: string, size: number) {
  return Promise.all(Array.from({ length: size }, () => slipway.fetch(host)));
}

async function statusesOf(answers: Promise<readonly { readonly status: number }[]>) {
  return new Set((await answers).map(({ status }) => status));
}

const ALL_GOOD = new Set([200]);

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await act();
  return performance.now() - startMs;
}

describe("a service at zero, while parts of the installation are killed,", () => {
  it("keeps who waits over a SIGKILL of the control plane, and wakes nobody else after it", async () => {
    const slow = { environment: { START_DELAY_MS: "1500" } };
    const [{ ServiceUrl: host, ServiceArn: arn }, other] = await Promise.all([
      serveAtZero("waited-for", slow),
      serveAtZero("undisturbed"),
    ]);
    const held = crowd(host, 10);
    await waitFor(async () => (await liveInstances(slipway, arn)).length > 0, { what: "a start" });
    await slipway.kill();
    await slipway.start();
    expect(await statusesOf(held)).toEqual(ALL_GOOD);

    await waitForZero(slipway, arn);
    await slipway.kill();
    const unheard = crowd(host, 10);
    await slipway.start();
    expect(await statusesOf(unheard)).toEqual(ALL_GOOD);
    expect(await liveInstances(slipway, other.ServiceArn)).toEqual([]);
  });

  it("serves after a SIGKILL of the proxy", async () => {
    const { ServiceUrl: host } = await serveAtZero("proxied");
    await slipway.killEdge();
    expect(await statusesOf(crowd(host, 5))).toEqual(ALL_GOOD);
  });
});

describe.concurrent("a service at zero", () => {
  it("is woken by a GET, a large POST, a WebSocket and a crowd, and goes back to zero", async () => {
    const { ServiceUrl: host, ServiceArn: arn } = await serveAtZero("visited");
    expect((await slipway.fetch(host)).status).toBe(200);

    await waitForZero(slipway, arn);
    const echo = await slipway.fetch(host, "/echo", { method: "POST", body: BODY });
    expect(echo.status).toBe(200);
    expect(echo.body === BODY).toBe(true);

    await waitForZero(slipway, arn);
    const socket = new WebSocket(`ws://127.0.0.1:${slipway.edgePort}/`, { headers: { host } });
    await once(socket, "open");
    socket.send("are you there");
    const [message] = (await once(socket, "message")) as [Buffer];
    expect(message.toString()).toBe("are you there");
    socket.close();

    await waitForZero(slipway, arn);
    expect(await statusesOf(crowd(host, 25))).toEqual(ALL_GOOD);
    await waitForZero(slipway, arn);
  });

  it("is deployed, paused and resumed", async () => {
    const { ServiceUrl: host, ServiceArn: arn } = await serveAtZero("commanded");
    await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: arn }));
    await waitForStatus(slipway, arn, "RUNNING");
    await waitForZero(slipway, arn);
    expect((await slipway.fetch(host)).status).toBe(200);

    await waitForZero(slipway, arn);
    await sdk(slipway).send(new PauseServiceCommand({ ServiceArn: arn }));
    await waitForStatus(slipway, arn, "PAUSED");
    const refused = await slipway.fetch(host);
    expect(refused.status).toBe(503);
    expect(refused.body).toContain("paused");
    await sdk(slipway).send(new ResumeServiceCommand({ ServiceArn: arn }));
    await waitForStatus(slipway, arn, "RUNNING");
    await waitForZero(slipway, arn);
    expect((await slipway.fetch(host)).status).toBe(200);
    const operations = await listOperations(slipway, arn);
    expect(operations.map(({ Status }) => Status)).toEqual(Array.from({ length: 4 }, () => "SUCCEEDED"));
  });
});

describe.concurrent("a service that cannot come back from zero", () => {
  it("says so while its application ends at start, and is back when that is over", async () => {
    const fromMs = Date.now() + 6_000;
    const untilMs = fromMs + 6_000;
    const environment = { FAIL_STARTS_FROM_MS: String(fromMs), FAIL_STARTS_UNTIL_MS: String(untilMs) };
    const { ServiceUrl: host } = await serveAtZero("moody", { environment });
    await waitFor(() => Date.now() > fromMs, { what: "the time in which starts fail" });
    const refused = await slipway.fetch(host);
    expect(refused.status).toBe(503);
    expect(refused.body).toContain("failed to start");
    expect(Date.now()).toBeLessThan(untilMs);
    await waitFor(async () => (await slipway.fetch(host)).status === 200, { what: "an answer" });
  });

  it("says so while its image is gone, and is deployed anew when there is one again", async () => {
    const image = await ownImage();
    const { ServiceUrl: host, ServiceArn: arn } = await serveAtZero("imageless", { image });
    await run("docker", ["image", "rm", "--force", await idOf(image)]);
    const refused = await slipway.fetch(host);
    expect(refused.status).toBe(503);
    expect(refused.body).toContain("failed to start");

    await run("docker", ["tag", images.app, image]);
    await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: arn }));
    await waitForStatus(slipway, arn, "RUNNING");
    expect((await slipway.fetch(host)).status).toBe(200);
    const [operation] = await listOperations(slipway, arn);
    expect(operation?.Status).toBe("SUCCEEDED");
    await run("docker", ["image", "rm", image]);
  });
});

describe.concurrent("a frozen service", () => {
  it("answers a crowd at once, and is frozen again", async () => {
    const { ServiceUrl: host, ServiceArn: arn } = await serve("frozen", WARM);
    await waitForActivity(slipway, arn, "freeze");
    const [before] = await liveInstances(slipway, arn);
    const answers = crowd(host, 25);
    expect(await timed(() => answers)).toBeLessThan(2_000);
    expect(await statusesOf(answers)).toEqual(ALL_GOOD);
    const [after] = await liveInstances(slipway, arn);
    expect(after?.InstanceId).toBe(before?.InstanceId);
    await waitForActivity(slipway, arn, "freeze");
  });

  it("is paused and deleted promptly", async () => {
    const services = await Promise.all([serve("frozen-paused", WARM), serve("frozen-deleted", WARM)]);
    const [paused, deleted] = services.map(({ ServiceArn }) => ServiceArn) as [string, string];
    await Promise.all([paused, deleted].map((arn) => waitForActivity(slipway, arn, "freeze")));
    const durationMs = await timed(async () => {
      await sdk(slipway).send(new PauseServiceCommand({ ServiceArn: paused }));
      await sdk(slipway).send(new DeleteServiceCommand({ ServiceArn: deleted }));
      await waitForStatus(slipway, paused, "PAUSED");
      await waitForStatus(slipway, deleted, "DELETED");
      await waitForZero(slipway, paused);
    });
    expect(durationMs).toBeLessThan(PROMPT_MS);
  });
});

describe.concurrent("throttled instances", () => {
  it("each answer their first request at once", async () => {
    const scalingArn = await createScaling(slipway, { name: "three", minSize: 3, maxSize: 3 });
    const { ServiceUrl: host, ServiceArn: arn } = await serve("throttled", {}, { scalingArn });
    await waitForActivity(slipway, arn, "throttle");
    const SERVICE_MS = 300;
    const answers = [1, 2, 3].map(() => slipway.fetch(host, `/slow?ms=${SERVICE_MS}`));
    expect(await timed(() => Promise.all(answers))).toBeLessThan(SERVICE_MS + 700);
    expect(await statusesOf(Promise.all(answers))).toEqual(ALL_GOOD);
    const instances = (await Promise.all(answers)).map(({ headers }) => headers["x-instance"]);
    expect(new Set(instances).size).toBe(3);
  });
});

/** The test's application as an image that no other test has. */
async function ownImage(): Promise<string> {
  const name = images.app.replace("/app:", "/own:");
  const { stdout } = await run("docker", ["create", images.app]);
  const container = stdout.trim();
  await run("docker", ["commit", "--change", `LABEL own=${name}`, container, name]);
  await run("docker", ["rm", container]);
  return name;
}

async function idOf(image: string): Promise<string> {
  const { stdout } = await run("docker", ["image", "inspect", "--format", "{{.Id}}", image]);
  return stdout.trim();
}
