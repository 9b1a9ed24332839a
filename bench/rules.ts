/**
 * What each rule of the edge costs: its own configuration beside copies of it that lack one part each, and beside plain
 * HAProxy. For whoever changes the rules; `bench:proxy` is the measure of the whole.
 */
import type { Contender } from "./proxy/contender.ts";
import { contest } from "./proxy/contest.ts";
import { startEdge } from "./proxy/edge.ts";
import { startHaproxy } from "./proxy/haproxy.ts";
import { LOAD_MEASURES } from "./proxy/measure.ts";
import { startOrigin } from "./proxy/origin.ts";
import { startVariant } from "./rules/variant-edge.ts";
import { VARIANTS } from "./rules/variants.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { printResult } from "./support/report.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const HOST = "abcdefghij.us-east-1.slipway.localhost";
const REFERENCE = "all";

await runBenchmark(async (cleanup) => {
  const { numbers, isJson, only } = readOptions("bench:rules", {
    rounds: { default: 9, meaning: "rounds over all variants" },
    seconds: { default: 3, meaning: "seconds of load per variant and round" },
    connections: { default: 64, meaning: "kept connections of the load" },
    slots: { default: 200, meaning: "slots the edge declares" },
  });
  const machine = await describeMachine([
    ["haproxy", "-v"],
    ["wrk", "-v"],
  ]);
  const contenders = await startContenders(numbers.slots, cleanup);
  const chosen = contenders.filter(({ name }) => only.length === 0 || [REFERENCE, ...only].includes(name));
  const load = { host: HOST, connections: numbers.connections, durationS: numbers.seconds };
  const samples = await contest(chosen, { load, rounds: numbers.rounds }, cleanup);
  const notes = [
    `wrk, one thread, ${numbers.connections} kept connections, ${numbers.seconds} s each; one origin; all on loopback.`,
    "A part costs what is saved without it: requests/s above 1, CPU below 1.",
  ];
  const title = "bench:rules";
  printResult({ title, machine, notes, measures: LOAD_MEASURES, reference: REFERENCE, samples }, isJson);
});

async function startContenders(slots: number, cleanup: Cleanup): Promise<readonly Contender[]> {
  const directory = temporaryDirectory(cleanup);
  const surroundings = { directory, host: HOST, origin: await startOrigin(directory, cleanup) };
  const edge = await startEdge({ ...surroundings, slots, hasAccessLog: true }, cleanup);
  // "all" is the edge with its server in the file, as after a reload; "edge" added it at run time.
  const contenders: Contender[] = [edge];
  for (const variant of VARIANTS) {
    const contender = await startVariant(variant, { edge, directory }, cleanup);
    if (contender === null) process.stderr.write(`${variant.name}: not in the configuration\n`);
    else contenders.push(contender);
  }
  for (const name of ["haproxy", "haproxy-nolog"] as const) {
    contenders.push(await startHaproxy(name, { ...surroundings, edgeConfig: edge.config }, cleanup));
  }
  return contenders;
}
