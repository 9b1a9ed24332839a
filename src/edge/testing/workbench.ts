/** A real edge of its own for a test file, on a free port, with everything ended afterwards. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../test/support/free-port.ts";
import { defaultHealthCheck, type HealthCheck } from "../../domain/health-check.ts";
import type { InstanceProtocol } from "../../domain/instance.ts";
import type { Gate } from "../../domain/scaling.ts";
import type { EdgeServer, SlotState } from "../../ports/edge.ts";
import type { NameEntry } from "../../ports/edge-tls.ts";
import type { RequestLogging } from "../../ports/request-log.ts";
import { HaproxyEdge, type HaproxyEdgeOptions } from "../haproxy-edge.ts";
import { readProcesses } from "../haproxy-process.ts";
import { type EdgeLayout, edgeLayout } from "../layout.ts";
import { type EdgePorts, findHaproxy, findSupervisor, stopEdge } from "../supervisor.ts";
import { type Answer, get, type GetOptions } from "./client.ts";
import { type Origin, startOrigin } from "./origin.ts";

export const signal = new AbortController().signal;

export class Workbench {
  readonly stateDirectory: string;
  readonly port: number;
  readonly tlsPort: number;
  edge: HaproxyEdge;
  readonly layout: EdgeLayout;
  readonly messages: string[] = [];
  readonly #root: string;
  readonly #origins: Origin[] = [];

  static async create(change: Partial<HaproxyEdgeOptions> = {}): Promise<Workbench> {
    const ports = { http: await freePort(), https: await freePort() };
    return new Workbench(await mkdtemp(join(tmpdir(), "edge-")), ports, change);
  }

  private constructor(root: string, ports: EdgePorts, change: Partial<HaproxyEdgeOptions>) {
    this.#root = root;
    this.stateDirectory = join(root, "edge");
    this.port = ports.http;
    this.tlsPort = ports.https;
    this.layout = edgeLayout(this.stateDirectory);
    this.edge = this.anotherEdge(change);
  }

  /** A second control plane's view of the same edge. */
  anotherEdge(change: Partial<HaproxyEdgeOptions> = {}): HaproxyEdge {
    return new HaproxyEdge({
      stateDirectory: this.stateDirectory,
      httpBindAddress: "127.0.0.1",
      httpPort: this.port,
      httpsPort: this.tlsPort,
      haproxyPath: "/usr/sbin/haproxy",
      log: (_level, message) => this.messages.push(message),
      ...change,
    });
  }

  async origin(name: string, options: { readonly port?: number } = {}): Promise<Origin> {
    const origin = await startOrigin(name, options);
    this.#origins.push(origin);
    return origin;
  }

  /** Adds the origin as a server of the slot; the instance's id is the origin's name. */
  async serve(slot: number, origin: Origin, change: ServeOptions = {}): Promise<void> {
    await this.edge.addServer(slot, serverOf(origin, change), signal);
  }

  async route(host: string, slot: number, queueLimit = 100, logging?: RequestLogging): Promise<void> {
    const wanted = logging === undefined ? {} : { logging };
    await this.edge.setRoute(host, { kind: "slot", slot, queueLimit, gate: "open", ...wanted }, signal);
  }

  async gate(host: string, slot: number, gate: Gate, edge: HaproxyEdge = this.edge): Promise<void> {
    const logging = { hasAccessLog: true, isTraced: false };
    await edge.setRoute(host, { kind: "slot", slot, queueLimit: 100, gate, logging }, signal);
  }

  async get(host: string, path = "/", options: Partial<GetOptions> = {}): Promise<Answer> {
    return get({ port: this.port, host, path, ...options });
  }

  /** Over TLS, to the same name. */
  async getTls(host: string, path = "/", options: Partial<GetOptions> = {}): Promise<Answer> {
    return get({ port: this.tlsPort, host, serverName: host, path, ...options });
  }

  /** A further name of a service: redirected, without HSTS, unless said otherwise. */
  async name(name: string, host: string, change: Partial<NameEntry> = {}): Promise<void> {
    const entry: NameEntry = { host, onHttp: "redirect", hstsMaxAgeS: null, ...change };
    await this.edge.setName(name, entry, signal);
  }

  async slot(slot: number): Promise<SlotState> {
    const slots = await this.edge.observeSlots([slot], signal);
    if (slots === "unknown") return { servers: [], queued: -1 };
    return slots.get(slot) ?? { servers: [], queued: 0 };
  }

  async inFlight(slot: number): Promise<number> {
    return (await this.slot(slot)).servers.reduce((sum, server) => sum + server.inFlight, 0);
  }

  async pids(): Promise<{ readonly supervisor: number; readonly master: number; readonly worker: number }> {
    const supervisor = await findSupervisor(this.layout);
    const master = await findHaproxy(this.layout);
    const { worker } = await readProcesses(this.layout, signal);
    return { supervisor: supervisor ?? 0, master: master ?? 0, worker: worker ?? 0 };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#origins.map((origin) => origin.close()));
    await stopEdge({ stateDirectory: this.stateDirectory, drainMs: 0 });
    await rm(this.#root, { recursive: true, force: true });
  }
}

export interface ServeOptions {
  readonly maxConcurrency?: number;
  readonly protocol?: InstanceProtocol;
  readonly healthCheck?: Partial<HealthCheck>;
}

export function serverOf(origin: Pick<Origin, "name" | "port">, options: ServeOptions = {}): EdgeServer {
  const { maxConcurrency = 100, protocol = "http1", healthCheck } = options;
  return {
    instanceId: origin.name,
    address: "127.0.0.1",
    port: origin.port,
    maxConcurrency,
    protocol,
    healthCheck: { ...defaultHealthCheck, ...healthCheck },
  };
}
