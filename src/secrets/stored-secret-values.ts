/**
 * Values of secrets and parameters for deployments, from the sealed values of the store. Says of a reference what is wrong
 * with it, and never what its value is.
 */
import type { AccountScope } from "../domain/arn.ts";
import { isSlipwayError } from "../domain/error.ts";
import { findParameterVersion, type Parameter } from "../domain/parameter.ts";
import { parseSecretReference, type SecretReference } from "../domain/secret-reference.ts";
import {
  findVersion,
  isGone,
  parseSecretId,
  type Secret,
  type SecretValue,
  sealPurpose,
} from "../domain/stored-secret.ts";
import type { Clock } from "../ports/clock.ts";
import { type PinnedSecret, SecretUnavailable, type SecretValues } from "../ports/secret-values.ts";
import type { Store } from "../ports/store.ts";
import { SealBroken, type Vault } from "../ports/vault.ts";
import { withNumbersAsWritten } from "./json-numbers.ts";

export interface StoredSecretValuesOptions {
  readonly store: Pick<Store, "secrets" | "parameters" | "sealedValues">;
  readonly vault: Vault;
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
}

type SecretOf<Kind> = Extract<SecretReference, { readonly kind: Kind }>;

/** A version of what a reference means. */
interface Found {
  /** Of the sealed value. */
  readonly owner: string;
  readonly versionId: string;
  readonly createdAtMs: number;
}

type Pinned = Omit<PinnedSecret, "reference">;

export class StoredSecretValues implements SecretValues {
  readonly #options: StoredSecretValuesOptions;

  constructor(options: StoredSecretValuesOptions) {
    this.#options = options;
  }

  async resolve(reference: string): Promise<PinnedSecret> {
    const { versionId, createdAtMs } = await this.#find(reference, null);
    return { reference, versionId, createdAtMs };
  }

  async read({ reference, ...pinned }: PinnedSecret): Promise<string> {
    const found = await this.#find(reference, pinned);
    const sealed = await this.#options.store.sealedValues.get(found.owner, found.versionId);
    if (sealed === null) throw unavailable(reference, "has no value in this version any more");
    const text = textOf(this.#parse(reference), this.#open(reference, found, sealed), reference);
    if (text.includes("\0")) {
      throw unavailable(reference, "holds a NUL character, which no environment variable can");
    }
    return text;
  }

  #parse(reference: string): SecretReference {
    return parseSecretReference(reference, this.#options.scope);
  }

  /** `pinned`: the version that was found before; null for what the reference means now. */
  async #find(reference: string, pinned: Pinned | null): Promise<Found> {
    const parsed = this.#parse(reference);
    if (parsed.kind === "none") throw unavailable(reference, parsed.problem);
    if (parsed.kind === "external") throw unavailable(reference, "lies in a store that is not ours");
    const pinnedId = pinned?.versionId ?? null;
    try {
      const found =
        parsed.kind === "secret"
          ? await this.#findSecretVersion(reference, parsed, pinnedId)
          : await this.#findParameterVersion(reference, parsed, pinnedId);
      if (pinned === null || pinned.createdAtMs === found.createdAtMs) return found;
    } catch (cause) {
      if (!isVersionProblem(cause)) throw cause;
      throw versionGone(reference, cause);
    }
    throw versionGone(reference);
  }

  async #findSecretVersion(
    reference: string,
    { secretId, stage, versionId }: SecretOf<"secret">,
    pinnedId: string | null,
  ): Promise<Found> {
    const secret = await this.#findSecret(secretId);
    if (secret === null) throw unavailable(reference, "is not there; see `slipway secrets ls`");
    if (secret.deletion !== null) {
      throw unavailable(reference, "is marked for deletion; restore it, or refer to another one");
    }
    const wanted = pinnedId === null ? { versionId, stage } : { versionId: pinnedId };
    const { id, createdAtMs } = findVersion(secret, wanted);
    return { owner: secret.arn, versionId: id, createdAtMs };
  }

  async #findSecret(secretId: string): Promise<Secret | null> {
    const { store, scope, clock } = this.#options;
    const wanted = parseSecretId(secretId, scope);
    if (wanted === null) return null;
    const whole = wanted.arn === null ? null : await store.secrets.get(wanted.arn);
    const found = whole ?? (await store.secrets.findByName(wanted.name));
    return found === null || isGone(found, clock.now()) ? null : found;
  }

  async #findParameterVersion(
    reference: string,
    { names, version }: SecretOf<"parameter">,
    pinnedId: string | null,
  ): Promise<Found> {
    const parameter = await this.#findParameter(names);
    if (parameter === null) {
      throw unavailable(reference, "is no parameter that is there; for a secret give its ARN");
    }
    const { number, createdAtMs } = findParameterVersion(parameter, pinnedId ?? version);
    return { owner: parameter.name, versionId: String(number), createdAtMs };
  }

  async #findParameter(names: readonly string[]): Promise<Parameter | null> {
    for (const name of names) {
      const found = await this.#options.store.parameters.get(name);
      if (found !== null) return found;
    }
    return null;
  }

  #open(reference: string, { owner, versionId }: Found, sealed: string): string {
    try {
      return this.#options.vault.open(sealPurpose(owner, versionId), sealed);
    } catch (cause) {
      if (!(cause instanceof SealBroken)) throw cause;
      throw unavailable(reference, `cannot be opened: ${cause.message}`, cause);
    }
  }
}

function textOf(parsed: SecretReference, opened: string, reference: string): string {
  if (parsed.kind !== "secret") return opened;
  const value = JSON.parse(opened) as SecretValue;
  if (value.kind === "binary")
    throw unavailable(reference, "holds bytes, not text; store it as SecretString");
  return parsed.jsonKey === undefined ? value.text : memberOf(value.text, parsed.jsonKey, reference);
}

function memberOf(text: string, key: string, reference: string): string {
  const member = findMember(text, key);
  if (member === null) {
    throw unavailable(
      reference,
      `is not a JSON object that can be read, so it has no key "${key}"; leave the key out`,
    );
  }
  if (member === undefined) throw unavailable(reference, `has no JSON key "${key}"`);
  return member;
}

/** Strings as they are, everything else as JSON. Null: no object; undefined: none of this key. */
function findMember(text: string, key: string): string | null | undefined {
  if (!/^\s*\{/.test(text)) return null;
  try {
    const members = JSON.parse(text, withNumbersAsWritten) as Readonly<Record<string, unknown>>;
    if (!Object.hasOwn(members, key)) return undefined;
    const member = members[key];
    return typeof member === "string" ? member : JSON.stringify(member);
  } catch {
    // The parser's message would quote the value. Who nests thousands deep is refused as well.
    return null;
  }
}

function isVersionProblem(error: unknown): boolean {
  return (
    isSlipwayError(error, "SecretVersionNotFound") ||
    isSlipwayError(error, "SecretStageMismatch") ||
    isSlipwayError(error, "ParameterVersionNotFound")
  );
}

function versionGone(reference: string, cause?: unknown): SecretUnavailable {
  return unavailable(
    reference,
    "has no such version (any more); deploy again to take the present one",
    cause,
  );
}

function unavailable(reference: string, problem: string, cause?: unknown): SecretUnavailable {
  return new SecretUnavailable(`The secret ${reference} ${problem}.`, cause === undefined ? {} : { cause });
}
