/**
 * systemd-journald without systemd: as a log namespace of its own, with its own sockets, limits and files, of which nothing is
 * left. Lines come as the output of services does, over its stream socket; Docker's driver for journald talks to the one of the
 * machine instead, which there is none of where systemd does not run.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Cleanup } from "../support/cleanup.ts";
import { processorTimeUs } from "../support/processor-time.ts";

const run = promisify(execFile);

const PROGRAM = "/lib/systemd/systemd-journald";
const WRITER = join(import.meta.dirname, "writer.js");
const START_MS = 10_000;
const INFO = 6;
const CONFIGURATION = `[Journal]
Storage=persistent
RateLimitIntervalSec=0
ForwardToSyslog=no
ForwardToKMsg=no
ForwardToConsole=no
ForwardToWall=no
SystemMaxUse=8G
`;

export interface Written {
  readonly cpuUs: number;
  readonly seconds: number;
}

export class Journald {
  static #count = 0;
  readonly #name: string;
  readonly #pid: number;
  /** Nothing is left of it afterwards. */
  readonly stop: () => Promise<void>;

  private constructor(name: string, pid: number, stop: () => Promise<void>) {
    this.#name = name;
    this.#pid = pid;
    this.stop = stop;
  }

  /** Null where it can be started. */
  static whyNot(): string | null {
    if (!existsSync(PROGRAM)) return `there is no ${PROGRAM} (Debian's package systemd has it)`;
    return process.getuid?.() === 0 ? null : "it needs root";
  }

  static async start(cleanup: Cleanup): Promise<Journald> {
    const name = `slipway-bench-${process.pid}-${this.#count++}`;
    const configuration = configurationDirectory(name);
    mkdirSync(configuration, { recursive: true });
    writeFileSync(join(configuration, "bench.conf"), CONFIGURATION);
    const child = spawn(PROGRAM, [name], { stdio: "ignore" });
    const gone = once(child, "exit").catch(() => undefined);
    const stop = async () => {
      child.kill();
      await gone;
      removeTraces(name);
    };
    cleanup.add(stop);
    for (const beganAtMs = Date.now(); !existsSync(streamSocket(name)); await sleep(20)) {
      const isLate = Date.now() - beganAtMs > START_MS;
      if (isLate || child.exitCode !== null) throw new Error("systemd-journald does not start");
    }
    return new Journald(name, child.pid ?? 0, stop);
  }

  /** So many writers print these lines a second together; ends when all is in the journal. */
  async write({
    writers,
    rate,
    seconds,
  }: {
    writers: number;
    rate: number;
    seconds: number;
  }): Promise<Written> {
    const before = processorTimeUs({ roots: [this.#pid] });
    const beganAtMs = performance.now();
    await Promise.all(Array.from({ length: writers }, async () => this.#runWriter(rate / writers, seconds)));
    await run("journalctl", [`--namespace=${this.#name}`, "--sync"]);
    const tookMs = performance.now() - beganAtMs;
    return { cpuUs: processorTimeUs({ roots: [this.#pid] }) - before, seconds: tookMs / 1000 };
  }

  /** On the disk, as far as files are filled: they are made longer in steps of megabytes. */
  bytes(): number {
    const directory = journalDirectory(this.#name);
    return readdirSync(directory).reduce(
      (sum, name) => sum + statSync(join(directory, name)).blocks * 512,
      0,
    );
  }

  async lineCount(): Promise<number> {
    const child = spawn(
      "journalctl",
      [`--namespace=${this.#name}`, "--quiet", "--output=cat", "_TRANSPORT=stdout"],
      {
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    let count = 0;
    for await (const chunk of child.stdout) for (const byte of chunk as Buffer) if (byte === 0x0a) count++;
    return count;
  }

  async searchMs(word: string): Promise<number> {
    const beganAtMs = performance.now();
    const args = [`--namespace=${this.#name}`, "--quiet", "--output=cat", `--grep=${word}`];
    await run("journalctl", args).catch(() => undefined); // 1: none found
    return performance.now() - beganAtMs;
  }

  /** Its output is a stream of the journal, as that of a service is. */
  async #runWriter(rate: number, seconds: number): Promise<void> {
    const socket = connect(streamSocket(this.#name));
    await once(socket, "connect");
    // Name, unit, priority, no prefixes of priorities, and no forwarding.
    await new Promise((resolve) => socket.write(`bench\n\n${INFO}\n0\n0\n0\n0\n`, resolve));
    const child = spawn(process.execPath, [WRITER, `${rate}`, `${seconds}`], {
      stdio: ["ignore", socket, "inherit"],
    });
    await once(child, "exit");
    socket.destroy();
  }
}

function streamSocket(name: string): string {
  return `/run/systemd/journal.${name}/stdout`;
}

function configurationDirectory(name: string): string {
  return `/run/systemd/journald@${name}.conf.d`;
}

function journalDirectory(name: string): string {
  const machine = readFileSync("/etc/machine-id", "utf8").trim();
  return `/var/log/journal/${machine}.${name}`;
}

function removeTraces(name: string): void {
  const made = [`/run/systemd/journal.${name}`, configurationDirectory(name), journalDirectory(name)];
  for (const path of made) rmSync(path, { recursive: true, force: true });
}
