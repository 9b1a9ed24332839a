/** The API as the control plane has it: what it asks of the parts, and what it tells of the installation. */
import { type Api, buildApi } from "../api/index.ts";
import type { OutputOf } from "../contract/index.ts";
import { EngineImageInspector } from "./image-inspector.ts";
import { registryNetwork } from "./registry-network.ts";
import { registryTable } from "./registry-table.ts";
import { SimulationThreads } from "./simulation-threads.ts";
import { consoleDirectory } from "./console-directory.ts";
import type { DomainKeeper } from "../domains/domain-keeper.ts";
import type { KeptDoor } from "./door-parts.ts";
import type { ControlPlane, Parts } from "./build-parts.ts";
import { checkCertificates } from "./doctor-certificates.ts";
import { findingsOf } from "./doctor-check.ts";
import { tracedServices } from "./doctor-traces.ts";
import { doctorChecks } from "./doctor.ts";
import { readInFlight } from "./edge-questions.ts";
import { ExampleFiles, examplesDirectory } from "./example-files.ts";
import { observedCommands } from "./observed-commands.ts";
import type { OwnParts } from "./own-parts.ts";
import { LocalRuntimeCatalogue } from "./runtime-catalogue.ts";
import type { ServiceAddress } from "./service-address.ts";
import { apiEndpoint, publicApiUrl, type Settings } from "./settings.ts";
import type { SignInParts } from "./sign-in-parts.ts";
import { RepositorySourceDetector } from "./source-detector.ts";
import { CREDENTIALS_FILE, statePath } from "./state-directory.ts";
import { randomIds, systemClock } from "./system-clock.ts";
import { usagePricesOf } from "./usage-parts.ts";
import { VERSION } from "./version.ts";
import type { WatchParts } from "./watch-parts.ts";

interface ApiParts {
  readonly domains: DomainKeeper;
  readonly watching: WatchParts;
  readonly own: OwnParts;
  readonly signing: SignInParts;
  readonly info: ReturnType<typeof describe>;
  readonly address: ServiceAddress;
  /** What is not ready, and why. */
  readonly missing: ReadonlyMap<string, string>;
  readonly areServicesBack: () => boolean;
  readonly door: Pick<KeptDoor, "finding">;
}

export function buildControlPlaneApi(
  { settings, store, changes, logger, end }: ControlPlane,
  {
    edge,
    engine,
    networks,
    log,
    operations,
    autoscaler,
    metrics,
    sources,
    identity,
    events,
    requestSamples,
    bills,
    keptVault,
    keys,
  }: Parts,
  { watching, domains, own, signing, info, address, missing, areServicesBack, door }: ApiParts,
): Api {
  const runtimes = new LocalRuntimeCatalogue(sources.bases, end);
  return buildApi({
    store,
    changes,
    commands: observedCommands(operations.commands, (serviceId) => domains.reconsider(serviceId)),
    domains,
    networks,
    requestSamples,
    bills,
    consoleDirectory: consoleDirectory(),
    metrics: metrics.route,
    metricReader: metrics.reader,
    eventSending: events.dispatcher,
    logs: log,
    repositories: sources.hosted,
    examples: new ExampleFiles(examplesDirectory()),
    sourceDetector: new RepositorySourceDetector(sources.sourceCode, randomIds, runtimes),
    runtimes,
    pokeSource: (serviceId) => watching.watcher.poke(serviceId, "push"),
    scaling: autoscaler,
    simulation: new SimulationThreads(),
    images: new EngineImageInspector(engine, registryTable(settings), registryNetwork(settings)),
    probeInstance: (target, signal) => edge.probe(target, signal),
    handshake: watching.handshake,
    sourceWatching: watching.sourceWatching,
    webhooks: watching.webhooks,
    secretsChanged: () => watching.rotation.wake(),
    vault: sources.vault,
    vaultKeeping: keptVault,
    keyCiphers: keys.keys,
    ...identity,
    ...own,
    ...signing,
    proxies: settings.apiProxies,
    publicApiUrl: publicApiUrl(settings),
    scope: settings,
    usagePrices: usagePricesOf(settings),
    clock: systemClock,
    ids: randomIds,
    quotas: { services: settings.serviceQuota, repositories: settings.repositoryQuota },
    serviceUrl: (host) => address.of(host),
    serviceScheme: () => address.scheme(),
    info: () => ({ ...info, ServiceScheme: address.scheme() }),
    runDoctor: (names) =>
      findingsOf(
        doctorChecks(settings, null, () => tracedServices(store)),
        [
          () => checkCertificates(store, systemClock.now()),
          () => Promise.resolve([door.finding()]),
          () => networks.findings(end),
        ],
        names,
      ),
    waitingFor: () => describeMissing(missing, settings),
    areServicesBack,
    passwordProblem: (service) => operations.passwordProblem(service),
    instancesInFlight: (serviceId) => readInFlight(serviceId, store, edge, end),
    logger,
  });
}

/** Everybody may ask for the health, so the details (paths, programs) are only for this machine. */
function describeMissing(missing: ReadonlyMap<string, string>, { apiHost }: Settings): string | null {
  const [name, problem] = [...missing].at(-1) ?? [];
  if (name === undefined) return null;
  return apiHost === "127.0.0.1" || apiHost === "::1" ? `${name}: ${problem}` : name;
}

export function describe(settings: Settings): Omit<OutputOf<"GetInfo">, "ServiceScheme"> {
  const endpoint = apiEndpoint(settings);
  return {
    Version: VERSION,
    Region: settings.region,
    AccountId: settings.account,
    ApiEndpoint: endpoint,
    ConsoleUrl: `${endpoint}/`,
    EdgeHttpAddress: `${settings.edgeHost}:${settings.edgePort}`,
    EdgeHttpsAddress: `${settings.edgeHost}:${settings.edgeHttpsPort}`,
    IngressHttpAddress: `${settings.ingressHost}:${settings.ingressPort}`,
    IngressHttpsAddress: `${settings.ingressHost}:${settings.ingressHttpsPort}`,
    BaseDomain: settings.baseDomain,
    InternalPort: settings.internalPort,
    SignatureKeys: Object.keys(settings.signatureKeys).toSorted(),
    RequiredSignatureKey: settings.verifySignature,
    StateDirectory: settings.stateDirectory,
    CredentialsFile: statePath(settings.stateDirectory, CREDENTIALS_FILE),
  };
}
