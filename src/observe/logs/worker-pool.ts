/**
 * Threads for packing and searching: started when there is work, ended when there was none for a while, so that a control
 * plane at rest has none of their memory. One job at a time for each thread; searches go before packing.
 */
import { Worker } from "node:worker_threads";
import type { JobAnswer, JobMessage } from "./log-worker.ts";
import type { Job, JobResults } from "./segment-work.ts";

const MAX_WORKERS = 2;
const IDLE_MS = 30_000;

interface Waiting {
  readonly job: Job;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  current: Waiting | null;
  idle: NodeJS.Timeout | null;
}

export class WorkerPool {
  readonly #threads = new Set<Thread>();
  readonly #searches: Waiting[] = [];
  readonly #packs: Waiting[] = [];
  #lastId = 0;

  /** Rejects with what the job failed with, `code` as the system gave it. */
  async run<Kind extends Job["kind"]>(job: Job & { readonly kind: Kind }): Promise<JobResults[Kind]> {
    return new Promise((resolve, reject) => {
      (job.kind === "pack" ? this.#packs : this.#searches).push({ job, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (let queue = this.#nextQueue(); queue !== null; queue = this.#nextQueue()) {
      const thread = this.#freeThread();
      const waiting = thread === null ? undefined : queue.shift();
      if (thread === null || waiting === undefined) return;
      this.#give(thread, waiting);
    }
  }

  /** Packing takes one thread at most, so that searching always has another. */
  #nextQueue(): Waiting[] | null {
    if (this.#searches.length > 0) return this.#searches;
    const isPacking = [...this.#threads].some(({ current }) => current?.job.kind === "pack");
    return this.#packs.length > 0 && !isPacking ? this.#packs : null;
  }

  #freeThread(): Thread | null {
    for (const thread of this.#threads) if (thread.current === null) return thread;
    return this.#threads.size < MAX_WORKERS ? this.#start() : null;
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(workerFile()), current: null, idle: null };
    this.#threads.add(thread);
    thread.worker.on("message", (answer: JobAnswer) => this.#finish(thread, answer));
    thread.worker.on("error", (error) => this.#lose(thread, error as Error));
    thread.worker.on("exit", () => this.#lose(thread, new Error("the log's thread ended")));
    return thread;
  }

  #give(thread: Thread, waiting: Waiting): void {
    if (thread.idle !== null) clearTimeout(thread.idle);
    thread.current = waiting;
    thread.worker.ref();
    const message: JobMessage = { id: ++this.#lastId, job: waiting.job };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.worker.postMessage(message);
  }

  #finish(thread: Thread, answer: JobAnswer): void {
    const { current } = thread;
    this.#rest(thread);
    if ("result" in answer) current?.resolve(answer.result as never);
    else current?.reject(Object.assign(new Error(answer.problem), { code: answer.code }));
    this.#dispatch();
  }

  #rest(thread: Thread): void {
    thread.current = null;
    thread.worker.unref();
    thread.idle = setTimeout(() => void thread.worker.terminate(), IDLE_MS).unref();
  }

  #lose(thread: Thread, error: Error): void {
    if (thread.idle !== null) clearTimeout(thread.idle);
    this.#threads.delete(thread);
    thread.current?.reject(error);
    thread.current = null;
    this.#dispatch();
  }
}

/** Beside this file as it is written, or beside the one file that everything is bundled into. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./log-worker.ts" : "./log-worker.mjs", import.meta.url);
}
