/**
 * Who names a secret for a service that has no instance role must be allowed to read it: else whoever can make a service
 * reads every secret. With an instance role the role decides, at each deployment.
 */
import { parseArn } from "../../domain/arn.ts";
import type { Principal } from "../../domain/identity.ts";
import { parseExtensions } from "../../domain/extension.ts";
import { parseSecretReference } from "../../domain/secret-reference.ts";
import type { ServiceConfiguration } from "../../domain/service.ts";
import { type Tag, withTags } from "../../domain/tag.ts";
import { assertAllowed, type Demand } from "../authorization.ts";
import { askedParameter, askedSecret } from "../authorization/secret-rules.ts";
import type { HandlerContext } from "../handler.ts";

export interface NamedSecrets {
  readonly configuration: ServiceConfiguration;
  readonly tags: readonly Tag[];
}

const READING = ["secretsmanager:GetSecretValue", "ssm:GetParameters", "slipway:GetExternalSecret"];
const NAMING_TAGS: ReadonlySet<string> = new Set(["slipway:build-secrets", "slipway:basic-auth"]);

type Context = Pick<HandlerContext, "store" | "scope" | "authorizer">;

/**
 * `present`: what the service had before; null for one that is being made. What it names already was asked for when it was
 * named, unless a role decided then. Throws AccessDeniedException.
 */
export async function assertMayNameSecrets(
  { wished, present }: { readonly wished: NamedSecrets; readonly present: NamedSecrets | null },
  caller: Principal,
  context: Context,
): Promise<void> {
  if (hasRole(wished)) return;
  const known = new Set(present === null || hasRole(present) ? [] : referencesOf(present));
  for (const reference of new Set(referencesOf(wished))) {
    const demand = known.has(reference) ? null : await demandFor(reference, context);
    if (demand !== null) {
      await assertAllowed(demand, { principal: caller, conditions: new Map() }, context);
    }
  }
}

/**
 * Puts down whether secrets that `apprunner.yaml` will name are refused while there is no instance role: asked of whoever
 * gives a service its source, or takes its role away.
 */
export async function fileTrust(
  caller: Principal,
  { authorizer }: Pick<Context, "authorizer">,
): Promise<(wished: ServiceConfiguration, present: ServiceConfiguration | null) => ServiceConfiguration> {
  const mayReadAll = await Promise.all(
    READING.map((action) =>
      authorizer.decide({ principal: caller, action, resource: "*", context: new Map(), isForAll: true }),
    ),
  );
  const isTrusted = mayReadAll.every(({ isAllowed }) => isAllowed);
  return ({ refusesFileSecrets: kept, ...wished }, present) => {
    const isAsked =
      present === null ||
      JSON.stringify(present.source) !== JSON.stringify(wished.source) ||
      (present.instance.instanceRoleArn !== undefined && wished.instance.instanceRoleArn === undefined);
    const isRefused = isAsked ? wished.source.kind === "code" && !isTrusted : kept === true;
    return { ...wished, ...(isRefused && { refusesFileSecrets: true as const }) };
  };
}

/** The same for tags that name secrets: of a service's build, or the password at the edge. Call outside of a transaction. */
export async function assertMayTag(
  { arn, tags }: { readonly arn: string; readonly tags: readonly Tag[] },
  caller: Principal,
  context: Context,
): Promise<void> {
  const { store } = context;
  const id = parseArn(arn)?.id;
  const service = tags.some(({ key }) => NAMING_TAGS.has(key)) ? await store.services.get(id ?? "") : null;
  if (service?.arn !== arn) return;
  const { configuration } = service;
  const before = await store.tags.list(arn);
  const wished = { configuration, tags: withTags(before, tags) };
  await assertMayNameSecrets({ wished, present: { configuration, tags: before } }, caller, context);
}

function hasRole({ configuration }: NamedSecrets): boolean {
  return configuration.instance.instanceRoleArn !== undefined;
}

function referencesOf({ configuration: { source }, tags }: NamedSecrets): readonly string[] {
  const ofService = source.kind === "image" ? source.environmentSecrets : source.values?.environmentSecrets;
  const { buildSecrets, protection } = parseExtensions(tags);
  // The edge says whether a guess is the password: that is reading, too.
  const password = protection.basicAuth === null ? [] : [protection.basicAuth.reference];
  return [...Object.values(ofService ?? {}), ...Object.values(buildSecrets), ...password];
}

/** Null: it is none, and whoever resolves it says so. */
async function demandFor(reference: string, { store, scope }: Context): Promise<Demand | null> {
  const parsed = parseSecretReference(reference, scope);
  if (parsed.kind === "none") return null;
  if (parsed.kind === "secret") {
    const resource = await askedSecret(parsed.secretId, { store, scope });
    return { action: "secretsmanager:GetSecretValue", resource };
  }
  if (parsed.kind === "parameter") {
    const arn = askedParameter(parsed.names[0] ?? "", scope);
    return { action: "ssm:GetParameters", resource: { arn, told: arn } };
  }
  const place = `external-secret/vault/${parsed.mount}/${parsed.path}`;
  const arn = `arn:aws:slipway:${scope.region}:${scope.account}:${place}`;
  return { action: "slipway:GetExternalSecret", resource: { arn, told: arn } };
}
