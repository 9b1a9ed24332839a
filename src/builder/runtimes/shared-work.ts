/**
 * Work that several callers want at the same time is done once. Each may give up alone; the work is aborted when the
 * last one has.
 */
import { orAborted } from "../../domain/or-aborted.ts";

type Report = (line: string) => void;
type Act<Result> = (report: Report, signal: AbortSignal) => Promise<Result>;

interface Work<Result> {
  readonly result: Promise<Result>;
  readonly listeners: Set<Report>;
  readonly controller: AbortController;
  /** For those who come later. */
  lastLine: string | null;
}

export class SharedWork<Result> {
  readonly #works = new Map<string, Work<Result>>();

  async run(
    key: string,
    callbacks: { readonly report: Report; readonly signal: AbortSignal },
    act: Act<Result>,
  ): Promise<Result> {
    const { report, signal } = callbacks;
    signal.throwIfAborted();
    const work = this.#works.get(key) ?? this.#begin(key, act);
    // A function of its own: one caller may wait twice with one and the same `report`.
    const listener: Report = (line) => report(line);
    work.listeners.add(listener);
    if (work.lastLine !== null) listener(work.lastLine);
    try {
      return await orAborted(work.result, signal);
    } finally {
      work.listeners.delete(listener);
      if (work.listeners.size === 0) this.#end(key, work);
    }
  }

  #begin(key: string, act: Act<Result>): Work<Result> {
    const controller = new AbortController();
    const listeners = new Set<Report>();
    const tell: Report = (line) => {
      work.lastLine = line;
      for (const listener of listeners) listener(line);
    };
    // Begins when the first listener is there.
    const result = Promise.resolve().then(() => act(tell, controller.signal));
    const work: Work<Result> = { result, listeners, controller, lastLine: null };
    this.#works.set(key, work);
    return work;
  }

  #end(key: string, work: Work<Result>): void {
    if (this.#works.get(key) === work) this.#works.delete(key);
    work.controller.abort();
    work.result.catch(() => undefined); // those who waited for it have left
  }
}
