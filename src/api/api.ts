/** The API put together: dispatcher and server from what the composition root gives. */
import { setTimeout as sleep } from "node:timers/promises";
import { defaultQuotas, type Quotas } from "../domain/quota.ts";
import type { Credentials } from "../ports/credentials.ts";
import type { WebhookReceiver } from "../ports/source-watching.ts";
import type { StateChanges } from "../ports/state-changes.ts";
import { createAuditor } from "./audit/auditor.ts";
import { createDispatcher, type ApiLogger, type Dispatcher } from "./dispatch.ts";
import type { HandlerContext } from "./handler.ts";
import { handlers } from "./handlers/index.ts";
import type { MetricsRoute } from "./metrics-route.ts";
import { createPageTokens } from "./page-token.ts";
import { toUuid } from "./request-id.ts";
import { deployPushed, type PushedDeploymentsOptions } from "./git/pushed-deployments.ts";
import { LiveTails } from "./resources/live-tail.ts";
import { tellingOfSecrets } from "./secret-changes.ts";
import { createServer, type ApiServer } from "./server.ts";

/** Whoever does not come over a connection stays. */
const NEVER = new AbortController().signal;

export interface ApiDependencies extends Omit<
  HandlerContext,
  | "pageTokens"
  | "quotas"
  | "instancesInFlight"
  | "passwordProblem"
  | "liveTails"
  | "conditions"
  | "callerGone"
  | "ifUpdatedAtMs"
> {
  readonly logger: ApiLogger;
  /** Of the store. */
  readonly changes: StateChanges;
  readonly credentials: Credentials;
  readonly pokeSource: PushedDeploymentsOptions["pokeSource"];
  readonly webhooks: WebhookReceiver;
  /** A secret or a parameter may mean something else now. */
  readonly secretsChanged?: () => void;
  readonly quotas?: Partial<Quotas>;
  /** Left out where nothing can know: then no instance says what is in flight. */
  readonly instancesInFlight?: HandlerContext["instancesInFlight"];
  readonly passwordProblem?: HandlerContext["passwordProblem"];
  /** What services cannot be touched without yet, in one line; null when all is there. */
  readonly waitingFor?: () => string | null;
  /** False while services wait for their first instances after a start. Left out: they are. */
  readonly areServicesBack?: () => boolean;
  /** Addresses and networks of proxies before the API that are believed who asks. Left out: none. */
  readonly proxies?: readonly string[];
  /** Where the console's files are. Left out: there is none. */
  readonly consoleDirectory?: string | null;
  /** What Prometheus reads, and who may. Left out: nobody. */
  readonly metrics?: MetricsRoute;
}

export interface Api extends ApiServer {
  readonly dispatcher: Dispatcher;
}

export function buildApi(dependencies: ApiDependencies): Api {
  const { store, scope, clock, ids, logger } = dependencies;
  const context: HandlerContext = {
    ...dependencies,
    quotas: { ...defaultQuotas, ...dependencies.quotas },
    passwordProblem: dependencies.passwordProblem ?? (() => Promise.resolve(null)),
    instancesInFlight: dependencies.instancesInFlight ?? (() => Promise.resolve(new Map())),
    liveTails: new LiveTails(),
    conditions: () => new Map(),
    callerGone: NEVER,
    ifUpdatedAtMs: null,
    pageTokens: createPageTokens({ store, scope, ids }),
  };
  const publicUrl = new URL(context.publicApiUrl);
  const auditor = createAuditor({ trail: dependencies.audit, clock });
  const dispatcher = createDispatcher({
    handlers: tellingOfSecrets(handlers, dependencies.secretsChanged ?? (() => undefined)),
    auditor,
    context,
    logger,
    authentication: {
      verifier: {
        region: scope.region,
        credentials: dependencies.credentials,
        now: () => clock.now(),
      },
      sessions: context.signIn.sessions,
      publicUrl,
    },
  });
  const server = createServer({
    dispatcher,
    logger,
    auditor,
    webhooks: dependencies.webhooks,
    now: () => clock.now(),
    newRequestId: () => toUuid(ids.hex32()),
    git: {
      auditor,
      newRequestId: () => toUuid(ids.hex32()),
      repositories: context.repositories,
      credentials: dependencies.credentials,
      authorizer: context.authorizer,
      scope,
      logger,
      now: () => clock.now(),
      onPush: (name, signal) => (changes, write) =>
        deployPushed({ ...dependencies, sleep: pause }, { name, changes, write, signal }),
    },
    signIn: context.signIn,
    live: {
      changes: dependencies.changes,
      authorizer: context.authorizer,
      store,
      scope,
      now: () => clock.now(),
    },
    publicUrl,
    proxies: dependencies.proxies ?? [],
    ownHealth: context.ownHealth,
    waitingFor: dependencies.waitingFor ?? (() => null),
    areServicesBack: dependencies.areServicesBack ?? (() => true),
    consoleDirectory: dependencies.consoleDirectory ?? null,
    metrics: dependencies.metrics ?? null,
    page: () => {
      const { ApiEndpoint: endpoint, CredentialsFile: credentialsFile } = context.info();
      return { endpoint, region: scope.region, credentialsFile };
    },
  });
  return { ...server, dispatcher };
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal });
}
