import { operations, type OutputOf } from "../../contract/index.ts";
import { compareTexts } from "../../domain/text-order.ts";
import { actionWords } from "../action-words.ts";
import { eventKindOf } from "../audit/event-kind.ts";
import type { Handler } from "../handler.ts";

type Action = OutputOf<"ListActions">["Actions"][number];

/** Asked besides those of operations. */
const OTHERS = [
  other("ecr:BatchGetImage", true),
  other("iam:PassRole", false),
  other("slipway:GetExternalSecret", true),
  other("kms:ReEncryptFrom", true),
  other("kms:ReEncryptTo", true),
  other("slipway:PullRepository", true),
  other("slipway:PushRepository", false),
];

const ACTIONS: readonly Action[] = [...OTHERS, ...operations.map(actionOf)].toSorted((one, other) =>
  compareTexts(one.Action, other.Action),
);

/** Ours: what policies can speak of. */
export const listActions: Handler<"ListActions"> = async () => ({ Actions: [...ACTIONS] });

function other(Action: string, IsReadOnly: boolean): Action {
  return { Action, IsReadOnly, Description: wordsOf(Action) };
}

function actionOf(operation: (typeof operations)[number]): Action {
  const { action, model } = operation;
  return {
    Action: action,
    IsReadOnly: eventKindOf(operation, undefined).isReadOnly,
    Description: model.says ?? wordsOf(action),
  };
}

/** Throws while the table is not complete: at the start, so that no build goes out without. */
function wordsOf(action: string): string {
  const words = actionWords[action];
  if (words === undefined) throw new Error(`${action} has no words in action-words.ts`);
  return words;
}
