/**
 * TCP probes: connect and close. The commonest of all (50 services make ten a second), so the sockets are used again: a
 * new one, with its streams and listeners, takes 4 KB and twice the time of what surrounds the two system calls.
 */
import { Socket } from "node:net";
import type { ProbeResult } from "../domain/health-check.ts";
import type { ProbeTarget } from "../ports/edge.ts";
import { connectFailure } from "./probe-failure.ts";

/** More than are under way at once, unless the machine has just stood still. */
const KEPT_CONNECTORS = 32;

export class TcpProber {
  readonly #idle: Connector[] = [];

  /** Rejects with the signal's reason when it is aborted. */
  async probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
    const connector = this.#idle.pop() ?? new Connector();
    const result = await connector.probe(target, signal);
    if (this.#idle.length < KEPT_CONNECTORS) this.#idle.push(connector);
    signal.throwIfAborted();
    return result;
  }
}

/** One probe at a time. */
class Connector {
  readonly #socket = new Socket();
  #result: ProbeResult | null = null;
  #settle: (result: ProbeResult) => void = () => undefined;
  readonly #expire = (): void => this.#end({ isHealthy: false, problem: "timeout" });

  constructor() {
    this.#socket.on("connect", () => this.#end({ isHealthy: true }));
    this.#socket.on("error", (error) => this.#end(connectFailure(error)));
    // Only now can it connect again.
    this.#socket.on("close", () => this.#settle(this.#result ?? { isHealthy: false, problem: "refused" }));
  }

  async probe({ address, port, healthCheck }: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
    const closed = new Promise<ProbeResult>((resolve) => (this.#settle = resolve));
    const timer = setTimeout(this.#expire, healthCheck.timeoutS * 1_000);
    signal.addEventListener("abort", this.#expire);
    this.#result = null;
    this.#socket.connect(port, address);
    const result = await closed;
    clearTimeout(timer);
    signal.removeEventListener("abort", this.#expire);
    return result;
  }

  #end(result: ProbeResult): void {
    this.#result ??= result;
    this.#socket.destroy();
  }
}
