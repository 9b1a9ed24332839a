/** The tags of what an ARN names; those of secrets, parameters and keys are with them. */
import type { AccountScope } from "../../domain/arn.ts";
import { parseParameterSelector } from "../../domain/parameter.ts";
import type { Tag } from "../../domain/tag.ts";
import type { Store } from "../../ports/store.ts";

type TaggedStore = Pick<Store, "secrets" | "parameters" | "encryptionKeys" | "tags">;

export async function tagsOfResource(
  arn: string,
  { store, scope }: { readonly store: TaggedStore; readonly scope: AccountScope },
): Promise<readonly Tag[]> {
  const vendor = arn.split(":", 3)[2];
  if (vendor === "secretsmanager") return (await store.secrets.get(arn))?.tags ?? [];
  if (vendor === "kms") return (await store.encryptionKeys.get(arn))?.tags ?? [];
  if (vendor !== "ssm") return store.tags.list(arn);
  for (const name of parseParameterSelector(arn, scope)?.names ?? []) {
    const parameter = await store.parameters.get(name);
    if (parameter !== null) return parameter.tags;
  }
  return [];
}
