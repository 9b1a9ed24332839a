/** Command lines of the benchmarks: whole numbers with defaults, `--json`, and `--help` made from the same table. */
import { parseArgs } from "node:util";

export interface NumberOption {
  readonly default: number;
  readonly meaning: string;
}

export interface Options<Name extends string> {
  readonly numbers: Readonly<Record<Name, number>>;
  readonly isJson: boolean;
  /** Names given with `--only a,b`; empty means all. */
  readonly only: readonly string[];
}

/** Prints the help and ends the process for `--help`; throws for what is not in the table. */
export function readOptions<Name extends string>(
  command: string,
  table: Readonly<Record<Name, NumberOption>>,
): Options<Name> {
  const names = Object.keys(table) as Name[];
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
      json: { type: "boolean" },
      only: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const given: Readonly<Record<string, unknown>> = values;
  if (given["help"] === true) {
    process.stdout.write(help(command, table));
    process.exit(0);
  }
  const numbers = names.map((name) => [name, wholeNumber(name, given[name], table[name].default)] as const);
  return {
    numbers: Object.fromEntries(numbers) as Record<Name, number>,
    isJson: given["json"] === true,
    only: typeof given["only"] === "string" ? given["only"].split(",") : [],
  };
}

function wholeNumber(name: string, text: unknown, fallback: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1`);
  return value;
}

function help(command: string, table: Readonly<Record<string, NumberOption>>): string {
  const lines = Object.entries(table).map(
    ([name, { default: value, meaning }]) => `  --${name} N`.padEnd(20) + `${meaning} (${value})\n`,
  );
  const rest =
    "  --only a,b        only these contenders\n  --json            figures of every round as JSON\n";
  return `npm run ${command} -- [options]\n${lines.join("")}${rest}`;
}
