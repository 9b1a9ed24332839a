/** A whole API for a test: real server on a free port, SQLite in memory, and AWS's own client. */
import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { AppRunnerClient } from "@aws-sdk/client-apprunner";
import type { BilledImage } from "../../ports/bill-of-materials.ts";
import type { RecentRequests } from "../../ports/request-samples.ts";
import type { OutputOf } from "../../contract/index.ts";
import { appRunnerPrices } from "../../domain/usage.ts";
import type { Clock, IdSource } from "../../ports/clock.ts";
import type { ExampleApplications } from "../../ports/example-applications.ts";
import { FakeAuditTrail } from "../../ports/fake-audit-trail.ts";
import { FakeEventSending } from "../../ports/fake-event-sending.ts";
import { FakeServiceLog } from "../../ports/fake-service-log.ts";
import { FakeMetricReader } from "../../ports/fake-metric-reader.ts";
import { SimulationRefused } from "../../ports/scaling-simulation.ts";
import { SourceError } from "../../ports/source-code.ts";
import type { SourceDetector } from "../../ports/source-detector.ts";
import type { Store } from "../../ports/store.ts";
import { StoredEncryptionKeys } from "../../secrets/keys/stored-encryption-keys.ts";
import { SealedVault } from "../../secrets/sealed-vault.ts";
import { CheckedHandshake } from "../../sources/connections/checked-handshake.ts";
import { ProviderApiClient } from "../../sources/connections/provider-api-client.ts";
import { StoredSourceWatching } from "../../sources/watch/stored-source-watching.ts";
import { WatchRecords } from "../../sources/watch/watch-records.ts";
import { SignedWebhooks } from "../../sources/webhooks/signed-webhooks.ts";
import { StoreAuthorizer } from "../../identity/store-authorizer.ts";
import { SealedIssuer } from "../../identity/sealed-issuer.ts";
import { ArgonPasswords } from "../../identity/passwords/argon-passwords.ts";
import { StoredSignIn, type StoredSignInOptions } from "../../identity/sessions/stored-sign-in.ts";
import { StoreCredentials } from "../../identity/store-credentials.ts";
import { ChangeBoard } from "../../store/change-board.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { tellingStore } from "../../store/telling-store.ts";
import { buildApi, ensureDefaultAutoScalingConfiguration, ensureRootAccessKey } from "../index.ts";
import type { Api, ApiDependencies } from "../api.ts";
import { newAccessKey } from "../resources/access-key.ts";
import { FakeDomainCommands } from "./fake-domain-commands.ts";
import { FakeRepositories } from "./fake-repositories.ts";
import { FakeRuntimeCatalogue } from "./fake-runtime-catalogue.ts";
import { fakeOwnHealth } from "./fake-own-health.ts";
import { FakeVaultKeeping } from "./fake-vault-keeping.ts";
import { FakeServiceCommands } from "./fake-service-commands.ts";

export const testScope = { region: "us-east-1", account: "000000000000" };
export const serviceArnPrefix = `arn:aws:apprunner:${testScope.region}:${testScope.account}:service/`;

export const testIds: IdSource = {
  hex32: () => randomBytes(16).toString("hex"),
  hostLabel: () => `a${randomInt(1e9).toString().padStart(9, "0")}`,
};

export interface LogLine {
  readonly level: "debug" | "info" | "error";
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TestKey {
  readonly id: string;
  readonly secret: string;
}

export interface TestApi {
  readonly api: Api;
  readonly store: Store;
  /** What the store tells; a test may tell what other parts do. */
  readonly changes: ChangeBoard;
  readonly commands: FakeServiceCommands;
  readonly domains: FakeDomainCommands;
  readonly key: TestKey;
  readonly vault: SealedVault;
  readonly endpoint: string;
  /** Signs with the root key, and does not retry. */
  readonly client: AppRunnerClient;
  readonly log: readonly LogLine[];
  clientWith(credentials: TestKey): AppRunnerClient;
  /** A new access key of this principal. */
  keyOf(principalArn: string): Promise<TestKey>;
  close(): Promise<void>;
}

export async function startTestApi(overrides: Partial<ApiDependencies> = {}, port = 0): Promise<TestApi> {
  const changes = new ChangeBoard();
  const store = tellingStore(await openSqliteStore({ path: ":memory:" }), (change) => changes.tell(change));
  await ensureDefaultAutoScalingConfiguration(store, testScope, clock);
  const vault = new SealedVault(randomBytes(32));
  const key = await ensureRootAccessKey(store, { scope: testScope, clock, vault });
  const commands = new FakeServiceCommands({ store, scope: testScope, ids: testIds, clock });
  const domains = new FakeDomainCommands(store);
  const log: LogLine[] = [];
  const api = buildApi({
    ...constantDependencies,
    ...sourceDependencies(store, vault, log),
    store,
    changes,
    commands,
    domains,
    logger: loggerTo(log),
    audit: new FakeAuditTrail(),
    metricReader: new FakeMetricReader(),
    eventSending: new FakeEventSending(),
    vaultKeeping: new FakeVaultKeeping(),
    keyCiphers: new StoredEncryptionKeys({ store, vault: vault.untold() }),
    authorizer: new StoreAuthorizer({ store, scope: testScope }),
    credentials: new StoreCredentials({ store, vault, scope: testScope, clock }),
    passwords: new ArgonPasswords(),
    issuer: new SealedIssuer({ vault, clock, random: randomBytes }),
    signIn: testSignIn(store, vault),
    logs: new FakeServiceLog(),
    ...overrides,
  });
  const listening = await api.listen({ host: "127.0.0.1", port });
  const endpoint = `http://127.0.0.1:${listening.port}`;
  const clientWith: TestApi["clientWith"] = ({ id, secret }) =>
    new AppRunnerClient({
      region: testScope.region,
      endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: id, secretAccessKey: secret },
    });
  const client = clientWith(key);
  return {
    api,
    store,
    changes,
    commands,
    domains,
    key,
    vault,
    endpoint,
    client,
    log,
    clientWith,
    keyOf: async (principalArn) => {
      const { row, secret } = newAccessKey(principalArn, { vault, nowMs: clock.now() });
      await store.accessKeys.save(row);
      return { id: row.id, secret };
    },
    close: async () => {
      client.destroy();
      await api.close(0);
      await store.close();
    },
  };
}

const clock: Clock = {
  now: () => Date.now(),
  sleep: async (durationMs: number, signal: AbortSignal) => pause(durationMs, undefined, { signal }),
};

/** As the settings have it unless something else is set. */
export function testSignIn(
  store: Store,
  vault: SealedVault,
  overrides: Partial<StoredSignInOptions> = {},
): StoredSignIn {
  return new StoredSignIn({
    store,
    clock,
    scope: testScope,
    passwords: new ArgonPasswords(),
    deviceKey: vault.deriveKey("sign-in devices"),
    provider: null,
    idleMs: 30 * 60_000,
    lifetimeMs: 12 * 60 * 60_000,
    ...overrides,
  });
}

const helloExample: ExampleApplications = {
  list: () => Promise.resolve([{ name: "hello", title: "Hello", description: "Says hello." }]),
  filesOf: (name) =>
    Promise.resolve(
      name === "hello" ? [{ path: "server.js", isExecutable: false, content: "listen();\n" }] : null,
    ),
};

/** Where sources come from, and what tells of them. */
function sourceDependencies(store: Store, vault: SealedVault, log: LogLine[]) {
  const records = new WatchRecords({ store, vault });
  return {
    vault,
    repositories: new FakeRepositories(),
    examples: helloExample,
    runtimes: new FakeRuntimeCatalogue(),
    sourceDetector: undetectable,
    pokeSource: () => Promise.resolve(),
    handshake: new CheckedHandshake({
      store,
      vault,
      clock,
      api: new ProviderApiClient({ ownPorts: [], allowPlainHttp: true }),
    }),
    sourceWatching: new StoredSourceWatching({ store, records }),
    webhooks: new SignedWebhooks({
      store,
      records,
      clock,
      registry: { locate: (image) => ({ image }) },
      wake: () => undefined,
      onError: (error) => log.push({ level: "error", fields: { err: error } }),
    }),
  };
}

function loggerTo(log: LogLine[]): ApiDependencies["logger"] {
  return {
    info: (fields) => log.push({ level: "info", fields: { ...fields } }),
    error: (fields) => log.push({ level: "error", fields: { ...fields } }),
    debug: (fields) => log.push({ level: "debug", fields: { ...fields } }),
    isLevelEnabled: () => true,
  };
}

const testInfo: OutputOf<"GetInfo"> = {
  Version: "0.1.0",
  Region: testScope.region,
  AccountId: testScope.account,
  ApiEndpoint: "http://127.0.0.1:7070",
  EdgeHttpAddress: "127.0.0.1:8080",
  ServiceScheme: "http",
  EdgeHttpsAddress: "127.0.0.1:8443",
  IngressHttpAddress: "127.0.0.1:7080",
  IngressHttpsAddress: "127.0.0.1:7443",
  BaseDomain: "slipway.localhost",
  InternalPort: 7081,
  SignatureKeys: ["release"],
  StateDirectory: "/var/lib/slipway",
  CredentialsFile: "/var/lib/slipway/credentials",
};

const unreachable = () => Promise.reject(new SourceError("unreachable", "Nothing can be reached here."));
const undetectable: SourceDetector = {
  detect: unreachable,
  defaultBranch: unreachable,
  branches: unreachable,
};

const noRequests: RecentRequests = {
  sinceMs: 0,
  isEstimated: false,
  count: 0,
  failedCount: 0,
  limitedCount: 0,
  cuts: {},
  slowest: [],
  failed: [],
};

/** The same for every test. */
const constantDependencies = {
  ...fakeOwnHealth,
  clock,
  ids: testIds,
  scope: testScope,
  requestSamples: { recent: () => noRequests },
  bills: { of: ({ name }: BilledImage) => Promise.resolve(JSON.stringify({ of: name })) },
  scaling: { decisions: () => [] },
  simulation: { run: () => Promise.reject(new SimulationRefused("Nothing is simulated here.")) },
  images: {
    inspect: () => Promise.resolve({ place: "nowhere", problem: "There are no images here." } as const),
    tagsOf: () => Promise.resolve({ tags: [], problem: null }),
    ofMachine: () => Promise.resolve([]),
  },
  probeInstance: () => Promise.resolve({ isHealthy: true } as const),
  usagePrices: appRunnerPrices,
  publicApiUrl: "https://slipway.example.com",
  serviceUrl: (host: string) => `${host}:8080`,
  serviceScheme: () => "http" as const,
  networks: { applyEgress: () => Promise.resolve(), ingressChanged: () => undefined },
  info: () => testInfo,
  runDoctor: () => Promise.resolve([{ name: "disk", status: "ok" as const, detail: "plenty" }]),
};
