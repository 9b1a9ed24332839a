/**
 * YAML as values that remember where they stand in the file. All scalars keep the text they are written with: `3.10` is
 * not 3.1, `true` is "true", `007` is "007". The file is hostile: what an alias repeats is counted, no tag makes an object.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from "yaml";

export type YamlValue = YamlText | YamlEmpty | YamlList | YamlMap;

export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlText {
  readonly kind: "text";
  readonly at: Position;
  readonly text: string;
}

/** Nothing at all, `~` or `null`. */
export interface YamlEmpty {
  readonly kind: "empty";
  readonly at: Position;
}

export interface YamlList {
  readonly kind: "list";
  readonly at: Position;
  readonly items: readonly YamlValue[];
}

export interface YamlMap {
  readonly kind: "map";
  readonly at: Position;
  readonly entries: ReadonlyMap<string, { readonly at: Position; readonly value: YamlValue }>;
}

export interface Problem {
  readonly at: Position;
  readonly text: string;
}

const DEPTH_MAX = 20;
/** Aliases repeat what they name; a file of 64 KiB that repeats nothing has fewer. */
const VALUES_MAX = 50_000;
const EMPTY_SCALARS = new Set(["", "~", "null", "Null", "NULL"]);
/** These three say what is the case anyway. */
const PLAIN_TAGS = new Set(["!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"]);

/** The one document of a file; `value` is null exactly when there are problems. */
export function readYaml(text: string): { value: YamlValue | null; problems: readonly Problem[] } {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const documents = parseAllDocuments(text, {
    schema: "failsafe",
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [document, second] = Array.isArray(documents) ? documents : [];
  if (document === undefined) return { value: { kind: "empty", at: position(0) }, problems: [] };
  const errors = document.errors.map(({ pos, message }) => ({ at: position(pos[0]), text: message }));
  if (second !== undefined && errors.length === 0) {
    errors.push({ at: position(second.range[0]), text: "a second document begins here; write one document" });
  }
  if (errors.length > 0) return { value: null, problems: errors };
  return new Conversion(document, position).run();
}

class Conversion {
  readonly #document: Document.Parsed;
  readonly #position: (offset: number) => Position;
  readonly #problems: Problem[] = [];
  /** The newest of each name, as the document goes on. */
  readonly #anchors = new Map<string, Exclude<Node, Alias>>();
  #values = 0;

  constructor(document: Document.Parsed, position: (offset: number) => Position) {
    this.#document = document;
    this.#position = position;
  }

  run(): { value: YamlValue | null; problems: readonly Problem[] } {
    const value = this.#convert(this.#document.contents, 0, this.#position(0));
    return { value: this.#problems.length === 0 ? value : null, problems: this.#problems };
  }

  /** `near` is the place of what has none of its own. */
  #convert(node: unknown, depth: number, near: Position): YamlValue {
    const at = this.#at(node) ?? near;
    const nothing: YamlEmpty = { kind: "empty", at };
    this.#values++;
    if (this.#values > VALUES_MAX) {
      return this.#refuse(
        at,
        `more than ${VALUES_MAX} values: aliases repeat too much`,
        this.#values - 1 === VALUES_MAX,
      );
    }
    if (depth > DEPTH_MAX) return this.#refuse(at, `nested more than ${DEPTH_MAX} levels deep`);
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) return this.#refuse(at, "an alias needs its anchor (&…) before it");
      return this.#convert(target, depth + 1, at);
    }
    this.#checkTag(node, at);
    if (isNode(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return scalar(textOf(node), node.type, at);
    if (isSeq(node)) {
      return { kind: "list", at, items: node.items.map((item) => this.#convert(item, depth + 1, at)) };
    }
    if (!isMap(node)) return nothing;
    const entries = new Map<string, { at: Position; value: YamlValue }>();
    for (const { key, value } of node.items) {
      const keyAt = this.#at(key) ?? at;
      if (isScalar(key)) {
        entries.set(textOf(key), { at: keyAt, value: this.#convert(value, depth + 1, keyAt) });
      } else this.#refuse(keyAt, "a key must be plain text");
    }
    return { kind: "map", at, entries };
  }

  #checkTag(node: unknown, at: Position): void {
    const tag = (node as { readonly tag?: string } | null)?.tag;
    if (tag !== undefined && !PLAIN_TAGS.has(tag)) this.#refuse(at, "a tag (!…) is not allowed here");
  }

  #at(node: unknown): Position | null {
    const offset = (node as { readonly range?: readonly number[] | null } | null)?.range?.[0];
    return offset === undefined ? null : this.#position(offset);
  }

  #refuse(at: Position, text: string, isNews = true): YamlEmpty {
    if (isNews) this.#problems.push({ at, text });
    return { kind: "empty", at };
  }
}

/** Without a schema all scalars are texts. */
function textOf({ value }: Scalar): string {
  return typeof value === "string" ? value : "";
}

function scalar(text: string, style: string | undefined, at: Position): YamlValue {
  if (style === "PLAIN" && EMPTY_SCALARS.has(text)) return { kind: "empty", at };
  return { kind: "text", at, text };
}
