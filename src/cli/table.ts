/** Tables for people: columns as wide as their widest cell, two spaces between, nothing else. */
import { stripVTControlCharacters } from "node:util";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
}

export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const widths = columns.map((_column, index) => Math.max(...lines.map((line) => width(line[index] ?? ""))));
  return lines.map((cells) => joinCells(cells, widths));
}

/** `Key  value` lines; empty values are left out. */
export function renderFacts(facts: readonly (readonly [string, string | undefined])[]): string[] {
  const present = facts.filter(([, value]) => value !== undefined && value !== "");
  const widest = Math.max(0, ...present.map(([key]) => width(key)));
  return present.map(([key, value]) => `${key.padEnd(widest)}  ${value}`);
}

function joinCells(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - width(cell)));
  return padded.join("  ").trimEnd();
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
