/** Hostile inputs, many of them: none may bring down, slow down or fill the control plane. Ends with an error at the first that does. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Chance } from "../test/fuzz/chance.ts";
import { fuzzApi } from "../test/fuzz/api-fuzz.ts";
import { startFuzzedApi } from "../test/fuzz/fuzzed-api.ts";
import { fuzzReader } from "../test/fuzz/text-fuzz.ts";
import { extensionReaders, textReaders } from "../test/fuzz/text-readers.ts";
import { runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";

type Key = "inputs" | "inputMs" | "heapMiB";

const MEASURES: readonly Measure<Key>[] = [
  { key: "inputs", label: "inputs", digits: 0, isCompared: false },
  { key: "inputMs", label: "processor time an input, ms", digits: 3, isCompared: false },
  { key: "heapMiB", label: "heap after it, MiB", digits: 1, isCompared: false },
];
const MIB = 2 ** 20;

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:fuzz", {
    calls: { default: 70_000, meaning: "calls of the API" },
    texts: { default: 30_000, meaning: "texts over all readers" },
    tenths: { default: 10, meaning: "parts that the calls are told in" },
    seed: { default: 1, meaning: "the same seed makes the same inputs" },
  });
  const machine = await describeMachine([]);
  const chance = new Chance(numbers.seed);
  const samples = new Map<string, Sample<Key>[]>();
  const measured = async (name: string, inputs: number, work: () => unknown): Promise<void> => {
    const before = process.cpuUsage();
    const finding = await work();
    if (finding !== null) throw new Error(`${name}: ${JSON.stringify(finding, null, 2)}`);
    const { user, system } = process.cpuUsage(before);
    samples.set(name, [{ inputs, inputMs: (user + system) / 1_000 / inputs, heapMiB: heapMiB() }]);
    process.stderr.write(`${name}: done\n`);
  };
  const readers = [...textReaders, ...extensionReaders];
  const perReader = Math.ceil(numbers.texts / readers.length);
  await measured(
    "texts",
    perReader * readers.length,
    () =>
      readers.map((reader) => fuzzReader(reader, perReader, chance)).find((finding) => finding !== null) ??
      null,
  );
  const slipway = await startFuzzedApi();
  cleanup.add(() => slipway.close());
  const perPart = Math.ceil(numbers.calls / numbers.tenths);
  for (let part = 1; part <= numbers.tenths; part += 1) {
    await measured(`calls, part ${part}`, perPart, () => fuzzApi(slipway, perPart, chance));
  }
  const notes = [
    "Client, signing and server in one process. What calls create stays there, in a store in memory.",
  ];
  printResult({ title: "bench:fuzz", machine, notes, measures: MEASURES, samples }, isJson);
});

/** What is reachable: garbage is collected first. */
function heapMiB(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return process.memoryUsage().heapUsed / MIB;
}
