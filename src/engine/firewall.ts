/**
 * Keeps instances from the host's services, private networks and metadata addresses, which a bridge alone does not.
 * Two chains of our own per installation, replaced in one atomic act, entered from INPUT, FORWARD and DOCKER-USER for
 * packets that come from our bridge, before any rule that could let them pass. Answers to connections that the host opened
 * (the edge's) pass, and so do connections to the edge itself: that is how services call each other.
 */
import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { refusedNetworks } from "../domain/network-isolation.ts";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, messageOf } from "./errors.ts";
import { type Jump, linesToRemove, linesToStandFirst } from "./firewall-jumps.ts";
import type { Names } from "./naming.ts";
import { runProgram } from "./program.ts";

/** Docker copies these to containers; systemd-resolved's real servers stand in the second. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
const LOCK_WAIT_S = "10";
const FAMILIES = ["iptables", "ip6tables"] as const;

type Family = (typeof FAMILIES)[number];

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

/** Rules as they were given, and as the program lists them once they are in place. */
interface Settled {
  readonly rules: string;
  readonly listed: readonly string[];
}

export class Firewall {
  readonly #context: EngineContext;
  readonly #options: FirewallOptions;
  readonly #settled = new Map<Family, Settled>();

  constructor(context: EngineContext, options: FirewallOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Puts the rules in place, whatever is there. Must come before the first container. */
  async apply(signal: AbortSignal): Promise<void> {
    const { names } = this.#context;
    const resolvers = this.#options.resolvers ?? (await hostResolvers());
    const reachable = {
      resolvers: resolvers.filter((address) => isIPv4(address)),
      edge: this.#options.edge ?? null,
      collector: this.#options.collector ?? null,
    };
    await this.#settle("iptables", renderRules(names, reachable), signal);
    // The bridge has no IPv6; whatever comes from it all the same is refused.
    if (await hasIPv6()) await this.#settle("ip6tables", renderRefuseAll(names), signal);
  }

  /** Takes everything of ours out again. */
  async remove(signal: AbortSignal): Promise<void> {
    const { inputChain, forwardChain } = this.#context.names;
    this.#settled.clear();
    for (const family of (await hasIPv6()) ? FAMILIES : FAMILIES.slice(0, 1)) {
      const listing = await this.#attempt(family, ["-S"], signal);
      if (listing !== null) await this.#change(family, linesToRemove, listing, signal);
      for (const chain of [inputChain, forwardChain]) {
        await this.#attempt(family, ["-F", chain], signal);
        await this.#attempt(family, ["-X", chain], signal);
      }
    }
  }

  /** One listing a minute and no more while all is as it was left: to start a program takes this process 5 ms. */
  async #settle(family: Family, rules: string, signal: AbortSignal): Promise<void> {
    const settled = this.#settled.get(family);
    let listing = settled?.rules === rules ? await this.#list(family, signal) : null;
    if (listing === null || !isSame(settled?.listed ?? [], this.#ownRules(listing))) {
      this.#settled.delete(family);
      await this.#restore(family, rules, signal);
      listing = await this.#list(family, signal);
      this.#remember(family, rules, listing);
    }
    // Other tools insert rules at the top as well: one that accepts there would lead past ours.
    await this.#change(family, linesToStandFirst, listing, signal);
  }

  /** Not when somebody has changed them since: the next look puts them in place again. */
  #remember(family: Family, rules: string, listing: string): void {
    const listed = this.#ownRules(listing);
    const given = this.#ownRules(rules);
    if (listed.length === given.length) this.#settled.set(family, { rules, listed });
  }

  /** The same text form for what was written and what is listed; only its details differ. */
  #ownRules(text: string): readonly string[] {
    const { inputChain, forwardChain } = this.#context.names;
    const prefixes = [`-A ${inputChain} `, `-A ${forwardChain} `];
    return text.split("\n").filter((line) => prefixes.some((prefix) => line.startsWith(prefix)));
  }

  /** All in one act, and none when nothing is to be done: there is no moment without the jumps. */
  async #change(
    family: Family,
    linesFor: (jump: Jump, listing: string) => readonly string[],
    listing: string,
    signal: AbortSignal,
  ): Promise<void> {
    const jumps = jumpsOf(this.#context.names).filter(({ parent }) => hasChain(parent, listing));
    const lines = jumps.flatMap((jump) => linesFor(jump, listing));
    if (lines.length > 0) await this.#restore(family, table([], lines), signal);
  }

  async #list(family: Family, signal: AbortSignal): Promise<string> {
    return this.#run(family, ["-w", LOCK_WAIT_S, "-S"], "", signal);
  }

  async #restore(family: Family, rules: string, signal: AbortSignal): Promise<void> {
    await this.#run(`${family}-restore`, ["-w", LOCK_WAIT_S, "--noflush"], rules, signal);
  }

  /** What it printed; null when it failed, as it does without the chain. */
  async #attempt(family: Family, args: readonly string[], signal: AbortSignal): Promise<string | null> {
    const { exitCode, stdout } = await runAsRoot(family, ["-w", LOCK_WAIT_S, ...args], "", signal);
    return exitCode === 0 ? stdout : null;
  }

  async #run(program: string, args: readonly string[], input: string, signal: AbortSignal): Promise<string> {
    const { exitCode, stdout, stderr } = await runAsRoot(program, args, input, signal);
    if (exitCode === 0) return stdout;
    throw engineUnavailable(
      `the firewall that separates instances cannot be set (${program}: ${stderr.trim() || `exit code ${exitCode}`}); ` +
        "install iptables and run Slipway as root, or allow it `sudo -n iptables`",
    );
  }
}

function hasChain(chain: string, listing: string): boolean {
  return listing.split("\n").some((line) => line.startsWith(`-P ${chain} `) || line === `-N ${chain}`);
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
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
}

/** Both chains as input of iptables-restore: naming a chain empties it, COMMIT puts all in place at once. */
export function renderRules(
  { inputChain, forwardChain }: RuleNames,
  { resolvers, edge, collector = null }: Reachable,
): string {
  const passing = (chain: string) => [
    `-A ${chain} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN`,
    ...resolvers.flatMap((resolver) =>
      ["udp", "tcp"].map((protocol) => `-A ${chain} -d ${resolver}/32 -p ${protocol} --dport 53 -j ACCEPT`),
    ),
    ...(collector === null
      ? []
      : [`-A ${chain} -d ${collector.address}/32 -p tcp --dport ${collector.port} -j ACCEPT`]),
  ];
  return table(
    [inputChain, forwardChain],
    [
      ...passing(inputChain),
      ...edgeMatches(edge).map((match) => `-A ${inputChain} ${match} -j ACCEPT`),
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

function renderRefuseAll({ inputChain, forwardChain }: RuleNames): string {
  return table([inputChain, forwardChain], [`-A ${inputChain} -j REJECT`, `-A ${forwardChain} -j REJECT`]);
}

function table(chains: readonly string[], rules: readonly string[]): string {
  return ["*filter", ...chains.map((chain) => `:${chain} - [0:0]`), ...rules, "COMMIT", ""].join("\n");
}

/** Loopback resolvers are of no use to a container: Docker replaces them, and so does nothing need to pass. */
async function hostResolvers(): Promise<readonly string[]> {
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

async function hasIPv6(): Promise<boolean> {
  const addresses = await readFile("/proc/net/if_inet6", "utf8").catch(() => "");
  return addresses !== "";
}

async function runAsRoot(program: string, args: readonly string[], input: string, signal: AbortSignal) {
  const isRoot = process.getuid?.() === 0;
  const [file, argv] = isRoot ? [program, args] : ["sudo", ["-n", program, ...args]];
  try {
    return await runProgram(file, argv, input, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { exitCode: -1, stdout: "", stderr: messageOf(error) };
  }
}
