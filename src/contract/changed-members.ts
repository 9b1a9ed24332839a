// Which members a changing call changed, by their paths: values may be secrets, the model's names are not. Paths end at
// lists and maps, for below them stand names that people chose.
import { type ContractOperation, shapeOf } from "./operations.ts";
import { camelCase } from "./redacted-input.ts";

const PATHS_MAX = 50;
/** What repeats a call, and changes nothing. */
const TOKENS: ReadonlySet<string> = new Set(["ClientRequestToken"]);
/** The first member names what the call is about, unless the call makes it; so does this one. */
const SECOND_NAME = "ResourceId";
const NAME = /(?:Arn|ARN|Id|Names?|ResourceType)$/;
const MAKING = /^(?:Create|Import)/;
/** It hands out credentials: what it was given changes nothing that there is. */
const UNCHANGING = "AssumeRole";

/** What an update is about, before it and after it, in the names of its input; a member that is in neither is not compared. */
export interface ComparedStates {
  readonly before: object;
  readonly after: object;
}

type Members = Readonly<Record<string, unknown>>;

/** What was given, and of what `states` tell what is different now. */
export function changedMembers(
  { target, model }: ContractOperation,
  value: unknown,
  states: ComparedStates | null,
): readonly string[] {
  const shape = shapeOf(model.input);
  const name = target.slice(target.lastIndexOf(".") + 1);
  if (shape?.kind !== "structure" || name === UNCHANGING) return [];
  const isMaking = MAKING.test(name);
  const paths = Object.entries(shape.members).flatMap(([member, { type }], index) => {
    const isName = !isMaking && ((index === 0 && NAME.test(member)) || member === SECOND_NAME);
    if (isName || TOKENS.has(member)) return [];
    const given = at(value, member);
    const [before, after] = [at(states?.before, member), at(states?.after, member)];
    const isCompared = before !== undefined || after !== undefined;
    return isCompared
      ? differences(type, [before, after], member)
      : differences(type, [undefined, given], member);
  });
  return paths.slice(0, PATHS_MAX).map((path) => path.split(".").map(camelCase).join("."));
}

function differences(
  type: string,
  [before, after]: readonly [unknown, unknown],
  path: string,
): readonly string[] {
  const shape = shapeOf(type);
  const isEntered = shape?.kind === "structure" && (isMembers(before) || isMembers(after));
  if (!isEntered) return isSame(before, after) ? [] : [path];
  return Object.entries(shape.members).flatMap(([name, member]) =>
    differences(member.type, [at(before, name), at(after, name)], `${path}.${name}`),
  );
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** Null is what is not given. */
function at(value: unknown, name: string): unknown {
  return isMembers(value) && Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
