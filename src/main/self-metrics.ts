/** What the control plane measures of itself, for `/metrics`. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Family, single } from "../observe/metrics/exposition.ts";
import { VERSION } from "./version.ts";

/** Two looks a second take a hundredth of a percent of a core; the delay is told beyond this. */
const LOOK_MS = 500;
const NS_PER_S = 1e9;
const MS_PER_S = 1000;

export class SelfMetrics {
  readonly #startedAtS = Date.now() / MS_PER_S - process.uptime();
  readonly #delay = monitorEventLoopDelay({ resolution: LOOK_MS });
  readonly #api = new Map<string, { count: number; seconds: number }>();

  constructor() {
    this.#delay.enable();
  }

  /** A request of the API was answered. */
  observeApi(status: number, durationMs: number): void {
    const code = `${Math.floor(status / 100)}xx`;
    const known = this.#api.get(code) ?? { count: 0, seconds: 0 };
    this.#api.set(code, { count: known.count + 1, seconds: known.seconds + durationMs / MS_PER_S });
  }

  families(): readonly Family[] {
    const { user, system } = process.cpuUsage();
    return [
      {
        name: "slipway_build_info",
        type: "gauge",
        help: "The version of the control plane.",
        series: [{ labels: { version: VERSION }, value: 1 }],
      },
      single("counter", "process_cpu_seconds", "Processor time of the control plane.", (user + system) / 1e6),
      single(
        "gauge",
        "process_resident_memory_bytes",
        "Memory of the control plane.",
        process.memoryUsage.rss(),
      ),
      single("gauge", "process_start_time_seconds", "When the control plane was started.", this.#startedAtS),
      this.#lag(),
      {
        name: "slipway_api_requests",
        type: "counter",
        help: "Requests to the API, by the class of their status.",
        series: [...this.#api].map(([code, { count }]) => ({ labels: { code }, value: count })),
      },
      {
        name: "slipway_api_request_seconds",
        type: "counter",
        help: "Time that requests to the API took, all together.",
        series: [...this.#api].map(([code, { seconds }]) => ({ labels: { code }, value: seconds })),
      },
    ];
  }

  /** Since it was asked last. */
  #lag(): Family {
    const seconds = (percentile: number): number => {
      const ns = this.#delay.count === 0 ? 0 : this.#delay.percentile(percentile);
      return Math.max(0, ns / NS_PER_S - LOOK_MS / MS_PER_S);
    };
    const series = [50, 99, 100].map((percentile) => {
      return { labels: { percentile: String(percentile) }, value: seconds(percentile) };
    });
    this.#delay.reset();
    const help = "How late the control plane's event loop was, since it was asked last.";
    return { name: "slipway_event_loop_lag_seconds", type: "gauge", help, series };
  }
}
