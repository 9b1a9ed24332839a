/**
 * The log store in a process of its own, so that its processor time can be told: copies the output of containers until they
 * end, as the control plane does. `collector.ts <directory> <owner of the containers> <instance id>…`; prints its figures.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DockerEngine } from "../../src/engine/docker-engine.ts";
import { systemClock as clock } from "../../src/main/system-clock.ts";
import { FileServiceLog } from "../../src/observe/logs/file-service-log.ts";
import { quantile } from "../support/summary.ts";

export interface Collected {
  readonly lines: number;
  /** From the first line on, in which the program is compiled. */
  readonly warmUp: Spent;
  /** All that came then, its packing and that of the lines before it too. */
  readonly sustained: Spent;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly loopHeldMs: number;
}

/** Processor time, and for how many lines. */
interface Spent {
  readonly lines: number;
  readonly cpuUs: number;
}

const WARM_UP_SECONDS = 5;
const NS_PER_MS = 1e6;
const LOOK_MS = 10;
const [, , directory = "", ownerId = "", ...instanceIds] = process.argv;
const lagsMs: number[] = [];
let lines = 0;
let warmUp: Spent | null = null;

const docker = new DockerEngine({ socketPath: "/var/run/docker.sock", ownerId });
const engine = {
  async *readOutput(...request: Parameters<DockerEngine["readOutput"]>) {
    for await (const batch of docker.readOutput(...request)) {
      if (lines === 0) setTimeout(() => (warmUp ??= spentSince(before)), WARM_UP_SECONDS * 1_000).unref();
      yield batch;
      // It has been written when the next one is asked for.
      lines += batch.length;
      const [first] = batch;
      lagsMs.push(Date.now() - (first?.timestampMs ?? 0));
    }
  },
};
const log = new FileServiceLog({
  directory,
  engine,
  clock,
  maskedValues: async () => ["correct-horse-battery-staple", "an api key of somebody"],
  onError: (event, { problem }) => process.stderr.write(`${event} ${problem}\n`),
});
const owner = { serviceId: "1".padStart(32, "0"), serviceName: "bench" };
const before = process.cpuUsage();
// More often, and looking would cost more than a tenth of what is measured.
const loop = monitorEventLoopDelay({ resolution: LOOK_MS });
loop.enable();
const end = new AbortController();
const running = log.start(end.signal);
for (const id of instanceIds) log.follow(owner, id);
await Promise.all(instanceIds.map(async (id) => log.finish(id, 600_000)));
loop.disable();
end.abort();
await running;
const whole = spentSince(before);
const first = warmUp ?? whole;
const collected: Collected = {
  lines,
  warmUp: first,
  sustained: { lines: whole.lines - first.lines, cpuUs: whole.cpuUs - first.cpuUs },
  lagP50Ms: quantile(lagsMs, 0.5),
  lagP99Ms: quantile(lagsMs, 0.99),
  loopHeldMs: loop.percentile(99.9) / NS_PER_MS - LOOK_MS,
};
process.stdout.write(JSON.stringify(collected));
docker.close();
process.exit();

function spentSince(beginning: NodeJS.CpuUsage): Spent {
  const { user, system } = process.cpuUsage(beginning);
  return { lines, cpuUs: user + system };
}
