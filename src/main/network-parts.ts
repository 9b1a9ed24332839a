/** Who may reach whom: what the API changes, carried to firewall and edge; where the edge listens for it. */
import type { Logger } from "pino";
import type { HaproxyEdge, HaproxyEdgeOptions } from "../edge/haproxy-edge.ts";
import type { DockerEngine } from "../engine/docker-engine.ts";
import { readDockerNetworks } from "../operations/egress-policies.ts";
import { type InternalChange, InternalNames } from "../operations/internal-names.ts";
import type { NetworkCommands } from "../ports/network-commands.ts";
import type { StateChange, StateChanges } from "../ports/state-changes.ts";
import type { Store } from "../ports/store.ts";
import { type DoctorCheck, warning } from "./doctor-check.ts";
import type { Settings } from "./settings.ts";

type Listeners = Awaited<ReturnType<NonNullable<HaproxyEdgeOptions["inside"]>>>;

interface NetworkRequest {
  readonly settings: Pick<Settings, "ingressHost" | "ingressPort" | "ingressHttpsPort" | "internalPort">;
  readonly store: Store;
  /** What changes in the store. */
  readonly changes: StateChanges;
  readonly engine: Pick<
    DockerEngine,
    "applyEgress" | "bridgeAddress" | "expectInternal" | "openInternal" | "missingNetworks"
  >;
  /** It asks for its listeners, so it comes later. */
  readonly edge: () => Pick<HaproxyEdge, "setInternal" | "internalListeners">;
  readonly logger: Pick<Logger, "warn">;
  readonly end: AbortSignal;
}

/** The host's address on the instances' bridge, as it was known last: the edge may start before the engine. */
const BRIDGE_ADDRESS = "bridge-address";
/** The internal listener that instances are let through to, as `address:port`; empty: to none. */
const OPEN_LISTENER = "open-internal-listener";

export class NetworkParts implements NetworkCommands {
  readonly #request: NetworkRequest;
  #open: string | null = null;
  readonly #names: InternalNames;
  #changed = nothingChanged();
  #refreshing: Promise<void> | null = null;
  /** All has to be read: nothing was yet, or it is not known what the edge has. */
  #isStale = true;
  #told = "";

  constructor(request: NetworkRequest) {
    this.#request = request;
    this.#names = new InternalNames(request.store);
    request.changes.follow((change) => this.#follow(change));
  }

  /** Where the edge is to listen beside its public ports. */
  async listeners(): Promise<Listeners> {
    const { settings, store } = this.#request;
    const { ingressHost: address, ingressPort, ingressHttpsPort, internalPort: port } = settings;
    const bridge = await store.settings.get(BRIDGE_ADDRESS);
    return [
      ...(bridge === null ? [] : [{ name: "bridge" as const, address: bridge, port }]),
      { name: "ingress", address, port: ingressPort },
      { name: "ingress_tls", address, port: ingressHttpsPort },
    ];
  }

  /** An engine that begins must not close what instances use while the control plane starts. */
  async beforeEngine(): Promise<void> {
    if (this.#open !== null) return;
    const [address = "", port = ""] = ((await this.#request.store.settings.get(OPEN_LISTENER)) ?? "").split(
      ":",
    );
    if (address !== "") this.#request.engine.expectInternal({ address, port: Number(port) });
  }

  /** True when the edge has to listen elsewhere from now on. */
  async afterEngine(signal: AbortSignal): Promise<boolean> {
    const { engine, store } = this.#request;
    const address = await engine.bridgeAddress(signal);
    if ((await store.settings.get(BRIDGE_ADDRESS)) === address) return false;
    await store.settings.put(BRIDGE_ADDRESS, address);
    return true;
  }

  /** Instances are let through to a listener that is there, and to none that another program may have. */
  async afterEdge(signal: AbortSignal): Promise<void> {
    const { engine, edge, logger, store } = this.#request;
    const all = edge().internalListeners();
    this.#tell(
      all.flatMap(({ name, problem }) => (problem === null ? [] : [`${name}: ${problem}`])).join("; "),
    );
    const listener = all.find(({ name, problem }) => name === "bridge" && problem === null) ?? null;
    const open = listener === null ? "" : `${listener.address}:${listener.port}`;
    try {
      if (open !== this.#open) {
        await engine.openInternal(listener, signal);
        await store.settings.put(OPEN_LISTENER, open);
      }
      this.#open = open;
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error }, "instances cannot reach the internal listener yet");
    }
    if (this.#isStale) this.#refresh();
    await this.#refreshing;
  }

  async applyEgress(): Promise<void> {
    await this.#request.engine.applyEgress(this.#request.end);
  }

  ingressChanged(): void {
    this.#changed.isIngress = true;
    this.#refreshChanged();
  }

  async findings(signal: AbortSignal): Promise<readonly DoctorCheck[]> {
    const { edge, engine, store } = this.#request;
    const names = await readDockerNetworks(store);
    const missing = await engine.missingNetworks(names, signal).catch(() => []);
    const problems = edge()
      .internalListeners()
      .filter(({ problem }) => problem !== null);
    return [
      ...problems.map(({ name, problem }) =>
        warning(`internal listener (${name})`, problem ?? "", "See docs/networks.md for its settings."),
      ),
      ...missing.map((network) =>
        warning(
          `network ${network}`,
          "a subnet stands for this Docker network, which is not there: instances of its VPC connectors do not start",
          `docker network create ${network}, or slipway network update`,
        ),
      ),
    ];
  }

  #follow(change: StateChange): void {
    if (change.kind === "service") this.#changed.services.add(change.serviceId);
    else if (change.kind === "domain") this.#changed.domains.add(change.serviceId);
    else return;
    this.#refreshChanged();
  }

  /** Where all has to be read, the edge's next look does it: it may be that the edge is not there. */
  #refreshChanged(): void {
    if (!this.#isStale) this.#refresh();
  }

  /** Changes that come while it is under way are seen by one more round. */
  #refresh(): void {
    this.#refreshing ??= this.#rounds();
  }

  async #rounds(): Promise<void> {
    const { end, logger } = this.#request;
    try {
      do await this.#round();
      while (hasChanged(this.#changed));
    } catch (error) {
      this.#isStale = true;
      if (!end.aborted) logger.warn({ err: error }, "internal names are not at the edge yet");
    } finally {
      // At once: a change that is told after the last look at them begins the next.
      this.#refreshing = null;
    }
  }

  async #round(): Promise<void> {
    const { edge, end } = this.#request;
    const changed = this.#changed;
    // What is told from here on is read once more: it may have come after our reading.
    this.#changed = nothingChanged();
    if (this.#isStale) await this.#names.readAll();
    else if (!(await this.#names.readAgain(changed))) return;
    await edge().setInternal(this.#names.wish(), end);
    this.#isStale = false;
  }

  #tell(problem: string): void {
    if (problem !== this.#told && problem !== "") {
      this.#request.logger.warn({ problem }, "an internal listener of the edge is missing");
    }
    this.#told = problem;
  }
}

type Changed = { -readonly [Key in keyof InternalChange]: Key extends "isIngress" ? boolean : Set<string> };

function nothingChanged(): Changed {
  return { services: new Set(), domains: new Set(), isIngress: false };
}

function hasChanged({ services, domains, isIngress }: InternalChange): boolean {
  return services.size > 0 || domains.size > 0 || isIngress;
}
