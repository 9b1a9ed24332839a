/**
 * What a push sets going: a deployment of each service that is built from the pushed branch, with its progress on the
 * pusher's terminal until it ended. The deployment goes on whether or not the pusher stays.
 */
import type { FailureCause } from "../../domain/cause.ts";
import { isSlipwayError } from "../../domain/error.ts";
import { isFinished, type Operation } from "../../domain/operation.ts";
import type { Service } from "../../domain/service.ts";
import type { HostedGitRequest, PushedReference } from "../../ports/hosted-repositories.ts";
import type { ServiceCommands } from "../../ports/service-commands.ts";
import type { LogReader } from "../../ports/service-log.ts";
import type { Store } from "../../ports/store.ts";
import { servicesBuiltFrom } from "../resources/repository.ts";
import { operationLines } from "./operation-lines.ts";

export interface PushedDeploymentsOptions {
  readonly store: Store;
  readonly commands: Pick<ServiceCommands, "startDeployment">;
  readonly logs: Pick<LogReader, "read">;
  readonly serviceUrl: (host: string) => string;
  readonly serviceScheme: () => "http" | "https";
  /** Tells the watcher that there is something new in a service's repository: it deploys it when it can. */
  readonly pokeSource: (serviceId: string) => Promise<void>;
  /** Rejects when the signal is aborted first. */
  readonly sleep: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/** One push to one repository. */
export interface Push {
  readonly name: string;
  readonly changes: readonly PushedReference[];
  /** One line for the pusher's terminal. */
  readonly write: (line: string) => void;
  readonly signal: AbortSignal;
}

type Outcome = Awaited<ReturnType<HostedGitRequest["onPush"]>>;

const BRANCHES = "refs/heads/";
const POLL_MS = 300;

export async function deployPushed(options: PushedDeploymentsOptions, push: Push): Promise<Outcome> {
  const heads = branchHeads(push.changes);
  if (heads.size === 0) return { ok: true };
  const services = await servicesBuiltFrom(push.name, options.store);
  const concerned = services.filter((service) => heads.has(branchOf(service)));
  if (concerned.length === 0) tellUnused(push, services, [...heads.keys()]);
  let ok = true;
  for (const service of concerned) {
    const version = heads.get(branchOf(service)) ?? "";
    ok = (await deployOne(options, push, { service, version })) && ok;
  }
  return { ok };
}

/** Branch → the commit it points at now; deleted ones deploy nothing. */
function branchHeads(changes: readonly PushedReference[]): ReadonlyMap<string, string> {
  const heads = new Map<string, string>();
  for (const { reference, newCommitId } of changes) {
    if (reference.startsWith(BRANCHES) && newCommitId !== null) {
      heads.set(reference.slice(BRANCHES.length), newCommitId);
    }
  }
  return heads;
}

function branchOf({ configuration: { source } }: Service): string {
  return source.kind === "code" ? source.branch : "";
}

function tellUnused({ name, write }: Push, services: readonly Service[], pushed: readonly string[]): void {
  write(`The push is stored; it deploys nothing.`);
  if (services.length === 0) {
    write(
      `No service is built from ${name} yet. Create one: slipway deploy slipway://${name} --branch ${pushed[0]}`,
    );
    return;
  }
  const branches = services.map((service) => `${service.name} is built from ${branchOf(service)}`);
  write(`${branches.join(", ")}; pushed was ${pushed.join(", ")}.`);
}

interface Deployment {
  readonly service: Service;
  /** The commit. */
  readonly version: string;
}

async function deployOne(
  options: PushedDeploymentsOptions,
  push: Push,
  { service, version }: Deployment,
): Promise<boolean> {
  const { write } = push;
  if (!service.configuration.autoDeploymentsEnabled) {
    write(`Automatic deployments of ${service.name} are off. Deploy it: slipway redeploy ${service.name}`);
    return true;
  }
  try {
    const trigger = { by: "push", version } as const;
    const { operationId } = await options.commands.startDeployment(service.id, trigger);
    write(`Deploying ${service.name} at ${version.slice(0, 12)}`);
    return await follow(options, push, { service, operationId });
  } catch (error) {
    if (!isSlipwayError(error, "ServiceNotDeployable")) throw error;
    await options.pokeSource(service.id);
    write(await whyNotNow(options, service));
    return true;
  }
}

async function whyNotNow({ store }: PushedDeploymentsOptions, { id, name }: Service): Promise<string> {
  const status = (await store.services.get(id))?.status;
  if (status === "PAUSED")
    return `${name} is paused. The push is deployed when it is resumed: slipway resume ${name}`;
  if (status === "CREATE_FAILED")
    return `The creation of ${name} failed. Deploy it again: slipway deploy --name ${name}`;
  return `${name} is busy with another operation. The push is taken up when that has ended: slipway ops ${name}`;
}

async function follow(
  options: PushedDeploymentsOptions,
  { write, signal }: Push,
  { service, operationId }: { readonly service: Service; readonly operationId: string },
): Promise<boolean> {
  const lines = operationLines(options.logs, service, operationId);
  for (;;) {
    const operation = await options.store.operations.get(service.id, operationId);
    for (const line of await lines()) write(`  ${line}`);
    if (operation === null || isFinished(operation)) {
      write(verdictOf(operation, service, options));
      return operation?.status === "SUCCEEDED";
    }
    await options.sleep(POLL_MS, signal);
  }
}

/** The class says no more than the phase where both are one word. */
function placeOf({ phase, class: kind }: FailureCause): string {
  return phase === kind ? phase : `${phase} (${kind})`;
}

function verdictOf(
  operation: Operation | null,
  { name, host }: Service,
  { serviceScheme, serviceUrl }: Pick<PushedDeploymentsOptions, "serviceScheme" | "serviceUrl">,
): string {
  if (operation?.status === "SUCCEEDED")
    return `${name} is deployed: ${serviceScheme()}://${serviceUrl(host)}`;
  const cause = operation?.cause ?? null;
  const why = cause === null ? "it was deleted" : `${placeOf(cause)}: ${cause.message}`;
  const after = operation?.status === "ROLLBACK_SUCCEEDED" ? " What ran before still runs." : "";
  return `The deployment of ${name} failed: ${why}${after}`;
}
