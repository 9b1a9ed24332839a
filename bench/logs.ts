/**
 * What keeping logs costs beside Docker's own log files: containers print at a steady rate, once with nobody reading and once
 * with the log store copying; then searches in a day of lines, beside `docker logs` and a text search of the same lines.
 */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Names } from "../src/engine/naming.ts";
import { HEAP_ENVIRONMENT, HEAP_FLAGS } from "../src/main/process-control.ts";
import { bundleProgram } from "../test/support/bundled-program.ts";
import { buildTestImages } from "../test/support/images/build.ts";
import type { Collected } from "./logs/collector.ts";
import { Journald } from "./logs/journald.ts";
import { storeDay, timeSearch } from "./logs/stored-day.ts";
import { type Cleanup, runBenchmark } from "./support/cleanup.ts";
import { describeMachine } from "./support/machine.ts";
import { readOptions } from "./support/options.ts";
import { processorTimeUs } from "./support/processor-time.ts";
import { type Measure, printResult, type Sample } from "./support/report.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const run = promisify(execFile);

type CopyKey =
  | "dockerUs"
  | "warmUpUs"
  | "ourUs"
  | "corePercent"
  | "lagP50Ms"
  | "lagP99Ms"
  | "loopHeldMs"
  | "bytes"
  | "lost";
type SearchKey = "linesPerSecond" | "storedUs" | "rareMs" | "commonMs" | "hourMs" | "bytes";

const COPY_MEASURES: readonly Measure<CopyKey>[] = [
  { key: "dockerUs", label: "Docker, µs/line", digits: 1, isCompared: false },
  { key: "warmUpUs", label: "kept, first 5 s, µs/line", digits: 1, isCompared: false },
  { key: "ourUs", label: "kept, sustained, µs/line", digits: 1, isCompared: true },
  { key: "corePercent", label: "sustained, % of a core", digits: 1, isCompared: false },
  { key: "lagP50Ms", label: "lag p50, ms", digits: 0, isCompared: false },
  { key: "lagP99Ms", label: "lag p99, ms", digits: 0, isCompared: false },
  { key: "loopHeldMs", label: "loop held p99.9, ms", digits: 1, isCompared: false },
  { key: "bytes", label: "bytes/line on disk", digits: 0, isCompared: true },
  { key: "lost", label: "lines lost", digits: 0, isCompared: false },
];
const SEARCH_MEASURES: readonly Measure<SearchKey>[] = [
  { key: "linesPerSecond", label: "lines/s at most", digits: 0, isCompared: true },
  { key: "storedUs", label: "kept, µs/line", digits: 2, isCompared: true },
  { key: "rareMs", label: "rare word, ms", digits: 0, isCompared: true },
  { key: "commonMs", label: "first 10,000 of a common one, ms", digits: 0, isCompared: false },
  { key: "hourMs", label: "rare word in an hour, ms", digits: 0, isCompared: false },
  { key: "bytes", label: "bytes/line on disk", digits: 0, isCompared: true },
];
const AIM_PERCENT = 10;
const SEARCHED_RATE = 100_000;
const SEARCHED_SECONDS = 10;
const HOUR_MS = 3_600_000;
const WRITER = join(import.meta.dirname, "logs", "writer.js");

await runBenchmark(async (cleanup) => {
  const { numbers, isJson } = readOptions("bench:logs", {
    rounds: { default: 3, meaning: "rounds of each contender" },
    seconds: {
      default: 30,
      meaning: "seconds that containers print, of which the first five are told apart",
    },
    rate: { default: 20_000, meaning: "lines a second of all containers together" },
    lines: { default: 10_000_000, meaning: "lines that are searched" },
  });
  const machine = await describeMachine([["docker", "--version"]]);
  const copies = new Map<string, Sample<CopyKey>[]>();
  const images = await buildTestImages();
  cleanup.add(() => images.remove());
  const collector = await bundleProgram("bench/logs/collector");
  cleanup.add(() => collector.remove());
  for (let round = 0; round < numbers.rounds; round++) {
    for (const [name, count, isCopied] of [
      ["docker alone, 1 container", 1, false],
      ["slipway, 1 container", 1, true],
      ["docker alone, 20 containers", 20, false],
      ["slipway, 20 containers", 20, true],
    ] as const) {
      const wish = { ...numbers, image: images.app, collector: collector.path, count, isCopied };
      const sample = await measureCopy(cleanup, wish);
      copies.set(name, [...(copies.get(name) ?? []), sample]);
      process.stderr.write(`${name}: round ${round + 1}\n`);
    }
    for (const [name, writers] of [
      ["journald, 1 writer", 1],
      ["journald, 20 writers", 20],
    ] as const) {
      if (Journald.whyNot() !== null) continue;
      const sample = await measureJournald(cleanup, { ...numbers, writers });
      copies.set(name, [...(copies.get(name) ?? []), sample]);
      process.stderr.write(`${name}: round ${round + 1}\n`);
    }
  }
  const copyNotes = [
    `${numbers.rate} lines of 150 characters a second for ${numbers.seconds} s. Docker: dockerd and what it started, others' work too.`,
    `Aim: at most ${AIM_PERCENT} % of a core sustained, in processor time of all threads: from the sixth second on, packing included. In the first five the program is compiled.`,
    "Ours: the store in a process of its own, with masking of two secrets and with packing. Lag: from Docker's time of a line to our file.",
    journaldNote(),
  ];
  const copying = { title: "bench:logs, copying", machine, notes: copyNotes, measures: COPY_MEASURES };
  printResult({ ...copying, reference: "slipway, 1 container", samples: copies }, isJson);
  const searches = new Map<string, readonly Sample<SearchKey>[]>([
    ["docker logs | grep", await measureDockerLogs(cleanup, { ...numbers, image: images.app })],
    ...(Journald.whyNot() === null ? [["journald", await searchJournald(cleanup, numbers)] as const] : []),
    ["slipway", await measureSearches(cleanup, { ...numbers, keyArn: null })],
    ["slipway, under a key", await measureSearches(cleanup, { ...numbers, keyArn: "key" })],
  ]);
  const searchNotes = [
    `${numbers.lines} lines of a day, one in a million with the rare word.`,
    `Docker and journald: ${SEARCHED_RATE * SEARCHED_SECONDS} lines (of Docker in a file that is not rotated), and the time in proportion.`,
    "Lines/s at most: ours from memory, copied and packed; journald's from one writer that waits for it.",
    journaldNote(),
  ];
  printResult(
    {
      title: "bench:logs, searching",
      machine,
      notes: searchNotes,
      measures: SEARCH_MEASURES,
      reference: "slipway",
      samples: searches,
    },
    isJson,
  );
});

interface CopyRun {
  readonly image: string;
  readonly rate: number;
  readonly seconds: number;
  readonly count: number;
  readonly isCopied: boolean;
  /** The program that copies, bundled as ours is: from its sources each of its threads would compile them first. */
  readonly collector: string;
}

async function measureCopy(cleanup: Cleanup, wish: CopyRun): Promise<Sample<CopyKey>> {
  const { rate, seconds, count, isCopied } = wish;
  const ownerId = randomBytes(16).toString("hex");
  const ids = Array.from({ length: count }, () => randomBytes(16).toString("hex"));
  const naming = new Names(ownerId);
  const names = ids.map((id) => naming.instanceContainer(id));
  cleanup.add(async () => void (await run("docker", ["rm", "-f", "-v", ...names]).catch(() => undefined)));
  const before = processorTimeUs({ roots: [dockerPid()] });
  const bounds = ["--log-opt", "max-size=20m", "--log-opt", "max-file=3"];
  await Promise.all(names.map(async (name) => startWriter(name, { ...wish, rate: rate / count }, bounds)));
  const directory = join(temporaryDirectory(cleanup), "logs");
  const collected = isCopied ? await collect(wish.collector, [directory, ownerId, ...ids]) : null;
  await run("docker", ["wait", ...names]);
  const dockerUs = (processorTimeUs({ roots: [dockerPid()] }) - before) / (rate * seconds);
  await run("docker", ["rm", "-f", "-v", ...names]);
  if (collected === null) return { dockerUs };
  const total = rate * seconds;
  const sustainedUs = collected.sustained.cpuUs / collected.sustained.lines;
  return {
    dockerUs,
    warmUpUs: collected.warmUp.cpuUs / collected.warmUp.lines,
    ourUs: sustainedUs,
    corePercent: (sustainedUs * rate * 100) / 1e6,
    lagP50Ms: collected.lagP50Ms,
    lagP99Ms: collected.lagP99Ms,
    loopHeldMs: collected.loopHeldMs,
    bytes: bytesIn(directory) / total,
    lost: total - collected.lines,
  };
}

interface WriterRun {
  readonly image: string;
  readonly rate: number;
  readonly seconds: number;
}

async function startWriter(
  name: string,
  { image, rate, seconds }: WriterRun,
  logOptions: readonly string[],
): Promise<void> {
  const log = ["--network", "none", "--log-driver", "json-file", ...logOptions];
  const program = ["--entrypoint", "/node", "-v", `${WRITER}:/writer.js:ro`, image];
  const args = ["run", "-d", "--name", name, ...log, ...program, "/writer.js", `${rate}`, `${seconds}`];
  await run("docker", args);
}

async function collect(program: string, args: readonly string[]): Promise<Collected> {
  const child = spawn(process.execPath, [...HEAP_FLAGS, program, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...HEAP_ENVIRONMENT },
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await once(child, "close");
  return JSON.parse(said) as Collected;
}

async function measureSearches(
  cleanup: Cleanup,
  {
    lines,
    rounds,
    keyArn,
  }: { readonly lines: number; readonly rounds: number; readonly keyArn: string | null },
): Promise<readonly Sample<SearchKey>[]> {
  const directory = temporaryDirectory(cleanup);
  const day = await storeDay(directory, { count: lines, keyArn });
  const samples: Sample<SearchKey>[] = [];
  for (let round = 0; round < rounds; round++) {
    const noon = { startTimeMs: day.startMs + 12 * HOUR_MS, endTimeMs: day.startMs + 13 * HOUR_MS };
    samples.push({
      linesPerSecond: lines / day.seconds,
      storedUs: day.cpuUs / lines,
      rareMs: (await timeSearch(day, { required: ["zebrafish"] })).ms,
      commonMs: (await timeSearch(day, { required: ["status=500"] })).ms,
      hourMs: (await timeSearch(day, { required: ["zebrafish"], ...noon })).ms,
      bytes: bytesIn(directory) / lines,
    });
  }
  return samples;
}

function journaldNote(): string {
  const reason = Journald.whyNot();
  return reason === null
    ? "journald: its own process alone, in a log namespace; lines come by its stream socket, as those of services do."
    : `journald is not compared: ${reason}.`;
}

async function measureJournald(
  cleanup: Cleanup,
  { rate, seconds, writers }: { readonly rate: number; readonly seconds: number; readonly writers: number },
): Promise<Sample<CopyKey>> {
  const journald = await Journald.start(cleanup);
  const { cpuUs } = await journald.write({ writers, rate, seconds });
  const total = rate * seconds;
  const lost = total - (await journald.lineCount());
  const bytes = journald.bytes() / total;
  await journald.stop();
  return { ourUs: cpuUs / total, corePercent: (cpuUs / (seconds * 1e6)) * 100, bytes, lost };
}

async function searchJournald(
  cleanup: Cleanup,
  { lines, rounds }: { readonly lines: number; readonly rounds: number },
): Promise<readonly Sample<SearchKey>[]> {
  const journald = await Journald.start(cleanup);
  const count = SEARCHED_RATE * SEARCHED_SECONDS;
  const { cpuUs, seconds } = await journald.write({ writers: 1, rate: count, seconds: 1 });
  const kept = { linesPerSecond: count / seconds, storedUs: cpuUs / count, bytes: journald.bytes() / count };
  const samples: Sample<SearchKey>[] = [];
  for (let round = 0; round < rounds; round++) {
    samples.push({ ...kept, rareMs: ((await journald.searchMs("zebrafish")) * lines) / count });
  }
  await journald.stop();
  return samples;
}

/** What there is without a log store: `docker logs` and a text search, over all lines there are, whatever the time wished. */
async function measureDockerLogs(
  cleanup: Cleanup,
  { image, lines, rounds }: { readonly image: string; readonly lines: number; readonly rounds: number },
): Promise<readonly Sample<SearchKey>[]> {
  const name = `slipway-bench-logs-${process.pid}`;
  cleanup.add(async () => void (await run("docker", ["rm", "-f", "-v", name]).catch(() => undefined)));
  await startWriter(name, { image, rate: SEARCHED_RATE, seconds: SEARCHED_SECONDS }, []);
  await run("docker", ["wait", name]);
  const { stdout } = await run("docker", ["inspect", "--format", "{{.LogPath}}", name]);
  const share = lines / (SEARCHED_RATE * SEARCHED_SECONDS);
  const bytes = statSync(stdout.trim()).size / (SEARCHED_RATE * SEARCHED_SECONDS);
  const samples: Sample<SearchKey>[] = [];
  for (let round = 0; round < rounds; round++) {
    samples.push({ rareMs: (await timeGrep(name, ["-c", "zebrafish"])) * share, bytes });
  }
  return samples;
}

async function timeGrep(name: string, args: readonly string[]): Promise<number> {
  const beganAtMs = performance.now();
  const logs = spawn("docker", ["logs", name], { stdio: ["ignore", "pipe", "ignore"] });
  const grep = spawn("grep", args, { stdio: [logs.stdout, "ignore", "ignore"] });
  await once(grep, "close");
  return performance.now() - beganAtMs;
}

function dockerPid(): number {
  const pid = readdirSync("/proc").find((name) => /^\d+$/.test(name) && nameOf(name) === "dockerd");
  if (pid === undefined) throw new Error("no dockerd runs on this machine");
  return Number(pid);
}

function nameOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return null; // it ended meanwhile
  }
}

function bytesIn(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
