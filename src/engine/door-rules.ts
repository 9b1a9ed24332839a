/**
 * The way of instances with a role to the instance door. What they send to 169.254.170.2 port 80 is led to where the
 * control plane listens on the bridge; for all others nothing is there. No interface bears that address, so it may be
 * somebody else's on this machine (an agent of ECS, another installation): only packets of these instances are touched.
 *
 * A chain of the nat table per installation, replaced in one atomic act. That table sees a connection's first packet
 * alone, so the limit in each rule is one of connections: whoever opens more is refused by the kernel.
 */
import type { ContainerInfo } from "dockerode";
import { DOOR_ADDRESS, DOOR_PORT } from "../domain/instance-door.ts";
import type { EngineContext } from "./context.ts";
import { engineUnavailable, messageOf } from "./errors.ts";
import { labels } from "./naming.ts";
import { listOwnContainers } from "./own-containers.ts";
import { runAsRoot } from "./run-as-root.ts";

const LOCK_WAIT_S = "10";
/** SDKs keep connections; a start of many processes in one instance opens some dozens at once. */
const CONNECTIONS = "-m limit --limit 20/sec --limit-burst 60";

export interface DoorListener {
  /** Of the bridge, IPv4. */
  readonly address: string;
  readonly port: number;
}

export class DoorRules {
  readonly #context: EngineContext;
  /** Instance → address, of those that may. */
  readonly #guests = new Map<string, string>();
  #listener: DoorListener | null = null;
  #written = "";
  #writing: Promise<void> = Promise.resolve();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  get listener(): DoorListener | null {
    return this.#listener;
  }

  /** Where the control plane listens now. */
  async lead(listener: DoorListener, signal: AbortSignal): Promise<void> {
    this.#listener = listener;
    await this.apply(signal);
  }

  /** Counts the guests anew and mends what somebody changed. */
  async apply(signal: AbortSignal): Promise<void> {
    if (this.#listener === null) return;
    await this.#countGuests(signal);
    await this.#inTurn(async () => {
      if (!(await this.#isInPlace(signal))) this.#written = "";
      await this.#write(signal);
    });
  }

  /** Before the instance runs: its first call must find the door open. */
  async admit(instanceId: string, address: string, signal: AbortSignal): Promise<void> {
    this.#guests.set(instanceId, address);
    await this.#inTurn(() => this.#write(signal));
  }

  /** What fails here is mended by the next count; the door itself asks who comes. */
  async dismiss(instanceId: string, signal: AbortSignal): Promise<void> {
    if (!this.#guests.delete(instanceId)) return;
    try {
      await this.#inTurn(() => this.#write(signal));
    } catch (error) {
      signal.throwIfAborted();
      this.#context.report("door-rules-not-written", { problem: messageOf(error) });
    }
  }

  /** Takes everything of ours out again. */
  async remove(signal: AbortSignal): Promise<void> {
    this.#listener = null;
    this.#written = "";
    const { doorChain } = this.#context.names;
    await this.#attempt(["-D", "PREROUTING", ...jump(doorChain).split(" ")], signal);
    await this.#attempt(["-F", doorChain], signal);
    await this.#attempt(["-X", doorChain], signal);
  }

  async #countGuests(signal: AbortSignal): Promise<void> {
    // Those admitted while the engine is asked may be missing in its answer.
    const known = [...this.#guests.keys()];
    const all = await listOwnContainers(this.#context, signal);
    const present = new Map(all.flatMap((info) => guestOf(info)));
    for (const instanceId of known) if (!present.has(instanceId)) this.#guests.delete(instanceId);
    for (const [instanceId, address] of present) this.#guests.set(instanceId, address);
  }

  async #isInPlace(signal: AbortSignal): Promise<boolean> {
    const listing = await this.#attempt(["-S"], signal);
    if (listing === null) return false;
    const lines = listing.split("\n");
    const { doorChain } = this.#context.names;
    const rules = lines.filter((line) => line.startsWith(`-A ${doorChain} `));
    return isAhead(jump(doorChain), lines) && rules.length === this.#guests.size;
  }

  async #write(signal: AbortSignal): Promise<void> {
    if (this.#listener === null) return;
    const { doorChain } = this.#context.names;
    const rules = renderDoorRules(doorChain, this.#listener, [...this.#guests.values()]);
    if (rules === this.#written) return;
    const isNew = this.#written === "";
    await this.#restore(rules, signal);
    if (isNew) {
      await this.#attempt(["-D", "PREROUTING", ...jump(doorChain).split(" ")], signal);
      await this.#restore(`*nat\n-I PREROUTING 1 ${jump(doorChain)}\nCOMMIT\n`, signal);
    }
    this.#written = rules;
  }

  async #restore(rules: string, signal: AbortSignal): Promise<void> {
    const { exitCode, stderr } = await runAsRoot(
      "iptables-restore",
      ["-w", LOCK_WAIT_S, "--noflush"],
      rules,
      signal,
    );
    if (exitCode === 0) return;
    throw engineUnavailable(`the way to the instance door cannot be made (iptables: ${stderr.trim()})`);
  }

  /** What it printed; null when it failed. */
  async #attempt(args: readonly string[], signal: AbortSignal): Promise<string | null> {
    const argv = ["-w", LOCK_WAIT_S, "-t", "nat", ...args];
    const { exitCode, stdout } = await runAsRoot("iptables", argv, "", signal);
    return exitCode === 0 ? stdout : null;
  }

  /** One after the other: each writes all that is known when its turn comes. */
  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#writing.then(act);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}

/** Instance and address of one that may and lives, or nothing. */
function guestOf({ Labels, State }: ContainerInfo): readonly (readonly [string, string])[] {
  const { [labels.instance]: instanceId, [labels.address]: address, [labels.door]: door } = Labels;
  const isGuest = door !== undefined && State !== "exited" && State !== "dead";
  return isGuest && instanceId !== undefined && address !== undefined ? [[instanceId, address]] : [];
}

function jump(doorChain: string): string {
  return `-d ${DOOR_ADDRESS}/32 -p tcp -m tcp --dport ${DOOR_PORT} -j ${doorChain}`;
}

/** Jumps of other installations may stay ahead: they let our packets go on. */
function isAhead(rule: string, lines: readonly string[]): boolean {
  const rules = lines.filter((line) => line.startsWith("-A PREROUTING "));
  const others = rules.slice(0, rules.indexOf(`-A PREROUTING ${rule}`));
  const isThere = rules.includes(`-A PREROUTING ${rule}`);
  return isThere && others.every((line) => line.startsWith(`-A PREROUTING ${jump("SLW-")}`));
}

/** Naming the chain empties it; COMMIT puts all in place at once. */
export function renderDoorRules(
  doorChain: string,
  { address, port }: DoorListener,
  guests: readonly string[],
): string {
  const rules = guests
    .toSorted()
    .map(
      (guest) =>
        `-A ${doorChain} -s ${guest}/32 -p tcp ${CONNECTIONS} -j DNAT --to-destination ${address}:${port}`,
    );
  return ["*nat", `:${doorChain} - [0:0]`, ...rules, "COMMIT", ""].join("\n");
}
