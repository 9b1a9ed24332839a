/**
 * A service's whole life with a control plane that is killed at every journal entry of every kind of operation. Whatever it was
 * doing, the operation ends properly, nothing leaks, and a service that is up stays up. Each way of dying has a file of its own,
 * for it takes minutes.
 */
import {
  DeleteServiceCommand,
  PauseServiceCommand,
  ResumeServiceCommand,
  type ServiceStatus,
  StartDeploymentCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-apprunner";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clearUp } from "./clear-up.ts";
import { buildTestImages, type TestImages } from "./images/build.ts";
import { Installation } from "./installation.ts";
import {
  createService,
  describeService,
  listOperations,
  sdk,
  type ServiceView,
  sourceConfiguration,
  waitForStatus,
} from "./service.ts";
import { waitFor } from "./wait-for.ts";

/** More lives than any operation has steps: a control plane that needs more makes no progress. */
const MAX_LIVES = 60;

/** A little less than ./check gives a file: so it is told how far this one came. */
const LIFE_MS = 570_000;
const START_COMMAND = "/node /app/server.js";

let images: TestImages;
let slipway: Installation;

/** Dies at the `crashAt`-th event of each life: the end of a step is one, and so is the begin of the next. */
export function describeKilledLife(crashAt: number): void {
  beforeAll(async () => {
    images = await buildTestImages();
    slipway = await Installation.create({ program: "test/support/crashing-serve" });
    await slipway.start();
  });

  afterAll(async () => {
    await clearUp(
      () => slipway.remove(),
      () => images.remove(),
    );
  });

  it(
    "finishes create, update, deploy, pause, resume and delete, and drops nothing",
    async () => {
      const request = { name: "survivor", image: images.app, startCommand: START_COMMAND };
      const one = { ...request, environment: { VERSION: "one" } };
      await provoke(() => createService(slipway, one));
      const created = readService(request.name);
      const arn = created.ServiceArn;
      await surviveUntil(arn, "RUNNING", crashAt, 1);
      const prober = startProber(created);

      const source = sourceConfiguration({ ...request, environment: { VERSION: "two" } });
      await provoke(() =>
        sdk(slipway).send(new UpdateServiceCommand({ ServiceArn: arn, SourceConfiguration: source })),
      );
      await surviveUntil(arn, "RUNNING", crashAt, 1);
      expect((await slipway.fetch(created.ServiceUrl)).body).toContain("two");

      await provoke(() => sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: arn })));
      await surviveUntil(arn, "RUNNING", crashAt, 1);
      const { failures, requests } = await prober.stop();
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(20);

      await provoke(() => sdk(slipway).send(new PauseServiceCommand({ ServiceArn: arn })));
      await surviveUntil(arn, "PAUSED", crashAt, 0);
      expect((await slipway.fetch(created.ServiceUrl)).status).toBe(503);

      await provoke(() => sdk(slipway).send(new ResumeServiceCommand({ ServiceArn: arn })));
      await surviveUntil(arn, "RUNNING", crashAt, 1);
      expect((await slipway.fetch(created.ServiceUrl)).body).toContain("two");

      await provoke(() => sdk(slipway).send(new DeleteServiceCommand({ ServiceArn: arn })));
      await surviveUntil(arn, "DELETED", crashAt, 0);
      const operations = await listOperations(slipway, arn);
      expect(operations.map(({ Status }) => Status)).toEqual(Array.from({ length: 6 }, () => "SUCCEEDED"));
    },
    LIFE_MS,
  );
}

/** Sends a command to a control plane that dies at the operation's very first step, perhaps before it can answer. */
async function provoke(command: () => Promise<unknown>): Promise<void> {
  await slipway.kill();
  await slipway.start({ CRASH_AT: "1" });
  await command().catch(() => null);
  expect(await slipway.waitForExit()).toEqual({ code: null, signal: "SIGKILL" });
}

/** Straight from the database: a control plane that could answer would also go on with the operation. */
function readService(name: string): ServiceView {
  const database = new DatabaseSync(join(slipway.stateDirectory, "slipway.db"), { readOnly: true });
  const row = database.prepare("select arn, host from services where name = ?").get(name);
  database.close();
  return { ServiceArn: String(row?.["arn"]), ServiceUrl: String(row?.["host"]) } as ServiceView;
}

/**
 * Kills and restarts the control plane at one journal entry after the other until the service has settled; then lets it
 * live, and waits until just these containers are left and nothing is under way.
 */
async function surviveUntil(
  arn: string,
  status: ServiceStatus,
  crashAt: number,
  containers: number,
): Promise<void> {
  for (let life = 1; ; life++) {
    if (life > MAX_LIVES)
      throw new Error(`still not ${status} after ${MAX_LIVES} lives:\n${slipway.logTail()}`);
    await slipway.kill();
    slipway.launch({ CRASH_AT: String(crashAt) });
    const over = new AbortController();
    const ended = await Promise.race([slipway.waitForExit(), waitForQuiet(arn, status, over.signal)]);
    over.abort();
    if (ended === "settled") break;
    expect(ended).toEqual({ code: null, signal: "SIGKILL" });
  }
  await slipway.kill();
  await slipway.start();
  await waitForStatus(slipway, arn, status);
  await waitFor(async () => (await slipway.containers()).length === containers, {
    what: `${containers} containers left`,
    timeoutMs: 60_000,
  });
}

/** "settled" once the API says so. Never while the control plane is dead: the other side of the race ends then. */
async function waitForQuiet(arn: string, status: string, signal: AbortSignal): Promise<"settled" | null> {
  while (!signal.aborted) {
    const service = await describeService(slipway, arn).catch(() => null);
    if (service?.Status === status) return "settled";
    await sleep(100);
  }
  return null;
}

/** Calls the service again and again, one request after the other, on connections of their own. */
function startProber(service: ServiceView): { stop(): Promise<{ failures: string[]; requests: number }> } {
  const over = new AbortController();
  let requests = 0;
  const failures: string[] = [];
  const done = (async () => {
    while (!over.signal.aborted) {
      requests++;
      await slipway.fetch(service.ServiceUrl).then(
        ({ status }) => void (status !== 200 && failures.push(`status ${status}`)),
        (error: Error) => failures.push(error.message),
      );
      await sleep(20);
    }
  })();
  return {
    async stop() {
      over.abort();
      await done;
      return { failures, requests };
    },
  };
}
