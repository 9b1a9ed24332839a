/** A watcher over the real store, with Git hosts, registries and time in the hands of the test. */
import { randomBytes } from "node:crypto";
import type { CodeSource, Commit } from "../../../domain/code-source.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { defaultHealthCheck } from "../../../domain/health-check.ts";
import type { Operation, OperationStatus, OperationTrigger } from "../../../domain/operation.ts";
import type { Release } from "../../../domain/release.ts";
import type { ImageSource, Service, ServiceConfiguration, ServiceStatus } from "../../../domain/service.ts";
import type { SourceWatch } from "../../../domain/source-watch.ts";
import { FakeClock } from "../../../operations/testing/fake-clock.ts";
import { FakeContainerEngine } from "../../../ports/fake-container-engine.ts";
import { FakeSourceCode } from "../../../ports/fake-source-code.ts";
import type { Checkout, CheckoutRequest } from "../../../ports/source-code.ts";
import type { Store } from "../../../ports/store.ts";
import { SealedVault } from "../../../secrets/sealed-vault.ts";
import { openSqliteStore } from "../../../store/sqlite-store.ts";
import { SourceWatcher } from "../source-watcher.ts";
import { WatchRecords } from "../watch-records.ts";

export const REPOSITORY = "https://git.example.com/team/web.git";

/** Branches that go back, and directories that do not change with every commit. */
class ScriptedSourceCode extends FakeSourceCode {
  /** What the branch points at, when that is not the last push. */
  headId: string | null = null;
  /** Commit → object name of the source directory's tree. */
  readonly trees = new Map<string, string>();

  override async head(
    location: Parameters<FakeSourceCode["head"]>[0],
  ): Promise<{ readonly commitId: string }> {
    const head = await super.head(location);
    return this.headId === null ? head : { commitId: this.headId };
  }

  override async checkout(request: CheckoutRequest): Promise<Checkout> {
    const checkout = await super.checkout(request);
    return { ...checkout, sourceTreeId: this.trees.get(checkout.commit.id) ?? checkout.sourceTreeId };
  }
}

export class WatchWorld {
  readonly clock = new FakeClock();
  readonly sourceCode = new ScriptedSourceCode();
  readonly engine = new FakeContainerEngine();
  readonly events: string[] = [];
  readonly errors: unknown[] = [];
  readonly vault = new SealedVault(randomBytes(32));
  readonly looked: string[] = [];
  /** The next deployments are refused although the service runs: another command was a moment faster. */
  busyCommands = 0;
  #watcher: SourceWatcher | null = null;
  #life = new AbortController();
  #ended: Promise<void> = Promise.resolve();
  #ids = 0;

  readonly store: Store;
  readonly records: WatchRecords;

  private constructor(store: Store) {
    this.store = store;
    this.records = new WatchRecords({ store, vault: this.vault });
  }

  static async open(): Promise<WatchWorld> {
    return new WatchWorld(await openSqliteStore({ path: ":memory:" }));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.store.close();
  }

  get watcher(): SourceWatcher {
    if (this.#watcher === null) throw new Error("not started");
    return this.#watcher;
  }

  /** Starts the watcher, or one that knows nothing after a crash of the last. */
  async start(): Promise<void> {
    await this.stop();
    this.#life = new AbortController();
    this.#watcher = new SourceWatcher({
      store: this.store,
      records: this.records,
      sourceCode: this.sourceCode,
      engine: this.engine,
      registry: { locate: (image) => ({ image }) },
      commands: { startDeployment: (id, trigger) => this.#deploy(id, trigger) },
      log: { write: async (_owner, _stream, { text }) => void this.events.push(text) },
      clock: this.clock,
      statuses: { look: ({ id }) => void this.looked.push(id) },
      onError: (error) => this.errors.push(error),
    });
    this.#ended = this.#watcher.start(this.#life.signal);
    await this.settle();
  }

  async stop(): Promise<void> {
    this.#life.abort();
    await this.#ended;
    this.clock.forgetSleepers();
  }

  async settle(): Promise<void> {
    // The store answers within a few turns, and a look asks it a few times.
    for (let turn = 0; turn < 60; turn++) await new Promise((resolve) => void setImmediate(resolve));
  }

  async advance(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, () => this.settle());
  }

  async aCodeService(change: Partial<CodeSource> = {}): Promise<Service> {
    const source: CodeSource = {
      kind: "code",
      repositoryUrl: REPOSITORY,
      branch: "main",
      sourceDirectory: "/",
      configurationSource: "REPOSITORY",
      values: null,
      ...change,
    };
    return this.aService({ source });
  }

  async anImageService(imageIdentifier: string): Promise<Service> {
    const source: ImageSource = {
      kind: "image",
      imageIdentifier,
      repositoryType: "ECR",
      port: "8080",
      startCommand: null,
      environment: {},
      environmentSecrets: {},
    };
    return this.aService({ source });
  }

  /** RUNNING, with automatic deployments, and nothing deployed. */
  async aService(configuration: Partial<ServiceConfiguration>): Promise<Service> {
    const id = this.#id();
    const service: Service = {
      id,
      arn: `arn:aws:apprunner:us-east-1:000000000000:service/web/${id}`,
      name: `web-${id.slice(-4)}`,
      host: `${id.slice(-10)}.us-east-1.slipway.localhost`,
      status: "RUNNING",
      configuration: {
        source: { kind: "code" } as CodeSource,
        autoDeploymentsEnabled: true,
        instance: { cpu: "1024", memory: "2048" },
        healthCheck: defaultHealthCheck,
        autoScalingConfigurationArn: "scaling",
        network: { egressType: "DEFAULT", isPubliclyAccessible: true, ipAddressType: "IPV4" },
        ...configuration,
      },
      slots: null,
      encryptionKeyArn: null,
      activeReleaseNumber: null,
      createdAtMs: this.clock.now(),
      updatedAtMs: this.clock.now(),
      deletedAtMs: null,
    };
    await this.store.services.save(service);
    return service;
  }

  /** What an operation leaves: its record, a release when it got so far, and the release in traffic on success. */
  async operated(
    serviceId: string,
    { status = "SUCCEEDED", built, image, ...change }: OperatedOptions = {},
  ): Promise<Operation> {
    const number = await this.store.releases.nextNumber(serviceId);
    const hasRelease = built !== undefined || image !== undefined;
    const operation = this.#operation(await this.service(serviceId), {
      status,
      endedAtMs: this.clock.now(),
      releaseNumber: hasRelease ? number : null,
      ...(built !== undefined && change.fromReleaseNumber === undefined && { checkout: built }),
      ...change,
    });
    await this.store.operations.save(operation);
    if (hasRelease) await this.store.releases.save(aRelease(operation, number, { built, image }));
    const service = await this.service(serviceId);
    const isActive = hasRelease && status === "SUCCEEDED";
    await this.store.services.save({ ...service, ...(isActive && { activeReleaseNumber: number }) });
    return operation;
  }

  async setStatus(serviceId: string, status: ServiceStatus): Promise<void> {
    const updatedAtMs = this.clock.now();
    await this.store.services.save({ ...(await this.service(serviceId)), status, updatedAtMs });
  }

  /** Ends the operation that runs, as one that deployed this. */
  async finish(serviceId: string, status: OperationStatus, commit?: Commit): Promise<void> {
    const [open] = await this.store.operations.listOpen(serviceId);
    if (open === undefined) throw new Error("no operation runs");
    const number = await this.store.releases.nextNumber(serviceId);
    const built = commit === undefined ? undefined : { commit, sourceTreeId: `tree of ${commit.id}` };
    const ended: Operation = {
      ...open,
      status,
      phase: "done",
      endedAtMs: this.clock.now(),
      releaseNumber: built === undefined ? null : number,
      ...(built !== undefined && { checkout: built }),
    };
    await this.store.operations.save(ended);
    if (built !== undefined) await this.store.releases.save(aRelease(ended, number, { built }));
    const isActive = built !== undefined && status === "SUCCEEDED";
    const service = await this.service(serviceId);
    await this.store.services.save({ ...service, ...(isActive && { activeReleaseNumber: number }) });
    await this.setStatus(serviceId, "RUNNING");
  }

  async service(id: string): Promise<Service> {
    const service = await this.store.services.get(id);
    if (service === null) throw new Error("no such service");
    return service;
  }

  async watch(serviceId: string): Promise<SourceWatch> {
    const watch = await this.store.sourceWatches.get(serviceId);
    if (watch === null) throw new Error("no record");
    return watch;
  }

  /** Versions whose deployments were begun by the watcher, oldest first, as `by version`. */
  async deployments(serviceId: string): Promise<readonly string[]> {
    const { rows } = await this.store.operations.list(serviceId, { after: null, limit: 50 });
    return rows
      .flatMap(({ trigger }) =>
        trigger === undefined || trigger.by === "rotation" ? [] : [`${trigger.by} ${trigger.version}`],
      )
      .toReversed();
  }

  get headsAsked(): number {
    return this.sourceCode.calls.filter((call) => call.startsWith("head")).length;
  }

  async #deploy(serviceId: string, trigger: OperationTrigger | undefined) {
    const service = await this.service(serviceId);
    if (service.status !== "RUNNING" || this.busyCommands-- > 0)
      throw new SlipwayError("ServiceNotDeployable");
    const operation = this.#operation(service, {
      status: "IN_PROGRESS",
      ...(trigger !== undefined && { trigger }),
    });
    await this.store.operations.save(operation);
    await this.setStatus(serviceId, "OPERATION_IN_PROGRESS");
    return { service, operationId: operation.id };
  }

  #operation(service: Service, change: Partial<Operation>): Operation {
    const nowMs = this.clock.now();
    return {
      id: this.#id(),
      serviceId: service.id,
      serviceArn: service.arn,
      type: "START_DEPLOYMENT",
      status: "SUCCEEDED",
      phase: "done",
      configuration: service.configuration,
      previousConfiguration: null,
      releaseNumber: null,
      cause: null,
      createdAtMs: nowMs + this.#ids,
      phaseStartedAtMs: nowMs,
      updatedAtMs: nowMs,
      endedAtMs: null,
      ...change,
    };
  }

  #id(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(32, "0");
  }
}

interface Deployed {
  readonly built?: { readonly commit: Commit; readonly sourceTreeId: string } | undefined;
  readonly image?: { readonly imageId: string; readonly digest: string | null } | undefined;
}

type OperatedOptions = Deployed &
  Partial<
    Pick<
      Operation,
      "status" | "type" | "trigger" | "fromReleaseNumber" | "previousConfiguration" | "cause" | "endedAtMs"
    >
  >;

function aRelease(
  { id, serviceId, configuration }: Operation,
  number: number,
  { built, image }: Deployed,
): Release {
  const run = { port: "8080", command: null, environment: {}, environmentSecrets: {} };
  return {
    serviceId,
    number,
    operationId: id,
    imageId: image?.imageId ?? `sha256:${number}`,
    imageDigest: image?.digest ?? null,
    configuration,
    scale: { minSize: 1, maxSize: 1, maxConcurrency: 100 },
    ...(built !== undefined && { built: { ...built, run } }),
    createdAtMs: 0,
  };
}
