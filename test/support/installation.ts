/**
 * A whole Slipway of its own for a scenario: state directory, ports, control plane process, edge.
 * Several can run beside each other on one engine; each removes all it made.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type Client, createClient } from "../../src/cli/client.ts";
import { HEAP_ENVIRONMENT, HEAP_FLAGS } from "../../src/main/process-control.ts";
import { parseCredentials } from "../../src/main/state-directory.ts";
import { type BundledProgram, bundleProgram } from "./bundled-program.ts";
import { freePort } from "./free-port.ts";
import { waitFor } from "./wait-for.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../..");
export const COMMAND = join(ROOT, "bin/slipway.js");
/** The distribution's own, not one that happens to be first in the path. */
const AWS_CLI = "/usr/bin/aws";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface InstallationOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stateDirectory?: string;
  /** Of plain HTTP; a free one unless given. */
  readonly edgePort?: number;
  /** Source, without its ending, of a program to start instead of `slipway serve`, for control planes that break on purpose. */
  readonly program?: string;
}

interface InstallationPorts {
  readonly api: number;
  readonly edge: number;
  readonly edgeHttps: number;
  readonly ingress: number;
  readonly ingressHttps: number;
  readonly internal: number;
}

export class Installation {
  readonly ingressPort: number;
  readonly internalPort: number;
  readonly stateDirectory: string;
  readonly apiPort: number;
  readonly edgePort: number;
  readonly edgeHttpsPort: number;
  readonly env: NodeJS.ProcessEnv;
  readonly #program: BundledProgram | null;
  #process: ChildProcess | null = null;

  private constructor(
    stateDirectory: string,
    ports: InstallationPorts,
    program: BundledProgram | null,
    options: InstallationOptions,
  ) {
    this.stateDirectory = stateDirectory;
    this.apiPort = ports.api;
    this.edgePort = ports.edge;
    this.ingressPort = ports.ingress;
    this.internalPort = ports.internal;
    this.edgeHttpsPort = ports.edgeHttps;
    this.#program = program;
    this.env = {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      ...networkSettings(),
      SLIPWAY_STATE_DIR: stateDirectory,
      SLIPWAY_API_PORT: String(ports.api),
      SLIPWAY_EDGE_PORT: String(ports.edge),
      SLIPWAY_EDGE_HTTPS_PORT: String(ports.edgeHttps),
      SLIPWAY_INGRESS_PORT: String(ports.ingress),
      SLIPWAY_INGRESS_HTTPS_PORT: String(ports.ingressHttps),
      SLIPWAY_INTERNAL_PORT: String(ports.internal),
      ...options.env,
    };
  }

  static async create(options: InstallationOptions = {}): Promise<Installation> {
    const directory = options.stateDirectory ?? mkdtempSync(join(tmpdir(), "slipway-test-"));
    const ports = {
      api: await freePort(),
      edge: options.edgePort ?? (await freePort()),
      edgeHttps: await freePort(),
      ingress: await freePort(),
      ingressHttps: await freePort(),
      internal: await freePort(),
    };
    const program = options.program === undefined ? null : await bundleProgram(options.program);
    return new Installation(directory, ports, program, options);
  }

  get logFile(): string {
    return join(this.stateDirectory, "serve.log");
  }

  /** Starts the control plane and waits until its API answers. */
  async start(extraEnv: Readonly<Record<string, string>> = {}): Promise<void> {
    this.launch(extraEnv);
    await this.waitUntilServing();
  }

  /** Starts the control plane without waiting. */
  launch(extraEnv: Readonly<Record<string, string>> = {}): ChildProcess {
    const log = openSync(this.logFile, "a", 0o600);
    const command = this.#program === null ? [COMMAND, "serve"] : [this.#program.path];
    const cache = this.#program === null ? {} : { NODE_COMPILE_CACHE: this.#program.compileCache };
    const child = spawn(process.execPath, [...HEAP_FLAGS, ...command], {
      cwd: ROOT,
      env: { ...HEAP_ENVIRONMENT, ...this.env, ...cache, ...extraEnv },
      stdio: ["ignore", log, log],
    });
    this.#process = child;
    return child;
  }

  async waitUntilServing(): Promise<void> {
    await waitFor(
      async () => {
        if (this.#process !== null && this.#process.exitCode !== null) {
          throw new Error(`the control plane ended with ${this.#process.exitCode}:\n${this.logTail()}`);
        }
        return (await this.api("/health")).status === 200;
      },
      { what: "a serving control plane", timeoutMs: 60_000 },
    );
  }

  /** SIGKILL, and waits until the process is gone. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === null) return;
    const gone = child.exitCode !== null || child.signalCode !== null ? null : waitForExit(child);
    child.kill("SIGKILL");
    await gone;
    this.#process = null;
  }

  async waitForExit(): Promise<{ readonly code: number | null; readonly signal: string | null }> {
    const child = this.#process;
    if (child === null) return { code: null, signal: null };
    if (child.exitCode === null && child.signalCode === null) await waitForExit(child);
    return { code: child.exitCode, signal: child.signalCode };
  }

  /** Ends and removes everything this installation made. */
  async remove(): Promise<void> {
    await this.kill();
    await this.slipway(["down", "--purge"]).catch((error: unknown) => {
      throw new Error(`slipway down failed:\n${this.logTail()}`, { cause: error });
    });
    rmSync(this.stateDirectory, { recursive: true, force: true });
    await this.#program?.remove();
  }

  /** `command`: another path to the same program. */
  async slipway(
    args: readonly string[],
    options: { readonly timeoutMs?: number; readonly command?: string } = {},
  ): Promise<string> {
    const { stdout } = await run(process.execPath, [...HEAP_FLAGS, options.command ?? COMMAND, ...args], {
      cwd: ROOT,
      env: this.env,
      timeout: options.timeoutMs ?? 120_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** `aws apprunner …` of the distribution; returns its parsed JSON output. */
  async aws<Output = Record<string, unknown>>(args: readonly string[]): Promise<Output> {
    return this.awsOf<Output>("apprunner", args);
  }

  /** The same of another of AWS's services. */
  async awsOf<Output = Record<string, unknown>>(service: string, args: readonly string[]): Promise<Output> {
    const { stdout } = await run(
      AWS_CLI,
      [service, ...args, "--endpoint-url", `http://127.0.0.1:${this.apiPort}`, "--output", "json"],
      {
        env: {
          ...this.env,
          AWS_SHARED_CREDENTIALS_FILE: join(this.stateDirectory, "credentials"),
          AWS_PROFILE: "slipway",
          AWS_REGION: "us-east-1",
          AWS_MAX_ATTEMPTS: "1",
        },
        timeout: 60_000,
      },
    );
    return JSON.parse(stdout.trim() === "" ? "{}" : stdout) as Output;
  }

  /** The command line's own client, with the root key. */
  client(credentials = this.credentials()): Client {
    return createClient(
      { now: () => Date.now(), sleep: (durationMs) => sleep(durationMs) },
      {
        endpoint: new URL(`http://127.0.0.1:${this.apiPort}`),
        region: "us-east-1",
        credentials,
      },
    );
  }

  credentials(): { readonly accessKeyId: string; readonly secretAccessKey: string } {
    return parseCredentials(readFileSync(join(this.stateDirectory, "credentials"), "utf8"));
  }

  /** ARNs of all services that are not deleted. */
  async serviceArns(): Promise<readonly string[]> {
    const reply = await this.aws<{ ServiceSummaryList: readonly { ServiceArn: string }[] }>([
      "list-services",
    ]);
    return reply.ServiceSummaryList.map(({ ServiceArn }) => ServiceArn);
  }

  /** Processes of this installation's proxy, master and workers; not its supervisor. */
  async edgePids(): Promise<readonly number[]> {
    const { stdout } = await run("pgrep", ["-f", `haproxy.*${this.stateDirectory}`]);
    return stdout.trim().split("\n").map(Number);
  }

  /** SIGKILL to all of the proxy. */
  async killEdge(): Promise<void> {
    for (const pid of await this.edgePids()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        // A worker ends with its master.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
  }

  /** A request to the API's address, unsigned. */
  api(path: string): Promise<Answer> {
    return get({ port: this.apiPort, path, host: `127.0.0.1:${this.apiPort}` });
  }

  /** A request to a service through the edge; `url` is a ServiceUrl. */
  fetch(url: string, path = "/", options: RequestOptions = {}): Promise<Answer> {
    return get({ port: this.edgePort, path, host: url, ...options });
  }

  /** A request to the listener of VPC ingress connections. */
  fetchInside(host: string, path = "/"): Promise<Answer> {
    return get({ port: this.ingressPort, path, host });
  }

  /** Names of this installation's instance containers, running or not. */
  async containers(): Promise<readonly string[]> {
    const owner = this.info()["InstallationId"];
    const filters = ["--filter", `label=slipway.owner=${owner}`, "--filter", "label=slipway.role=instance"];
    const { stdout } = await run("docker", ["ps", "-a", "--format", "{{.Names}}", ...filters]);
    return stdout.split("\n").filter((name) => name !== "");
  }

  /** What the control plane tells scripts. */
  info(): Readonly<Record<string, string>> {
    return JSON.parse(readFileSync(join(this.stateDirectory, "info.json"), "utf8")) as Record<string, string>;
  }

  /** The control plane's process, as it says itself. */
  servingPid(): number {
    return Number(readFileSync(join(this.stateDirectory, "serve.pid"), "utf8"));
  }

  logTail(lines = 40): string {
    return readFileSync(this.logFile, "utf8").split("\n").slice(-lines).join("\n");
  }
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
}

/** What this machine needs to reach package registries: certificates, proxies, npm's and pip's settings. */
function networkSettings(): NodeJS.ProcessEnv {
  const isOne = (name: string) =>
    /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|.*_proxy|(npm_config|pip)_.*)$/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isOne(name)));
}

function waitForExit(child: ChildProcess): Promise<void> {
  return new Promise((done) => child.once("exit", () => done()));
}

/** One request on a connection of its own. */
function get(
  target: RequestOptions & { readonly port: number; readonly path: string; readonly host: string },
): Promise<Answer> {
  return new Promise((done, reject) => {
    const call = request(
      {
        host: "127.0.0.1",
        port: target.port,
        path: target.path,
        method: target.method ?? "GET",
        headers: { ...target.headers, host: target.host },
        agent: false,
        signal: AbortSignal.timeout(target.timeoutMs ?? 30_000),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          done({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    call.on("error", reject);
    call.end(target.body);
  });
}
