import { SlipwayError } from "../../../domain/error.ts";
import { isGone, newSecretArn, type Secret, type SecretValue } from "../../../domain/stored-secret.ts";
import type { Handler } from "../../handler.ts";
import {
  addVersion,
  forgetSecret,
  holdsValue,
  refuseUnsupported,
  secretNames,
  secretTags,
  type SecretWork,
  valueFromWire,
} from "../../resources/secret.ts";

/** Secrets Manager API, CreateSecret: with a first version when there is a value. */
export const createSecret: Handler<"secretsmanager.CreateSecret"> = async (input, context) => {
  const { store, scope, ids, clock, quotas } = context;
  const { Name: name, Description: description = "", ClientRequestToken: versionId } = input;
  refuseUnsupported(input);
  const value = valueFromWire(input);
  const tags = secretTags([], input.Tags, context);
  const nowMs = clock.now();
  return store.transaction(async (tx) => {
    const work = { ...context, tables: tx };
    const present = await tx.secrets.findByName(name);
    if (present !== null && isGone(present, nowMs)) await forgetSecret(present, tx);
    else if (present !== null) return repeated(present, { id: versionId, value }, work);
    if ((await tx.secrets.count()) >= quotas.secrets) {
      throw new SlipwayError("SecretLimitReached", { what: `secrets (${quotas.secrets})` });
    }
    const arn = newSecretArn(scope, name, ids.hex32());
    const dates = { createdAtMs: nowMs, changedAtMs: nowMs, deletion: null };
    const secret: Secret = { arn, name, description, tags, versions: [], ...dates };
    await tx.secrets.save(secret);
    if (value === null) return secretNames(secret);
    const added = await addVersion(secret, { id: versionId, value, stages: [] }, work);
    return { ...secretNames(secret), VersionId: added.versionId };
  });
};

/** Clients repeat a call whose answer they did not get: with the same token and the same value. */
async function repeated(
  secret: Secret,
  { id, value }: { readonly id: string | undefined; readonly value: SecretValue | null },
  work: SecretWork,
) {
  if (secret.deletion !== null) throw new SlipwayError("SecretNameMarkedDeleted");
  const isKnown = secret.versions.some((version) => version.id === id);
  if (id === undefined || value === null || !isKnown || !(await holdsValue(secret, { id, value }, work))) {
    throw new SlipwayError("SecretExists", { name: secret.name });
  }
  return { ...secretNames(secret), VersionId: id };
}
