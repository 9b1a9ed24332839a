/**
 * Keeps the commands of builds from the host's services, private networks, metadata addresses and instances, as instances
 * are kept. BuildKit puts them on the engine's default bridge and takes no network of ours (`networkmode` knows none,
 * host and default), and their addresses are not known before they run. So while builds run, whatever is on that
 * bridge is refused, except containers that are no builds: those are found by their addresses and left alone.
 *
 * A command may have raw sockets: with another container on the default bridge it can pretend to be that one. Nobody
 * else belongs on that bridge on a machine where strangers build.
 */
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { refusedNetworks } from "../../domain/network-isolation.ts";
import { BuildError } from "../../ports/builder.ts";
import { messageOf } from "./buildkit-client.ts";
import { EngineRefusal, type EngineApi } from "./engine-api.ts";
import { runProgram } from "./program.ts";

const LOCK_WAIT_S = "10";
/** Docker copies these to containers; systemd-resolved's real servers stand in the second. */
const RESOLVER_FILES = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];
/** Builds of BuildKit are in this list too, under ids of their own kind. */
const CONTAINER_ID = /^[0-9a-f]{64}$/;
/** Cancelled commands are gone after some 0.3 s; builds of others on this engine may go on for ever. */
const COMMAND_END_DEADLINE_MS = 3_000;
const COMMAND_LOOK_EVERY_MS = 50;
const BRIDGE_NAME = "com.docker.network.bridge.name";

interface BridgeNetwork {
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Containers?: Readonly<
    Record<string, { readonly IPv4Address: string; readonly IPv6Address: string }>
  > | null;
}

interface Exempt {
  readonly bridge: string;
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

/** An address and port that must be reached although it is private: a proxy. */
export interface Passage {
  readonly address: string;
  readonly port: number;
}

export class NetworkGuard {
  readonly #engine: EngineApi;
  readonly #chains: { readonly input: string; readonly forward: string };
  readonly #environment: NodeJS.ProcessEnv;
  #builds = 0;
  /** Chains are put in place and taken out one after the other: a build may begin while the last one ends. */
  #lastAct: Promise<unknown> = Promise.resolve();
  #inForce = "";
  #passages: readonly Passage[] = [];
  #resolvers: readonly string[] = [];

  /** `ownerId` names the chains: several installations share a machine. */
  constructor(engine: EngineApi, ownerId: string, environment: NodeJS.ProcessEnv) {
    this.#engine = engine;
    const short = ownerId.slice(0, 8);
    this.#chains = { input: `SLW-${short}-BIN`, forward: `SLW-${short}-BFW` };
    this.#environment = environment;
  }

  /** Must come before a build's first command. */
  async enter(signal: AbortSignal): Promise<void> {
    this.#passages = await proxies(this.#environment);
    this.#resolvers = await hostResolvers();
    await this.#inTurn(async () => {
      this.#builds++;
      this.#inForce = "";
      try {
        await this.#putInForce(signal);
      } catch (error) {
        await this.#endOne();
        throw error;
      }
    });
  }

  /** Lets containers through that came to the bridge since. Repeated while builds run. */
  async refresh(signal: AbortSignal): Promise<void> {
    await this.#inTurn(() => this.#putInForce(signal));
  }

  async #putInForce(signal: AbortSignal): Promise<void> {
    const exempt = await this.#exempt(signal);
    if (exempt === null || JSON.stringify(exempt) === this.#inForce) return;
    const rules = { ...this.#chains, exempt: exempt.ipv4 };
    await this.#put("iptables", exempt.bridge, renderGuard(rules, this.#resolvers, this.#passages), signal);
    const rulesIPv6 = { ...this.#chains, exempt: exempt.ipv6 };
    if (await hasIPv6()) await this.#put("ip6tables", exempt.bridge, renderGuardIPv6(rulesIPv6), signal);
    this.#inForce = JSON.stringify(exempt);
  }

  /** When the last build has ended, the bridge is as it was. A command that was cancelled may live for a moment yet. */
  async leave(): Promise<void> {
    if (this.#builds === 1) await this.#untilNoCommandRuns();
    await this.#inTurn(() => this.#endOne());
  }

  /** Also what a build that could not begin had put in place. */
  async #endOne(): Promise<void> {
    this.#builds--;
    if (this.#builds === 0) await this.#remove();
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#lastAct.then(act);
    this.#lastAct = turn.catch(() => undefined);
    await turn;
  }

  async #untilNoCommandRuns(): Promise<void> {
    const signal = AbortSignal.timeout(COMMAND_END_DEADLINE_MS);
    try {
      while (await this.#hasCommands(signal)) await sleep(COMMAND_LOOK_EVERY_MS, undefined, { signal });
    } catch {
      // Somebody else's build, or an engine that does not answer.
    }
  }

  async #hasCommands(signal: AbortSignal): Promise<boolean> {
    const network = await this.#engine.call<BridgeNetwork>(signal, "GET", "/networks/bridge");
    return Object.keys(network.Containers ?? {}).some((id) => !CONTAINER_ID.test(id));
  }

  /** Takes the chains out, also those that a killed process left behind. */
  async remove(): Promise<void> {
    await this.#inTurn(() => this.#remove());
  }

  async #remove(): Promise<void> {
    const programs = (await hasIPv6()) ? ["iptables", "ip6tables"] : ["iptables"];
    for (const program of programs) {
      // All or nothing: once more when somebody else changed a rule in between.
      if (!(await this.#removeFrom(program))) await this.#removeFrom(program);
    }
  }

  /** In one act: each change of the rules takes the kernel some 20 ms, for which the deployment waits. */
  async #removeFrom(program: string): Promise<boolean> {
    const removal = await this.#removal(program);
    if (removal.length === 0) return true;
    return await attempt(
      `${program}-restore`,
      ["--noflush"],
      ["*filter", ...removal, "COMMIT", ""].join("\n"),
    );
  }

  /** Lines for iptables-restore; none when there is nothing of ours. */
  async #removal(program: string): Promise<readonly string[]> {
    const { input, forward } = this.#chains;
    const jumps = await Promise.all([
      this.#jumpsIn(program, "INPUT", input),
      this.#jumpsIn(program, "DOCKER-USER", forward),
      this.#jumpsIn(program, "FORWARD", forward),
    ]);
    const chains = await Promise.all(
      [input, forward].map(async (chain) => ((await attempt(program, ["-S", chain])) ? [chain] : [])),
    );
    return [...jumps.flat(), ...chains.flat().flatMap((chain) => [`-F ${chain}`, `-X ${chain}`])];
  }

  /** Null: the engine has no default bridge, and builds have no network then. */
  async #exempt(signal: AbortSignal): Promise<Exempt | null> {
    try {
      const network = await this.#engine.call<BridgeNetwork>(signal, "GET", "/networks/bridge");
      const containers = Object.entries(network.Containers ?? {})
        .filter(([id]) => CONTAINER_ID.test(id))
        .map(([, container]) => container);
      const addresses = (key: "IPv4Address" | "IPv6Address") =>
        containers
          .map((one) => one[key].replace(/\/\d+$/, ""))
          .filter((address) => address !== "")
          .sort();
      return {
        bridge: network.Options?.[BRIDGE_NAME] ?? "docker0",
        ipv4: addresses("IPv4Address"),
        ipv6: addresses("IPv6Address"),
      };
    } catch (error) {
      if (error instanceof EngineRefusal && error.status === 404) return null;
      throw error;
    }
  }

  async #put(program: string, bridge: string, rules: string, signal: AbortSignal): Promise<void> {
    await run(`${program}-restore`, ["-w", LOCK_WAIT_S, "--noflush"], rules, signal);
    const { input, forward } = this.#chains;
    const hasDockerUser = await attempt(program, ["-S", "DOCKER-USER"]);
    const jumps = [
      ["INPUT", input],
      [hasDockerUser ? "DOCKER-USER" : "FORWARD", forward],
    ] as const;
    for (const [parent, chain] of jumps) {
      const jump = ["-i", bridge, "-j", chain];
      if (await attempt(program, ["-C", parent, ...jump])) continue;
      await run(program, ["-w", LOCK_WAIT_S, "-I", parent, "1", ...jump], "", signal);
    }
  }

  /** What takes them out; the bridge may have had another name. */
  async #jumpsIn(program: string, parent: string, chain: string): Promise<readonly string[]> {
    const { stdout } = await asRoot(program, ["-w", LOCK_WAIT_S, "-S", parent], "");
    return stdout
      .split("\n")
      .filter((rule) => rule.endsWith(` -j ${chain}`))
      .map((rule) => rule.replace(/^-A/, "-D"));
  }
}

interface GuardRules {
  readonly input: string;
  readonly forward: string;
  /** Addresses of containers that are no builds. */
  readonly exempt: readonly string[];
}

/** Input of iptables-restore: naming a chain empties it, COMMIT puts all in place at once. */
export function renderGuard(
  { input, forward, exempt }: GuardRules,
  resolvers: readonly string[],
  passages: readonly Passage[],
): string {
  const passing = (chain: string) => [
    `-A ${chain} -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN`,
    ...exempt.map((address) => `-A ${chain} -s ${address} -j RETURN`),
    ...resolvers.flatMap((resolver) =>
      ["udp", "tcp"].map((protocol) => `-A ${chain} -d ${resolver}/32 -p ${protocol} --dport 53 -j ACCEPT`),
    ),
    ...passages.map(({ address, port }) => `-A ${chain} -d ${address}/32 -p tcp --dport ${port} -j ACCEPT`),
  ];
  return [
    "*filter",
    `:${input} - [0:0]`,
    `:${forward} - [0:0]`,
    ...passing(input),
    `-A ${input} -j REJECT`,
    ...passing(forward),
    ...refusedNetworks.map((network) => `-A ${forward} -d ${network} -j REJECT`),
    "COMMIT",
    "",
  ].join("\n");
}

/** Builds get no IPv6. */
function renderGuardIPv6({ input, forward, exempt }: GuardRules): string {
  const refusing = (chain: string) =>
    exempt.map((address) => `-A ${chain} -s ${address} -j RETURN`).concat(`-A ${chain} -j REJECT`);
  const rules = [...refusing(input), ...refusing(forward)];
  return ["*filter", `:${input} - [0:0]`, `:${forward} - [0:0]`, ...rules, "COMMIT", ""].join("\n");
}

/** Loopback ones are of no use to a build. */
async function hostResolvers(): Promise<readonly string[]> {
  const files = await Promise.all(RESOLVER_FILES.map((path) => readFile(path, "utf8").catch(() => "")));
  const found = [...files.join("\n").matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1] ?? "");
  return [...new Set(found)].filter((address) => isIPv4(address) && !address.startsWith("127."));
}

const PROXY_VARIABLES = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

/** The machine's proxy stands in a private network as a rule, and builds must reach it. */
async function proxies(environment: NodeJS.ProcessEnv): Promise<readonly Passage[]> {
  const urls = PROXY_VARIABLES.map((name) => environment[name] ?? "").filter((url) => URL.canParse(url));
  const found = await Promise.all(urls.map((url) => toPassages(new URL(url))));
  return found.flat();
}

async function toPassages({ hostname, port, protocol }: URL): Promise<readonly Passage[]> {
  const addresses = await lookup(hostname, { all: true, family: 4 }).catch(() => []);
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  return addresses
    .filter(({ address }) => isIPv4(address) && !address.startsWith("127."))
    .map(({ address }) => ({ address, port: number }));
}

async function hasIPv6(): Promise<boolean> {
  return (await readFile("/proc/net/if_inet6", "utf8").catch(() => "")) !== "";
}

async function attempt(program: string, args: readonly string[], input = ""): Promise<boolean> {
  const { exitCode } = await asRoot(program, ["-w", LOCK_WAIT_S, ...args], input);
  return exitCode === 0;
}

async function run(
  program: string,
  args: readonly string[],
  input: string,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { exitCode, stderr } = await asRoot(program, args, input);
  if (exitCode === 0) return;
  throw new BuildError(
    "engine",
    `The firewall that keeps builds from this machine cannot be set (${program}: ${stderr.trim() || `exit code ${exitCode}`}); ` +
      "install iptables and run Slipway as root, or allow it `sudo -n iptables`.",
  );
}

async function asRoot(program: string, args: readonly string[], input: string) {
  const isRoot = process.getuid?.() === 0;
  const [file, argv] = isRoot ? [program, args] : ["sudo", ["-n", program, ...args]];
  try {
    return await runProgram(file, argv, input);
  } catch (error) {
    return { exitCode: -1, stdout: "", stderr: messageOf(error) };
  }
}
