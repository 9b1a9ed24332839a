/**
 * Keeps instances from the host's services, private networks and metadata addresses, which a bridge alone does not.
 * Two chains of our own per installation, replaced in one atomic act, entered from INPUT, FORWARD and DOCKER-USER for
 * packets that come from our bridge, before any rule that could let them pass. Answers to connections that the host opened
 * (the edge's) pass, and so do connections to the edge itself: that is how services call each other.
 */
import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { DOOR_ADDRESS } from "../domain/instance-door.ts";
import { refusedNetworks } from "../domain/network-isolation.ts";
import type { EngineContext } from "./context.ts";
import type { DoorListener } from "./door-rules.ts";
import type { Jump } from "./firewall-jumps.ts";
import type { Names } from "./naming.ts";
import { renderTable, SettledChains } from "./settled-chains.ts";

/**
 * To connections that somebody else opened. What an instance sends on one of its own is asked about each time, so none
 * outlives the rule that allowed it, nor a moment in which somebody had flushed the rules.
 */
export const ANSWERS = "-m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY";

/** Docker copies these to containers; systemd-resolved's real servers stand in the second. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

export interface FirewallOptions {
  /** Name servers instances may ask although they are private or the host's own. Default: the host's resolvers. */
  readonly resolvers?: readonly string[];
  /** Where the edge of this host listens: all that instances reach on it. Without it, nothing. */
  readonly edge?: EdgeListener;
  /** One more that instances may reach although it is private or this host: where they send their spans. */
  readonly collector?: CollectorListener | null;
}

export interface CollectorListener {
  /** IPv4. */
  readonly address: string;
  readonly port: number;
}

export interface EdgeListener {
  /** `*` for every address of the host. */
  readonly address: string;
  readonly ports: readonly number[];
}

export class Firewall {
  readonly #context: EngineContext;
  readonly #options: FirewallOptions;
  readonly #chains: SettledChains;
  #doorPort: number | null = null;
  #internal: DoorListener | null = null;

  constructor(context: EngineContext, options: FirewallOptions) {
    this.#context = context;
    this.#options = options;
    const { inputChain, forwardChain } = context.names;
    this.#chains = new SettledChains({
      table: "filter",
      chains: [inputChain, forwardChain],
      jumps: jumpsOf(context.names),
    });
  }

  /** The port on the bridge that connections to the instance door are led to (`door-rules.ts`). */
  openDoor(port: number): void {
    this.#doorPort = port;
  }

  /** Where connected services are called: the edge's internal listener. */
  openInternal(listener: DoorListener | null): void {
    this.#internal = listener;
  }

  /** Puts the rules in place, whatever is there. Must come before the first container. */
  async apply(signal: AbortSignal): Promise<void> {
    const { names } = this.#context;
    const resolvers = this.#options.resolvers ?? (await hostResolvers());
    const reachable = {
      resolvers: resolvers.filter((address) => isIPv4(address)),
      edge: this.#options.edge ?? null,
      collector: this.#options.collector ?? null,
      doorPort: this.#doorPort,
      internal: this.#internal,
    };
    await this.#chains.settle("iptables", renderRules(names, reachable), signal);
    // The bridge has no IPv6; whatever comes from it all the same is refused.
    if (await hasIPv6()) await this.#chains.settle("ip6tables", renderRefuseAll(names), signal);
  }

  /** Takes everything of ours out again. */
  async remove(signal: AbortSignal): Promise<void> {
    await this.#chains.remove("iptables", signal);
    if (await hasIPv6()) await this.#chains.remove("ip6tables", signal);
  }
}

interface RuleNames {
  readonly inputChain: string;
  readonly forwardChain: string;
}

/**
 * Docker keeps DOCKER-USER in front of its own rules, also when it writes them anew; FORWARD itself is for rules of others
 * in front of that, and for an engine that leaves iptables alone.
 */
function jumpsOf({ bridge, inputChain, forwardChain }: Names): readonly Jump[] {
  return [
    { parent: "INPUT", bridge, chain: inputChain },
    { parent: "FORWARD", bridge, chain: forwardChain },
    { parent: "DOCKER-USER", bridge, chain: forwardChain },
  ];
}

interface Reachable {
  readonly resolvers: readonly string[];
  readonly edge: EdgeListener | null;
  readonly collector?: CollectorListener | null;
  readonly doorPort?: number | null;
  readonly internal?: DoorListener | null;
}

/** Both chains as input of iptables-restore: naming a chain empties it, COMMIT puts all in place at once. */
export function renderRules(
  { inputChain, forwardChain }: RuleNames,
  { resolvers, edge, collector = null, doorPort = null, internal = null }: Reachable,
): string {
  const passing = (chain: string) => [
    `-A ${chain} ${ANSWERS} -j RETURN`,
    ...resolvers.flatMap((resolver) =>
      ["udp", "tcp"].map((protocol) => `-A ${chain} -d ${resolver}/32 -p ${protocol} --dport 53 -j ACCEPT`),
    ),
    ...(collector === null
      ? []
      : [`-A ${chain} -d ${collector.address}/32 -p tcp --dport ${collector.port} -j ACCEPT`]),
  ];
  return renderTable(
    [inputChain, forwardChain],
    [
      ...passing(inputChain),
      ...[...edgeMatches(edge), ...internalMatches(internal), ...doorMatches(doorPort)].map(
        (match) => `-A ${inputChain} ${match} -j ACCEPT`,
      ),
      `-A ${inputChain} -j REJECT`,
      ...passing(forwardChain),
      ...refusedNetworks.map((network) => `-A ${forwardChain} -d ${network} -j REJECT`),
    ],
  );
}

/** Nothing for an edge on loopback, which a container cannot reach, or on IPv6, which the bridge does not have. */
function edgeMatches(edge: EdgeListener | null): readonly string[] {
  if (edge === null) return [];
  const { address, ports } = edge;
  if (address === "*") return ports.map((port) => `-p tcp --dport ${port}`);
  if (!isIPv4(address) || isLoopback(address)) return [];
  return ports.map((port) => `-d ${address}/32 -p tcp --dport ${port}`);
}

export function internalMatches(listener: DoorListener | null): readonly string[] {
  return listener === null ? [] : [`-d ${listener.address}/32 -p tcp --dport ${listener.port}`];
}

/** Only what was led there: whoever calls the bridge's own address is refused. */
export function doorMatches(doorPort: number | null): readonly string[] {
  if (doorPort === null) return [];
  return [`-p tcp --dport ${doorPort} -m conntrack --ctstate DNAT --ctorigdst ${DOOR_ADDRESS}`];
}

function renderRefuseAll({ inputChain, forwardChain }: RuleNames): string {
  return renderTable(
    [inputChain, forwardChain],
    [`-A ${inputChain} -j REJECT`, `-A ${forwardChain} -j REJECT`],
  );
}

/** Loopback resolvers are of no use to a container: Docker replaces them, and so does nothing need to pass. */
export async function hostResolvers(): Promise<readonly string[]> {
  const files = await Promise.all(RESOLVER_FILES.map((path) => readFile(path, "utf8").catch(() => "")));
  return resolversIn(files.join("\n"));
}

export function resolversIn(text: string): readonly string[] {
  const found = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? "");
  return [...new Set(found)].filter((address) => isIPv4(address) && !isLoopback(address));
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.");
}

export async function hasIPv6(): Promise<boolean> {
  const addresses = await readFile("/proc/net/if_inet6", "utf8").catch(() => "");
  return addresses !== "";
}
