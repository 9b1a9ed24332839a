/** Tables for people: columns as wide as their widest cell, two spaces between, nothing else. */
import { stripVTControlCharacters } from "node:util";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Numbers stand below each other from the right. */
  readonly isNumber?: true;
}

export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_column, index) => Math.max(...lines.map((line) => width(line[index] ?? ""))));
  const areNumbers = columns.map(({ isNumber }) => isNumber === true);
  return lines.map((cells) => joinCells(cells, widths, areNumbers));
}

/** `Key  value` lines; empty values are left out. */
export function renderFacts(facts: readonly (readonly [string, string | undefined])[]): string[] {
  const present = facts.filter(([, value]) => value !== undefined && value !== "");
  const widest = Math.max(0, ...present.map(([key]) => width(key)));
  return present.map(([key, value]) => `${key.padEnd(widest)}  ${value}`);
}

function joinCells(
  cells: readonly string[],
  widths: readonly number[],
  areNumbers: readonly boolean[],
): string {
  const padded = cells.map((cell, index) => {
    const room = " ".repeat((widths[index] ?? 0) - width(cell));
    return areNumbers[index] === true ? room + cell : cell + room;
  });
  return padded.join("  ").trimEnd();
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
