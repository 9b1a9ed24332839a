/**
 * CertificateAuthority in memory: validates as a test says, counts what is asked, and behaves as public ones do where it
 * matters: an order that is pending for the same names is given again, wrong proofs end an order.
 */
import {
  type CertificateAuthority,
  type CertificateWish,
  IssuanceError,
  type NameChallenge,
  type OrderState,
  type RenewalWindow,
} from "./certificate-authority.ts";

interface Order {
  readonly url: string;
  readonly names: readonly string[];
  status: OrderState["status"];
  problem: IssuanceError | null;
  readonly proven: Set<string>;
  readonly accepted: Set<string>;
  chainPem: string | null;
  /** Reads until it goes on. */
  readsLeft: number;
}

export type AuthorityCall = keyof Omit<CertificateAuthority, "directoryUrl">;

export interface AuthorityWorld {
  /** Whether the proof is where the authority looks for it. */
  readonly isProven: (challenge: {
    readonly name: string;
    readonly kind: "http" | "dns";
    readonly text: string;
    readonly token: string;
  }) => boolean;
  readonly issue: (names: readonly string[], keyPem: string) => string;
  readonly now: () => number;
}

export class FakeCertificateAuthority implements CertificateAuthority {
  readonly directoryUrl: string = "https://authority.test/directory";
  readonly orders: Order[] = [];
  /** When each order was placed. */
  readonly placedAtMs: (CertificateWish & { readonly atMs: number })[] = [];
  readonly calls: AuthorityCall[] = [];
  /** What the next call of this kind throws. */
  readonly failures = new Map<AuthorityCall, IssuanceError>();
  /** What all calls of this kind throw while it is set. */
  readonly lasting = new Map<AuthorityCall, IssuanceError>();
  /** Throws for any call while it is set. */
  outage: IssuanceError | null = null;
  /** Names that it will not certify. */
  readonly forbidden = new Set<string>();
  window: RenewalWindow | null = null;
  /** How many reads an order stays pending or processing. */
  slowness = 1;
  readonly #world: AuthorityWorld;

  constructor(world: AuthorityWorld) {
    this.#world = world;
  }

  async placeOrder({ names, replacedPem }: CertificateWish): Promise<{ readonly orderUrl: string }> {
    this.#call("placeOrder");
    if (names.some((name) => this.forbidden.has(name))) {
      throw new IssuanceError("names", `A CAA record forbids ${names.join(", ")}.`);
    }
    const same = this.orders.find((order) => isOpen(order) && order.names.join() === names.join());
    if (same !== undefined) return { orderUrl: same.url };
    const url = `https://authority.test/order/${this.orders.length + 1}`;
    this.orders.push({
      url,
      names,
      status: "pending",
      problem: null,
      proven: new Set(),
      accepted: new Set(),
      chainPem: null,
      readsLeft: 0,
    });
    this.placedAtMs.push({ names, replacedPem, atMs: this.#world.now() });
    return { orderUrl: url };
  }

  async readOrder(orderUrl: string): Promise<OrderState> {
    this.#call("readOrder");
    const order = this.#order(orderUrl);
    if (order.readsLeft > 0) order.readsLeft--;
    else this.#goOn(order);
    return {
      status: order.status,
      problem: order.problem,
      challenges:
        order.status === "pending"
          ? order.names.filter((name) => !order.proven.has(name)).map((name) => challengeFor(order, name))
          : [],
    };
  }

  async acceptChallenge(challengeUrl: string): Promise<void> {
    this.#call("acceptChallenge");
    const [, url = "", kind, name = ""] = /^(.*)\/(http|dns)\/(.*)$/.exec(challengeUrl) ?? [];
    const order = this.#order(url);
    order.accepted.add(name);
    order.readsLeft = this.slowness;
    const { token, text } = textsFor(order, name);
    if (this.#world.isProven({ name, kind: kind === "dns" ? "dns" : "http", token, text }))
      order.proven.add(name);
    else {
      order.status = "invalid";
      order.problem = new IssuanceError("validation", `The proof for ${name} was not found.`);
    }
  }

  async finalize({
    orderUrl,
    names,
    keyPem,
  }: {
    readonly orderUrl: string;
    readonly names: readonly string[];
    readonly keyPem: string;
  }): Promise<void> {
    this.#call("finalize");
    const order = this.#order(orderUrl);
    if (order.status !== "ready") throw new IssuanceError("other", `the order is ${order.status}`);
    order.status = "processing";
    order.readsLeft = this.slowness;
    order.chainPem = this.#world.issue(names, keyPem);
  }

  async download(orderUrl: string): Promise<{ readonly chainPem: string }> {
    this.#call("download");
    const { chainPem, status } = this.#order(orderUrl);
    if (chainPem === null || status !== "valid") throw new IssuanceError("other", "there is none yet");
    return { chainPem };
  }

  async renewalWindow(): Promise<RenewalWindow | null> {
    this.#call("renewalWindow");
    return this.window;
  }

  /** Orders for these names that have not ended. */
  openOrders(names: readonly string[]): number {
    return this.orders.filter((order) => isOpen(order) && order.names.join() === names.join()).length;
  }

  /** It forgot all its orders. */
  forgetOrders(): void {
    for (const order of this.orders) order.status = "invalid";
    this.orders.length = 0;
  }

  #goOn(order: Order): void {
    if (order.status === "pending" && order.proven.size === order.names.length) order.status = "ready";
    else if (order.status === "processing") order.status = "valid";
  }

  #order(url: string): Order {
    const order = this.orders.find((one) => one.url === url);
    if (order === undefined) throw new IssuanceError("gone", "The authority does not know the order.");
    return order;
  }

  #call(call: AuthorityCall): void {
    this.calls.push(call);
    const failure = this.failures.get(call);
    this.failures.delete(call);
    if (failure !== undefined) throw failure;
    const lasting = this.lasting.get(call);
    if (lasting !== undefined) throw lasting;
    if (this.outage !== null) throw this.outage;
  }
}

function isOpen({ status }: Order): boolean {
  return status === "pending" || status === "ready" || status === "processing";
}

function challengeFor(order: Order, name: string): NameChallenge {
  const isWildcard = name.startsWith("*.");
  const { token, text } = textsFor(order, name);
  const http = { url: `${order.url}/http/${name}`, token, keyAuthorization: text };
  return {
    name: isWildcard ? name.slice(2) : name,
    isWildcard,
    isAccepted: order.accepted.has(name),
    http: isWildcard ? null : http,
    dns: { url: `${order.url}/dns/${name}`, text },
  };
}

function textsFor({ url }: Order, name: string): { readonly token: string; readonly text: string } {
  const token = Buffer.from(`${url} ${name}`).toString("base64url");
  return { token, text: `${token}.thumbprint` };
}
