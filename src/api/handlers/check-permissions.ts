import { setImmediate as nextTurn } from "node:timers/promises";
import { operations } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { ImaginedQuestion, Question } from "../../ports/authorizer.ts";
import { isToldByMembers } from "../authorization/call-context.ts";
import { decidesItself } from "../authorization/identity-rules.ts";
import { tagsOfResource } from "../authorization/resource-tags.ts";
import { wholeArn } from "../authorization/service-rules.ts";
import type { Handler } from "../handler.ts";

/** A page of the console asks for some dozens. */
const QUESTIONS_MAX = 100;
const OF_EVERYBODY: ReadonlySet<string> = new Set(
  operations.filter(({ name }) => decidesItself(name)).map(({ action }) => action),
);

/**
 * Ours. The authorizer that decides calls is asked about calls that nobody has made: what their members will say is open, and
 * so is the resource where none is given. Only what would be denied in any case is answered with no.
 */
export const checkPermissions: Handler<"CheckPermissions"> = async ({ Questions }, context, principal) => {
  const { authorizer, store, scope } = context;
  assertFew(Questions.length);
  const Answers: { IsPossible: boolean }[] = [];
  for (const { Action, Resource } of Questions) {
    // Somebody with thousands of statements is nobody else's wait.
    await nextTurn();
    const resource = await wholeArn(Resource ?? "*", store);
    const question: Question = {
      principal,
      action: Action,
      resource,
      context: new Map(),
      resourceTags: () => tagsOfResource(resource, { store, scope }),
      imagined: Resource === undefined ? OF_ANY : OF_ONE,
    };
    const IsPossible = OF_EVERYBODY.has(Action) || (await authorizer.decide(question)).isAllowed;
    Answers.push({ IsPossible });
  }
  return { Answers };
};

const OF_ONE: ImaginedQuestion = { isOfAny: false, isOpen: isToldByMembers };
const OF_ANY: ImaginedQuestion = {
  isOfAny: true,
  isOpen: (key) => isToldByMembers(key) || key.includes(":resourcetag/"),
};

function assertFew(count: number): void {
  if (count >= 1 && count <= QUESTIONS_MAX) return;
  const problem = `holds ${count} questions; it must hold 1 to ${QUESTIONS_MAX}`;
  throw new SlipwayError("InvalidParameter", { path: "Questions", problem });
}
