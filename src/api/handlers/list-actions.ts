import { operations, type OutputOf } from "../../contract/index.ts";
import { compareTexts } from "../../domain/text-order.ts";
import { eventKindOf } from "../audit/event-kind.ts";
import type { Handler } from "../handler.ts";

type Action = OutputOf<"ListActions">["Actions"][number];

/** Asked besides those of operations. */
const OTHERS: readonly Action[] = [
  {
    Action: "ecr:BatchGetImage",
    IsReadOnly: true,
    Description: "Pulls an image, in the name of an access role.",
  },
  { Action: "iam:PassRole", IsReadOnly: false, Description: "Gives a role to a service." },
  {
    Action: "slipway:GetExternalSecret",
    IsReadOnly: true,
    Description: "Reads a value of another store for a service.",
  },
  { Action: "kms:ReEncryptFrom", IsReadOnly: true, Description: "Takes what this key encrypted to another." },
  { Action: "kms:ReEncryptTo", IsReadOnly: true, Description: "Encrypts with this key what another did." },
  { Action: "slipway:PullRepository", IsReadOnly: true, Description: "Fetches a repository hosted here." },
  { Action: "slipway:PushRepository", IsReadOnly: false, Description: "Pushes to a repository hosted here." },
];

const ACTIONS: readonly Action[] = [...OTHERS, ...operations.map(actionOf)].toSorted((one, other) =>
  compareTexts(one.Action, other.Action),
);

/** Ours: what policies can speak of. */
export const listActions: Handler<"ListActions"> = async () => ({ Actions: [...ACTIONS] });

function actionOf(operation: (typeof operations)[number]): Action {
  const { says } = operation.model;
  return {
    Action: operation.action,
    IsReadOnly: eventKindOf(operation, undefined).isReadOnly,
    ...(says !== undefined && { Description: says }),
  };
}
