/**
 * TLS at the edge: new connections per second with full and with resumed handshakes, beside plain HAProxy and Caddy; the
 * start with many certificates, and their memory.
 */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startOrigin } from "./proxy/origin.ts";
import { Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { residentMiB } from "./support/processor-time.ts";
import { printResult, type Sample } from "./support/report.ts";
import { rotated } from "./support/rotated.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";
import { startCaddy } from "./tls/caddy.ts";
import type { Contender, Setting, Start } from "./tls/contender.ts";
import { makeCredentials } from "./tls/credentials.ts";
import { startEdge } from "./tls/edge.ts";
import { startHaproxy } from "./tls/haproxy.ts";
import { type Load, measureHandshakes, TLS_MEASURES, type TlsKey } from "./tls/measure.ts";

const REFERENCE = "haproxy";
const SETTLED_MS = 200;
const PROGRAMS = [
  ["haproxy", "-v"],
  ["caddy", "version"],
  ["wrk", "-v"],
];
/** In the order of the table. */
const STARTS: Readonly<Record<string, Start>> = { edge: startEdge, haproxy: startHaproxy, caddy: startCaddy };

await runBenchmark(async (cleanup) => {
  const { numbers, isJson, only } = readOptions("bench:tls", {
    rounds: { default: 7, meaning: "rounds over all contenders" },
    seconds: { default: 3, meaning: "seconds of each kind of load per contender and round" },
    connections: { default: 16, meaning: "connections at the same time" },
    certificates: { default: 1_000, meaning: "certificates of the start with many" },
  });
  const machine = await describeMachine(PROGRAMS);
  const names = only.length === 0 ? Object.keys(STARTS) : only;
  const load = { connections: numbers.connections, durationS: numbers.seconds };
  const contest = await prepare(names, numbers.certificates, cleanup);
  const samples = new Map(names.map((name) => [name, [] as Sample<TlsKey>[]]));
  for (let round = 0; round < numbers.rounds; round++) {
    for (const name of rotated(names, round)) samples.get(name)?.push(await contest(name, load));
    process.stderr.write(`round ${round + 1} of ${numbers.rounds}\n`);
  }
  const notes = [
    `ECDSA P-256, TLS 1.3, ${numbers.connections} connections at a time, one request each, ${numbers.seconds} s each; one origin; all on loopback.`,
    `Full: wrk, one thread. Resumed: a Node process. Start and memory: with ${numbers.certificates} certificates.`,
  ];
  const title = "bench:tls";
  printResult({ title, machine, notes, measures: TLS_MEASURES, reference: REFERENCE, samples }, isJson);
});

type Contest = (name: string, load: Load) => Promise<Sample<TlsKey>>;

/** One of each runs all the time, with a single certificate; those with many start and end in each round. */
async function prepare(names: readonly string[], certificates: number, cleanup: Cleanup): Promise<Contest> {
  const root = temporaryDirectory(cleanup);
  const origin = await startOrigin(root, cleanup);
  const many = await makeCredentials(root, certificates);
  const start = async (name: string, credentials: Setting["credentials"], owner: Cleanup): Promise<Idle> => {
    const directory = mkdtempSync(join(root, `${name}-`));
    const contender = await startOf(name)({ directory, origin, credentials }, owner);
    return { contender, residentMiB: await settledMiB(contender) };
  };
  const single = new Map<string, Idle>();
  for (const name of names) single.set(name, await start(name, many.slice(0, 1), cleanup));
  return async (name, load) => {
    const one = single.get(name);
    if (one === undefined) throw new Error(`${name} was not started`);
    const handshakes = await measureHandshakes(one.contender, load, cleanup);
    const owner = new Cleanup();
    cleanup.add(() => owner.run());
    const { contender, residentMiB } = await start(name, many, owner);
    await owner.run();
    const certificateKiB = ((residentMiB - one.residentMiB) * 1_024) / (certificates - 1);
    return { ...handshakes, startMs: contender.startMs, certificateKiB };
  };
}

/** Once it stays the same: a master process gives its memory back a moment after its worker listens. */
async function settledMiB({ processes }: Contender): Promise<number> {
  for (let last = 0; ;) {
    const now = residentMiB({ roots: processes });
    if (now === last) return now;
    last = now;
    await sleep(SETTLED_MS);
  }
}

interface Idle {
  readonly contender: Contender;
  /** Before its first connection. */
  readonly residentMiB: number;
}

function startOf(name: string): Start {
  const start = STARTS[name];
  if (start === undefined) throw new Error(`--only ${name}: there are ${Object.keys(STARTS).join(", ")}`);
  return start;
}
