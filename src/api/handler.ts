/** What a handler is, and what it may reach. */
import type { InputOf, OperationName, OutputOf } from "../contract/index.ts";
import type { AccountScope } from "../domain/arn.ts";
import type { Principal } from "../domain/identity.ts";
import type { Quotas } from "../domain/quota.ts";
import type { Service } from "../domain/service.ts";
import type { UsagePrices } from "../domain/usage.ts";
import type { AuditTrail } from "../ports/audit-trail.ts";
import type { Authorizer, Question } from "../ports/authorizer.ts";
import type { Clock, IdSource } from "../ports/clock.ts";
import type { ConnectionHandshake } from "../ports/connection-handshake.ts";
import type { CredentialIssuer } from "../ports/credentials.ts";
import type { DomainCommands } from "../ports/domain-commands.ts";
import type { EventSending } from "../ports/event-sending.ts";
import type { ExampleApplications } from "../ports/example-applications.ts";
import type { ImageInspector } from "../ports/image-inspector.ts";
import type { HostedRepositories } from "../ports/hosted-repositories.ts";
import type { Passwords } from "../ports/passwords.ts";
import type { RequestSamples } from "../ports/request-samples.ts";
import type { NetworkCommands } from "../ports/network-commands.ts";
import type { MetricReader } from "../ports/metrics.ts";
import type { RuntimeCatalogue } from "../ports/runtime-catalogue.ts";
import type { Edge } from "../ports/edge.ts";
import type { ScalingSimulation } from "../ports/scaling-simulation.ts";
import type { ScalingInsight } from "../ports/scaling.ts";
import type { ServiceCommands } from "../ports/service-commands.ts";
import type { KeyCiphers } from "../ports/key-ciphers.ts";
import type { LogArchive, LogKeeping } from "../ports/service-log.ts";
import type { SignIn } from "../ports/sign-in.ts";
import type { SourceDetector } from "../ports/source-detector.ts";
import type { BillsOfMaterials } from "../ports/bill-of-materials.ts";
import type { SourceWatching } from "../ports/source-watching.ts";
import type { Store } from "../ports/store.ts";
import type { LogLevels, OwnHealth } from "../ports/own-health.ts";
import type { Vault, VaultKeeping } from "../ports/vault.ts";
import type { PageTokens } from "./page-token.ts";
import type { LiveTails } from "./resources/live-tail.ts";

export interface HandlerContext {
  readonly store: Store;
  readonly commands: ServiceCommands;
  readonly domains: DomainCommands;
  readonly networks: NetworkCommands;
  readonly logs: LogArchive & LogKeeping;
  readonly liveTails: LiveTails;
  readonly requestSamples: RequestSamples;
  readonly bills: BillsOfMaterials;
  readonly repositories: HostedRepositories;
  readonly examples: ExampleApplications;
  readonly sourceDetector: SourceDetector;
  readonly runtimes: RuntimeCatalogue;
  readonly handshake: ConnectionHandshake;
  readonly sourceWatching: SourceWatching;
  readonly audit: AuditTrail;
  /** The dispatcher has asked it before a handler runs; for what a handler does beyond its own action. */
  readonly authorizer: Authorizer;
  /** What conditions may ask about the call that is handled. */
  readonly conditions: () => Question["context"];
  /** Aborted once nobody waits for the answer any more: for what takes long and changes nothing. */
  readonly callerGone: AbortSignal;
  /** The caller's condition: the service that it updates is as it was at this time. Null: there is none. */
  readonly ifUpdatedAtMs: number | null;
  readonly issuer: CredentialIssuer;
  readonly passwords: Passwords;
  /** To the console. */
  readonly signIn: SignIn;
  readonly ownHealth: OwnHealth;
  readonly logLevels: LogLevels;
  readonly metricReader: MetricReader;
  /** Seals values of secrets and parameters before the store sees them. */
  readonly vault: Vault;
  readonly vaultKeeping: VaultKeeping;
  /** What is done with the material of keys of KMS. */
  readonly keyCiphers: KeyCiphers;
  readonly eventSending: EventSending;
  readonly scope: AccountScope;
  readonly ids: IdSource;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly scaling: ScalingInsight;
  readonly simulation: ScalingSimulation;
  readonly images: ImageInspector;
  /** One check, as the edge would make it. */
  readonly probeInstance: Edge["probe"];
  readonly quotas: Quotas;
  readonly usagePrices: UsagePrices;
  readonly pageTokens: PageTokens;
  /** ServiceUrl of a host: without scheme, with the port when it is not the scheme's own. */
  readonly serviceUrl: (host: string) => string;
  /** What goes before it. */
  readonly serviceScheme: () => "http" | "https";
  /** Where others reach this API: Git hosts and registries with their webhooks, people who push. No slash at its end. */
  readonly publicApiUrl: string;
  readonly info: () => OutputOf<"GetInfo">;
  /** Null: all that there is to look at. */
  readonly runDoctor: (names: ReadonlySet<string> | null) => Promise<readonly Finding[]>;
  /** Why nobody gets in by the passwords that a service's tags name; null where somebody does, or none is asked for. */
  readonly passwordProblem: (service: Service) => Promise<string | null>;
  /** Instance id → requests it is answering; an instance that is absent is unknown. */
  readonly instancesInFlight: (serviceId: string) => Promise<ReadonlyMap<string, number>>;
}

/** One check of the doctor. */
export interface Finding {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  readonly detail: string;
  readonly remedy?: string;
}

/** Gets valid, authorized input; throws catalogue errors only. */
export type Handler<Name extends OperationName> = (
  input: InputOf<Name>,
  context: HandlerContext,
  /** Who calls. */
  caller: Principal,
) => Promise<OutputOf<Name>>;

/** One per operation: a missing one does not compile. */
export type Handlers = { readonly [Name in OperationName]: Handler<Name> };
