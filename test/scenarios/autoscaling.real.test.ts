/** Services under more load than their instances can take: what is added, what is refused, and who does not notice. Runs alone: it measures. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { openLoop, type TimedAnswer } from "../support/load.ts";
import {
  createScaling,
  createService,
  liveInstances,
  type ServiceView,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

/** Of each request. With so many at once an instance does fifty a second. */
const SERVICE_MS = 100;
const MAX_CONCURRENCY = 5;
const PER_INSTANCE = (MAX_CONCURRENCY * 1000) / SERVICE_MS;
const LOAD = { path: `/slow?ms=${SERVICE_MS}`, keepAlive: true };

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

async function serve(name: string, maxSize: number): Promise<ServiceView> {
  const scalingArn = await createScaling(slipway, {
    name,
    minSize: 1,
    maxSize,
    maxConcurrency: MAX_CONCURRENCY,
  });
  const { ServiceArn } = await createService(slipway, {
    name,
    image: images.app,
    startCommand: "/node /app/server.js",
    scalingArn,
  });
  return waitForStatus(slipway, ServiceArn, "RUNNING");
}

function targetOf({ ServiceUrl: host }: ServiceView) {
  return { edgePort: slipway.edgePort, host };
}

function quantileMs(answers: readonly TimedAnswer[], share: number): number {
  const sorted = answers.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

describe("a load step", () => {
  // What comes until there are more instances fits in the queue.
  it("adds instances, and they leave after it, without one request lost", async () => {
    const service = await serve("step", 10);
    const stop = new AbortController();
    const low = { requestsPerSecond: PER_INSTANCE / 2 };
    const steps = [
      { ...low, durationMs: 2_000 },
      { requestsPerSecond: PER_INSTANCE * 1.5, durationMs: 6_000 },
      { ...low, durationMs: Number.POSITIVE_INFINITY },
    ];
    const load = openLoop(targetOf(service), { ...LOAD, steps }, stop.signal);
    const hasInstances = (isIt: (count: number) => boolean, what: string) =>
      waitFor(async () => isIt((await liveInstances(slipway, service.ServiceArn)).length), { what });
    await hasInstances((count) => count >= 3, "at least three instances");
    await hasInstances((count) => count === 1, "one instance again");
    stop.abort();
    const { failures, answers } = await load;
    expect(failures).toEqual([]);
    expect(new Set(answers.map(({ instance }) => instance)).size).toBeGreaterThanOrEqual(3);
  });

  it("is served by who is there while the control plane is dead, and scaled for when it is back", async () => {
    const service = await serve("step-and-crash", 4);
    const stop = new AbortController();
    const high = { requestsPerSecond: PER_INSTANCE * 2, durationMs: 2_000 };
    const steps = [
      { requestsPerSecond: PER_INSTANCE / 2, durationMs: 1_500 },
      { ...high, durationMs: Number.POSITIVE_INFINITY },
    ];
    const load = openLoop(targetOf(service), { ...LOAD, steps }, stop.signal);
    await waitFor(async () => (await liveInstances(slipway, service.ServiceArn)).length > 1, {
      what: "a second instance",
      everyMs: 10,
    });
    await slipway.kill();
    await slipway.start();
    await waitFor(async () => {
      const instances = await liveInstances(slipway, service.ServiceArn);
      return instances.filter(({ State }) => State === "ready").length >= 3;
    });
    stop.abort();
    const { answers } = await load;
    const failed = answers.filter(({ failure }) => failure !== null);
    // There is one reason to refuse: nobody was free for as long as a request waits.
    expect(failed.filter(({ status }) => status !== 429)).toEqual([]);
    const lastMs = answers.at(-1)?.dueMs ?? 0;
    const seconds = Math.floor(lastMs / 1000);
    const counts = Array.from({ length: seconds - 2 }, (_, index) => {
      const isDone = (one: (typeof answers)[number]) =>
        Math.floor((one.dueMs + one.latencyMs) / 1000) === index + 2 && one.status === 200;
      return answers.filter(isDone).length;
    });
    // No second without service, and over all of them what one instance can do; a machine with other work stands still for
    // a part of a second.
    expect(Math.min(...counts), `answers by the second: ${counts.join(", ")}`).toBeGreaterThan(
      PER_INSTANCE / 2,
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(PER_INSTANCE * 0.8 * counts.length);
    const after = openLoop(targetOf(service), { ...LOAD, steps: [high] }, new AbortController().signal);
    expect((await after).failures).toEqual([]);
  });
});

describe("a service at its largest size that is called ten times too often", () => {
  it("refuses the rest quickly, serves the others as ever, and its neighbour does not notice", async () => {
    const [hammered, neighbour] = await Promise.all([serve("hammered", 1), serve("neighbour", 1)]);
    const call = (requestsPerSecond: number, service: ServiceView, durationMs: number) =>
      openLoop(
        targetOf(service),
        { ...LOAD, steps: [{ requestsPerSecond, durationMs }] },
        AbortSignal.timeout(durationMs),
      );
    const DURATION_MS = 5_000;
    const alone = await call(PER_INSTANCE / 2, neighbour, DURATION_MS);
    const [hammer, beside] = await Promise.all([
      call(PER_INSTANCE * 10, hammered, DURATION_MS),
      call(PER_INSTANCE / 2, neighbour, DURATION_MS),
    ]);
    expect(alone.failures).toEqual([]);
    expect(beside.failures).toEqual([]);
    // Both use the same two processors: a factor, and a margin for the machine.
    expect(quantileMs(beside.answers, 0.99)).toBeLessThan(3 * quantileMs(alone.answers, 0.99) + 100);

    const accepted = hammer.answers.filter(({ status }) => status === 200);
    const refused = hammer.answers.filter(({ status }) => status === 429);
    expect(accepted.length + refused.length).toBe(hammer.requests);
    expect(accepted.length).toBeGreaterThan((0.8 * PER_INSTANCE * DURATION_MS) / 1000);
    // A queue of one instance's worth before it: they wait for one round.
    expect(quantileMs(accepted, 0.99)).toBeLessThan(5 * SERVICE_MS);
    expect(quantileMs(refused, 0.99)).toBeLessThan(SERVICE_MS);
  });
});
