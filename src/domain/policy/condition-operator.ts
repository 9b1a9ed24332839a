/** The operators of conditions: how one value of a policy is compared with one value of a call. */
import { compileIpRange } from "./ip-range.ts";
import { MalformedPolicy, shown } from "./malformed-policy.ts";
import {
  type ConditionContext,
  compileArnPattern,
  compilePattern,
  type Pattern,
  type PatternRules,
} from "./pattern.ts";

type Compile = (wanted: string, rules: Pick<PatternRules, "hasVariables">) => Pattern;

export interface ConditionOperator {
  readonly compile: Compile;
  /** True when no value matches. */
  readonly isNegated: boolean;
}

const NUMBER = /^[+-]?\d{1,20}(?:\.\d{1,20})?$/;
const EPOCH_SECONDS = /^\d{1,11}(?:\.\d{1,9})?$/;
const ISO = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?)?)?$/;

/** By the name that policies use. `Null` is none of them: it asks whether there is a value. */
export const conditionOperators: ReadonlyMap<string, ConditionOperator> = new Map(
  Object.entries({
    StringEquals: when(exactly),
    StringNotEquals: unless(exactly),
    StringEqualsIgnoreCase: when(ignoringCase),
    StringNotEqualsIgnoreCase: unless(ignoringCase),
    StringLike: when(like),
    StringNotLike: unless(like),
    NumericEquals: when(numeric((given, wanted) => given === wanted)),
    NumericNotEquals: unless(numeric((given, wanted) => given === wanted)),
    NumericLessThan: when(numeric((given, wanted) => given < wanted)),
    NumericLessThanEquals: when(numeric((given, wanted) => given <= wanted)),
    NumericGreaterThan: when(numeric((given, wanted) => given > wanted)),
    NumericGreaterThanEquals: when(numeric((given, wanted) => given >= wanted)),
    DateEquals: when(dated((given, wanted) => given === wanted)),
    DateNotEquals: unless(dated((given, wanted) => given === wanted)),
    DateLessThan: when(dated((given, wanted) => given < wanted)),
    DateLessThanEquals: when(dated((given, wanted) => given <= wanted)),
    DateGreaterThan: when(dated((given, wanted) => given > wanted)),
    DateGreaterThanEquals: when(dated((given, wanted) => given >= wanted)),
    Bool: when(truth),
    BinaryEquals: when(binary),
    IpAddress: when(address),
    NotIpAddress: unless(address),
    ArnEquals: when(arn),
    ArnLike: when(arn),
    ArnNotEquals: unless(arn),
    ArnNotLike: unless(arn),
  }),
);

function when(compile: Compile): ConditionOperator {
  return { compile, isNegated: false };
}

function unless(compile: Compile): ConditionOperator {
  return { compile, isNegated: true };
}

function exactly(wanted: string, { hasVariables }: Pick<PatternRules, "hasVariables">): Pattern {
  return compilePattern(wanted, { hasVariables, hasWildcards: false });
}

function ignoringCase(wanted: string, { hasVariables }: Pick<PatternRules, "hasVariables">): Pattern {
  // Names of keys are of one case; what they stand for is made so.
  const { match, variables } = compilePattern(wanted.toLowerCase(), { hasVariables, hasWildcards: false });
  const lowered = (context: ConditionContext): ConditionContext =>
    new Map(variables.map((key) => [key, (context.get(key) ?? []).map((value) => value.toLowerCase())]));
  return { match: (given, context) => match(given.toLowerCase(), lowered(context)), variables };
}

function like(wanted: string, { hasVariables }: Pick<PatternRules, "hasVariables">): Pattern {
  return compilePattern(wanted, { hasVariables, hasWildcards: true });
}

function arn(wanted: string, rules: Pick<PatternRules, "hasVariables">): Pattern {
  const pattern = compileArnPattern(wanted, rules);
  if (pattern === null) throw new MalformedPolicy(`${shown(wanted)} must be in ARN format or "*".`);
  return pattern;
}

function numeric(holds: (given: number, wanted: number) => boolean): Compile {
  return (text) => {
    const wanted = parseNumber(text);
    if (wanted === null) throw new MalformedPolicy(`${shown(text)} is not a number.`);
    return plain((given) => {
      const number = parseNumber(given);
      return number !== null && holds(number, wanted);
    });
  };
}

function dated(holds: (givenMs: number, wantedMs: number) => boolean): Compile {
  return (text) => {
    const wantedMs = parseDate(text);
    if (wantedMs === null) {
      throw new MalformedPolicy(
        `${shown(text)} is not a date: write 2026-01-31T23:59:59Z or seconds since 1970.`,
      );
    }
    return plain((given) => {
      const givenMs = parseDate(given);
      return givenMs !== null && holds(givenMs, wantedMs);
    });
  };
}

function truth(text: string): Pattern {
  const wanted = text.toLowerCase();
  if (wanted !== "true" && wanted !== "false") {
    throw new MalformedPolicy(`${shown(text)} is neither true nor false.`);
  }
  return plain((given) => given.toLowerCase() === wanted);
}

function binary(wanted: string): Pattern {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(wanted)) throw new MalformedPolicy(`${shown(wanted)} is not base64.`);
  return plain((given) => given === wanted);
}

function address(wanted: string): Pattern {
  return plain(compileIpRange(wanted));
}

function plain(match: (given: string) => boolean): Pattern {
  return { match, variables: [] };
}

function parseNumber(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null;
}

/** Epoch milliseconds. */
function parseDate(text: string): number | null {
  // Four digits are a year.
  if (EPOCH_SECONDS.test(text) && text.length > 4) return Number(text) * 1000;
  const epochMs = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(epochMs) ? null : epochMs;
}
