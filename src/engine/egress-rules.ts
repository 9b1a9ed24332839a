/**
 * What instances with a VPC connector reach: what its networks and groups say, and nothing else. Said of the connector's
 * bridge, so it holds before an instance's first packet, and no address carries a right. A bridge of ours that no policy
 * explains reaches nothing.
 *
 * Docker keeps its bridges apart in FORWARD and, from version 28 on, in the raw table too. What may pass is therefore
 * accepted before, and so are the answers that come back to our bridges.
 */
import { isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";
import { isWithin } from "../domain/cidr.ts";
import { type EgressPolicy, NEVER_REACHABLE, type Reachable, reachables } from "../domain/network.ts";
import { refusedNetworks } from "../domain/network-isolation.ts";
import { findDockerNetwork, removeConnectorNetworks } from "./connector-network.ts";
import type { EngineContext } from "./context.ts";
import { messageOf } from "./errors.ts";
import type { DoorListener } from "./door-rules.ts";
import { ANSWERS, doorMatches, hasIPv6, hostResolvers, internalMatches } from "./firewall.ts";
import { freshenHosts } from "./fresh-hosts.ts";
import type { Names } from "./naming.ts";
import { renderTable, SettledChains } from "./settled-chains.ts";

/** Of documentation (RFC 5737): refused, so a question fails at once. */
const NO_NAME_SERVER = "192.0.2.53";

export interface EgressOptions {
  /** Of all connectors there are, as they are now. */
  readonly policies: () => Promise<readonly EgressPolicy[]>;
  /** As for all instances. Default: the host's resolvers. */
  readonly resolvers?: readonly string[] | undefined;
  /** Of the machine itself, which no rule of a connector opens: Slipway's own and the engine's. */
  readonly closedPorts?: readonly number[] | undefined;
}

/** What does not depend on a connector. */
export interface HostFacts {
  /** IPv4 addresses of name servers. */
  readonly resolvers: readonly string[];
  /** Where connected services are called; null: nowhere. */
  readonly internal: DoorListener | null;
  /** Where the instance door is on the bridge; null: nowhere. */
  readonly doorPort: number | null;
  /** The machine's own addresses, IPv4. */
  readonly addresses: readonly string[];
  readonly closedPorts: readonly number[];
}

/** A policy with what the engine knows of its networks. */
export interface ConnectorReach {
  readonly bridge: string;
  readonly reachables: readonly Reachable[];
}

export class EgressRules {
  readonly #context: EngineContext;
  readonly #options: EgressOptions;
  readonly #filter: SettledChains;
  readonly #raw: SettledChains;
  #isInUse: boolean | null = null;
  #internal: DoorListener | null = null;
  #doorPort: number | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: EngineContext, options: EgressOptions) {
    this.#context = context;
    this.#options = options;
    const { names } = context;
    this.#filter = new SettledChains({
      table: "filter",
      chains: [names.connectorInputChain, names.connectorForwardChain, names.connectorReturnChain],
      jumps: filterJumps(names),
    });
    this.#raw = new SettledChains({
      table: "raw",
      chains: [],
      jumps: [{ parent: "PREROUTING", bridge: names.connectorBridges, chain: "ACCEPT" }],
    });
  }

  /** The edge's internal listener. */
  openInternal(listener: DoorListener | null): void {
    this.#internal = listener;
  }

  /** The port on the bridge that connections to the instance door are led to. */
  openDoor(port: number): void {
    this.#doorPort = port;
  }

  /** Puts the rules in place, whatever is there. Costs nothing while there is no connector. */
  async apply(signal: AbortSignal): Promise<void> {
    const turn = this.#turn.then(() => this.#apply(signal));
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  async policyOf(connectorId: string): Promise<EgressPolicy | null> {
    const all = await this.#options.policies();
    return all.find((policy) => policy.connectorId === connectorId) ?? null;
  }

  /** What its instances ask for names; empty: whom the engine chooses. */
  async nameServersOf(policy: EgressPolicy, signal: AbortSignal): Promise<readonly string[]> {
    const { reachables: all } = await this.#reachOf(policy, signal);
    return nameServersFor(all, await this.#resolvers());
  }

  /** Names that have moved, and bridges of connectors that are no more. */
  async tidy(signal: AbortSignal): Promise<void> {
    const policies = await this.#options.policies();
    await freshenHosts(this.#context, policies, signal);
    await removeConnectorNetworks(
      this.#context,
      new Set(policies.map(({ connectorId }) => connectorId)),
      signal,
    );
  }

  /** Takes everything of ours out again, once no instance is left. */
  async remove(signal: AbortSignal): Promise<void> {
    await this.#filter.remove("iptables", signal);
    await this.#filter.remove("ip6tables", signal);
    await this.#raw.remove("iptables", signal);
    this.#isInUse = null;
  }

  async #apply(signal: AbortSignal): Promise<void> {
    const policies = await this.#options.policies();
    this.#isInUse ??= await this.#filter.isThere("iptables", signal);
    if (policies.length === 0 && !this.#isInUse) return;
    this.#isInUse = true;
    const reaches: ConnectorReach[] = [];
    for (const policy of policies) reaches.push(await this.#reachOf(policy, signal));
    const { names } = this.#context;
    const facts: HostFacts = {
      resolvers: await this.#resolvers(),
      internal: this.#internal,
      doorPort: this.#doorPort,
      addresses: ownAddresses(),
      closedPorts: this.#options.closedPorts ?? [],
    };
    await this.#filter.settle("iptables", renderEgress(names, reaches, facts), signal);
    if (await hasIPv6()) await this.#filter.settle("ip6tables", renderRefuseAll(names), signal);
    await this.#raw.settle("iptables", renderTable([], [], "raw"), signal).catch((error: unknown) => {
      signal.throwIfAborted();
      this.#context.report("egress-raw-rules-not-set", { problem: messageOf(error) });
    });
  }

  async #resolvers(): Promise<readonly string[]> {
    return (this.#options.resolvers ?? (await hostResolvers())).filter((one) => isIPv4(one));
  }

  /** Of a network that is not there nothing is reached. */
  async #reachOf(policy: EgressPolicy, signal: AbortSignal): Promise<ConnectorReach> {
    const cidrs = [...policy.cidrs];
    for (const network of policy.dockerNetworks) {
      cidrs.push(...((await findDockerNetwork(this.#context, network, signal))?.ranges ?? []));
    }
    const bridge = this.#context.names.connectorBridge(policy.connectorId);
    return { bridge, reachables: reachables(cidrs, policy.rules) };
  }
}

/** Inward ones last, for they are put in front in this order. */
function filterJumps(names: Names) {
  const bridge = names.connectorBridges;
  const outward = { bridge, chain: names.connectorReturnChain, isOutward: true } as const;
  const inward = { bridge, chain: names.connectorForwardChain } as const;
  return [
    { parent: "FORWARD", ...outward },
    { parent: "DOCKER-USER", ...outward },
    { parent: "INPUT", bridge, chain: names.connectorInputChain },
    { parent: "FORWARD", ...inward },
    { parent: "DOCKER-USER", ...inward },
  ];
}

type ChainNames = Pick<Names, "connectorInputChain" | "connectorForwardChain" | "connectorReturnChain">;

/** The three chains as input of iptables-restore. */
export function renderEgress(
  { connectorInputChain: input, connectorForwardChain: forward, connectorReturnChain: back }: ChainNames,
  reaches: readonly ConnectorReach[],
  facts: HostFacts,
): string {
  const { resolvers, internal, doorPort } = facts;
  const dns = (chain: string) =>
    reaches.flatMap((reach) => resolverMatches(reach, resolvers).map((match) => accept(chain, match)));
  const accepting = (isWanted: (reachable: Reachable) => boolean) =>
    reaches.flatMap(({ bridge, reachables: all }) =>
      all.filter(isWanted).map((reachable) => accept(forward, `-i ${bridge} ${matchOf(reachable)}`)),
    );
  return renderTable(
    [input, forward, back],
    [
      `-A ${input} ${ANSWERS} -j RETURN`,
      ...dns(input),
      ...[...internalMatches(internal), ...doorMatches(doorPort)].map((match) => accept(input, match)),
      ...facts.closedPorts.map((port) => `-A ${input} -p tcp --dport ${port} -j REJECT`),
      ...reaches.flatMap((reach) => ownMatches(reach, facts).map((match) => accept(input, match))),
      ...refuse(input),
      // Ours are nobody's network, whatever range one is in.
      ...["slw-+", "slv+"].map((bridges) => `-A ${forward} -o ${bridges} -j REJECT`),
      accept(forward, ANSWERS),
      ...dns(forward),
      ...NEVER_REACHABLE.flatMap((range) => refuse(forward, `-d ${range} `)),
      ...accepting(isPrivate),
      ...refusedNetworks.flatMap((range) => refuse(forward, `-d ${range} `)),
      ...accepting((reachable) => !isPrivate(reachable)),
      ...refuse(forward),
      accept(back, "-m conntrack --ctstate RELATED,ESTABLISHED"),
      `-A ${back} -j REJECT`,
    ],
  );
}

function renderRefuseAll(names: ChainNames): string {
  const chains = [names.connectorInputChain, names.connectorForwardChain, names.connectorReturnChain];
  return renderTable(
    chains,
    chains.map((chain) => `-A ${chain} -j REJECT`),
  );
}

function accept(chain: string, match: string): string {
  return `-A ${chain} ${match} -j ACCEPT`;
}

/** A reset ends what was connected while it was still allowed; without one it would hang until a time-out. */
function refuse(chain: string, match = ""): readonly string[] {
  return [`-A ${chain} ${match}-p tcp -j REJECT --reject-with tcp-reset`, `-A ${chain} ${match}-j REJECT`];
}

/** Named on purpose. `0.0.0.0/0` means the internet, not all private networks around. */
function isPrivate({ cidr }: Reachable): boolean {
  return refusedNetworks.some((range) => isWithin(cidr, range));
}

function matchOf({ cidr, protocol, ports }: Reachable): string {
  const destination = `-d ${cidr}`;
  if (protocol === "all") return destination;
  if (ports === null) return `${destination} -p ${protocol}`;
  return `${destination} -p ${protocol} --dport ${ports.from}:${ports.to}`;
}

/** Whoever may go to the internet, or to the server itself, may ask it for names. */
function resolverMatches(reach: ConnectorReach, resolvers: readonly string[]): readonly string[] {
  return resolvers
    .filter((resolver) =>
      reach.reachables.some((one) => !isPrivate(one) || (isWithin(resolver, one.cidr) && isForNames(one))),
    )
    .flatMap((resolver) =>
      ["udp", "tcp"].map((protocol) => `-i ${reach.bridge} -d ${resolver}/32 -p ${protocol} --dport 53`),
    );
}

/**
 * A name server on the host's loopback the engine asks by itself, past every rule. So it is left to the engine only where
 * there is no other, and then for those alone that may ask.
 */
export function nameServersFor(all: readonly Reachable[], resolvers: readonly string[]): readonly string[] {
  if (resolvers.length > 0) return resolvers;
  return all.some((one) => !isPrivate(one)) ? [] : [NO_NAME_SERVER];
}

/** What listens on the machine itself, such as a database: only by an address of it and a port, never by a range. */
function ownMatches(
  { bridge, reachables: all }: ConnectorReach,
  { addresses }: HostFacts,
): readonly string[] {
  return all
    .filter(({ cidr, ports }) => ports !== null && addresses.some((address) => cidr === `${address}/32`))
    .map((reachable) => `-i ${bridge} ${matchOf(reachable)}`);
}

/** But for those of instances' bridges. */
function ownAddresses(): readonly string[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !/^sl[wv]/.test(name))
    .flatMap(([, all = []]) => all.filter(({ family }) => family === "IPv4").map(({ address }) => address));
}

function isForNames({ protocol, ports }: Reachable): boolean {
  if (protocol === "icmp") return false;
  return ports === null || (ports.from <= 53 && ports.to >= 53);
}
