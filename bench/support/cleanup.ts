/** What a benchmark started is ended when it ends: normally, by an error, or by Ctrl-C. Last started, first ended. */
type Act = () => Promise<void> | void;

export class Cleanup {
  readonly #acts: Act[] = [];
  #running: Promise<void> | null = null;

  add(act: Act): void {
    // Started while everything else is being ended already.
    if (this.#running !== null) void act();
    else this.#acts.push(act);
  }

  /** One failing act does not keep the rest from running; the first error is thrown at the end. */
  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const errors: unknown[] = [];
    for (let act = this.#acts.pop(); act !== undefined; act = this.#acts.pop()) {
      try {
        await act();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

/** Runs the benchmark; the process ends afterwards even if a client library holds a connection open. */
export async function runBenchmark(main: (cleanup: Cleanup) => Promise<void>): Promise<void> {
  const cleanup = new Cleanup();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      void cleanup.run().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
    });
  }
  try {
    await main(cleanup);
  } finally {
    await cleanup.run();
  }
  process.exit();
}
