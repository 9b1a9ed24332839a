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

export interface FirewallOptions {
  /** Name servers instances may ask although they are private or the host's own. Default: the host's resolvers. */
  readonly resolvers?: readonly string[];
  /** Where the edge of this host listens: all that instances reach on it. Without it, nothing. */
  readonly edge?: EdgeListener;
}

export interface EdgeListener {
  /** `*` for every address of the host. */
  readonly address: string;
  readonly ports: readonly number[];
}

export class Firewall {
  readonly #context: EngineContext;
  readonly #options: FirewallOptions;

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
    };
    await this.#restore("iptables", renderRules(names, reachable), signal);
    await this.#putJumpsFirst("iptables", signal);
    if (!(await hasIPv6())) return;
    // The bridge has no IPv6; whatever comes from it all the same is refused.
    await this.#restore("ip6tables", renderRefuseAll(names), signal);
    await this.#putJumpsFirst("ip6tables", signal);
  }

  /** Takes everything of ours out again. */
  async remove(signal: AbortSignal): Promise<void> {
    const { inputChain, forwardChain } = this.#context.names;
    for (const program of (await hasIPv6()) ? ["iptables", "ip6tables"] : ["iptables"]) {
      await this.#change(program, linesToRemove, signal);
      for (const chain of [inputChain, forwardChain]) {
        await this.#attempt(program, ["-F", chain], signal);
        await this.#attempt(program, ["-X", chain], signal);
      }
    }
  }

  /** Other tools insert rules at the top as well: one that accepts there would lead past ours. */
  async #putJumpsFirst(program: string, signal: AbortSignal): Promise<void> {
    await this.#change(program, linesToStandFirst, signal);
  }

  /** All in one act, and none when nothing is to be done: there is no moment without the jumps. */
  async #change(
    program: string,
    linesFor: (jump: Jump, listing: string) => readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const lines: string[] = [];
    for (const jump of jumpsOf(this.#context.names)) {
      const listing = await this.#attempt(program, ["-S", jump.parent], signal);
      if (listing !== null) lines.push(...linesFor(jump, listing));
    }
    if (lines.length > 0) await this.#restore(program, table([], lines), signal);
  }

  async #restore(program: string, rules: string, signal: AbortSignal): Promise<void> {
    await this.#run(`${program}-restore`, ["-w", LOCK_WAIT_S, "--noflush"], rules, signal);
  }

  /** What it printed; null when it failed, as it does without the chain. */
  async #attempt(program: string, args: readonly string[], signal: AbortSignal): Promise<string | null> {
    const { exitCode, stdout } = await runAsRoot(program, ["-w", LOCK_WAIT_S, ...args], "", signal);
    return exitCode === 0 ? stdout : null;
  }

  async #run(program: string, args: readonly string[], input: string, signal: AbortSignal): Promise<void> {
    const { exitCode, stderr } = await runAsRoot(program, args, input, signal);
    if (exitCode === 0) return;
    throw engineUnavailable(
      `the firewall that separates instances cannot be set (${program}: ${stderr.trim() || `exit code ${exitCode}`}); ` +
        "install iptables and run Slipway as root, or allow it `sudo -n iptables`",
    );
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
}

/** Both chains as input of iptables-restore: naming a chain empties it, COMMIT puts all in place at once. */
export function renderRules({ inputChain, forwardChain }: RuleNames, { resolvers, edge }: Reachable): string {
  const passing = (chain: string) => [
    `-A ${chain} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN`,
    ...resolvers.flatMap((resolver) =>
      ["udp", "tcp"].map((protocol) => `-A ${chain} -d ${resolver}/32 -p ${protocol} --dport 53 -j ACCEPT`),
    ),
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
