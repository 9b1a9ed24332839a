/** Keys as people name them: id, ARN, or an alias with or without `alias/`. */
import type { OutputOf } from "../contract/operations.ts";
import type { Client, Wire } from "./client.ts";
import { CliFailure } from "./failure.ts";

export type KeyEntry = Wire<OutputOf<"ListEncryptionKeys">>["Keys"][number];

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As KMS takes it. */
export function keyIdOf(given: string): string {
  return given.startsWith("arn:") || ID.test(given) ? given : aliasNameOf(given);
}

export function aliasNameOf(given: string): string {
  return given.startsWith("alias/") ? given : `alias/${given}`;
}

/** Throws CliFailure. */
export async function resolveKey(client: Client, given: string): Promise<KeyEntry> {
  const { Keys: keys } = await client.call("Slipway.ListEncryptionKeys", {});
  const wanted = keyIdOf(given);
  const found = keys.find(
    ({ KeyId, KeyArn, Aliases }) => KeyId === wanted || KeyArn === wanted || Aliases.includes(wanted),
  );
  if (found !== undefined) return found;
  throw new CliFailure(`There is no key "${given}".`, { hint: "See which there are: slipway keys" });
}
