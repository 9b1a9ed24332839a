/** The API put together: dispatcher and server from what the composition root gives. */
import { setTimeout as sleep } from "node:timers/promises";
import { defaultQuotas, type Quotas } from "../domain/quota.ts";
import type { WebhookReceiver } from "../ports/source-watching.ts";
import { createAuditor } from "./audit/auditor.ts";
import { createDispatcher, type ApiLogger, type Dispatcher } from "./dispatch.ts";
import type { HandlerContext } from "./handler.ts";
import { handlers } from "./handlers/index.ts";
import type { MetricsRoute } from "./metrics-route.ts";
import { createPageTokens } from "./page-token.ts";
import { toUuid } from "./request-id.ts";
import { deployPushed, type PushedDeploymentsOptions } from "./git/pushed-deployments.ts";
import { LiveTails } from "./resources/live-tail.ts";
import { createServer, type ApiServer } from "./server.ts";

export interface ApiDependencies extends Omit<
  HandlerContext,
  "pageTokens" | "quotas" | "instancesInFlight" | "liveTails"
> {
  readonly logger: ApiLogger;
  readonly pokeSource: PushedDeploymentsOptions["pokeSource"];
  readonly webhooks: WebhookReceiver;
  readonly quotas?: Partial<Quotas>;
  /** Left out where nothing can know: then no instance says what is in flight. */
  readonly instancesInFlight?: HandlerContext["instancesInFlight"];
  /** What services cannot be touched without yet, in one line; null when all is there. */
  readonly waitingFor?: () => string | null;
  /** False while services wait for their first instances after a start. Left out: they are. */
  readonly areServicesBack?: () => boolean;
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
    instancesInFlight: dependencies.instancesInFlight ?? (() => Promise.resolve(new Map())),
    liveTails: new LiveTails(),
    pageTokens: createPageTokens({ store, scope, ids }),
  };
  const auditor = createAuditor({ trail: dependencies.audit, clock });
  const dispatcher = createDispatcher({
    handlers,
    auditor,
    context,
    logger,
    verifier: {
      region: scope.region,
      findKey: (accessKeyId) => store.accessKeys.get(accessKeyId),
      now: () => clock.now(),
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
      findKey: (accessKeyId) => store.accessKeys.get(accessKeyId),
      scope,
      logger,
      now: () => clock.now(),
      onPush: (name, signal) => (changes, write) =>
        deployPushed({ ...dependencies, sleep: pause }, { name, changes, write, signal }),
    },
    ownHealth: context.ownHealth,
    waitingFor: dependencies.waitingFor ?? (() => null),
    areServicesBack: dependencies.areServicesBack ?? (() => true),
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
