/** What the figures were measured on; printed with each table, since only ratios of one run can be compared. */
import { execFile } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMiB: number;
  readonly kernel: string;
  /** Mean of runnable processes over the minute before: above 0.5 the figures are noisy. */
  readonly loadBefore: number;
  readonly node: string;
  /** Name and version. */
  readonly programs: readonly string[];
}

export async function describeMachine(programs: readonly (readonly string[])[]): Promise<Machine> {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 1024 ** 2),
    kernel: release(),
    loadBefore: loadavg()[0] ?? 0,
    node: process.version,
    programs: await Promise.all(programs.map(versionOf)),
  };
}

async function versionOf([program = "", ...args]: readonly string[]): Promise<string> {
  // Some say it on standard error; wrk leaves with 1 when it does.
  const { stdout, stderr } = await run(program, args).catch((error: unknown) => spoken(error));
  const version = /\d+\.\d+(\.\d+)?/.exec(`${stdout}${stderr}`)?.[0] ?? "?";
  return `${program} ${version}`;
}

function spoken(error: unknown): { readonly stdout: string; readonly stderr: string } {
  const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
  if (stdout === "" && stderr === "") throw error;
  return { stdout, stderr };
}
