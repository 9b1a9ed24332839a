/** Calls of our own operations, which AWS's client does not know: signed by hand, sent over the real socket. */
import type { InputOf, OperationName } from "../../contract/index.ts";
import { call, sendRaw, sign } from "./signed-request.ts";
import type { TestApi } from "./test-api.ts";

export interface JsonAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function callOperation<Name extends OperationName>(
  slipway: Pick<TestApi, "endpoint" | "key">,
  target: `${"AppRunner" | "Slipway"}.${Name}`,
  input: InputOf<Name>,
): Promise<JsonAnswer> {
  const answer = await sendRaw(slipway.endpoint, await sign(call(target, input), slipway.key));
  return { status: answer.status, body: JSON.parse(answer.text) as JsonAnswer["body"] };
}
