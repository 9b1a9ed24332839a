/** Writes a build's output into the log of its operation while it runs, in order and in few acts. */
import type { BuildLine } from "../ports/builder.ts";
import type { LogOwner, ServiceLog } from "../ports/service-log.ts";

export class BuildLog {
  readonly #log: ServiceLog;
  readonly #owner: LogOwner;
  readonly #stream: { readonly kind: "operation"; readonly operationId: string };
  /** A build that is repeated after a crash says everything again, under other keys. */
  readonly #attempt: string;
  readonly #writing = new Set<Promise<void>>();
  #count = 0;

  constructor(
    log: ServiceLog,
    owner: LogOwner,
    build: { readonly operationId: string; readonly attempt: string },
  ) {
    this.#log = log;
    this.#owner = owner;
    this.#stream = { kind: "operation", operationId: build.operationId };
    this.#attempt = build.attempt;
  }

  add({ part, text }: BuildLine): void {
    const key = `build:${this.#attempt}:${this.#count++}`;
    const writing = this.#log.write(this.#owner, this.#stream, { key, text, prefix: part });
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }

  /** Resolves when all that was added is written, or was reported as not writable. */
  async written(): Promise<void> {
    await Promise.all(this.#writing);
  }
}
