/** Tells of calls after which a secret or a parameter may mean something else. */
import type { HandlerContext, Handlers } from "./handler.ts";

const CHANGING = [
  "secretsmanager.PutSecretValue",
  "secretsmanager.RestoreSecret",
  "secretsmanager.UpdateSecret",
  "secretsmanager.UpdateSecretVersionStage",
  "AmazonSSM.PutParameter",
] as const satisfies readonly (keyof Handlers)[];

/** `changed` is called after each of them that went well, and must not throw. */
export function tellingOfSecrets(handlers: Handlers, changed: () => void): Handlers {
  const telling = CHANGING.map((name) => {
    // The table ties each handler to its operation; on a union that is lost.
    const handler = handlers[name] as (input: unknown, context: HandlerContext) => Promise<object>;
    const told = async (input: unknown, context: HandlerContext) => {
      const output = await handler(input, context);
      changed();
      return output;
    };
    return [name, told] as const;
  });
  return { ...handlers, ...Object.fromEntries(telling) };
}
