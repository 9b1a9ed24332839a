/**
 * The edge on HAProxy. Every change is first written to disk and then made in the running proxy by comparing the two, so
 * it does not matter whether HAProxy just restarted, or a control plane before us got only half-way.
 *
 * Changes to one slot are in order, changes to the maps are in order, and `prepare` runs alone: nothing changes while a
 * reload reads the files.
 *
 * Over 400 lines because one class is the three ports of the data plane, in methods of a few lines.
 */
import { isSlipwayError } from "../domain/error.ts";
import type { ProbeResult } from "../domain/health-check.ts";
import type { Edge, EdgeFacts, EdgeServer, EdgeState, ProbeTarget, Route, SlotState } from "../ports/edge.ts";
import type {
  CounterQuestion,
  EdgeCounters,
  EdgeTraffic,
  GateArrival,
  SlotLoad,
  WorkerCounters,
} from "../ports/edge-traffic.ts";
import type { RequestBatch, RequestLog } from "../ports/request-log.ts";
import type { EdgeCertificate, EdgeTls, HandshakeResult, NameEntry } from "../ports/edge-tls.ts";
import type { EdgeInternal, InternalListener, InternalWish } from "../ports/edge-internal.ts";
import { ArrivalListener } from "./arrivals.ts";
import type { InsideListener } from "./base-settings.ts";
import { type ClientSettings, NO_PROXIES } from "./client-rules.ts";
import { CounterReader } from "./counters.ts";
import { CertificateSet } from "./certificate-set.ts";
import { ensureDefaultCertificate } from "./default-certificate.ts";
import {
  convergeEverySlot,
  convergeMapEntry,
  convergeMaps,
  convergeSlots,
  cutInOldWorkers,
} from "./convergence.ts";
import { DesiredState, type EdgeLog } from "./desired-state.ts";
import { GATE_LIMITS, type GateLimits } from "./gate-limits.ts";
import { findServing, readProcesses } from "./haproxy-process.ts";
import {
  encodeCheckPath,
  formatHostEntry,
  type HostEntry,
  hostEntry,
  mapKey,
  type SlotKind,
} from "./host-map.ts";
import { checkInstalled, ensureRunning, installBase, layOut } from "./installation.ts";
import { handshake } from "./handshake.ts";
import { challengePath, challengeToken, checkedAuthorization, checkedName, nameKey } from "./name-map.ts";
import { checkListeners } from "./inside-listeners.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { type EdgeLayout, edgeLayout } from "./layout.ts";
import { readLoad } from "./load.ts";
import { Looks } from "./looks.ts";
import { observeAll, observeOne, observeSome } from "./observation.ts";
import { Prober } from "./probe.ts";
import { RequestStream } from "./request-stream.ts";
import { unavailable } from "./runtime-socket.ts";
import { backendName, formatServer, type ServerLine, serverLine } from "./slot-file.ts";
import type { EdgeSettings } from "./supervisor.ts";
import { listenAddresses } from "./listen-address.ts";

export interface HaproxyEdgeOptions {
  /** Absolute, without characters that need quoting, at most 75 characters (unix socket paths end at 107). */
  readonly stateDirectory: string;
  /** `*` for every address, IPv4 and IPv6. */
  readonly httpBindAddress: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly haproxyPath: string;
  /** For connected services and ingress connections; asked at each `prepare`. None unless given. */
  readonly inside?: (signal: AbortSignal) => Promise<readonly InsideListener[]>;
  /** Default `NO_PROXIES`. */
  readonly clients?: ClientSettings;
  /** Default `GATE_LIMITS`. */
  readonly gate?: GateLimits;
  readonly log: EdgeLog;
}

const EMPTY_SLOT: SlotKind = { kind: "tcp", protocol: "http1" };

/** Key of the queue for all maps. */
const MAPS = "maps";
const CERTIFICATES = "certificates";

export class HaproxyEdge implements Edge, EdgeTraffic, EdgeCounters, EdgeTls, EdgeInternal, RequestLog {
  readonly #options: HaproxyEdgeOptions;
  readonly #layout: EdgeLayout;
  readonly #state: DesiredState;
  readonly #certificates: CertificateSet;
  readonly #arrivals: ArrivalListener;
  readonly #requests: RequestStream;
  readonly #counters: CounterReader;
  readonly #queue = new KeyedQueue();
  readonly #looks = new Looks();
  readonly #prober = new Prober();
  #version = "";
  /** As of the last `prepare`: only it reloads. They end by themselves. */
  #oldWorkers: readonly number[] = [];
  #sampledSlots: readonly number[] = [];
  #isPrepared = false;
  #internalListeners: readonly InternalListener[] = [];

  constructor(options: HaproxyEdgeOptions) {
    if (!/^\/[A-Za-z0-9_./@+-]{1,74}$/.test(options.stateDirectory)) {
      throw unavailable(
        `the state directory "${options.stateDirectory}" has to be absolute, of letters, digits and _./@+- and at most 75 characters long`,
      );
    }
    this.#options = options;
    this.#layout = edgeLayout(options.stateDirectory);
    this.#state = new DesiredState(this.#layout, options.log);
    this.#certificates = new CertificateSet(this.#layout, options.log);
    this.#counters = new CounterReader(this.#layout);
    this.#requests = new RequestStream({
      layout: this.#layout,
      ownHost: (name) => this.#state.ownHost(name),
      onRefusal: (host) => this.#counters.heardRefusal(host),
      log: options.log,
    });
    this.#arrivals = new ArrivalListener({
      layout: this.#layout,
      isKnown: (host) => this.#state.hosts.has(host),
      log: options.log,
    });
  }

  async prepare({ minimumSlots }: { readonly minimumSlots: number }, signal: AbortSignal): Promise<void> {
    await this.#queue.runExclusively(() => translate(signal, () => this.#prepare(minimumSlots, signal)));
  }

  async #prepare(minimumSlots: number, signal: AbortSignal): Promise<void> {
    const { stateDirectory } = this.#options;
    await layOut(this.#layout, stateDirectory);
    await this.#arrivals.ensureListening();
    const isServing = this.#isPrepared && (await findServing(this.#layout, signal)) !== null;
    // While HAProxy serves, disk and memory agree: we wrote both. Reading 1,000 files takes 60 ms.
    if (!isServing) await this.#state.reconcile();
    if (!isServing) await this.#certificates.reconcile();
    await this.#state.declareSlots(minimumSlots);
    await ensureDefaultCertificate(this.#layout);
    const settings = await this.#edgeSettings(isServing, signal);
    if (isServing) await this.#counters.keep(this.#sampledSlots, this.#oldWorkers, signal);
    const processes = await this.#certificates.startWithoutRefused({
      start: async () => {
        await installBase(settings, signal);
        return ensureRunning({ ...settings, stateDirectory }, signal);
      },
      check: () => checkInstalled(settings, signal),
    });
    await convergeMaps({ layout: this.#layout, state: this.#state }, signal);
    await convergeEverySlot({ layout: this.#layout, state: this.#state }, signal);
    await this.#certificates.converge(signal);
    this.#version = processes.version;
    this.#oldWorkers = processes.oldWorkers;
    if (this.#oldWorkers.length > 0) {
      await this.#counters.keep(this.#sampledSlots, this.#oldWorkers, signal);
    }
    if (processes.worker !== null) this.#requests.follow(processes.worker);
    this.#isPrepared = true;
  }

  async #edgeSettings(isServing: boolean, signal: AbortSignal): Promise<EdgeSettings> {
    const { haproxyPath, httpBindAddress, httpPort, httpsPort } = this.#options;
    const { gate = GATE_LIMITS, clients = NO_PROXIES } = this.#options;
    return {
      layout: this.#layout,
      haproxyPath,
      addresses: await listenAddresses(httpBindAddress),
      ports: { http: httpPort, https: httpsPort },
      gate,
      clients,
      inside: await this.#insideListeners(isServing, signal),
    };
  }

  async #insideListeners(isServing: boolean, signal: AbortSignal): Promise<readonly InsideListener[]> {
    const wished = (await this.#options.inside?.(signal)) ?? [];
    this.#internalListeners = await checkListeners(wished, this.#layout, isServing);
    return this.#internalListeners.filter(({ problem }) => problem === null);
  }

  internalListeners(): readonly InternalListener[] {
    return this.#internalListeners;
  }

  async setInternal(wish: InternalWish, signal: AbortSignal): Promise<void> {
    await this.#change(MAPS, signal, async () => {
      if (!(await this.#state.inside.setWish(wish))) return;
      await convergeMaps({ layout: this.#layout, state: this.#state }, signal);
    });
  }

  async setCaller(address: string, serviceId: string | null, signal: AbortSignal): Promise<void> {
    await this.#change(MAPS, signal, async () => {
      if (!(await this.#state.inside.setCaller(address, serviceId))) return;
      const { insideCallers: map } = this.#layout;
      await convergeMapEntry({ layout: this.#layout, map, key: address, value: serviceId }, signal);
    });
  }

  facts(): EdgeFacts {
    const { httpBindAddress, httpPort, httpsPort } = this.#options;
    return { httpAddress: httpBindAddress, httpPort, httpsPort, version: `HAProxy ${this.#version}` };
  }

  async observe(signal: AbortSignal): Promise<EdgeState | "unknown"> {
    return orUnknown(signal, () => observeAll(this.#layout, signal));
  }

  async observeSlots(
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, SlotState> | "unknown"> {
    return orUnknown(signal, () => this.#looks.run(() => observeSome(this.#layout, slots, signal), signal));
  }

  async observeRoute(host: string, signal: AbortSignal): Promise<Route | null | "unknown"> {
    const key = mapKey(host);
    return orUnknown(signal, () => this.#looks.run(() => observeOne(this.#layout, key, signal), signal));
  }

  async addServer(slot: number, server: EdgeServer, signal: AbortSignal): Promise<void> {
    const line = serverLine(server);
    if (line.kind === "http")
      await this.#setCheckPath(slot, encodeCheckPath(server.healthCheck.path), signal);
    await this.#changeServers(slot, (servers) => withServer(servers, line), signal);
    await this.#followKind(slot, line, signal);
  }

  async drainServer(slot: number, instanceId: string, signal: AbortSignal): Promise<void> {
    const drain = (line: ServerLine): ServerLine =>
      line.instanceId === instanceId ? { ...line, isDraining: true } : line;
    await this.#changeServers(slot, (servers) => servers.map(drain), signal);
  }

  async removeServer(slot: number, instanceId: string, signal: AbortSignal): Promise<void> {
    const isIt = (line: ServerLine): boolean => line.instanceId === instanceId;
    const removed = (this.#state.slots.get(slot) ?? []).filter(isIt);
    await this.#changeServers(slot, (servers) => servers.filter((line) => !isIt(line)), signal);
    for (const line of removed) {
      await translate(signal, () => cutInOldWorkers(this.#layout, { slot, line }, signal));
    }
  }

  async setServerCheck(slot: number, instanceId: string, isOn: boolean, signal: AbortSignal): Promise<void> {
    const change = (line: ServerLine): ServerLine =>
      line.instanceId === instanceId ? { ...line, isChecked: isOn } : line;
    await this.#changeServers(slot, (servers) => servers.map(change), signal);
  }

  async #changeServers(
    slot: number,
    change: (servers: readonly ServerLine[]) => readonly ServerLine[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#change(`slot ${slot}`, signal, async () => {
      const before = this.#serversOf(slot);
      const after = change(before);
      if (!isSame(before, after)) await this.#state.setServers(slot, after);
      await convergeSlots({ layout: this.#layout, state: this.#state, slots: [slot] }, signal);
    });
  }

  #serversOf(slot: number): readonly ServerLine[] {
    const servers = this.#state.slots.get(slot);
    if (servers !== undefined) return servers;
    throw unavailable(
      `it has no slot ${slot}, only ${this.#state.slots.size}; prepare it with more slots first`,
    );
  }

  /** The slot's hosts go to the backend with the newest instance's kind of check, and by the way to its protocol. */
  async #followKind(slot: number, { kind: check, protocol }: SlotKind, signal: AbortSignal): Promise<void> {
    const isElsewhere = (entry: HostEntry): boolean =>
      entry.kind === "slot" && entry.slot === slot && (entry.check !== check || entry.protocol !== protocol);
    const hosts = [...this.#state.hosts].filter(([, entry]) => isElsewhere(entry)).map(([host]) => host);
    for (const host of hosts) {
      await this.#change(MAPS, signal, async () => {
        const entry = this.#state.hosts.get(host);
        if (entry?.kind === "slot" && isElsewhere(entry))
          await this.#setHost(host, { ...entry, check, protocol }, signal);
      });
    }
  }

  async setRoute(host: string, route: Route, signal: AbortSignal): Promise<void> {
    const key = mapKey(host);
    await this.#change(MAPS, signal, async () => {
      const kind = route.kind === "slot" ? this.#kindOf(route.slot) : EMPTY_SLOT;
      await this.#setHost(key, hostEntry(route, kind), signal);
    });
  }

  async removeRoute(host: string, signal: AbortSignal): Promise<void> {
    const key = mapKey(host);
    await this.#change(MAPS, signal, () => this.#setHost(key, null, signal));
  }

  async setName(name: string, entry: NameEntry, signal: AbortSignal): Promise<void> {
    const [key, checked] = [nameKey(name), checkedName(entry)];
    await this.#changeMaps(signal, () => this.#state.setName(key, checked));
  }

  async removeName(name: string, signal: AbortSignal): Promise<void> {
    await this.#changeMaps(signal, () => this.#state.setName(nameKey(name), null));
  }

  names(): ReadonlyMap<string, NameEntry> {
    return this.#state.names;
  }

  async setRedirect(isOn: boolean, signal: AbortSignal): Promise<void> {
    await this.#changeMaps(signal, () => this.#state.setOnHttp(isOn ? "redirect" : "serve"));
  }

  isRedirecting(): boolean {
    return this.#state.onHttp === "redirect";
  }

  async setChallenge(token: string, keyAuthorization: string, signal: AbortSignal): Promise<void> {
    const [path, answer] = [challengePath(token), checkedAuthorization(keyAuthorization)];
    await this.#changeMaps(signal, () => this.#state.setChallenge(path, answer));
  }

  async removeChallenge(token: string, signal: AbortSignal): Promise<void> {
    await this.#changeMaps(signal, () => this.#state.setChallenge(challengePath(token), null));
  }

  challenges(): ReadonlySet<string> {
    return new Set(Array.from(this.#state.challenges.keys(), challengeToken));
  }

  /** For what changes seldom: all maps are compared. */
  async #changeMaps(signal: AbortSignal, write: () => Promise<void>): Promise<void> {
    await this.#change(MAPS, signal, async () => {
      await write();
      await convergeMaps({ layout: this.#layout, state: this.#state }, signal);
    });
  }

  #kindOf(slot: number): SlotKind {
    const servers = this.#serversOf(slot);
    return servers.findLast((line) => !line.isDraining) ?? servers.at(-1) ?? EMPTY_SLOT;
  }

  async #setHost(host: string, entry: HostEntry | null, signal: AbortSignal): Promise<void> {
    const onHttp = this.#state.onHttpOf(host);
    const valueOf = (entry: HostEntry | null): string | null =>
      entry === null ? null : formatHostEntry(entry, onHttp);
    const value = valueOf(entry);
    const before = this.#state.logging();
    if (valueOf(this.#state.hosts.get(host) ?? null) !== value) await this.#state.setHost(host, entry);
    const after = this.#state.logging();
    const changed = [...after].filter(([key, letters]) => before.get(key) !== letters);
    await this.#convergeLogging(new Map(changed), signal);
    await convergeMapEntry({ layout: this.#layout, map: this.#layout.hostMap, key: host, value }, signal);
    const gone = [...before.keys()].filter((key) => !after.has(key));
    await this.#convergeLogging(new Map(gone.map((key) => [key, null])), signal);
  }

  /** What is wanted of a slot's requests is known before a host leads to it, and forgotten afterwards. */
  async #convergeLogging(wished: ReadonlyMap<string, string | null>, signal: AbortSignal): Promise<void> {
    const { loggingMap: map } = this.#layout;
    for (const [key, value] of wished)
      await convergeMapEntry({ layout: this.#layout, map, key, value }, signal);
  }

  async #setCheckPath(slot: number, path: string, signal: AbortSignal): Promise<void> {
    const key = backendName(slot, "http");
    await this.#change(MAPS, signal, async () => {
      if (this.#state.checkPaths.get(key) === path) return;
      await this.#state.setCheckPath(key, path);
      await convergeMapEntry(
        { layout: this.#layout, map: this.#layout.checkPathMap, key, value: path },
        signal,
      );
    });
  }

  async setCertificate(certificate: EdgeCertificate, signal: AbortSignal): Promise<void> {
    await this.#change(CERTIFICATES, signal, () => this.#certificates.set(certificate, signal));
  }

  async removeCertificate(id: string, signal: AbortSignal): Promise<void> {
    await this.#change(CERTIFICATES, signal, () => this.#certificates.remove(id, signal));
  }

  certificates(): ReadonlyMap<string, string> {
    return this.#certificates.fingerprints();
  }

  async handshake(name: string, signal: AbortSignal): Promise<HandshakeResult> {
    const { httpBindAddress: bindAddress, httpsPort: port } = this.#options;
    return handshake({ bindAddress, port, name }, signal);
  }

  async #change(key: string, signal: AbortSignal, task: () => Promise<void>): Promise<void> {
    await this.#queue.run(key, () =>
      translate(signal, async () => {
        if (!this.#isPrepared) throw unavailable("it has not been prepared yet");
        await task();
      }),
    );
  }

  async sampleLoad(
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, SlotLoad> | "unknown"> {
    const known = slots.filter((slot) => this.#state.slots.has(slot));
    const backends = new Map(known.map((slot) => [slot, this.#backendsOf(slot)]));
    this.#sampledSlots = known;
    return orUnknown(signal, async () => {
      await this.#lookAtOldWorkers(signal);
      return readLoad({ layout: this.#layout, backends, oldWorkers: this.#oldWorkers }, signal);
    });
  }

  async readCounters(
    { slots, hosts }: CounterQuestion,
    signal: AbortSignal,
  ): Promise<readonly WorkerCounters[] | "unknown"> {
    const question = { slots: slots.filter((slot) => this.#state.slots.has(slot)), hosts };
    return orUnknown(signal, async () => {
      await this.#lookAtOldWorkers(signal);
      return this.#counters.read(question, this.#oldWorkers, signal);
    });
  }

  /** One may end at any moment, and what it has counted is gone then. */
  async #lookAtOldWorkers(signal: AbortSignal): Promise<void> {
    if (this.#oldWorkers.length === 0) return;
    this.#oldWorkers = (await readProcesses(this.#layout, signal)).oldWorkers;
    await this.#counters.keep(this.#sampledSlots, this.#oldWorkers, signal);
  }

  #backendsOf(slot: number): readonly string[] {
    const kinds = new Set(this.#serversOf(slot).map(({ kind }) => kind));
    return (kinds.size === 0 ? ["tcp" as const] : [...kinds]).map((kind) => backendName(slot, kind));
  }

  arrivals(signal: AbortSignal): AsyncIterable<GateArrival> {
    return this.#arrivals.read(signal);
  }

  requests(signal: AbortSignal): AsyncIterable<RequestBatch> {
    return this.#requests.requests(signal);
  }

  async probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
    return this.#prober.probe(target, signal);
  }
}

/** With the server in it, taking traffic; one of the same id is replaced in its place. */
function withServer(servers: readonly ServerLine[], line: ServerLine): readonly ServerLine[] {
  const isKnown = servers.some((known) => known.instanceId === line.instanceId && known.kind === line.kind);
  if (!isKnown) return [...servers.filter((known) => known.instanceId !== line.instanceId), line];
  return servers.map((known) => (known.instanceId === line.instanceId ? line : known));
}

function isSame(left: readonly ServerLine[], right: readonly ServerLine[]): boolean {
  const text = (servers: readonly ServerLine[]): string =>
    servers
      .map((line) => `${line.kind} ${line.instanceId} ${formatServer(line)} ${line.isChecked}`)
      .join("\n");
  return text(left) === text(right);
}

/** Catalogue errors and the caller's abort pass; what the system says (no space, no permission) is translated. */
async function translate<Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
  try {
    signal.throwIfAborted();
    return await task();
  } catch (error) {
    signal.throwIfAborted();
    if (isSlipwayError(error)) throw error;
    throw unavailable(error instanceof Error ? error.message : String(error), error);
  }
}

/** No answer is not the same as no traffic. */
async function orUnknown<Result>(
  signal: AbortSignal,
  read: () => Promise<Result>,
): Promise<Result | "unknown"> {
  try {
    return await read();
  } catch (error) {
    signal.throwIfAborted();
    if (isSlipwayError(error, "EdgeUnavailable")) return "unknown";
    throw error;
  }
}
