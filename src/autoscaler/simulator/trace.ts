/** The requests of a simulation, by the second; and how to read them from a CSV file. */

export interface Trace {
  /** Requests that come in each second. */
  readonly requests: Uint32Array;
  /** How long an instance works on one, mean of each second. Milliseconds. */
  readonly durationsMs: Float64Array;
  /** "fixed": each takes the mean. "exponential": most are shorter, a few take many times the mean. */
  readonly spread: DurationSpread;
  readonly seed: number;
}

export type DurationSpread = "fixed" | "exponential";

export interface TraceDefaults {
  readonly durationMs: number;
  readonly spread: DurationSpread;
  readonly seed: number;
}

/** Says what is wrong, in which line, and what would be right. */
export class SimulationMistake extends Error {
  override readonly name = "SimulationMistake";
}

/** More do not fit into memory, nor into anybody's patience. */
export const SECONDS_MAX = 32 * 24 * 3600;
const REQUESTS_MAX = 1_000_000;
const DURATION_MAX_MS = 3_600_000;

interface Row {
  readonly second: number;
  readonly requests: number;
  readonly durationMs: number;
}

/** `second,requests[,duration_ms]`; seconds that are not named have no request. */
export function parseTrace(text: string, { durationMs, spread, seed }: TraceDefaults): Trace {
  const rows = text.split("\n").flatMap((line, index) => readLine(line, index + 1, durationMs));
  const last = rows.at(-1);
  if (last === undefined) {
    throw new SimulationMistake("The trace has no line with requests. Write for example: 0,120");
  }
  const requests = new Uint32Array(last.second + 1);
  const durationsMs = new Float64Array(last.second + 1).fill(durationMs);
  let secondBefore = -1;
  for (const row of rows) {
    if (row.second <= secondBefore) {
      throw new SimulationMistake(
        `Second ${row.second} of the trace comes after second ${secondBefore}. Each second has one line, the earliest first.`,
      );
    }
    secondBefore = row.second;
    requests[row.second] = row.requests;
    durationsMs[row.second] = row.durationMs;
  }
  return { requests, durationsMs, spread, seed };
}

function readLine(line: string, number: number, defaultMs: number): readonly Row[] {
  const plain = line.replace(/#.*/, "").trim();
  const isHeader = /^second\s*,\s*requests(?:\s*,\s*duration_ms)?$/i.test(plain);
  if (plain === "" || isHeader) return [];
  const fields = plain.split(",").map((field) => field.trim());
  if (fields.length < 2 || fields.length > 3) {
    throw new SimulationMistake(
      `Line ${number} of the trace has ${fields.length} fields: "${plain}". Write second,requests or second,requests,duration_ms.`,
    );
  }
  const [second = "", requests = "", durationMs = String(defaultMs)] = fields;
  return [
    {
      second: readNumber(second, { name: "second", isWhole: true, most: SECONDS_MAX - 1 }, number),
      requests: readNumber(requests, { name: "requests", isWhole: true, most: REQUESTS_MAX }, number),
      durationMs: readNumber(
        durationMs,
        { name: "duration_ms", isWhole: false, most: DURATION_MAX_MS },
        number,
      ),
    },
  ];
}

function readNumber(
  text: string,
  { name, isWhole, most }: { readonly name: string; readonly isWhole: boolean; readonly most: number },
  line: number,
): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? "a whole number" : "a number";
  throw new SimulationMistake(
    `Line ${line} of the trace: ${name} is "${text}". Write ${kind} from 0 to ${most}.`,
  );
}
