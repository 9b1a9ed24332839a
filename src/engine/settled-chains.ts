/**
 * Chains of our own in one table, replaced in one atomic act, and the jumps to them. Looked at again each time: what
 * somebody changed is mended. One listing and no more while all is as it was left.
 */
import { engineUnavailable } from "./errors.ts";
import { type Jump, linesToRemove, linesToStandFirst } from "./firewall-jumps.ts";
import { runAsRoot } from "./run-as-root.ts";

const LOCK_WAIT_S = "10";

export type Family = "iptables" | "ip6tables";
type TableName = "filter" | "raw";

/** Rules as they were given, and as the program lists them once they are in place. */
interface Settled {
  readonly rules: string;
  readonly listed: readonly string[];
}

export interface OwnedChains {
  readonly table: TableName;
  readonly chains: readonly string[];
  readonly jumps: readonly Jump[];
}

export class SettledChains {
  readonly #owned: OwnedChains;
  readonly #settled = new Map<Family, Settled>();

  constructor(owned: OwnedChains) {
    this.#owned = owned;
  }

  /** `rules`: of our chains, as `renderTable` writes them. To start a program takes this process 5 ms. */
  async settle(family: Family, rules: string, signal: AbortSignal): Promise<void> {
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

  /** Whether chains of ours are there, of this process or an earlier one. */
  async isThere(family: Family, signal: AbortSignal): Promise<boolean> {
    const listing = await this.#attempt(family, ["-S"], signal);
    return listing !== null && this.#owned.chains.some((chain) => hasChain(chain, listing));
  }

  /** Takes everything of ours out again. */
  async remove(family: Family, signal: AbortSignal): Promise<void> {
    this.#settled.delete(family);
    const listing = await this.#attempt(family, ["-S"], signal);
    if (listing !== null) await this.#change(family, linesToRemove, listing, signal);
    for (const chain of this.#owned.chains) await this.#attempt(family, ["-F", chain], signal);
    for (const chain of this.#owned.chains) await this.#attempt(family, ["-X", chain], signal);
  }

  /** Not when somebody has changed them since: the next look puts them in place again. */
  #remember(family: Family, rules: string, listing: string): void {
    const listed = this.#ownRules(listing);
    const given = this.#ownRules(rules);
    if (listed.length === given.length) this.#settled.set(family, { rules, listed });
  }

  /** The same text form for what was written and what is listed; only its details differ. */
  #ownRules(text: string): readonly string[] {
    const prefixes = this.#owned.chains.map((chain) => `-A ${chain} `);
    return text.split("\n").filter((line) => prefixes.some((prefix) => line.startsWith(prefix)));
  }

  /** All in one act, and none when nothing is to be done: there is no moment without the jumps. */
  async #change(
    family: Family,
    linesFor: (jump: Jump, listing: string) => readonly string[],
    listing: string,
    signal: AbortSignal,
  ): Promise<void> {
    const jumps = this.#owned.jumps.filter(({ parent }) => hasChain(parent, listing));
    const lines = jumps.flatMap((jump) => linesFor(jump, listing));
    if (lines.length > 0) await this.#restore(family, renderTable([], lines, this.#owned.table), signal);
  }

  async #list(family: Family, signal: AbortSignal): Promise<string> {
    return this.#run(family, [...this.#arguments(), "-S"], "", signal);
  }

  async #restore(family: Family, rules: string, signal: AbortSignal): Promise<void> {
    await this.#run(`${family}-restore`, ["-w", LOCK_WAIT_S, "--noflush"], rules, signal);
  }

  #arguments(): readonly string[] {
    const { table } = this.#owned;
    return ["-w", LOCK_WAIT_S, ...(table === "filter" ? [] : ["-t", table])];
  }

  /** What it printed; null when it failed, as it does without the chain. */
  async #attempt(family: Family, args: readonly string[], signal: AbortSignal): Promise<string | null> {
    const { exitCode, stdout } = await runAsRoot(family, [...this.#arguments(), ...args], "", signal);
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

/** As iptables-restore takes it: naming a chain empties it, COMMIT puts all in place at once. */
export function renderTable(
  chains: readonly string[],
  rules: readonly string[],
  table: TableName = "filter",
): string {
  return [`*${table}`, ...chains.map((chain) => `:${chain} - [0:0]`), ...rules, "COMMIT", ""].join("\n");
}

function hasChain(chain: string, listing: string): boolean {
  return listing.split("\n").some((line) => line.startsWith(`-P ${chain} `) || line === `-N ${chain}`);
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}
