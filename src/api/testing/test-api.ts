/** A whole API for a test: real server on a free port, SQLite in memory, and AWS's own client. */
import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { AppRunnerClient } from "@aws-sdk/client-apprunner";
import type { RecentRequests } from "../../ports/request-samples.ts";
import type { OutputOf } from "../../contract/index.ts";
import { appRunnerPrices } from "../../domain/usage.ts";
import type { Clock, IdSource } from "../../ports/clock.ts";
import { FakeAuditTrail } from "../../ports/fake-audit-trail.ts";
import { FakeEventSending } from "../../ports/fake-event-sending.ts";
import { FakeServiceLog } from "../../ports/fake-service-log.ts";
import { FakeMetricReader } from "../../ports/fake-metric-reader.ts";
import { SourceError } from "../../ports/source-code.ts";
import type { SourceDetector } from "../../ports/source-detector.ts";
import type { AccessKey, Store } from "../../ports/store.ts";
import { SealedVault } from "../../secrets/sealed-vault.ts";
import { CheckedHandshake } from "../../sources/connections/checked-handshake.ts";
import { ProviderApiClient } from "../../sources/connections/provider-api-client.ts";
import { StoredSourceWatching } from "../../sources/watch/stored-source-watching.ts";
import { WatchRecords } from "../../sources/watch/watch-records.ts";
import { SignedWebhooks } from "../../sources/webhooks/signed-webhooks.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { buildApi, ensureDefaultAutoScalingConfiguration, ensureRootAccessKey } from "../index.ts";
import type { Api, ApiDependencies } from "../api.ts";
import { FakeDomainCommands } from "./fake-domain-commands.ts";
import { FakeRepositories } from "./fake-repositories.ts";
import { FakeRuntimeCatalogue } from "./fake-runtime-catalogue.ts";
import { fakeOwnHealth } from "./fake-own-health.ts";
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

export interface TestApi {
  readonly api: Api;
  readonly store: Store;
  readonly commands: FakeServiceCommands;
  readonly domains: FakeDomainCommands;
  readonly key: AccessKey;
  readonly endpoint: string;
  /** Signs with the root key, and does not retry. */
  readonly client: AppRunnerClient;
  readonly log: readonly LogLine[];
  clientWith(credentials: { readonly id: string; readonly secret: string }): AppRunnerClient;
  close(): Promise<void>;
}

export async function startTestApi(overrides: Partial<ApiDependencies> = {}, port = 0): Promise<TestApi> {
  const store = await openSqliteStore({ path: ":memory:" });
  await ensureDefaultAutoScalingConfiguration(store, testScope, clock);
  const key = await ensureRootAccessKey(store, { scope: testScope, clock });
  if (key === null) throw new Error("no key was made");
  const commands = new FakeServiceCommands({ store, scope: testScope, ids: testIds, clock });
  const domains = new FakeDomainCommands(store);
  const log: LogLine[] = [];
  const api = buildApi({
    ...constantDependencies,
    ...sourceDependencies(store, log),
    store,
    commands,
    domains,
    logger: loggerTo(log),
    audit: new FakeAuditTrail(),
    metricReader: new FakeMetricReader(),
    eventSending: new FakeEventSending(),
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
    commands,
    domains,
    key,
    endpoint,
    client,
    log,
    clientWith,
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

/** Where sources come from, and what tells of them. */
function sourceDependencies(store: Store, log: LogLine[]) {
  const vault = new SealedVault(randomBytes(32));
  const records = new WatchRecords({ store, vault });
  return {
    vault,
    repositories: new FakeRepositories(),
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
  BaseDomain: "slipway.localhost",
  StateDirectory: "/var/lib/slipway",
  CredentialsFile: "/var/lib/slipway/credentials",
};

const unreachable = () => Promise.reject(new SourceError("unreachable", "Nothing can be reached here."));
const undetectable: SourceDetector = { detect: unreachable, defaultBranch: unreachable };

const noRequests: RecentRequests = {
  sinceMs: 0,
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
  scaling: { decisions: () => [] },
  usagePrices: appRunnerPrices,
  publicApiUrl: "https://slipway.example.com",
  serviceUrl: (host: string) => `${host}:8080`,
  serviceScheme: () => "http" as const,
  info: () => testInfo,
  runDoctor: () => Promise.resolve([{ name: "disk", status: "ok" as const, detail: "plenty" }]),
};
