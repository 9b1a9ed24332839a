import { diagnose, type Symptoms } from "../../domain/diagnosis.ts";
import type { CustomDomain } from "../../domain/custom-domain.ts";
import { countEnds } from "../../domain/ends-diagnosis.ts";
import { parseExtensions } from "../../domain/extension.ts";
import { type Instance, isAlive } from "../../domain/instance.ts";
import type { Service } from "../../domain/service.ts";
import { DAY_MS } from "../../domain/usage.ts";
import { nextStartMs } from "../../operations/crash-loop.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { findService } from "../resources/service-lookup.ts";
import { endToWire, findingToWire, requestsToWire } from "../wire/explanation-to-wire.ts";
import { toWireOperation } from "../wire/operation-to-wire.ts";
import { toDate } from "../wire/time.ts";

const OPERATIONS = 5;
/** Ends of instances are told by the deployment that they made fail. */
const OPERATIONS_LOOKED_AT = 50;
/** Of a service whose instances come and go all day, the newest. */
const MAX_INSTANCES = 1_000;
const MAX_DOMAINS = 100;

/** Ours: one page that says why a service does what it does. */
export const explainService: Handler<"ExplainService"> = async (input, context) => {
  const { store, clock, requestSamples } = context;
  const service = await findService(input.ServiceArn, context);
  const nowMs = clock.now();
  const sinceMs = input.StartTime?.getTime() ?? nowMs - DAY_MS;
  const [operations, instances, domains] = await Promise.all([
    store.operations.list(service.id, { after: null, limit: OPERATIONS_LOOKED_AT }),
    instancesOf(service, context),
    domainsOf(service, context),
  ]);
  const requests = requestSamples.recent(service.id);
  const limits = await limitsOf(service, context, instances.some(isAlive));
  const findings = diagnose({
    service,
    operations: operations.rows,
    instances,
    domains,
    requests,
    sinceMs,
    nowMs,
    passwordProblem: await context.passwordProblem(service),
    ...limits,
    nextStartMs: nextStartOf(service, instances, { context, minSize: limits.minSize }),
  });
  return {
    ServiceName: service.name,
    Status: service.status,
    ReleaseNumber: service.activeReleaseNumber ?? undefined,
    StartTime: toDate(sinceMs),
    Findings: findings.map(findingToWire),
    Operations: operations.rows.slice(0, OPERATIONS).map(toWireOperation),
    InstanceEnds: countEnds(instances, { sinceMs, servingNumber: service.activeReleaseNumber }).map(
      endToWire,
    ),
    Requests: requestsToWire(requests),
  };
};

/** Newest first: those that are there too, however many came and went since. */
async function instancesOf({ id }: Service, { store }: HandlerContext): Promise<readonly Instance[]> {
  const { rows } = await store.instances.list(id, { after: null, limit: MAX_INSTANCES });
  const known = new Set(rows.map((instance) => instance.id));
  const older = (await store.instances.listLive(id)).filter((instance) => !known.has(instance.id));
  return [...rows, ...older.toReversed()];
}

/** As the heart reckons it: for a set of the size that is wanted now. */
function nextStartOf(
  { id, activeReleaseNumber }: Service,
  instances: readonly Instance[],
  { context, minSize }: { readonly context: HandlerContext; readonly minSize: number },
): number {
  if (activeReleaseNumber === null) return 0;
  const wanted = context.scaling.decisions(id).at(-1)?.count ?? minSize;
  const set = { releaseNumber: activeReleaseNumber, count: Math.max(1, wanted) };
  return nextStartMs(instances, set, context.clock.now());
}

async function domainsOf({ id }: Service, { store }: HandlerContext): Promise<readonly CustomDomain[]> {
  return (await store.customDomains.list(id, { after: null, limit: MAX_DOMAINS })).rows;
}

async function limitsOf(
  { id, arn, activeReleaseNumber: release }: Service,
  { store }: HandlerContext,
  hasInstance: boolean,
): Promise<Pick<Symptoms, "maxSize" | "isAtZero" | "hasAccessLog"> & { readonly minSize: number }> {
  const active = release === null ? null : await store.releases.get(id, release);
  const { scaleToZeroMs, hasAccessLog } = parseExtensions(await store.tags.list(arn));
  return {
    minSize: active?.scale.minSize ?? 1,
    maxSize: active?.scale.maxSize ?? null,
    isAtZero: scaleToZeroMs !== null && !hasInstance,
    hasAccessLog,
  };
}
