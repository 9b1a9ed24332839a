/** An engine of a test's own, for settings that the shared one does not have. It shares nothing with that but the kernel. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import { waitFor } from "./wait-for.ts";

const run = promisify(execFile);

export class PrivateEngine {
  readonly socketPath: string;
  readonly #directory: string;
  readonly #bridge: string;
  #process: ChildProcess | null = null;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#bridge = `slwp${directory.slice(-6)}`;
    this.socketPath = join(directory, "docker.sock");
  }

  /** `settings`: what daemon.json says. */
  static async start(settings: object, args: readonly string[] = []): Promise<PrivateEngine> {
    const engine = new PrivateEngine(mkdtempSync(join(tmpdir(), "slipway-engine-")));
    try {
      await engine.#start(settings, args);
    } catch (error) {
      await engine.remove();
      throw error;
    }
    return engine;
  }

  async remove(): Promise<void> {
    const child = this.#process;
    if (child !== null && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    await run("ip", ["link", "delete", this.#bridge]).catch(() => null);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(settings: object, args: readonly string[]): Promise<void> {
    const at = (name: string): string => join(this.#directory, name);
    chmodSync(this.#directory, 0o711); // users that root is mapped to pass through
    writeFileSync(at("daemon.json"), JSON.stringify(settings));
    await run("ip", ["link", "add", this.#bridge, "type", "bridge"]);
    await run("ip", ["address", "add", "10.231.78.1/24", "dev", this.#bridge]);
    await run("ip", ["link", "set", this.#bridge, "up"]);
    const own = ["--config-file", at("daemon.json"), "--data-root", at("data"), "--exec-root", at("exec")];
    own.push("--pidfile", at("docker.pid"), "--host", `unix://${this.socketPath}`);
    own.push("--bridge", this.#bridge, "--iptables=false", ...args);
    const log = openSync(at("log"), "w");
    const child = spawn("dockerd", own, { stdio: ["ignore", "ignore", log] });
    closeSync(log);
    this.#process = child;
    await waitFor(
      async () => {
        if (child.exitCode !== null) return "ended";
        return (await new Docker({ socketPath: this.socketPath }).ping()) !== null;
      },
      { what: "an engine of the test's own" },
    );
    if (child.exitCode !== null) throw new Error(readFileSync(at("log"), "utf8").slice(-2_000));
  }
}
