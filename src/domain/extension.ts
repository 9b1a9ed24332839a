/**
 * Extensions: what App Runner never had, switched on by tags that start with `slipway:` so that every AWS client can set
 * them. One row each; an unknown or malformed tag is refused with the list of valid ones.
 */
import { SlipwayError } from "./error.ts";
import type { Tag } from "./tag.ts";

const PREFIX = "slipway:";
const MINUTE_MS = 60_000;

interface Extension<Value> {
  readonly meaning: string;
  readonly since: string;
  readonly defaultValue: Value;
  /** The value, or a sentence that says what is wrong and what would be right. */
  readonly parse: (text: string) => Parsed<Value>;
}

type Parsed<Value> = { readonly value: Value } | { readonly problem: string };

export const extensions = {
  "stop-grace": {
    meaning: "Time between SIGTERM and SIGKILL when an instance is stopped",
    since: "0.1",
    defaultValue: 30_000,
    parse: duration({ minMs: 0, maxMs: 10 * MINUTE_MS }),
  },
  "start-timeout": {
    meaning: "Time a new instance has until its health check succeeds for the first time",
    since: "0.1",
    /** Null: 2 minutes to listen, 30 seconds to stop answering the check wrongly. */
    defaultValue: null,
    parse: duration({ minMs: 1_000, maxMs: 30 * MINUTE_MS }),
  },
} as const satisfies Record<string, Extension<number | null>>;

type ExtensionName = keyof typeof extensions;

export interface Extensions {
  readonly stopGraceMs: number;
  readonly startTimeoutMs: number | null;
}

/** Reads the extensions out of a resource's tags. Throws UnknownExtension or MalformedExtension. */
export function parseExtensions(tags: readonly Tag[]): Extensions {
  const given = new Map<ExtensionName, number>();
  for (const { key, value } of tags) {
    if (!key.startsWith(PREFIX)) continue;
    const name = key.slice(PREFIX.length);
    if (!isExtension(name)) {
      const valid = Object.keys(extensions).map((known) => PREFIX + known);
      throw new SlipwayError("UnknownExtension", { key, valid: valid.join(", ") });
    }
    const parsed = extensions[name].parse(value);
    if ("problem" in parsed) throw new SlipwayError("MalformedExtension", { key, problem: parsed.problem });
    given.set(name, parsed.value);
  }
  return {
    stopGraceMs: given.get("stop-grace") ?? extensions["stop-grace"].defaultValue,
    startTimeoutMs: given.get("start-timeout") ?? extensions["start-timeout"].defaultValue,
  };
}

function isExtension(name: string): name is ExtensionName {
  return Object.hasOwn(extensions, name);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: MINUTE_MS, h: 60 * MINUTE_MS };

function duration(bounds: {
  readonly minMs: number;
  readonly maxMs: number;
}): (text: string) => Parsed<number> {
  return (text) => {
    const [, digits, unit = ""] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
    const valueMs = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
    if (Number.isNaN(valueMs)) return { problem: `"${text}" is not a duration. Write for example 30s or 5m` };
    if (valueMs < bounds.minMs || valueMs > bounds.maxMs) {
      return { problem: `must be between ${bounds.minMs / 1000}s and ${bounds.maxMs / 1000}s` };
    }
    return { value: valueMs };
  };
}
