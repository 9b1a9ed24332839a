/** A PostgreSQL server of its own in a temporary directory, from Debian's package, reached by a socket in there. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binaries = globSync("/usr/lib/postgresql/*/bin").find((path) => existsSync(join(path, "initdb")));
const NOBODY = 65_534;

export class PostgresServer {
  readonly #directory = mkdtempSync(join(tmpdir(), "slipway-postgres-"));
  /** The server refuses to run as root. */
  readonly #user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  #process: ChildProcess | null = null;

  get connectionString(): string {
    return `postgresql://slipway@localhost/postgres?host=${this.#directory}`;
  }

  async start(): Promise<void> {
    if (!existsSync(this.#data)) this.#initialize();
    // Processes end in tests, machines do not: nothing is waited for until it is on the disk.
    const settings = ["listen_addresses=", `unix_socket_directories=${this.#directory}`, "fsync=off"];
    const choices = settings.flatMap((setting) => ["-c", setting]);
    const server = spawn(this.#program("postgres"), ["-D", this.#data, ...choices], {
      ...this.#user,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = server;
    for await (const chunk of server.stderr.iterator({ destroyOnReturn: false })) {
      if (String(chunk).includes("ready to accept connections")) break;
    }
    server.stderr.resume();
  }

  /** Ends its connections without waiting for them. */
  async stop(): Promise<void> {
    if (this.#process === null || this.#process.exitCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill("SIGINT");
    await exit;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true });
  }

  get #data(): string {
    return join(this.#directory, "data");
  }

  #initialize(): void {
    if (this.#user.uid !== undefined) chownSync(this.#directory, NOBODY, NOBODY);
    const choices = ["--auth=trust", "--username=slipway", "--no-sync", "--encoding=UTF8"];
    execFileSync(this.#program("initdb"), ["-D", this.#data, ...choices], { ...this.#user, stdio: "ignore" });
  }

  #program(name: string): string {
    if (binaries === undefined) throw new Error("PostgreSQL is not installed: `apt-get install postgresql`");
    return join(binaries, name);
  }
}
