/**
 * Reads the log ring of HAProxy's workers (`show events -w`), the current one and those that a reload replaced until their
 * requests have ended. HAProxy never waits for it: with a reader that is slow the ring is full, and lines are dropped.
 *
 * How far it has read is noted each second. A new process begins behind that: what ended while nobody read is told of, as far
 * as the ring holds it; what was read in the second before a kill may be told twice. Old workers are kept until all of them was
 * told, at most as long as HAProxy lets them live. Those that we find are asked by way of the master: their own socket is their
 * successor's. It lets nobody wait for lines, so their rings are read when we begin, now and then, and when their requests have
 * ended.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { createConnection, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { RequestBatch, RequestLog } from "../ports/request-log.ts";
import type { EdgeLog } from "./desired-state.ts";
import { readProcesses } from "./haproxy-process.ts";
import type { EdgeLayout } from "./layout.ts";
import { LineCount } from "./line-count.ts";
import { KEEP_COMMAND, RELEASE_COMMAND } from "./load-script.ts";
import { parseRequestLine, type RequestLine } from "./request-line.ts";
import { runCommand } from "./runtime-socket.ts";

const COMMAND = "show info;show events access_log -w\n";
const STATISTICS = "show stat -1 1 -1";
const BATCH_MAX_LINES = 1_000;
/** More than that wait in HAProxy's ring. */
const WAITING_MAX_LINES = 10_000;
const RECONNECT_MS = 200;
const OLD_WORKER_POLL_MS = 1_000;
/** A ring is read whole each time. */
const OLD_RING_EVERY_LOOKS = 10;
/** Each has a few of the master's ten connections; HAProxy ends them after 150 s. */
const OLD_RINGS_MAX = 2;
const POSITION_EVERY_MS = 1_000;

export interface RequestStreamOptions {
  readonly layout: EdgeLayout;
  /** The service's own host for a name, if any. */
  readonly ownHost: (name: string) => string | undefined;
  /** Hears the own host of a service that is paused, starts or failed, for each refusal that is told of. */
  readonly onRefusal: (host: string) => void;
  readonly log: EdgeLog;
}

interface Connection {
  readonly socket: Socket;
  worker: number;
}

interface Position {
  readonly worker: number;
  /** Another worker of the same id, after the machine started anew, began at another time. */
  readonly startedAtS: number;
  readonly highest: Readonly<Record<string, number>>;
}

/** For one reader at a time. */
export class RequestStream implements RequestLog {
  readonly #options: RequestStreamOptions;
  readonly #counts = new Map<number, LineCount>();
  readonly #startedAtS = new Map<number, number>();
  readonly #waiting: string[] = [];
  #current: Connection | null = null;
  readonly #old = new Set<Connection>();
  /** Those that had been replaced before we began. */
  #oldest: readonly number[] = [];
  #wakeReader = (): void => undefined;
  #isReading = false;
  #savedAtMs = 0;

  constructor(options: RequestStreamOptions) {
    this.#options = options;
  }

  async *requests(signal: AbortSignal): AsyncGenerator<RequestBatch, void> {
    const wake = (): void => this.#wakeReader();
    signal.addEventListener("abort", wake);
    this.#isReading = true;
    await this.#readPosition();
    await this.#findOldest();
    this.#connect();
    try {
      while (!signal.aborted) {
        if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#wakeReader = resolve));
        const batch = this.#takeBatch();
        if (batch.records.length > 0 || batch.lost > 0) yield batch;
        await this.#savePosition();
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#isReading = false;
      this.#current?.socket.destroy();
      for (const { socket } of this.#old) socket.destroy();
      this.#savedAtMs = 0;
      await this.#savePosition();
    }
  }

  /** The worker that serves now: another one after a reload. Its predecessor is read until its requests have ended. */
  follow(worker: number): void {
    const before = this.#current;
    if (!this.#isReading || before === null || before.worker === worker || before.worker === 0) return;
    this.#old.add(before);
    this.#connect();
    void this.#askOld(before.worker, KEEP_COMMAND);
    void this.#readToTheEnd(before);
  }

  async #findOldest(): Promise<void> {
    const { layout } = this.#options;
    const processes = await readProcesses(layout, AbortSignal.timeout(5_000)).catch(() => null);
    const oldWorkers = processes?.oldWorkers ?? [];
    this.#oldest = oldWorkers.slice(0, OLD_RINGS_MAX);
    for (const worker of this.#oldest) void this.#readRings(worker);
    // Kept for us by those that were here before.
    for (const worker of oldWorkers.slice(OLD_RINGS_MAX)) void this.#askOld(worker, RELEASE_COMMAND);
  }

  async #readRings(worker: number): Promise<void> {
    let last: string | undefined;
    void this.#askOld(worker, KEEP_COMMAND);
    for (let look = 0, quietLooks = 0; this.#isReading && quietLooks < 2; look++) {
      if (look % OLD_RING_EVERY_LOOKS === 0) last = await this.#readRing(worker, last);
      await delay(OLD_WORKER_POLL_MS);
      const rows = await this.#askOld(worker, STATISTICS);
      quietLooks = rows !== null && countOf(rows) === 0 ? quietLooks + 1 : 0;
    }
    if (this.#isReading) {
      await this.#readRing(worker, last);
      await this.#askOld(worker, RELEASE_COMMAND);
    }
    this.#oldest = this.#oldest.filter((other) => other !== worker);
  }

  /** What is behind the line that was its last before; all of it if that was overwritten. The last one now. */
  async #readRing(worker: number, last: string | undefined): Promise<string | undefined> {
    const told = await this.#askOld(worker, "show info", "show events access_log");
    const startedAtS = /^Start_time_sec: (\d+)$/m.exec(told ?? "")?.[1];
    if (told === null || startedAtS === undefined) return last;
    this.#isStill(worker, Number(startedAtS));
    const lines = told.split("\n").filter((line) => line.includes("\t"));
    const from = last === undefined ? 0 : lines.lastIndexOf(last) + 1;
    for (const line of lines.slice(from)) this.#waiting.push(line);
    this.#wakeReader();
    return lines.at(-1) ?? last;
  }

  async #askOld(worker: number, ...commands: readonly string[]): Promise<string | null> {
    const line = commands.map((command) => `@!${worker} ${command}`).join(";");
    return runCommand(this.#options.layout.masterSocket, line, AbortSignal.timeout(5_000)).catch(() => null);
  }

  #connect(): void {
    const socket = createConnection(this.#options.layout.runtimeSocket);
    const connection: Connection = { socket, worker: 0 };
    this.#current = connection;
    let rest = "";
    socket.setEncoding("latin1");
    socket.on("error", () => socket.destroy());
    socket.on("close", () => void this.#closed(connection));
    socket.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.includes("\t")) this.#waiting.push(line);
        else if (line.startsWith("Pid: ")) connection.worker = Number(line.slice(5));
        else if (line.startsWith("Start_time_sec: "))
          this.#reached(connection.worker, Number(line.slice(16)));
      }
      if (this.#waiting.length > WAITING_MAX_LINES) socket.pause();
      if (this.#waiting.length > 0) this.#wakeReader();
    });
    socket.write(COMMAND);
  }

  /** Counts of workers that are no more, or that had this one's id before it, are forgotten. */
  #reached(worker: number, startedAtS: number): void {
    this.#isStill(worker, startedAtS);
    const read = new Set([worker, ...this.#oldest, ...Array.from(this.#old, ({ worker }) => worker)]);
    for (const map of [this.#counts, this.#startedAtS])
      for (const known of map.keys()) if (!read.has(known)) map.delete(known);
  }

  #isStill(worker: number, startedAtS: number): void {
    if (this.#startedAtS.get(worker) !== startedAtS) this.#counts.delete(worker);
    this.#startedAtS.set(worker, startedAtS);
  }

  async #closed(connection: Connection): Promise<void> {
    this.#old.delete(connection);
    if (!this.#isReading || this.#current !== connection) return;
    // Its own lines again from the start of the ring: those that were read are known by their counts.
    this.#rebase(connection.worker);
    await delay(RECONNECT_MS);
    if (this.#isReading && this.#current === connection) this.#connect();
  }

  /**
   * Our connection would keep an old worker: it goes when nobody else has one, after a further look, for lines may be on
   * their way.
   */
  async #readToTheEnd(connection: Connection): Promise<void> {
    for (let quietLooks = 0; this.#isReading && this.#old.has(connection);) {
      await delay(OLD_WORKER_POLL_MS);
      const rows = await this.#askOld(connection.worker, STATISTICS);
      quietLooks = rows !== null && countOf(rows) === 0 ? quietLooks + 1 : 0;
      if (quietLooks < 2) continue;
      await this.#askOld(connection.worker, RELEASE_COMMAND);
      connection.socket.destroy();
    }
  }

  #takeBatch(): RequestBatch {
    const lines = this.#waiting.splice(0, BATCH_MAX_LINES);
    const records = [];
    for (const line of lines) {
      const parsed = parseRequestLine(line, this.#options.ownHost);
      if (parsed === null || !this.#isNew(parsed)) continue;
      const { cut, serviceHost } = parsed.record;
      if (cut === "refused" && serviceHost !== undefined) this.#options.onRefusal(serviceHost);
      records.push(parsed.record);
    }
    if (this.#waiting.length < WAITING_MAX_LINES) this.#resume();
    let lost = 0;
    for (const count of this.#counts.values()) lost += count.takeLost();
    return { records, lost };
  }

  #isNew({ worker, frontend, count }: RequestLine): boolean {
    const counts = this.#counts.get(worker) ?? new LineCount();
    this.#counts.set(worker, counts);
    return counts.isNew(frontend, count);
  }

  #resume(): void {
    this.#current?.socket.resume();
    for (const { socket } of this.#old) socket.resume();
  }

  #rebase(worker: number): void {
    const counts = this.#counts.get(worker);
    if (counts !== undefined) this.#counts.set(worker, new LineCount(counts.highest()));
  }

  async #readPosition(): Promise<void> {
    const text = await readFile(this.#options.layout.logPosition, "utf8").catch(() => "[]");
    for (const { worker, startedAtS, highest } of parsePositions(text)) {
      this.#counts.set(worker, new LineCount(highest));
      this.#startedAtS.set(worker, startedAtS);
    }
  }

  /** Not synced: what a crash of the machine forgets, the ring has forgotten as well. */
  async #savePosition(): Promise<void> {
    const now = performance.now();
    if (now - this.#savedAtMs < POSITION_EVERY_MS && this.#savedAtMs !== 0) return;
    this.#savedAtMs = now;
    const { logPosition } = this.#options.layout;
    const positions: Position[] = [...this.#counts].map(([worker, counts]) => ({
      worker,
      startedAtS: this.#startedAtS.get(worker) ?? 0,
      highest: counts.highest(),
    }));
    try {
      await writeFile(`${logPosition}.new`, JSON.stringify(positions.slice(-10)), { mode: 0o600 });
      await rename(`${logPosition}.new`, logPosition);
    } catch (error) {
      this.#options.log("warn", `how far requests were told of is not noted: ${String(error)}`);
    }
  }
}

function parsePositions(text: string): readonly Position[] {
  try {
    const found = JSON.parse(text) as unknown;
    return Array.isArray(found) ? found.filter(isPosition) : [];
  } catch {
    return [];
  }
}

function isPosition(found: unknown): found is Position {
  if (typeof found !== "object" || found === null) return false;
  const { worker, highest } = found as Partial<Position>;
  return Number.isInteger(worker) && typeof highest === "object" && highest !== null;
}

/** Sessions of all frontends; 0 when the worker is gone. */
function countOf(rows: string): number {
  const sessions = rows.split("\n").map((row) => row.split(","));
  return sessions
    .filter(([name = "", kind]) => kind === "FRONTEND" && /^(web|web_tls|inside|passed)$/.test(name))
    .reduce((sum, columns) => sum + Number(columns[4]), 0);
}
