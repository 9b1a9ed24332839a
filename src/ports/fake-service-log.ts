/**
 * All ports of service-log.ts in memory, for unit tests of other modules. `follow` only copies when an engine is given;
 * otherwise a test says with `print` what an instance wrote.
 */
import { SlipwayError } from "../domain/error.ts";
import type { Clock } from "./clock.ts";
import type { ContainerEngine } from "./container-engine.ts";
import {
  type AccessLogWriter,
  type FoundLine,
  groupOf,
  type LogArchive,
  type LogBackwardPage,
  type LogGroup,
  type LogGroupKind,
  type LogKeeping,
  type LogLine,
  type LogOwner,
  type LogPage,
  type LogQuery,
  type LogReadFrom,
  type LogSearchPage,
  type LogStream,
  type LogStreamSummary,
  type ServiceLog,
  type WatchedLines,
  type WrittenLine,
} from "./service-log.ts";

interface Line {
  readonly timestampMs: number;
  readonly text: string;
  readonly key?: string;
}

interface Entry {
  readonly owner: LogOwner;
  readonly stream: LogStream;
  readonly lines: Line[];
}

export class FakeServiceLog implements ServiceLog, LogArchive, LogKeeping, AccessLogWriter {
  /** Instance ids in the order they were first followed. */
  readonly followed: string[] = [];
  /** Instance ids that were waited for. */
  readonly finished: string[] = [];
  /** By service: why its logs cannot be read. */
  readonly unreadable = new Map<string, string>();
  readonly #entries = new Map<string, Entry>();
  readonly #retention = new Map<string, number | null>();
  readonly #watchers = new Set<(owner: LogOwner, line: FoundLine) => void>();
  readonly #copies = new Map<string, Promise<void>>();
  readonly #engine: Pick<ContainerEngine, "readOutput"> | undefined;
  readonly #clock: Pick<Clock, "now">;

  constructor(
    options: {
      readonly engine?: Pick<ContainerEngine, "readOutput">;
      readonly clock?: Pick<Clock, "now">;
    } = {},
  ) {
    this.#engine = options.engine;
    this.#clock = options.clock ?? { now: () => 0 };
  }

  async write(owner: LogOwner, stream: LogStream, line: WrittenLine): Promise<void> {
    const { lines } = this.#entry(owner, stream);
    if (lines.some(({ key }) => key === line.key)) return;
    this.#add(owner, stream, {
      timestampMs: this.#clock.now(),
      text: `[${line.prefix ?? "AppRunner"}] ${line.text}`,
      key: line.key,
    });
  }

  async writeAccess(owner: LogOwner, lines: readonly LogLine[]): Promise<void> {
    for (const line of lines) this.#add(owner, { kind: "access" }, line);
  }

  follow(owner: LogOwner, instanceId: string): void {
    if (this.#copies.has(instanceId)) return;
    this.followed.push(instanceId);
    this.#copies.set(instanceId, this.#copy(owner, instanceId));
  }

  async finish(instanceId: string, _deadlineMs: number): Promise<void> {
    this.finished.push(instanceId);
    await this.#copies.get(instanceId);
  }

  async tail(owner: LogOwner, instanceId: string, lineCount: number): Promise<readonly string[]> {
    const texts = this.texts(owner, { kind: "application", instanceId });
    return lineCount > 0 ? texts.slice(-lineCount) : [];
  }

  async streams(owner: LogOwner): Promise<readonly LogStreamSummary[]> {
    return this.#entriesOf(owner)
      .filter(({ lines }) => lines.length > 0)
      .map(({ stream, lines }) => ({
        stream,
        firstEventMs: lines[0]?.timestampMs ?? null,
        lastEventMs: lines.at(-1)?.timestampMs ?? null,
        storedBytes: bytesOf(lines),
      }));
  }

  async read(owner: LogOwner, stream: LogStream, from: LogReadFrom, limit: number): Promise<LogPage> {
    const { lines } = this.#entry(owner, stream);
    const page: Line[] = [];
    let next = Number(from.cursor ?? 0);
    for (const line of lines.slice(next)) {
      if (page.length >= limit) break;
      if (isWithin(line, from)) page.push(line);
      next++;
    }
    return { lines: page.map(plain), cursor: String(next) };
  }

  async readBackward(
    owner: LogOwner,
    stream: LogStream,
    from: LogReadFrom,
    limit: number,
  ): Promise<LogBackwardPage> {
    const { lines } = this.#entry(owner, stream);
    const end = Number(from.cursor ?? lines.length);
    const page: Line[] = [];
    let next = end;
    while (next > 0 && page.length < limit) {
      const line = lines[--next];
      if (line !== undefined && isWithin(line, from)) page.unshift(line);
    }
    return { lines: page.map(plain), cursor: String(next), forwardCursor: String(end) };
  }

  async groups(): Promise<readonly LogGroup[]> {
    const groups = new Map<string, LogGroup>();
    for (const { owner, stream, lines } of this.#entries.values()) {
      if (lines.length === 0) continue;
      const group = groupOf(stream);
      const key = JSON.stringify([owner.serviceName, owner.serviceId, group]);
      const present = groups.get(key);
      groups.set(key, {
        owner,
        group,
        createdAtMs: present?.createdAtMs ?? lines[0]?.timestampMs ?? 0,
        storedBytes: (present?.storedBytes ?? 0) + bytesOf(lines),
        retentionDays: this.#retention.get(JSON.stringify([owner.serviceId, group])) ?? null,
      });
    }
    return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  }

  async search(query: LogQuery, signal: AbortSignal): Promise<LogSearchPage> {
    signal.throwIfAborted();
    const found = this.#entriesOf(query.owner)
      .filter(({ stream }) => groupOf(stream) === query.group && isAsked(stream, query.streams))
      .flatMap(({ stream, lines }) => lines.map((line, index) => foundLine(stream, line, index)))
      .filter((line) => isWithin(line, query) && query.required.every((text) => line.text.includes(text)))
      .filter(({ text }) => query.matches(text))
      .sort((a, b) => a.timestampMs - b.timestampMs);
    const start = Number(query.cursor ?? 0);
    const end = start + query.limit;
    return { lines: found.slice(start, end), cursor: end < found.length ? String(end) : null };
  }

  async assertReadable({ serviceId }: LogOwner): Promise<void> {
    const problem = this.unreadable.get(serviceId);
    if (problem !== undefined) throw new SlipwayError("LogsUnreadable", { problem });
  }

  async *watch(owner: LogOwner, group: LogGroupKind, signal: AbortSignal): AsyncIterable<WatchedLines> {
    const waiting: FoundLine[] = [];
    let wake = () => {};
    const watcher = (of: LogOwner, line: FoundLine) => {
      if (of.serviceId !== owner.serviceId || groupOf(line.stream) !== group) return;
      waiting.push(line);
      wake();
    };
    this.#watchers.add(watcher);
    signal.addEventListener("abort", () => wake(), { once: true });
    while (!signal.aborted) {
      if (waiting.length > 0) yield { lines: waiting.splice(0), missed: 0 };
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    this.#watchers.delete(watcher);
  }

  async setRetention(owner: LogOwner, group: LogGroupKind, days: number | null): Promise<void> {
    this.#retention.set(JSON.stringify([owner.serviceId, group]), days);
  }

  async removeGroup(owner: LogOwner, group: LogGroupKind): Promise<void> {
    for (const { stream, lines } of this.#entriesOf(owner)) if (groupOf(stream) === group) lines.length = 0;
  }

  async removeStream(owner: LogOwner, stream: LogStream): Promise<void> {
    this.#entry(owner, stream).lines.length = 0;
  }

  /** For tests: the instance wrote this. */
  print(owner: LogOwner, instanceId: string, ...texts: readonly string[]): void {
    for (const text of texts) {
      this.#add(owner, { kind: "application", instanceId }, { timestampMs: this.#clock.now(), text });
    }
  }

  /** For tests: how many watch any log. */
  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** For tests: all lines of a stream. */
  texts(owner: Pick<LogOwner, "serviceId">, stream: LogStream): readonly string[] {
    return this.#entry({ serviceName: "", ...owner }, stream).lines.map(({ text }) => text);
  }

  #add(owner: LogOwner, stream: LogStream, line: Line): void {
    const { lines } = this.#entry(owner, stream);
    lines.push(line);
    for (const watcher of this.#watchers) watcher(owner, foundLine(stream, line, lines.length - 1));
  }

  #entriesOf({ serviceId }: LogOwner): readonly Entry[] {
    return [...this.#entries.values()].filter(({ owner }) => owner.serviceId === serviceId);
  }

  #entry(owner: LogOwner, stream: LogStream): Entry {
    const key = JSON.stringify([owner.serviceId, stream]);
    const entry = this.#entries.get(key) ?? { owner, stream, lines: [] };
    this.#entries.set(key, entry);
    return entry;
  }

  async #copy(owner: LogOwner, instanceId: string): Promise<void> {
    if (this.#engine === undefined) return;
    for await (const batch of this.#engine.readOutput(instanceId, null, new AbortController().signal)) {
      for (const { timestampMs, text } of batch) {
        this.#add(owner, { kind: "application", instanceId }, { timestampMs, text });
      }
    }
  }
}

function plain({ timestampMs, text }: Line): LogLine {
  return { timestampMs, text };
}

function foundLine(stream: LogStream, line: Line, index: number): FoundLine {
  return { ...plain(line), stream, id: `${JSON.stringify(stream)}${index}` };
}

function isWithin(
  { timestampMs }: LogLine,
  { startTimeMs = 0, endTimeMs = Infinity }: Pick<LogReadFrom, "startTimeMs" | "endTimeMs">,
): boolean {
  return timestampMs >= startTimeMs && timestampMs < endTimeMs;
}

function isAsked(stream: LogStream, asked: readonly LogStream[] | null): boolean {
  return asked?.some((one) => JSON.stringify(one) === JSON.stringify(stream)) ?? true;
}

function bytesOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { text }) => sum + text.length, 0);
}
