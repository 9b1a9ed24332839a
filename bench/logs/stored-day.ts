/** A day of lines of one instance in a log store, one in a million with a rare word, and searches in it. */
import { join } from "node:path";
import { systemClock as clock } from "../../src/main/system-clock.ts";
import { FileServiceLog } from "../../src/observe/logs/file-service-log.ts";
import type { OutputLine } from "../../src/ports/container-engine.ts";
import { FakeEncryptionKeys } from "../../src/ports/fake-encryption-keys.ts";
import type { LogQuery } from "../../src/ports/service-log.ts";

const DAY_MS = 86_400_000;
const BATCH = 1_000;
const RARE_EVERY = 1_000_000;
const INSTANCE = "7".padStart(32, "0");
const owner = { serviceId: "1".padStart(32, "0"), serviceName: "bench" };

export interface StoredDay {
  readonly log: FileServiceLog;
  readonly startMs: number;
  /** Processor time of copying and packing. */
  readonly cpuUs: number;
  readonly seconds: number;
}

/** Encrypted where the service has a key. */
export async function storeDay(
  directory: string,
  { count, keyArn }: { readonly count: number; readonly keyArn: string | null },
): Promise<StoredDay> {
  const before = process.cpuUsage();
  const beganAtMs = performance.now();
  const startMs = clock.now() - DAY_MS;
  const log = new FileServiceLog({
    directory: join(directory, "logs"),
    engine: { readOutput: () => linesOf(count, startMs) },
    clock,
    encryption: { keys: new FakeEncryptionKeys(), keyArnOf: async () => keyArn },
    onError: (event, { problem }) => process.stderr.write(`${event} ${problem}\n`),
  });
  log.follow(owner, INSTANCE);
  await log.finish(INSTANCE, 3_600_000);
  const ended = new AbortController();
  ended.abort();
  await log.start(ended.signal); // until all is packed
  const { user, system } = process.cpuUsage(before);
  return { log, startMs, cpuUs: user + system, seconds: (performance.now() - beganAtMs) / 1000 };
}

/** Milliseconds until the first page of at most 10,000 lines. */
export async function timeSearch(
  { log }: StoredDay,
  wish: Partial<LogQuery>,
): Promise<{ readonly ms: number; readonly found: number }> {
  const query: LogQuery = {
    owner,
    group: "application",
    streams: null,
    startTimeMs: 0,
    endTimeMs: Number.MAX_SAFE_INTEGER,
    required: [],
    matches: () => true,
    cursor: null,
    limit: 10_000,
    timeLimitMs: 120_000,
    ...wish,
  };
  const beganAtMs = performance.now();
  const { lines } = await log.search(query, new AbortController().signal);
  return { ms: performance.now() - beganAtMs, found: lines.length };
}

async function* linesOf(count: number, startMs: number): AsyncGenerator<readonly OutputLine[]> {
  let seed = 1;
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff);
  for (let from = 0; from < count; from += BATCH) {
    yield Array.from({ length: Math.min(BATCH, count - from) }, (_, index) => {
      const number = from + index;
      return {
        stream: "stdout" as const,
        timestampMs: Math.floor(startMs + (number / count) * DAY_MS),
        text: textOf(number, random),
        cursor: `1~${number}~2026-01-01T00:00:00.123456789Z~1`,
      };
    });
  }
}

function textOf(number: number, random: () => number): string {
  if (number % RARE_EVERY === RARE_EVERY / 2) return `zebrafish ${number}`;
  const id = random().toString(16).padStart(8, "0") + random().toString(16).padStart(8, "0");
  const words = `level=info msg="request served" id=${id} path=/api/orders/${random() % 10_000} status=${random() % 50 > 0 ? 200 : 500} ms=${random() % 300} user=u${random() % 50_000} n=${number}`;
  return words.padEnd(149, " agent=curl");
}
