/**
 * ServiceLog and LogReader in memory, for unit tests of other modules. `follow` only copies when an engine is given;
 * otherwise a test says with `print` what an instance wrote.
 */
import type { Clock } from "./clock.ts";
import type { ContainerEngine } from "./container-engine.ts";
import type {
  LogOwner,
  LogPage,
  LogReader,
  LogReadFrom,
  LogStream,
  LogStreamSummary,
  ServiceLog,
  WrittenLine,
} from "./service-log.ts";

interface Line {
  readonly timestampMs: number;
  readonly text: string;
  readonly key?: string;
}

interface Entry {
  readonly serviceId: string;
  readonly stream: LogStream;
  readonly lines: Line[];
}

export class FakeServiceLog implements ServiceLog, LogReader {
  /** Instance ids in the order they were first followed. */
  readonly followed: string[] = [];
  /** Instance ids that were waited for. */
  readonly finished: string[] = [];
  readonly #entries = new Map<string, Entry>();
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
    const { lines } = this.#entry(owner.serviceId, stream);
    if (lines.some(({ key }) => key === line.key)) return;
    lines.push({
      timestampMs: this.#clock.now(),
      text: `[${line.prefix ?? "AppRunner"}] ${line.text}`,
      key: line.key,
    });
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
    return [...this.#entries.values()]
      .filter(({ serviceId }) => serviceId === owner.serviceId)
      .map(({ stream, lines }) => ({
        stream,
        firstEventMs: lines[0]?.timestampMs ?? null,
        lastEventMs: lines.at(-1)?.timestampMs ?? null,
        storedBytes: lines.reduce((sum, { text }) => sum + text.length, 0),
      }));
  }

  async read(owner: LogOwner, stream: LogStream, from: LogReadFrom, limit: number): Promise<LogPage> {
    const { lines } = this.#entry(owner.serviceId, stream);
    const start = Number(from.cursor ?? 0);
    const page: Line[] = [];
    let next = start;
    for (const line of lines.slice(start)) {
      if (page.length >= limit) break;
      if (line.timestampMs >= (from.startTimeMs ?? 0)) page.push(line);
      next++;
    }
    return {
      lines: page.map(({ timestampMs, text }) => ({ timestampMs, text })),
      cursor: String(next),
    };
  }

  /** For tests: the instance wrote this. */
  print(owner: Pick<LogOwner, "serviceId">, instanceId: string, ...texts: readonly string[]): void {
    const { lines } = this.#entry(owner.serviceId, { kind: "application", instanceId });
    for (const text of texts) lines.push({ timestampMs: this.#clock.now(), text });
  }

  /** For tests: all lines of a stream. */
  texts(owner: Pick<LogOwner, "serviceId">, stream: LogStream): readonly string[] {
    return this.#entry(owner.serviceId, stream).lines.map(({ text }) => text);
  }

  #entry(serviceId: string, stream: LogStream): Entry {
    const key = JSON.stringify([serviceId, stream]);
    const entry = this.#entries.get(key) ?? { serviceId, stream, lines: [] };
    this.#entries.set(key, entry);
    return entry;
  }

  async #copy(owner: LogOwner, instanceId: string): Promise<void> {
    if (this.#engine === undefined) return;
    const { lines } = this.#entry(owner.serviceId, { kind: "application", instanceId });
    for await (const batch of this.#engine.readOutput(instanceId, null, new AbortController().signal)) {
      for (const { timestampMs, text } of batch) lines.push({ timestampMs, text });
    }
  }
}
