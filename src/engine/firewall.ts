/**
 * Keeps instances from the host's services, private networks and metadata addresses, which a bridge alone does not.
 * Two chains of our own per installation, replaced in one atomic act, entered from INPUT and DOCKER-USER for packets that
 * come from our bridge. Answers to connections that the host opened (the edge's) pass.
 */
import { readFile } from "node:fs/promises";
import { BlockList, isIPv4 } from "node:net";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, messageOf } from "./errors.ts";
import { runProgram } from "./program.ts";

/** Where no instance may go. The host's own addresses need no entry: INPUT refuses them all. */
const refusedNetworks = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10", // carrier NAT; Alibaba's metadata
  "127.0.0.0/8",
  "168.63.129.16/32", // Azure's host agent
  "169.254.0.0/16", // link-local: metadata of most clouds
  "172.16.0.0/12",
  "192.0.0.0/24", // Oracle's metadata
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;

/** Docker copies these to containers; systemd-resolved's real servers stand in the second. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
const LOCK_WAIT_S = "10";

export interface FirewallOptions {
  /** Name servers instances may ask although they are private or the host's own. Default: the host's resolvers. */
  readonly resolvers?: readonly string[];
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
    await this.#restore(
      "iptables-restore",
      renderRules(
        names,
        resolvers.filter((address) => isIPv4(address)),
      ),
      signal,
    );
    await this.#ensureJumps("iptables", signal);
    if (!(await hasIPv6())) return;
    // The bridge has no IPv6; whatever comes from it all the same is refused.
    await this.#restore("ip6tables-restore", renderRefuseAll(names), signal);
    await this.#ensureJumps("ip6tables", signal);
  }

  /** Takes everything of ours out again. */
  async remove(signal: AbortSignal): Promise<void> {
    for (const program of (await hasIPv6()) ? ["iptables", "ip6tables"] : ["iptables"]) {
      for (const [parent, chain] of await this.#jumps(program, signal)) {
        await this.#attempt(program, ["-D", parent, ...this.#jump(chain)], signal);
        await this.#attempt(program, ["-F", chain], signal);
        await this.#attempt(program, ["-X", chain], signal);
      }
    }
  }

  async #ensureJumps(program: string, signal: AbortSignal): Promise<void> {
    for (const [parent, chain] of await this.#jumps(program, signal)) {
      const jump = this.#jump(chain);
      if (await this.#attempt(program, ["-C", parent, ...jump], signal)) continue;
      await this.#run(program, ["-w", LOCK_WAIT_S, "-I", parent, "1", ...jump], "", signal);
    }
  }

  /** Docker keeps DOCKER-USER in front of its own rules; an engine that leaves iptables alone has none. */
  async #jumps(program: string, signal: AbortSignal): Promise<readonly (readonly [string, string])[]> {
    const { inputChain, forwardChain } = this.#context.names;
    const hasDockerUser = await this.#attempt(program, ["-S", "DOCKER-USER"], signal);
    return [
      ["INPUT", inputChain],
      [hasDockerUser ? "DOCKER-USER" : "FORWARD", forwardChain],
    ];
  }

  #jump(chain: string): readonly string[] {
    return ["-i", this.#context.names.bridge, "-j", chain];
  }

  async #restore(program: string, rules: string, signal: AbortSignal): Promise<void> {
    await this.#run(program, ["-w", LOCK_WAIT_S, "--noflush"], rules, signal);
  }

  async #attempt(program: string, args: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { exitCode } = await runAsRoot(program, ["-w", LOCK_WAIT_S, ...args], "", signal);
    return exitCode === 0;
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

/** Both chains as input of iptables-restore: naming a chain empties it, COMMIT puts all in place at once. */
export function renderRules({ inputChain, forwardChain }: RuleNames, resolvers: readonly string[]): string {
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
      `-A ${inputChain} -j REJECT`,
      ...passing(forwardChain),
      ...refusedNetworks.map((network) => `-A ${forwardChain} -d ${network} -j REJECT`),
    ],
  );
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
  const loopback = new BlockList();
  loopback.addSubnet("127.0.0.0", 8);
  const found = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? "");
  return [...new Set(found)].filter((address) => isIPv4(address) && !loopback.check(address));
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
    return { exitCode: -1, stderr: messageOf(error) };
  }
}
