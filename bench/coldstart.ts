/**
 * The first requests of a service that went to zero: while its instance is frozen (warm zero), and after it was stopped
 * (cold zero). Beside them what the engine alone needs: to unfreeze and be asked, to create, start and be asked.
 */
import Docker from "dockerode";
import { liveInstances, sdk, waitForActivity, waitForZero } from "../test/support/service.ts";
import { type Visit, visit } from "./coldstart/callers.ts";
import { FrozenContainer } from "./coldstart/floor.ts";
import { measureFloor } from "./deploy/floor.ts";
import { runBenchmark } from "./support/cleanup.ts";
import { startInstallation } from "./support/installation.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { rotated } from "./support/rotated.ts";
import { create, untilRunning } from "./support/services.ts";

type Key = keyof Visit | "overFloorMs";

const MEASURES: readonly Measure<Key>[] = [
  { key: "firstMs", label: "ms to the first answer", digits: 1, isCompared: false },
  { key: "lastMs", label: "ms to the last answer", digits: 1, isCompared: false },
  { key: "overFloorMs", label: "last: ms above the floor", digits: 1, isCompared: false },
  { key: "lost", label: "lost", digits: 0, isCompared: false },
];
const CALLERS = [1, 5, 25, 100];
const SOON = { "slipway:scale-to-zero": "1s" };
const FLOORS = { warm: "floor: unfreeze", cold: "floor: create + start" };

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:coldstart", {
    rounds: { default: 10, meaning: "rounds: each number of callers once from warm and once from cold zero" },
  });
  const machine = await describeMachine([
    ["docker", "--version"],
    ["haproxy", "-v"],
  ]);
  const { slipway, image } = await startInstallation(cleanup);
  const docker = new Docker();
  const client = sdk(slipway);
  const frozen = await FrozenContainer.start(docker, image, cleanup);
  const warm = await create(client, "bench-warm", image, { tags: SOON });
  const cold = await create(client, "bench-cold", image, { tags: { ...SOON, "slipway:warm-zero": "0s" } });
  await Promise.all([warm, cold].map(({ arn }) => untilRunning(client, arn)));
  const samples = new Map<string, Sample<Key>[]>();
  const note = (name: string, sample: Sample<Key>): void =>
    void samples.set(name, [...(samples.get(name) ?? []), sample]);
  const measure = async (kind: "warm" | "cold", callers: number, floorMs: number): Promise<void> => {
    const host = (kind === "warm" ? warm : cold).url;
    const seen = await visit({ address: "127.0.0.1", port: slipway.edgePort, host }, callers);
    note(`${kind} zero, ${callers} callers`, { ...seen, overFloorMs: seen.lastMs - floorMs });
  };
  for (let round = 0; round < numbers.rounds; round++) {
    for (const callers of rotated(CALLERS, round)) {
      await Promise.all([waitForActivity(slipway, warm.arn, "freeze"), waitForZero(slipway, cold.arn)]);
      const [warmFloorMs, coldFloorMs] = [await frozen.measure(), await measureFloor(docker, image)];
      note(FLOORS.warm, { firstMs: warmFloorMs });
      note(FLOORS.cold, { firstMs: coldFloorMs });
      await measure("warm", callers, warmFloorMs);
      await measure("cold", callers, coldFloorMs);
    }
    process.stderr.write(`round ${round + 1} of ${numbers.rounds}\n`);
  }
  if ((await liveInstances(slipway, warm.arn)).length !== 1) throw new Error("warm zero lost its instance");
  const notes = [
    "All callers come at once, each on a connection of its own. The floors have one caller, and no proxy before it.",
    "Floor of warm zero: the engine's unpause and one request. Of cold zero: create + start with the same limits, polled.",
  ];
  printResult({ title: "bench:coldstart", machine, notes, measures: MEASURES, samples }, isJson);
});
