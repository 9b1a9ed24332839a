/**
 * The result of a benchmark: figures per contender and round, as a table or as JSON. Ratios are taken within a round,
 * where both sides met the same machine, and only then summarized.
 */
import type { Machine } from "./machine.ts";
import { type Summary, summarize } from "./summary.ts";

export interface Measure<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly digits: number;
  /** Also shown as a ratio to the reference. */
  readonly isCompared: boolean;
}

/** A missing figure is one that has no meaning for this contender. */
export type Sample<Key extends string> = Readonly<Partial<Record<Key, number>>>;

export interface Result<Key extends string> {
  readonly title: string;
  readonly machine: Machine;
  /** How it was measured, a line each. */
  readonly notes: readonly string[];
  readonly measures: readonly Measure<Key>[];
  /** What `isCompared` measures are held against. */
  readonly reference?: string;
  /** Contender → one sample per round. */
  readonly samples: ReadonlyMap<string, readonly Sample<Key>[]>;
}

export function printResult<Key extends string>(result: Result<Key>, isJson: boolean): void {
  process.stdout.write(isJson ? `${JSON.stringify(toJson(result), null, 2)}\n` : toText(result));
}

function toJson<Key extends string>(result: Result<Key>): unknown {
  const { title, machine, notes, reference, samples } = result;
  const contenders = [...samples].map(([name, rounds]) =>
    Object.assign({ name }, figuresOf(result, name), { rounds }),
  );
  return { title, machine, notes, reference, contenders };
}

function figuresOf<Key extends string>(result: Result<Key>, name: string) {
  const { measures } = result;
  const compared = measures.filter(({ isCompared }) => isCompared);
  return {
    figures: Object.fromEntries(measures.map(({ key }) => [key, figure(result, name, key)])),
    ratios: Object.fromEntries(compared.map(({ key }) => [key, ratio(result, name, key)])),
  };
}

function figure<Key extends string>({ samples }: Result<Key>, name: string, key: Key): Summary | null {
  const values = (samples.get(name) ?? []).flatMap((sample) => sample[key] ?? []);
  return values.length === 0 ? null : summarize(values);
}

function ratio<Key extends string>(
  { samples, reference }: Result<Key>,
  name: string,
  key: Key,
): Summary | null {
  const base = (reference === undefined ? undefined : samples.get(reference)) ?? [];
  const values = (samples.get(name) ?? []).flatMap((sample, round) => {
    const [value, other] = [sample[key], base[round]?.[key]];
    return value === undefined || other === undefined ? [] : [value / other];
  });
  return values.length === 0 ? null : summarize(values);
}

function toText<Key extends string>(result: Result<Key>): string {
  const { machine, samples, measures, reference } = result;
  const rounds = Math.max(...[...samples.values()].map(({ length }) => length));
  const heads = measures.flatMap(({ label, isCompared }) =>
    isCompared ? [label, `vs ${reference}`] : [label],
  );
  const rows = [...samples.keys()].map((name) => [name].concat(cellsOf(result, name)));
  return [
    result.title,
    `${rounds} rounds; median (lowest–highest); ratios are taken within a round.`,
    ...result.notes,
    describe(machine),
    "",
    ...table([["", ...heads], ...rows]),
    "",
  ].join("\n");
}

function cellsOf<Key extends string>(result: Result<Key>, name: string): readonly string[] {
  return result.measures.flatMap(({ key, digits, isCompared }) => {
    const value = cell(figure(result, name, key), digits);
    return isCompared ? [value, cell(ratio(result, name, key), 2)] : [value];
  });
}

function describe(machine: Machine): string {
  const { processor, cores, memoryMiB, kernel, loadBefore, node, programs } = machine;
  return (
    `Machine: ${cores} × ${processor}, ${(memoryMiB / 1024).toFixed(0)} GiB, Linux ${kernel}, ` +
    `load before ${loadBefore.toFixed(2)}; Node ${node}, ${programs.join(", ")}.`
  );
}

function cell(summary: Summary | null, digits: number): string {
  if (summary === null) return "-";
  const [min, median, max] = [summary.min, summary.median, summary.max].map((value) =>
    value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  return `${median} (${min}–${max})`;
}

/** As Markdown, so that it can be pasted into a README. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
}
