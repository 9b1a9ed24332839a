/** Reads YAML values by a strict schema: nothing unknown, nothing of the wrong kind, and all problems at once. */
import type { Position, Problem, YamlMap, YamlValue } from "./yaml-value.ts";

const QUOTED_CHARACTERS_MAX = 60;

export interface Located {
  readonly at: Position;
  readonly path: string;
  readonly text: string;
}

export class YamlReader {
  readonly #problems: Problem[] = [];

  /** In the order of the file. */
  get problems(): readonly Problem[] {
    return this.#problems.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
  }

  refuse(at: Position, path: string, text: string): void {
    this.#problems.push({ at, text: path === "" ? text : `${path}: ${text}` });
  }

  /** A mapping with no keys but these. Missing or empty: a section without entries. */
  section(value: YamlValue | undefined, path: string, keys: readonly string[]): Section {
    if (value?.kind === "map") this.#refuseUnknown(value, path, keys);
    else if (value !== undefined && value.kind !== "empty") {
      this.refuse(
        value.at,
        path,
        `must be a mapping with the keys ${keys.join(", ")}; found ${describe(value)}`,
      );
    }
    return new Section(value?.kind === "map" ? value : null, path);
  }

  #refuseUnknown(map: YamlMap, path: string, keys: readonly string[]): void {
    for (const [key, { at }] of map.entries) {
      if (keys.includes(key)) continue;
      const near = keys.find((known) => isNear(known, key));
      const hint = near === undefined ? "." : `; did you mean ${near}?`;
      const reason =
        key === "<<" ? "merge keys are not supported; write the keys out." : `unknown key${hint}`;
      this.refuse(at, pathOf(path, quoteKey(key)), `${reason} Valid keys: ${keys.join(", ")}`);
    }
  }

  /** Text of one value; null when it is missing or empty. */
  text(value: YamlValue | undefined, path: string): Located | null {
    if (value === undefined || value.kind === "empty") return null;
    if (value.kind === "text") return { at: value.at, path, text: value.text };
    this.refuse(value.at, path, `must be one text; found ${describe(value)}`);
    return null;
  }

  /** Text that must be there; `at` is the place of what lacks it. */
  requiredText(section: Section, key: string, problem: string): Located | null {
    const path = pathOf(section.path, key);
    const value = section.get(key);
    if (value !== undefined && value.kind !== "empty") return this.text(value, path);
    this.refuse(section.keyPosition(key) ?? section.at ?? { line: 1, column: 1 }, path, problem);
    return null;
  }

  /** Missing or empty: no items. */
  items(
    value: YamlValue | undefined,
    path: string,
    example: string,
  ): readonly { value: YamlValue; path: string }[] {
    if (value === undefined || value.kind === "empty") return [];
    if (value.kind === "list") {
      return value.items.map((item, index) => ({ value: item, path: `${path}[${index}]` }));
    }
    this.refuse(value.at, path, `must be a list, such as \`- ${example}\`; found ${describe(value)}`);
    return [];
  }
}

export class Section {
  readonly #map: YamlMap | null;
  readonly path: string;

  constructor(map: YamlMap | null, path: string) {
    this.#map = map;
    this.path = path;
  }

  get at(): Position | null {
    return this.#map?.at ?? null;
  }

  get(key: string): YamlValue | undefined {
    return this.#map?.entries.get(key)?.value;
  }

  keyPosition(key: string): Position | null {
    return this.#map?.entries.get(key)?.at ?? null;
  }
}

export function pathOf(parent: string, key: string): string {
  return parent === "" ? key : `${parent}.${key}`;
}

/** Never the text itself: it may be a secret. */
export function describe(value: YamlValue): string {
  return { map: "a mapping", list: "a list", text: "text", empty: "nothing" }[value.kind];
}

/** A user's word within a message: short, and without what could pass for another line. */
export function quote(text: string): string {
  const isLong = text.length > QUOTED_CHARACTERS_MAX;
  return JSON.stringify(isLong ? `${text.slice(0, QUOTED_CHARACTERS_MAX)}…` : text);
}

function quoteKey(key: string): string {
  return /^[\w-]{1,60}$/.test(key) ? key : quote(key);
}

/** One letter too many, too few, another, or two exchanged; or only `_`, `-` and case are different. */
function isNear(known: string, given: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_-]/g, "");
  const [a, b] = [plain(known), plain(given)];
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < 3) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  return (
    restA.length + restB.length <= 2 ||
    (restA.length + restB.length === 4 && restA[0] === restB[1] && restA[1] === restB[0])
  );
}
