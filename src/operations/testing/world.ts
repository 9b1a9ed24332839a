/**
 * A whole small world for tests: store, engine and edge that outlive the control plane, and a control plane that can be
 * killed at any moment. The invariants of design.md, section 4, are asserted at every act.
 */
import type { CodeSource } from "../../domain/code-source.ts";
import { defaultHealthCheck } from "../../domain/health-check.ts";
import type { Instance } from "../../domain/instance.ts";
import type { Operation } from "../../domain/operation.ts";
import type { SecretReferences } from "../../domain/secret.ts";
import type { ImageSource, Service, ServiceConfiguration } from "../../domain/service.ts";
import type { BuildRequest, BuiltImage } from "../../ports/builder.ts";
import { FakeBuilder } from "../../ports/fake-builder.ts";
import { openGate, type ReleaseGate } from "../../ports/release-gate.ts";
import { FakeContainerEngine } from "../../ports/fake-container-engine.ts";
import { FakeEdge } from "../../ports/fake-edge.ts";
import { FakeSecretAccess } from "../../ports/fake-secret-access.ts";
import { FakeSecretValues } from "../../ports/fake-secret-values.ts";
import { FakeServiceLog } from "../../ports/fake-service-log.ts";
import { FakeSourceCode } from "../../ports/fake-source-code.ts";
import type { IdSource } from "../../ports/clock.ts";
import { type Scaling, fixedScaling } from "../../ports/scaling.ts";
import type { Store } from "../../ports/store.ts";
import { OperationsEngine, type JournalHook } from "../index.ts";
import type { Deadlines } from "../deadlines.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryStore } from "./memory-store.ts";
import { Life } from "./life.ts";
import { Watchman } from "./watchman.ts";

export const IMAGE = "web:1";

export class World {
  readonly clock = new FakeClock();
  readonly store: Store;
  /** What images must pass. */
  releaseGate: ReleaseGate = openGate;
  readonly containers = new FakeContainerEngine({ now: () => this.clock.now() });
  readonly edge = new FakeEdge();
  readonly sourceCode = new FakeSourceCode();
  readonly builder = new FakeBuilder(
    (request) => this.#build(request),
    ({ source }) => source.values ?? { environmentSecrets: this.environmentSecretsOfFile },
  );
  readonly secrets = new FakeSecretValues();
  readonly secretAccess = new FakeSecretAccess();
  readonly log = new FakeServiceLog({ clock: this.clock });
  readonly errors: unknown[] = [];
  /** Address → who calls others from it. */
  readonly callers = new Map<string, string | null>();
  readonly watchman: Watchman;
  #idCount = 0;
  #life = new Life();
  #operations: OperationsEngine | null = null;
  readonly #ids: IdSource = {
    hex32: () => (++this.#idCount).toString(16).padStart(32, "0"),
    hostLabel: () => `host${++this.#idCount}`,
  };
  /** What builds find in `apprunner.yaml`. */
  environmentSecretsOfFile: SecretReferences = {};
  onJournal: JournalHook | undefined;
  /** Keeps every service at its size unless a test says otherwise. */
  scaling: Scaling = fixedScaling;
  deadlines: Partial<Deadlines> = {};
  coreCount = 1;
  assertPullable = (_repository: string, _accessRoleArn: string): Promise<void> => Promise.resolve();
  otlpEndpoint: string | undefined;

  constructor(store: Store = new MemoryStore()) {
    this.store = store;
    this.containers.addLocalImage(IMAGE);
    this.watchman = new Watchman(this);
  }

  get operations(): OperationsEngine {
    if (this.#operations === null) throw new Error("the control plane does not run");
    return this.#operations;
  }

  get commands(): OperationsEngine["commands"] {
    return this.operations.commands;
  }

  /** A new control plane over the same world. */
  async boot(): Promise<void> {
    const life = new Life();
    this.#life = life;
    this.#operations = new OperationsEngine({
      store: life.bind(this.store),
      engine: life.bind(this.watchman.overEngine(this.containers)),
      edge: life.bind(this.watchman.overEdge(this.edge)),
      edgeInternal: { setCaller: async (address, serviceId) => void this.callers.set(address, serviceId) },
      log: life.bind(this.log),
      registry: { locate: (image) => ({ image }) },
      imageAccess: { assertPullable: (image, role) => this.assertPullable(image.repository, role) },
      sourceCode: life.bind(this.sourceCode),
      releaseGate: this.releaseGate,
      builder: life.bind(this.builder),
      secretValues: life.bind(this.secrets),
      secretAccess: life.bind(this.secretAccess),
      roleVariables: (instanceId) => ({ AWS_CONTAINER_AUTHORIZATION_TOKEN: `token of ${instanceId}` }),
      scaling: {
        track: (id, service) => this.scaling.track(id, service),
        forget: (id) => this.scaling.forget(id),
      },
      clock: life.bind(this.clock),
      ids: this.#ids,
      options: {
        scope: { region: "us-east-1", account: "000000000000" },
        baseDomain: "slipway.localhost",
        serviceQuota: 30,
        deadlines: this.deadlines,
        coreCount: this.coreCount,
        ...(this.otlpEndpoint !== undefined && { otlpEndpoint: this.otlpEndpoint }),
      },
      onError: (error) => this.errors.push(error),
      onJournal: async (entry) => {
        await this.onJournal?.(entry);
        await life.pulse();
      },
    });
    const started = this.#operations.start(new AbortController().signal).catch((error: unknown) => {
      this.errors.push(error);
    });
    await Promise.race([started, life.death]);
    await this.settle();
  }

  /** Nothing of the control plane moves any more, from this moment on. */
  kill(): void {
    this.#life.end();
    this.clock.forgetSleepers();
  }

  get isDead(): boolean {
    return this.#life.isOver;
  }

  async reboot(): Promise<void> {
    this.kill();
    await this.boot();
  }

  /** Lets all that can happen without time passing happen. */
  async settle(): Promise<void> {
    // Work hops over a few macrotasks at most (none of the fakes waits for anything real).
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => void setImmediate(resolve));
  }

  async advance(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs, () => this.settle());
  }

  async service(id: string): Promise<Service> {
    const service = await this.store.services.get(id);
    if (service === null) throw new Error("no such service");
    return service;
  }

  async operation(serviceId: string, id: string | null): Promise<Operation> {
    const operation = await this.store.operations.get(serviceId, id ?? "");
    if (operation === null) throw new Error("no such operation");
    return operation;
  }

  async instances(serviceId: string): Promise<readonly Instance[]> {
    return this.store.instances.listLive(serviceId);
  }

  /** An image of its own for each build. */
  #build({ operationId, source }: BuildRequest): BuiltImage {
    const { imageId } = this.containers.addLocalImage(`built:${operationId}`);
    const { environmentSecretsOfFile } = this;
    const ofFile = { port: "8080", environment: {}, environmentSecrets: environmentSecretsOfFile };
    const { port, environment, environmentSecrets } = source.values ?? ofFile;
    return { imageId, run: { port, command: null, environment, environmentSecrets } };
  }

  events(serviceId: string): readonly string[] {
    return this.log.texts({ serviceId }, { kind: "events" });
  }

  details(serviceId: string, operationId: string): readonly string[] {
    return this.log.texts({ serviceId }, { kind: "operation", operationId });
  }
}

export const REPOSITORY = "https://git.example/shop/web.git";

export function aCodeConfiguration(change: Partial<CodeSource> = {}): ServiceConfiguration {
  const source: CodeSource = {
    kind: "code",
    repositoryUrl: REPOSITORY,
    branch: "main",
    sourceDirectory: "/",
    configurationSource: "REPOSITORY",
    values: null,
    ...change,
  };
  return { ...aConfiguration(), source };
}

export function aConfiguration(change: Partial<ImageSource> = {}): ServiceConfiguration {
  return {
    source: {
      kind: "image",
      imageIdentifier: IMAGE,
      repositoryType: "ECR_PUBLIC",
      port: "8080",
      startCommand: null,
      environment: {},
      environmentSecrets: {},
      ...change,
    },
    autoDeploymentsEnabled: false,
    instance: { cpu: "256", memory: "512" },
    healthCheck: defaultHealthCheck,
    autoScalingConfigurationArn: "arn:default",
    network: { egressType: "DEFAULT", isPubliclyAccessible: true, ipAddressType: "IPV4" },
  };
}
