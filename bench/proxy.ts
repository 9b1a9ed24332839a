/**
 * Requests per second, latency and processor time per request: the edge beside plain HAProxy, nginx, Caddy and a direct
 * connection to the same origin.
 */
import type { Contender, Surroundings } from "./proxy/contender.ts";
import { startCaddy } from "./proxy/caddy.ts";
import { contest } from "./proxy/contest.ts";
import { type RunningEdge, startEdge } from "./proxy/edge.ts";
import { startHaproxy } from "./proxy/haproxy.ts";
import { LOAD_MEASURES } from "./proxy/measure.ts";
import { startNginx } from "./proxy/nginx.ts";
import { startOrigin } from "./proxy/origin.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { printResult } from "./support/report.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const HOST = "abcdefghij.us-east-1.slipway.localhost";
const REFERENCE = "haproxy";
const PROGRAMS = [
  ["haproxy", "-v"],
  ["nginx", "-v"],
  ["caddy", "version"],
  ["wrk", "-v"],
];

interface Field extends Surroundings {
  readonly slots: number;
  readonly edge: RunningEdge;
  readonly edgeConfig: string;
}

type Start = (field: Field, cleanup: Cleanup) => Contender | Promise<Contender>;

/** In the order of the table. */
const STARTS: Readonly<Record<string, Start>> = {
  direct: ({ origin }) => ({ name: "direct", port: origin.port, processes: [], logLines: null }),
  edge: ({ edge }) => edge,
  "edge-nolog": (field, cleanup) => startEdge({ ...field, hasAccessLog: false }, cleanup),
  haproxy: (field, cleanup) => startHaproxy("haproxy", field, cleanup),
  "haproxy-httplog": (field, cleanup) => startHaproxy("haproxy-httplog", field, cleanup),
  "haproxy-nolog": (field, cleanup) => startHaproxy("haproxy-nolog", field, cleanup),
  nginx: (field, cleanup) => startNginx("nginx", field, cleanup),
  "nginx-headers": (field, cleanup) => startNginx("nginx-headers", field, cleanup),
  caddy: startCaddy,
};

await runBenchmark(async (cleanup) => {
  const { numbers, isJson, only } = readOptions("bench:proxy", {
    rounds: { default: 9, meaning: "rounds over all contenders" },
    seconds: { default: 4, meaning: "seconds of load per contender and round" },
    connections: { default: 64, meaning: "kept connections of the load" },
    slots: { default: 200, meaning: "slots the edge declares" },
  });
  const machine = await describeMachine(PROGRAMS);
  const contenders = await startContenders(numbers.slots, only, cleanup);
  const load = { host: HOST, connections: numbers.connections, durationS: numbers.seconds };
  const samples = await contest(contenders, { load, rounds: numbers.rounds }, cleanup);
  const notes = [
    `wrk, one thread, ${numbers.connections} kept connections, ${numbers.seconds} s each; 12-byte answers of one origin; all on loopback.`,
    `The edge has ${numbers.slots} slots. CPU: all processes of the contender, log reader included, origin and wrk not.`,
  ];
  const title = "bench:proxy";
  printResult({ title, machine, notes, measures: LOAD_MEASURES, reference: REFERENCE, samples }, isJson);
});

async function startContenders(
  slots: number,
  only: readonly string[],
  cleanup: Cleanup,
): Promise<readonly Contender[]> {
  const unknown = only.find((name) => !(name in STARTS));
  if (unknown !== undefined)
    throw new Error(`--only ${unknown}: there are ${Object.keys(STARTS).join(", ")}`);
  const directory = temporaryDirectory(cleanup);
  const surroundings = { directory, host: HOST, origin: await startOrigin(directory, cleanup) };
  const edge = await startEdge({ ...surroundings, slots, hasAccessLog: true }, cleanup);
  const field = { ...surroundings, slots, edge, edgeConfig: edge.config };
  const contenders: Contender[] = [];
  for (const [name, start] of Object.entries(STARTS)) {
    if (only.length === 0 || only.includes(name)) contenders.push(await start(field, cleanup));
  }
  return contenders;
}
