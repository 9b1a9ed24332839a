/**
 * Secrets as Secrets Manager has them: versions, the stages that point at them, and a deletion that can be taken back.
 * Values are elsewhere, sealed. Pure: what is refused is thrown, what changes is returned.
 *
 * Invariants: a stage belongs to at most one version; where there is a version, one is AWSCURRENT; AWSPREVIOUS is the
 * one that was it before.
 */
import type { AccountScope } from "./arn.ts";
import { SlipwayError } from "./error.ts";
import type { Tag } from "./tag.ts";

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly Tag[];
  /** Oldest first. */
  readonly versions: readonly SecretVersion[];
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** Null unless it was deleted and can still be restored. */
  readonly deletion: { readonly askedAtMs: number; readonly atMs: number } | null;
}

export interface SecretVersion {
  readonly id: string;
  /** Without any the version is deprecated: it is forgotten when there are too many. */
  readonly stages: readonly string[];
  readonly createdAtMs: number;
}

/** What a version holds; `binary` is base64. */
export type SecretValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly binary: string };

export const CURRENT = "AWSCURRENT";
export const PREVIOUS = "AWSPREVIOUS";
/** AWS: "approximately 100". */
export const SECRET_VERSIONS_MAX = 100;
const STAGES_PER_VERSION_MAX = 20;
const DAY_MS = 86_400_000;

export interface NewVersion {
  readonly id: string;
  readonly stages: readonly string[];
  readonly nowMs: number;
}

/** The secret with one more version; `forgotten` are the versions that had to go for it. */
export function withVersion(
  secret: Secret,
  { id, stages, nowMs }: NewVersion,
): { readonly secret: Secret; readonly forgotten: readonly string[] } {
  const isFirst = holderOf(secret.versions, CURRENT) === undefined;
  const wished = new Set(isFirst ? [CURRENT, ...stages] : stages);
  if (wished.size > STAGES_PER_VERSION_MAX) throw tooManyStages();
  let labelled: readonly SecretVersion[] = [...secret.versions, { id, stages: [], createdAtMs: nowMs }];
  for (const stage of wished) labelled = attach(labelled, stage, id);
  const forgotten = surplusOf(labelled);
  const versions = labelled.filter((version) => !forgotten.includes(version.id));
  assertFewStages(versions);
  if (versions.length > SECRET_VERSIONS_MAX) {
    throw new SlipwayError("SecretLimitReached", {
      what: `versions of one secret (${SECRET_VERSIONS_MAX}), each of which has a staging label`,
    });
  }
  return { secret: { ...secret, versions, changedAtMs: nowMs }, forgotten };
}

export interface StageMove {
  readonly stage: string;
  readonly toId: string | undefined;
  readonly fromId: string | undefined;
  readonly nowMs: number;
}

/** UpdateSecretVersionStage: who moves a stage must name the version that has it. */
export function withStageMoved(secret: Secret, { stage, toId, fromId, nowMs }: StageMove): Secret {
  for (const id of [toId, fromId]) if (id !== undefined) findVersion(secret, { versionId: id });
  const holder = holderOf(secret.versions, stage)?.id;
  if (fromId !== undefined && fromId !== holder) {
    throw refusal("RemoveFromVersionId", `staging label ${stage} is not attached to version ${fromId}`);
  }
  if (holder !== undefined && fromId === undefined && holder !== toId) {
    throw refusal(
      "RemoveFromVersionId",
      `staging label ${stage} is attached to version ${holder}; name that version here to take it away`,
    );
  }
  if (toId === undefined && fromId === undefined) throw refusal("MoveToVersionId", "names no version");
  if (toId === undefined && stage === CURRENT) {
    throw refusal("MoveToVersionId", `${CURRENT} can only be moved to another version, not taken away`);
  }
  const versions = toId === undefined ? detach(secret.versions, stage) : attach(secret.versions, stage, toId);
  assertFewStages(versions);
  return { ...secret, versions, changedAtMs: nowMs };
}

/** The version of an id, of a stage, or the current one. */
export function findVersion(
  { versions }: Pick<Secret, "versions">,
  { versionId, stage }: { readonly versionId?: string | undefined; readonly stage?: string | undefined },
): SecretVersion {
  if (versionId === undefined) {
    const found = holderOf(versions, stage ?? CURRENT);
    if (found !== undefined) return found;
    throw new SlipwayError("SecretVersionNotFound", { what: `staging label: ${stage ?? CURRENT}` });
  }
  const found = versions.find(({ id }) => id === versionId);
  if (found === undefined) {
    throw new SlipwayError("SecretVersionNotFound", { what: `VersionId: ${versionId}` });
  }
  if (stage !== undefined && !found.stages.includes(stage)) throw new SlipwayError("SecretStageMismatch");
  return found;
}

/** Throws while the secret is marked for deletion. */
export function assertUsable({ deletion }: Secret): void {
  if (deletion !== null) throw new SlipwayError("SecretMarkedDeleted");
}

export function withDeletion(secret: Secret, days: number, nowMs: number): Secret {
  return { ...secret, deletion: { askedAtMs: nowMs, atMs: nowMs + days * DAY_MS } };
}

/** Its time to think again is over: nobody sees it any more. */
export function isGone({ deletion }: Pick<Secret, "deletion">, nowMs: number): boolean {
  return deletion !== null && deletion.atMs <= nowMs;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX_CHARACTERS = 6;

/** `hex32` gives the six characters that tell secrets of the same name apart. */
export function newSecretArn({ region, account }: AccountScope, name: string, hex32: string): string {
  let rest = BigInt(`0x${hex32}`);
  let suffix = "";
  while (suffix.length < SUFFIX_CHARACTERS) {
    suffix += ALPHABET.charAt(Number(rest % BigInt(ALPHABET.length)));
    rest /= BigInt(ALPHABET.length);
  }
  return `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;
}

/** What a SecretId may mean: an ARN with or without its six characters, or a name. Null: not of this place. */
export function parseSecretId(
  text: string,
  { region, account }: AccountScope,
): { readonly arn: string | null; readonly name: string } | null {
  if (!text.startsWith("arn:")) return { arn: null, name: text };
  const prefix = `arn:aws:secretsmanager:${region}:${account}:secret:`;
  return text.startsWith(prefix) ? { arn: text, name: text.slice(prefix.length) } : null;
}

/** What a value is sealed for: it opens for this version of this owner and for nothing else. */
export function sealPurpose(owner: string, version: string): string {
  return `secret ${owner} ${version}`;
}

function holderOf(versions: readonly SecretVersion[], stage: string): SecretVersion | undefined {
  return versions.find(({ stages }) => stages.includes(stage));
}

function attach(versions: readonly SecretVersion[], stage: string, id: string): readonly SecretVersion[] {
  const holder = holderOf(versions, stage);
  if (holder?.id === id) return versions;
  const moved = detach(versions, stage).map((version) =>
    version.id === id ? withStages(version, [...version.stages, stage]) : version,
  );
  return stage === CURRENT && holder !== undefined ? attach(moved, PREVIOUS, holder.id) : moved;
}

function detach(versions: readonly SecretVersion[], stage: string): readonly SecretVersion[] {
  return versions.map((version) =>
    withStages(
      version,
      version.stages.filter((one) => one !== stage),
    ),
  );
}

function withStages(version: SecretVersion, stages: readonly string[]): SecretVersion {
  return { ...version, stages };
}

/** The oldest that no stage points at. */
function surplusOf(versions: readonly SecretVersion[]): readonly string[] {
  const deprecated = versions.filter(({ stages }) => stages.length === 0).map(({ id }) => id);
  return deprecated.slice(0, Math.max(0, versions.length - SECRET_VERSIONS_MAX));
}

function assertFewStages(versions: readonly SecretVersion[]): void {
  if (versions.every(({ stages }) => stages.length <= STAGES_PER_VERSION_MAX)) return;
  throw tooManyStages();
}

function tooManyStages(): SlipwayError {
  const what = `staging labels of one version (${STAGES_PER_VERSION_MAX})`;
  return new SlipwayError("SecretLimitReached", { what });
}

function refusal(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidSecretRequest", { path, problem });
}
