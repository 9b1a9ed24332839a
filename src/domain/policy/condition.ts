/**
 * One condition of a statement: an operator, a key, and values of which one must match (of a negated operator: none).
 *
 * A key that the call has no value for does not match: the condition is false, of a negated operator true, and with
 * `…IfExists` true. `ForAllValues:` asks each value of the call and is true without any; `ForAnyValue:` is false without any.
 */
import { conditionOperators } from "./condition-operator.ts";
import { MalformedPolicy, shown } from "./malformed-policy.ts";
import { type ConditionContext, matchAny } from "./pattern.ts";

export interface Condition {
  /** `isAllow`: of whose values nobody can say does not allow, and does not keep from denying. */
  readonly holds: (context: ConditionContext, isAllow: boolean) => boolean;
  /** Lower-case keys that it looks at. */
  readonly keys: readonly string[];
}

export interface ConditionSource {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  readonly hasVariables: boolean;
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

/** Throws MalformedPolicy. */
export function compileCondition(source: ConditionSource): Condition {
  const [, quantifier, name = "", ifExists] = OPERATOR.exec(source.operator) ?? [];
  if (source.operator === "Null") return compileNull(source);
  const operator = conditionOperators.get(name);
  if (operator === undefined)
    throw new MalformedPolicy(`Invalid Condition type : ${shown(source.operator)}.`);
  const { isNegated } = operator;
  const comparisons = source.values.map((value) => operator.compile(value, source));
  const key = source.key.toLowerCase();
  const isTrueWithoutValue =
    ifExists !== undefined || quantifier === "ForAllValues" || (quantifier === undefined && isNegated);
  // Several values without a quantifier: one that matches is enough, and a negated operator bears none.
  const isForAll = quantifier === "ForAllValues" || (quantifier === undefined && isNegated);
  return {
    keys: [key, ...comparisons.flatMap(({ variables }) => variables)],
    holds(context, isAllow) {
      const given = context.get(key) ?? [];
      if (given.length === 0) return isTrueWithoutValue;
      const holdsFor = (value: string): boolean => {
        const match = matchAny(comparisons, value, context);
        return isNegated ? match === false || (match === null && !isAllow) : match === true;
      };
      return isForAll ? given.every(holdsFor) : given.some(holdsFor);
    },
  };
}

function compileNull({ key: name, values }: ConditionSource): Condition {
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  if ([...wanted].some((value) => value !== "true" && value !== "false")) {
    throw new MalformedPolicy("Null is true or false: whether the key is absent.");
  }
  const key = name.toLowerCase();
  return {
    keys: [key],
    holds: (context) => wanted.has(String((context.get(key) ?? []).length === 0)),
  };
}
