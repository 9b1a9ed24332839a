/** DomainLookup by asking the servers that are responsible, all of them, within one deadline. */
import { randomBytes } from "node:crypto";
import { Resolver } from "node:dns";
import { isWildcard } from "../../domain/custom-domain.ts";
import type { RecordCheck } from "../../domain/record-check.ts";
import type { DomainLookup, RecordWish } from "../../ports/domain-lookup.ts";
import { canonicalAddress, parseServer } from "./address.ts";
import { fetchAnswer } from "./answer-fetch.ts";
import type { DnsServer } from "./dns-exchange.ts";
import { canonicalName } from "./dns-message.ts";
import { followChain, type NameChain } from "./name-chain.ts";
import { NameServers } from "./name-servers.ts";
import { judgeTraffic, judgeValidation } from "./record-verdict.ts";

export interface AuthoritativeLookupOptions {
  /** `address[:port]` of the one server to ask for everything; null: walk from the system's resolver. */
  readonly dnsServer: string | null;
  /** Where the world reaches the edge, if the operator said so. */
  readonly publicAddresses: readonly string[];
  /** Where authorities ask for challenges: 80, but for tests. */
  readonly acmeHttpPort: number;
  /** The system's resolvers unless given. */
  readonly resolvers?: readonly string[];
  /** 53 unless given. */
  readonly authoritativePort?: number;
}

const DNS_PORT = 53;
const HTTPS_PORT = 443;
const CHECK_DEADLINE_MS = 10_000;
const FETCH_DEADLINE_MS = 8_000;

export class AuthoritativeLookup implements DomainLookup {
  readonly #options: AuthoritativeLookupOptions;
  readonly #server: DnsServer | null;
  readonly #ownAddresses: readonly string[];

  /** Throws RangeError when `dnsServer` is no address. */
  constructor(options: AuthoritativeLookupOptions) {
    this.#options = options;
    this.#server = options.dnsServer === null ? null : parseServer(options.dnsServer, DNS_PORT);
    this.#ownAddresses = options.publicAddresses.map(canonicalAddress);
  }

  async check(wishes: readonly RecordWish[], signal: AbortSignal): Promise<readonly RecordCheck[]> {
    const deadline = AbortSignal.timeout(CHECK_DEADLINE_MS);
    const servers = this.#nameServers(AbortSignal.any([signal, deadline]));
    const checks = await Promise.all(wishes.map((wish) => this.#judge(wish, servers)));
    signal.throwIfAborted();
    return checks;
  }

  async fetchProblem(
    { name, path, expected }: { readonly name: string; readonly path: string; readonly expected: string },
    signal: AbortSignal,
  ): Promise<string | null> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(FETCH_DEADLINE_MS)]);
    const chain = await this.#addressesOf(canonicalName(name), this.#nameServers(limited));
    const ports = { http: this.#options.acmeHttpPort, https: HTTPS_PORT };
    const problem = await fetchAnswer({ name, path, expected, chain, ports }, limited);
    signal.throwIfAborted();
    return problem;
  }

  #nameServers(signal: AbortSignal): NameServers {
    const { resolvers = new Resolver().getServers(), authoritativePort = DNS_PORT } = this.#options;
    return new NameServers(
      {
        server: this.#server,
        resolvers: resolvers.map((text) => parseServer(withBrackets(text), DNS_PORT)),
        authoritativePort,
      },
      signal,
    );
  }

  #judge(wish: RecordWish, servers: NameServers): Promise<RecordCheck> {
    return wish.purpose === "validation" ? validation(wish, servers) : this.#traffic(wish, servers);
  }

  async #traffic(
    wish: Extract<RecordWish, { purpose: "traffic" }>,
    servers: NameServers,
  ): Promise<RecordCheck> {
    const start = canonicalName(isWildcard(wish.domainName) ? aNameBelow(wish.domainName) : wish.domainName);
    const target = canonicalName(wish.target);
    const chain = await endedByDeadline(start, () =>
      followChain({ start, target, types: ["A", "AAAA"], look: (name, type) => servers.look(name, type) }),
    );
    if (chain.end.kind === "target") {
      return judgeTraffic(wish, { chain, servers: "", ownAddresses: [], isZone: false });
    }
    const named = await orElse(servers.whoAnswersFor(start), "The name servers");
    // A server that failed for this name would only cost more time.
    if (chain.end.kind === "failed") {
      return judgeTraffic(wish, { chain, servers: named, ownAddresses: this.#ownAddresses, isZone: false });
    }
    const { end } = await this.#addressesOf(target, servers);
    const targets = end.kind === "data" ? end.records.map(({ value }) => value) : [];
    return judgeTraffic(wish, {
      chain,
      servers: named,
      ownAddresses: [...new Set([...this.#ownAddresses, ...targets])],
      isZone: !isWildcard(wish.domainName) && (await orElse(servers.isZone(start), false)),
    });
  }

  #addressesOf(name: string, servers: NameServers): Promise<NameChain> {
    return endedByDeadline(name, () =>
      followChain({
        start: name,
        target: null,
        types: ["A", "AAAA"],
        look: (one, type) => servers.look(one, type),
      }),
    );
  }
}

async function validation(
  wish: Extract<RecordWish, { purpose: "validation" }>,
  servers: NameServers,
): Promise<RecordCheck> {
  const [start, target] = [canonicalName(wish.recordName), canonicalName(wish.target)];
  // A CNAME is asked for as such: for TXT a resolver would go on into our own zone, which may not be delegated yet.
  const following = { start, target, types: ["CNAME"], look: servers.look.bind(servers) } as const;
  const chain = await endedByDeadline(start, () => followChain(following));
  return judgeValidation(wish, {
    chain: await withTexts(chain, servers),
    servers:
      chain.end.kind === "target" ? "" : await orElse(servers.whoAnswersFor(start), "The name servers"),
  });
}

/** Where no CNAME is, a TXT set by hand may stand in its way: worth telling. */
async function withTexts(chain: NameChain, servers: NameServers): Promise<NameChain> {
  const { end } = chain;
  if (end.kind !== "data") return chain;
  const view = await orElse(servers.look(end.name, "TXT"), null);
  if (view?.kind !== "data") return chain;
  return { ...chain, end: { ...end, records: view.values.map((value) => ({ type: "TXT", value })) } };
}

/** The caller's own signal is looked at by the caller. */
async function endedByDeadline(name: string, look: () => Promise<NameChain>): Promise<NameChain> {
  return orElse(look(), { aliases: [], end: { kind: "failed", name, reason: "timeout" } });
}

/** All that looks fail with is the end of their time. */
async function orElse<Value, Other>(promise: Promise<Value>, other: Other): Promise<Value | Other> {
  try {
    return await promise;
  } catch {
    return other;
  }
}

/** What a wildcard stands for: some name that nobody made an own entry for. */
function aNameBelow(wildcard: string): string {
  return `slipway-${randomBytes(6).toString("hex")}${wildcard.slice(1)}`;
}

/** Node tells IPv6 servers bare when they listen on the usual port. */
function withBrackets(server: string): string {
  return server.split(":").length > 2 && !server.startsWith("[") ? `[${server.replace(/%.*$/, "")}]` : server;
}
