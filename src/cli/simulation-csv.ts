/** The series of all runs as a CSV file, a row for each second of each run. */
import type { SimulatedRun } from "./simulation.ts";

const COLUMNS = ["requests", "refused", "waiting", "wished", "ready", "inFlight"] as const;

export function renderCsv(runs: readonly SimulatedRun[]): string {
  const lines = ["run,second,requests,refused,waiting,wished,ready,in_flight"];
  for (const { settings, series } of runs) {
    for (let second = 0; second < series.requests.length; second++) {
      const values = COLUMNS.map((column) => series[column][second] ?? 0);
      lines.push([quoted(settings.name), second, ...values].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Settings have commas. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
