/**
 * Values that lie in a store which is not ours, beside those that do. What a deployment read of it is kept, sealed: instances that
 * start later get the same, also while that store is away. Only deployments depend on it.
 */
import type { AccountScope } from "../domain/arn.ts";
import { type ExternalPlace, parseSecretReference } from "../domain/secret-reference.ts";
import type { Clock } from "../ports/clock.ts";
import type { SecretProvider } from "../ports/secret-provider.ts";
import { type PinnedSecret, SecretUnavailable, type SecretValues } from "../ports/secret-values.ts";
import type { Store } from "../ports/store.ts";
import { SealBroken, type Vault } from "../ports/vault.ts";

export interface ExternalSecretValuesOptions {
  /** For all other references. */
  readonly own: SecretValues;
  /** Null: none is configured. */
  readonly provider: SecretProvider | null;
  readonly store: Pick<Store, "sealedValues">;
  readonly vault: Vault;
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
}

/** What is kept of one reference: version → value. */
type Copies = Readonly<Record<string, Copy>>;

interface Copy {
  readonly value: string;
  readonly createdAtMs: number;
  /** To the day. */
  readonly readAtMs: number;
}

const DAY_MS = 86_400_000;
/** A release that nobody started an instance of for so long asks the store itself. */
const KEPT_MS = 90 * DAY_MS;
/** Of one reference. */
const COPIES_MAX = 20;
/** In the table of sealed values, where versions are: all of a reference are one. */
const COPIES = "copies";

export class ExternalSecretValues implements SecretValues {
  readonly #options: ExternalSecretValuesOptions;
  /** One change of the copies after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ExternalSecretValuesOptions) {
    this.#options = options;
  }

  async resolve(reference: string): Promise<PinnedSecret> {
    const place = this.#placeOf(reference);
    if (place === null) return await this.#options.own.resolve(reference);
    return { reference, ...(await this.#provider(reference).resolve(place)) };
  }

  async read(pinned: PinnedSecret): Promise<string> {
    const place = this.#placeOf(pinned.reference);
    if (place === null) return await this.#options.own.read(pinned);
    const kept = (await this.#copiesOf(ownerOf(pinned.reference)))[pinned.versionId];
    const isKept = kept?.createdAtMs === pinned.createdAtMs;
    const value = isKept ? kept.value : await this.#readThere(pinned, place);
    if (!isKept || this.#options.clock.now() - kept.readAtMs > DAY_MS) await this.#keep(pinned, value);
    return value;
  }

  /** Copies that nobody read for long, also of references that nobody has any more. */
  async dropUnread(): Promise<void> {
    const { store } = this.#options;
    for (const owner of await store.sealedValues.ownersOf(COPIES)) {
      await this.#inTurn(async () => {
        const present = await this.#copiesOf(owner);
        const used = this.#usedOf(present);
        if (Object.keys(used).length < Object.keys(present).length) await this.#save(owner, used);
      });
    }
  }

  #placeOf(reference: string): ExternalPlace | null {
    const parsed = parseSecretReference(reference, this.#options.scope);
    return parsed.kind === "external" ? parsed : null;
  }

  #provider(reference: string): SecretProvider {
    const { provider } = this.#options;
    if (provider !== null) return provider;
    throw new SecretUnavailable(
      `The secret ${reference} lies in a Vault, and none is configured: set vaultAddress.`,
    );
  }

  async #readThere({ reference, ...version }: PinnedSecret, place: ExternalPlace): Promise<string> {
    const value = await this.#provider(reference).read(place, version);
    if (!value.includes("\0")) return value;
    throw new SecretUnavailable(
      `The secret ${reference} holds a NUL character, which no environment variable can.`,
    );
  }

  /** What cannot be opened is read again where it came from. */
  async #copiesOf(owner: string): Promise<Copies> {
    const { store, vault } = this.#options;
    const sealed = await store.sealedValues.get(owner, COPIES);
    if (sealed === null) return {};
    try {
      return JSON.parse(vault.open(owner, sealed)) as Copies;
    } catch (error) {
      if (error instanceof SealBroken) return {};
      throw error;
    }
  }

  #keep({ reference, versionId, createdAtMs }: PinnedSecret, value: string): Promise<void> {
    return this.#inTurn(async () => {
      const owner = ownerOf(reference);
      const copy = { value, createdAtMs, readAtMs: this.#options.clock.now() };
      await this.#save(owner, this.#usedOf({ ...(await this.#copiesOf(owner)), [versionId]: copy }));
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #usedOf(copies: Copies): Copies {
    const nowMs = this.#options.clock.now();
    const used = Object.entries(copies)
      .filter(([, { readAtMs }]) => nowMs - readAtMs < KEPT_MS)
      .toSorted(([, one], [, other]) => other.readAtMs - one.readAtMs);
    return Object.fromEntries(used.slice(0, COPIES_MAX));
  }

  async #save(owner: string, copies: Copies): Promise<void> {
    const { store, vault } = this.#options;
    if (Object.keys(copies).length === 0) return await store.sealedValues.removeAll(owner);
    await store.sealedValues.save(owner, COPIES, vault.seal(owner, JSON.stringify(copies)));
  }
}

function ownerOf(reference: string): string {
  return `external secret ${reference}`;
}
