/** A policy made ready to decide many calls. Checking a policy is making it ready. */
import { type Condition, compileCondition } from "./condition.ts";
import { MalformedPolicy } from "./malformed-policy.ts";
import { parsePolicy } from "./parse-policy.ts";
import {
  type ConditionContext,
  compileArnPattern,
  compilePattern,
  type Match,
  matchAny,
  type Pattern,
} from "./pattern.ts";
import type {
  OneOrOther,
  PolicyDocument,
  PolicyPrincipal,
  PolicyStatement,
  PolicyUse,
  StatedCondition,
} from "./policy-document.ts";

export interface CompiledStatement {
  readonly isAllow: boolean;
  /** `action` in lower case. */
  readonly covers: (action: string) => boolean;
  /** False: it does not concern this resource, whatever the call's context. */
  readonly mayConcern: (resource: string) => boolean;
  /** Of resources: it names `*`, and not all but some. */
  readonly isForAll: boolean;
  /** Of a trust policy, which names no resources, whatever the resource. */
  readonly concerns: (resource: string, context: ConditionContext) => boolean;
  /** The same of a call that is not made yet. Null: it depends on what is still open. */
  readonly wouldConcern: (call: ImaginedCall) => Match;
  readonly principals: readonly PolicyPrincipal[];
  /** Lower-case keys of the context that its answer depends on. */
  readonly keys: readonly string[];
}

/** A call of which some is not known. */
export interface ImaginedCall {
  /** Null: any. */
  readonly resource: string | null;
  readonly context: ConditionContext;
  /** Of a lower-case key of the context: whether its value is still open. */
  readonly isOpen: (key: string) => boolean;
}

const NO_CONTEXT: ConditionContext = new Map();

/** Throws MalformedPolicy. */
export function compilePolicy(text: string, use: PolicyUse): readonly CompiledStatement[] {
  const document = parsePolicy(text, use);
  return document.statements.map((statement) => compileStatement(statement, document));
}

function compileStatement(statement: PolicyStatement, { version }: PolicyDocument): CompiledStatement {
  const hasVariables = version === "2012-10-17";
  const isAllow = statement.effect === "Allow";
  const resources = compileResources(statement, hasVariables);
  const conditions = statement.conditions.map((condition) =>
    compileStated(condition, statement.place, hasVariables),
  );
  return {
    isAllow,
    covers: compileActions(statement.actions),
    mayConcern: resources.mayInclude,
    isForAll: statement.resources?.isNot === false && statement.resources.values.includes("*"),
    concerns: (resource, context) =>
      resources.includes(resource, context, isAllow) &&
      conditions.every(({ holds }) => holds(context, isAllow)),
    wouldConcern(call) {
      const answers = conditions.map((condition) => wouldHold(condition, call, isAllow));
      return allOf([resources.wouldInclude(call, isAllow), ...answers]);
    },
    principals: statement.principals ?? [],
    keys: [...new Set([...resources.keys, ...conditions.flatMap(({ keys }) => keys)])],
  };
}

function wouldHold({ keys, holds }: Condition, { context, isOpen }: ImaginedCall, isAllow: boolean): Match {
  return keys.some(isOpen) ? null : holds(context, isAllow);
}

function allOf(matches: readonly Match[]): Match {
  if (matches.includes(false)) return false;
  return matches.includes(null) ? null : true;
}

/** Actions are of any case, and have no variables. */
function compileActions({ isNot, values }: OneOrOther): (action: string) => boolean {
  const patterns = values.map((value) =>
    compilePattern(value.toLowerCase(), { hasVariables: false, hasWildcards: true }),
  );
  return (action) => (matchAny(patterns, action, NO_CONTEXT) === true) !== isNot;
}

interface Resources {
  readonly includes: (resource: string, context: ConditionContext, isAllow: boolean) => boolean;
  readonly mayInclude: (resource: string) => boolean;
  readonly wouldInclude: (call: ImaginedCall, isAllow: boolean) => Match;
  readonly keys: readonly string[];
}

function compileResources({ resources, place }: PolicyStatement, hasVariables: boolean): Resources {
  if (resources === null) {
    return { includes: () => true, mayInclude: () => true, wouldInclude: () => true, keys: [] };
  }
  const { isNot, values } = resources;
  const patterns = values.map((value) => resourcePattern(value, place, hasVariables));
  const keys = patterns.flatMap(({ variables }) => variables);
  const mayInclude = (resource: string): boolean => matchAny(patterns, resource, NO_CONTEXT) !== isNot;
  const includes = (resource: string, context: ConditionContext, isAllow: boolean): boolean => {
    const match = matchAny(patterns, resource, context);
    // What nobody can say allows nothing, and does not keep from denying.
    return isNot ? match === false || (match === null && !isAllow) : match === true;
  };
  return {
    keys,
    mayInclude,
    includes,
    wouldInclude({ resource, context, isOpen }, isAllow) {
      if (values.includes("*")) return !isNot;
      if (resource === null) return null;
      return keys.some(isOpen) ? mayInclude(resource) && null : includes(resource, context, isAllow);
    },
  };
}

function resourcePattern(value: string, place: string, hasVariables: boolean): Pattern {
  const pattern = compileArnPattern(value, { hasVariables });
  if (pattern !== null) return pattern;
  throw new MalformedPolicy(`Resource ${value} must be in ARN format or "*": ${place}.`);
}

function compileStated(stated: StatedCondition, place: string, hasVariables: boolean): Condition {
  try {
    return compileCondition({ ...stated, hasVariables });
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new MalformedPolicy(`${error.message} In ${place}.Condition.${stated.operator}.${stated.key}.`, {
      cause: error,
    });
  }
}
