/**
 * A CertificateAuthority over ACME (RFC 8555, RFC 9773): any directory. Keeps nothing of an order: each step begins with
 * what the authority says of it, so that it can be asked again by another process.
 */
import {
  type CertificateAuthority,
  type CertificateWish,
  IssuanceError,
  type OrderState,
  type RenewalWindow,
} from "../../ports/certificate-authority.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Vault } from "../../ports/vault.ts";
import { Account, type AccountStore } from "./account.ts";
import { certificateRequest, type ExternalAccount } from "./acme-library.ts";
import { certificateId } from "./certificate-id.ts";
import { servedChain } from "./chain.ts";
import { EXCHANGE_MAX_MS, jsonOf, locationOf } from "./exchange.ts";
import { authorizationSchema, challengeSchema, type Order, orderSchema } from "./messages.ts";
import { orderState } from "./order-state.ts";
import { renewalWindow } from "./renewal-window.ts";
import { type DirectoryCache, Session } from "./session.ts";

/** Orders are short: what is older has been looked at. */
const ASKED_MAX = 1000;

export interface AcmeOptions {
  readonly directoryUrl: string;
  /** Where the authority may write to. */
  readonly email: string | null;
  readonly externalAccount: ExternalAccount | null;
  /** Roots to trust for the directory instead of the public ones. */
  readonly caPem: string | null;
  readonly accountStore: AccountStore;
  readonly vault: Vault;
  readonly clock: Clock;
  /** What one request and its answer may take. */
  readonly exchangeMaxMs?: number;
}

export class AcmeAuthority implements CertificateAuthority {
  readonly directoryUrl: string;
  readonly #options: AcmeOptions;
  readonly #account: Account;
  readonly #directories: DirectoryCache = { directory: null, readAtMs: 0 };
  /** Some authorities keep a challenge "pending" while they look. After a restart it is asked once more, which does no harm. */
  readonly #asked = new Set<string>();

  constructor(options: AcmeOptions) {
    this.directoryUrl = options.directoryUrl;
    this.#options = options;
    this.#account = new Account({ ...options, store: options.accountStore });
  }

  placeOrder(
    { names, replacedPem }: CertificateWish,
    signal: AbortSignal,
  ): Promise<{ readonly orderUrl: string }> {
    return this.#step(signal, async (session) => {
      const { newOrder, renewalInfo } = await session.directory();
      const identifiers = names.map((value) => ({ type: "dns", value }));
      const place = (replaced: { readonly replaces?: string }) =>
        session.post({ url: newOrder, payload: { identifiers, ...replaced }, asked: "new-order" });
      const replaces = renewalInfo === undefined || replacedPem === null ? null : certificateId(replacedPem);
      const answer = await place(replaces === null ? {} : { replaces }).catch((error: unknown) => {
        if (replaces === null || !isFinalRefusal(error)) throw error;
        return place({});
      });
      session.parse(answer, orderSchema);
      const orderUrl = locationOf(answer, newOrder);
      if (orderUrl !== null) return { orderUrl };
      throw new IssuanceError("other", `${session.host} did not say where the order is.`);
    });
  }

  readOrder(orderUrl: string, signal: AbortSignal): Promise<OrderState> {
    return this.#step(signal, async (session) =>
      this.#stateOf(await session.read(orderUrl, orderSchema), session),
    );
  }

  acceptChallenge(challengeUrl: string, signal: AbortSignal): Promise<void> {
    return this.#step(signal, async (session) => {
      try {
        await session.post({ url: challengeUrl, payload: {}, asked: "resource" });
      } catch (error) {
        if (!(await this.#isLookedAt(challengeUrl, error, session))) throw error;
      }
      this.#rememberAsked(challengeUrl);
    });
  }

  finalize(
    order: { readonly orderUrl: string; readonly names: readonly string[]; readonly keyPem: string },
    signal: AbortSignal,
  ): Promise<void> {
    return this.#step(signal, async (session) => {
      const before = await session.read(order.orderUrl, orderSchema);
      if (isFinalized(before)) return;
      await this.#refuseUnready(before, session);
      const csr = await certificateRequest(order.names, order.keyPem);
      await session.post({ url: before.finalize, payload: { csr }, asked: "resource" });
    });
  }

  download(orderUrl: string, signal: AbortSignal): Promise<{ readonly chainPem: string }> {
    return this.#step(signal, async (session) => {
      const { status, certificate } = await session.read(orderUrl, orderSchema);
      if (status !== "valid" || certificate === undefined) {
        throw new IssuanceError(
          "unavailable",
          `${session.host}: the certificate is not there yet (${status}).`,
        );
      }
      const answer = await session.post({ url: certificate, payload: null, asked: "resource" });
      const chainPem = servedChain(answer.body);
      if (chainPem !== null) return { chainPem };
      throw new IssuanceError("other", `${session.host} sent something that is not a chain of certificates.`);
    });
  }

  renewalWindow(chainPem: string, signal: AbortSignal): Promise<RenewalWindow | null> {
    return this.#step(signal, async (session) => {
      const { renewalInfo } = await session.directory();
      const id = certificateId(chainPem);
      if (renewalInfo === undefined || id === null) return null;
      const answer = await session.get(`${renewalInfo.replace(/\/$/, "")}/${id}`);
      // Of another authority, or of a time before it offered this.
      if (answer.status === 404) return null;
      session.check(answer, "resource");
      return renewalWindow(jsonOf(answer), {
        retryAfter: answer.headers["retry-after"],
        nowMs: this.#options.clock.now(),
      });
    });
  }

  async #stateOf(order: Order, session: Session): Promise<OrderState> {
    const isOpen = order.status === "pending" || order.status === "invalid";
    const authorizations = isOpen
      ? await Promise.all(order.authorizations.map((url) => session.read(url, authorizationSchema)))
      : [];
    return orderState(order, authorizations, {
      host: session.host,
      caaIdentities: session.caaIdentities,
      thumbprint: await this.#account.thumbprint(),
      isAsked: (url) => this.#asked.has(url),
    });
  }

  /** Authorities refuse to look twice; then the wish has come true before. */
  async #isLookedAt(challengeUrl: string, error: unknown, session: Session): Promise<boolean> {
    if (!(error instanceof IssuanceError) || error.kind !== "other") return false;
    const { status } = await session.read(challengeUrl, challengeSchema);
    return status !== "pending";
  }

  async #refuseUnready(order: Order, session: Session): Promise<void> {
    if (order.status === "ready") return;
    const { problem } = await this.#stateOf(order, session);
    throw (
      problem ?? new IssuanceError("other", `${session.host}: not all names of the order are proven yet.`)
    );
  }

  #rememberAsked(challengeUrl: string): void {
    const [oldest] = this.#asked;
    if (this.#asked.size >= ASKED_MAX && oldest !== undefined) this.#asked.delete(oldest);
    this.#asked.add(challengeUrl);
  }

  async #step<Result>(signal: AbortSignal, act: (session: Session) => Promise<Result>): Promise<Result> {
    const { directoryUrl, caPem, clock, exchangeMaxMs = EXCHANGE_MAX_MS } = this.#options;
    const peer = { directoryUrl, caPem, clock, exchangeMaxMs };
    const session = new Session({ peer, account: this.#account, directories: this.#directories }, signal);
    try {
      return await act(session);
    } finally {
      session.end();
    }
  }
}

/**
 * Of an order that says what it replaces: that may be of another authority or account, or replaced before. What waiting
 * heals is no reason to ask twice.
 */
function isFinalRefusal(error: unknown): boolean {
  return error instanceof IssuanceError && !["rate-limited", "unavailable", "clock"].includes(error.kind);
}

function isFinalized({ status }: Order): boolean {
  return status === "processing" || status === "valid";
}
