/**
 * Extensions: what App Runner never had, switched on by tags that start with `slipway:` so that every AWS client can set
 * them. One row each; an unknown or malformed tag is refused with the list of valid ones.
 */
import { SlipwayError } from "./error.ts";
import type { Tag } from "./tag.ts";

const PREFIX = "slipway:";

interface Extension<Value> {
  readonly meaning: string;
  readonly since: string;
  readonly defaultValue: Value;
  /** The value, or a sentence that says what is wrong and what would be right. */
  readonly parse: (text: string) => { readonly value: Value } | { readonly problem: string };
}

export const extensions = {
  "stop-grace": {
    meaning: "Time between SIGTERM and SIGKILL when an instance is stopped",
    since: "0.1",
    defaultValue: 30_000,
    parse: duration({ minMs: 0, maxMs: 600_000 }),
  },
} as const satisfies Record<string, Extension<number>>;

export interface Extensions {
  readonly stopGraceMs: number;
}

/** Reads the extensions out of a resource's tags. Throws UnknownExtension or MalformedExtension. */
export function parseExtensions(tags: readonly Tag[]): Extensions {
  let stopGraceMs: number = extensions["stop-grace"].defaultValue;
  for (const { key, value } of tags) {
    if (!key.startsWith(PREFIX)) continue;
    if (key !== `${PREFIX}stop-grace`) {
      const valid = Object.keys(extensions).map((name) => PREFIX + name);
      throw new SlipwayError("UnknownExtension", { key, valid: valid.join(", ") });
    }
    const parsed = extensions["stop-grace"].parse(value);
    if ("problem" in parsed) throw new SlipwayError("MalformedExtension", { key, problem: parsed.problem });
    stopGraceMs = parsed.value;
  }
  return { stopGraceMs };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function duration(bounds: { readonly minMs: number; readonly maxMs: number }): Extension<number>["parse"] {
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
