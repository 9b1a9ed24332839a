/** Secrets in memory, for unit tests: a reference is a name, its versions are counted. */
import { type PinnedSecret, SecretUnavailable, type SecretValues } from "./secret-values.ts";

export class FakeSecretValues implements SecretValues {
  /** Asked, as `resolve <reference>` and `read <reference> <version>`. */
  readonly calls: string[] = [];
  /** While set, every call fails with it. */
  outage: Error | null = null;
  /** Reference → values by version. */
  readonly #versions = new Map<string, { readonly value: string; isGone: boolean }[]>();

  // Levers ----------------------------------------------------------------------------------------------------------

  /** Makes a secret, or a new version of it. */
  put(reference: string, value: string): void {
    this.#versions.set(reference, [...this.#of(reference), { value, isGone: false }]);
  }

  /** The secret is gone with all its versions. */
  drop(reference: string): void {
    for (const version of this.#of(reference)) version.isGone = true;
  }

  /** All versions there ever were are back. */
  restore(reference: string): void {
    for (const version of this.#of(reference)) version.isGone = false;
  }

  // The port --------------------------------------------------------------------------------------------------------

  async resolve(reference: string): Promise<PinnedSecret> {
    this.calls.push(`resolve ${reference}`);
    if (this.outage !== null) throw this.outage;
    const versions = this.#of(reference);
    if (versions.at(-1)?.isGone !== false) throw missing(reference);
    return { reference, versionId: String(versions.length), createdAtMs: 0 };
  }

  async read({ reference, versionId }: PinnedSecret): Promise<string> {
    this.calls.push(`read ${reference} ${versionId}`);
    if (this.outage !== null) throw this.outage;
    const version = this.#of(reference)[Number(versionId) - 1];
    if (version?.isGone !== false) throw missing(reference);
    return version.value;
  }

  #of(reference: string) {
    return this.#versions.get(reference) ?? [];
  }
}

function missing(reference: string): SecretUnavailable {
  return new SecretUnavailable(`There is no secret ${reference}. Create it first.`);
}
