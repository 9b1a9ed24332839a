/**
 * The audit trail in files, with its newest link anchored in the database. Calls that must last are on disk before they are
 * answered, many with one write; others within half a second. While the disk refuses, calls wait in memory up to a bound
 * and then are counted; the count becomes a record once something can be written.
 */
import type { KeyObject } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { AuditedCall } from "../../domain/audit.ts";
import type { AuditLink, AuditPage, AuditQuery, AuditTrail, AuditVerdict } from "../../ports/audit-trail.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SettingTable } from "../../ports/store.ts";
import { lookUp } from "./audit-lookup.ts";
import { checkChain } from "./chain-check.ts";
import { openLink, ORIGIN, sealLink } from "./chain-link.ts";
import { ChainWriter, type WrittenCall } from "./chain-writer.ts";
import { dropOld } from "./retention.ts";
import { listSegments, packSegment, removeSegment } from "./segment-files.ts";

export interface AuditTrailOptions {
  readonly directory: string;
  /** Nobody but the control plane has it. */
  readonly key: KeyObject;
  readonly anchors: SettingTable;
  readonly clock: Clock;
  /** For people; the same problem once a minute. */
  readonly onProblem: (problem: string, details: { readonly err?: unknown; readonly lost?: number }) => void;
  /** On disk; a GiB unless given. */
  readonly bytesMax?: number;
}

const HEAD_ANCHOR = "audit-head";
const TAIL_ANCHOR = "audit-tail";
const BATCH_MS = 500;
const ANCHOR_MS = 5_000;
const SWEEP_MS = 60 * 60_000;
const WAITING_MAX = 10_000;
/** A disk that hangs must not hold calls for ever. */
const WRITE_DEADLINE_MS = 5_000;
const QUIET_MS = 60_000;
const DEFAULT_BYTES_MAX = 1024 ** 3;

export class FileAuditTrail implements AuditTrail {
  readonly #options: AuditTrailOptions;
  readonly #writer: ChainWriter;
  #before: AuditLink = ORIGIN;
  #anchored: AuditLink | null = null;
  #waiting: WrittenCall[] = [];
  #isDurable = false;
  #lostCount = 0;
  #droppedAtMs = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #keeping: Promise<void> = Promise.resolve();
  #checking: Promise<AuditVerdict> | null = null;
  readonly #toldAtMs = new Map<string, number>();

  private constructor(options: AuditTrailOptions) {
    this.#options = options;
    this.#writer = new ChainWriter(options.directory, options.key);
  }

  static async open(options: AuditTrailOptions): Promise<FileAuditTrail> {
    const trail = new FileAuditTrail(options);
    await trail.#open();
    return trail;
  }

  async record(call: AuditedCall, { mustLast }: { readonly mustLast: boolean }): Promise<void> {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#lostCount += 1;
      return;
    }
    this.#waiting.push({ atMs: call.atMs, json: JSON.stringify(call) });
    if (!mustLast) {
      this.#timer ??= setTimeout(() => void this.#flush(), BATCH_MS);
      return;
    }
    this.#isDurable = true;
    await this.#flushInTime();
  }

  async lookup(query: AuditQuery): Promise<AuditPage> {
    await this.#flushInTime();
    const { directory } = this.#options;
    const segments = await listSegments(directory);
    return lookUp({ directory, segments, query, elapsed: () => performance.now() });
  }

  /** One at a time: who asks meanwhile gets the same answer. */
  async verify(): Promise<AuditVerdict> {
    if (this.#checking !== null) return this.#checking;
    const verdict = this.#keeping.then(() => this.#verify());
    this.#checking = verdict;
    this.#keeping = verdict.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await verdict;
    } finally {
      this.#checking = null;
    }
  }

  /** Anchors, packs and drops until the end. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      await this.#inTurn(() => this.#writer.letGoOfLostFile());
      await this.#inTurn(() => this.#anchor());
      if (performance.now() - this.#droppedAtMs >= SWEEP_MS) await this.#sweep();
      await pause(ANCHOR_MS, undefined, { signal: end }).catch(() => undefined);
    }
  }

  /** Writes what waits. Nothing may be recorded afterwards. */
  async close(): Promise<void> {
    await this.#flushInTime();
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#inTurn(() => this.#anchor());
    await this.#writer.close();
  }

  async #open(): Promise<void> {
    const { directory, key, anchors } = this.#options;
    const before = openLink(key, await anchors.get(TAIL_ANCHOR));
    const anchor = openLink(key, await anchors.get(HEAD_ANCHOR));
    this.#before = before === "forged" || before === null ? ORIGIN : before;
    await this.#writer.open(this.#before);
    await this.#removeDropped(directory);
    if (anchor === "forged" || before === "forged") {
      return this.#tell(
        "the audit trail's anchor in the database is not ours; see `slipway audit verify`",
        {},
      );
    }
    this.#anchored = anchor;
    if (anchor === null || anchor.sequence <= this.#writer.head.sequence) return;
    this.#writer.skipTo(anchor);
    this.#tell("records are missing at the end of the audit trail; see `slipway audit verify`", {});
  }

  /** What a crash left of files that were dropped. */
  async #removeDropped(directory: string): Promise<void> {
    const segments = await listSegments(directory);
    const first = segments.findIndex(({ firstSequence }) => firstSequence === this.#before.sequence + 1);
    for (const segment of segments.slice(0, Math.max(0, first))) await removeSegment(directory, segment);
  }

  async #flushInTime(): Promise<void> {
    const deadline = new AbortController();
    const late = pause(WRITE_DEADLINE_MS, "late" as const, { signal: deadline.signal }).catch(
      () => undefined,
    );
    const outcome = await Promise.race([this.#flush(), late]);
    deadline.abort();
    if (outcome === "late") this.#tell("the audit trail's disk does not answer: calls go on without it", {});
  }

  /** Resolves when all that waits now was written, or could not be. Never throws. */
  async #flush(): Promise<void> {
    this.#next ??= this.#inTurn(() => {
      this.#next = null;
      return this.#write();
    });
    return this.#next;
  }

  /** One after another: there is one writer. Never throws. */
  async #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#writing.then(act).catch((error: unknown) => {
      this.#tell("the audit trail's file cannot be used", { err: error });
    });
    this.#writing = turn;
    return turn;
  }

  async #write(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const isDurable = this.#isDurable;
    this.#isDurable = false;
    const segment = this.#writer.segment;
    try {
      await this.#writeWaiting();
      if (isDurable) await this.#writer.sync();
    } catch (error) {
      this.#isDurable ||= isDurable;
      this.#tell("the audit trail cannot be written: calls go on without it", {
        err: error,
        lost: this.#lostCount,
      });
      this.#timer = setTimeout(() => void this.#flush(), BATCH_MS);
    }
    if (segment !== null && segment !== this.#writer.segment) void this.#sweep();
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const count = await this.#writer.append(this.#waiting);
      this.#waiting = this.#waiting.slice(count);
      if (this.#lostCount === 0) continue;
      this.#waiting.push(this.#lostCall(this.#lostCount));
      this.#lostCount = 0;
    }
  }

  #lostCall(count: number): WrittenCall {
    const atMs = this.#options.clock.now();
    const call: AuditedCall = {
      atMs,
      requestId: "",
      eventSource: "slipway",
      eventName: "AuditRecordsLost",
      isReadOnly: false,
      principalArn: null,
      accessKeyId: null,
      sourceAddress: null,
      userAgent: null,
      resources: [],
      errorCode: null,
      errorMessage: null,
      durationMs: 0,
      parameters: { count },
      response: null,
      changedMembers: null,
    };
    return { atMs, json: JSON.stringify(call) };
  }

  async #anchor(): Promise<void> {
    const { key, anchors } = this.#options;
    const { head } = this.#writer;
    if (head.sequence === (this.#anchored?.sequence ?? 0)) return;
    try {
      // The database must not know of what a power cut may take.
      await this.#writer.sync();
      await anchors.put(HEAD_ANCHOR, sealLink(key, head));
      this.#anchored = head;
    } catch (error) {
      this.#tell("the audit trail cannot be anchored", { err: error });
    }
  }

  /** Files are packed and dropped by one at a time, and while nobody checks them. */
  async #sweep(): Promise<void> {
    this.#keeping = this.#keeping.then(() => this.#sweepNow());
    await this.#keeping;
  }

  async #sweepNow(): Promise<void> {
    const { directory, key, anchors, clock, bytesMax = DEFAULT_BYTES_MAX } = this.#options;
    try {
      const newest = this.#writer.segment?.name;
      for (const segment of await listSegments(directory)) {
        if (segment.name !== newest) await packSegment(directory, segment);
      }
      await dropOld({
        directory,
        bytesMax,
        nowMs: this.#isDropDue() ? clock.now() : null,
        onDrop: async (before) => {
          await anchors.put(TAIL_ANCHOR, sealLink(key, before));
          this.#before = before;
        },
      });
    } catch (error) {
      this.#tell("old records of the audit trail cannot be packed or removed", { err: error });
    }
  }

  /** Once an hour: a clock that jumps meanwhile costs a day or two, not the trail. */
  #isDropDue(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#droppedAtMs < SWEEP_MS) return false;
    this.#droppedAtMs = nowMs;
    return true;
  }

  async #verify(): Promise<AuditVerdict> {
    const { directory, key, anchors } = this.#options;
    await this.#flushInTime();
    return checkChain({
      directory,
      key,
      before: this.#before,
      head: this.#writer.head,
      newestSequence: async () => {
        await this.#flushInTime();
        return this.#writer.head.sequence;
      },
      segments: await listSegments(directory),
      anchor: openLink(key, await anchors.get(HEAD_ANCHOR)),
    });
  }

  #tell(problem: string, details: { readonly err?: unknown; readonly lost?: number }): void {
    const nowMs = performance.now();
    if (nowMs - (this.#toldAtMs.get(problem) ?? -Infinity) < QUIET_MS) return;
    this.#toldAtMs.set(problem, nowMs);
    this.#options.onProblem(problem, details);
  }
}
