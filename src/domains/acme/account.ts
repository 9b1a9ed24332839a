/**
 * The account at an authority. Its private key is made once and kept sealed; its address is found again by the key, so
 * that the key is all there is to keep. A key without an account (a crash in between, an authority that forgot us) gets one.
 */
import { createHash, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { orAborted } from "../../domain/or-aborted.ts";
import { IssuanceError } from "../../ports/certificate-authority.ts";
import type { Vault } from "../../ports/vault.ts";
import { type ExternalAccount, keyThumbprint } from "./acme-library.ts";
import { type Answer, locationOf } from "./exchange.ts";
import type { Directory } from "./messages.ts";

/** Where the sealed key is kept: one for each name that `accountName` gives. */
export interface AccountStore {
  load(): Promise<string | null>;
  save(sealed: string): Promise<void>;
}

export interface AccountOptions {
  readonly directoryUrl: string;
  readonly email: string | null;
  readonly externalAccount: ExternalAccount | null;
  readonly store: AccountStore;
  readonly vault: Vault;
}

/** How the account speaks to the authority before it has an address: signed with the key itself. */
export interface AccountRequests {
  readonly signal: AbortSignal;
  readonly directory: Directory;
  /** Gives refusals as answers. */
  send(payload: object, externalAccount: ExternalAccount | null): Promise<Answer>;
  /** Throws what a refusal means. */
  check(answer: Answer): void;
  /** Whether it is the refusal that says: no such account. */
  isUnknown(answer: Answer): boolean;
}

/** Name of the setting that holds an account's key. Another address of the directory or email is another account. */
export function accountName(directoryUrl: string, email: string | null): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([directoryUrl, email]))
    .digest("hex");
  return `acme account ${digest.slice(0, 32)}`;
}

export class Account {
  readonly #options: AccountOptions;
  #key: Promise<AccountKey> | null = null;
  #url: string | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  async keyPem(): Promise<string> {
    return (await this.#ensureKey()).pem;
  }

  async thumbprint(): Promise<string> {
    return keyThumbprint(await this.keyPem());
  }

  /** Its address; found or made when it is not known yet, by one caller at a time. */
  async url(requests: AccountRequests): Promise<string> {
    const before = this.#turn;
    const turn = Promise.withResolvers<void>();
    this.#turn = turn.promise.then(() => before);
    try {
      await orAborted(before, requests.signal);
      this.#url ??= await this.#findOrMake(requests);
      return this.#url;
    } finally {
      turn.resolve();
    }
  }

  /** The authority does not know it any longer. */
  forget(url: string): void {
    if (this.#url === url) this.#url = null;
  }

  async #findOrMake(requests: AccountRequests): Promise<string> {
    const { isNew } = await this.#ensureKey();
    const found = isNew ? null : await this.#find(requests);
    return found ?? this.#make(requests);
  }

  /** Without the external account: it may be worth nothing any longer, and is only asked for once. */
  async #find(requests: AccountRequests): Promise<string | null> {
    const answer = await requests.send({ onlyReturnExisting: true }, null);
    if (requests.isUnknown(answer)) return null;
    requests.check(answer);
    return addressOf(answer, this.#options.directoryUrl);
  }

  async #make(requests: AccountRequests): Promise<string> {
    const { email, externalAccount, directoryUrl } = this.#options;
    const host = new URL(directoryUrl).host;
    if (externalAccount !== null) checkExternalAccount(host, externalAccount);
    else if (requests.directory.meta?.externalAccountRequired === true) throw externalAccountMissing(host);
    const contact = email === null ? {} : { contact: [`mailto:${email}`] };
    const answer = await requests.send({ termsOfServiceAgreed: true, ...contact }, externalAccount);
    requests.check(answer);
    return addressOf(answer, directoryUrl);
  }

  #ensureKey(): Promise<AccountKey> {
    this.#key ??= this.#loadOrMakeKey().catch((error: unknown) => {
      this.#key = null;
      throw error;
    });
    return this.#key;
  }

  async #loadOrMakeKey(): Promise<AccountKey> {
    const { store } = this.#options;
    const sealed = await store.load();
    if (sealed !== null) return { pem: this.#open(sealed), isNew: false };
    const { privateKey } = await promisify(generateKeyPair)("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    // Kept before it is used: an account whose key is lost is lost.
    await store.save(this.#options.vault.seal(this.#purpose(), pem));
    return { pem, isNew: true };
  }

  #open(sealed: string): string {
    try {
      return this.#options.vault.open(this.#purpose(), sealed);
    } catch (error) {
      const message =
        "The key of the account at the certificate authority cannot be opened: the master key is not the one that sealed it.";
      throw new IssuanceError("account", message, { cause: error });
    }
  }

  #purpose(): string {
    return accountName(this.#options.directoryUrl, this.#options.email);
  }
}

interface AccountKey {
  readonly pem: string;
  /** Made by this process: no account has it yet. */
  readonly isNew: boolean;
}

function addressOf(answer: Answer, directoryUrl: string): string {
  const location = locationOf(answer, directoryUrl);
  if (location !== null) return location;
  throw new IssuanceError("other", `${new URL(directoryUrl).host} did not say where the account is.`);
}

function checkExternalAccount(host: string, { keyId, macKey }: ExternalAccount): void {
  if (keyId !== "" && /^[\w+/-]{16,}={0,2}$/.test(macKey)) return;
  throw new IssuanceError(
    "account",
    `${host}: SLIPWAY_ACME_EAB_KEY_ID must be the key's id, and SLIPWAY_ACME_EAB_KEY_FILE must hold the key in base64url, ` +
      "both as the authority gave them.",
  );
}

function externalAccountMissing(host: string): IssuanceError {
  return new IssuanceError(
    "account",
    `${host} wants an external account: set SLIPWAY_ACME_EAB_KEY_ID and SLIPWAY_ACME_EAB_KEY_FILE to what it gave you.`,
  );
}
