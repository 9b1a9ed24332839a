/**
 * Deploys services anew whose secrets were changed, where the tag slipway:restart-on-rotate says so. It only ever compares
 * what the active release has with what its references mean now, so nothing is lost by a crash, and what was tried stands
 * in the operations: one deployment per change, whatever comes of it.
 */
import { parseExtensions } from "../domain/extension.ts";
import { isSlipwayError } from "../domain/error.ts";
import { type PinnedSecrets, versionsKey } from "../domain/secret.ts";
import type { Operation } from "../domain/operation.ts";
import type { Service } from "../domain/service.ts";
import type { Tag } from "../domain/tag.ts";
import type { Clock } from "../ports/clock.ts";
import { SecretUnavailable, type SecretValues } from "../ports/secret-values.ts";
import type { ServiceCommands } from "../ports/service-commands.ts";
import type { Store } from "../ports/store.ts";

export interface RotationWatcherParts {
  readonly store: Pick<Store, "services" | "releases" | "operations" | "tags">;
  readonly values: Pick<SecretValues, "resolve">;
  readonly commands: Pick<ServiceCommands, "startDeployment">;
  readonly clock: Clock;
  readonly onError: (error: unknown, serviceId: string | null) => void;
}

/** Several changes within it make one deployment. */
const SETTLE_MS = 3000;
/** Of stores elsewhere nobody tells us; and this is what mends a change that nobody told of before a crash. */
const ROUND_MS = 300_000;
/** While a service that waits for its deployment is busy with another one. */
const BUSY_MS = 5000;
/** More than there are between two deployments that looked secrets up: pauses, rollbacks. */
const OPERATIONS_READ = 25;
const TAGS_AT_ONCE = 200;

type Look = "quiet" | "deployed" | "busy";

export class RotationWatcher {
  readonly #parts: RotationWatcherParts;
  #alarm = new AbortController();

  constructor(parts: RotationWatcherParts) {
    this.#parts = parts;
  }

  /** A secret or a parameter was changed. */
  wake(): void {
    this.#alarm.abort();
  }

  /** Runs until the signal ends it. */
  async run(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      const isBusy = await this.round(end);
      await this.#rest(isBusy ? BUSY_MS : ROUND_MS, AbortSignal.any([end, this.#alarm.signal]));
      if (!this.#alarm.signal.aborted) continue;
      await this.#rest(SETTLE_MS, end);
      this.#alarm = new AbortController();
    }
  }

  /** Looks at all services once; whether one of them has to be looked at again soon. */
  async round(end: AbortSignal): Promise<boolean> {
    let isBusy = false;
    try {
      for (const service of await this.#restarting()) {
        if (end.aborted) return false;
        isBusy = (await this.#lookSafely(service)) === "busy" || isBusy;
      }
    } catch (error) {
      this.#parts.onError(error, null);
    }
    return isBusy;
  }

  /** Services that wish it. All are asked at each change of a secret: by the hundred, not one by one. */
  async #restarting(): Promise<readonly Service[]> {
    const { services, tags } = this.#parts.store;
    const running = await services.listByStatus(["RUNNING", "OPERATION_IN_PROGRESS"]);
    const deployed = running.filter(({ activeReleaseNumber }) => activeReleaseNumber !== null);
    const restarting: Service[] = [];
    for (let start = 0; start < deployed.length; start += TAGS_AT_ONCE) {
      const page = deployed.slice(start, start + TAGS_AT_ONCE);
      const tagsOf = await tags.listOf(page.map(({ arn }) => arn));
      restarting.push(...page.filter(({ arn, id }) => this.#isWished(tagsOf.get(arn) ?? [], id)));
    }
    return restarting;
  }

  /** Tags that another version took do not keep others from their deployments. */
  #isWished(tags: readonly Tag[], serviceId: string): boolean {
    try {
      return parseExtensions(tags).restartsOnRotate;
    } catch (error) {
      this.#parts.onError(error, serviceId);
      return false;
    }
  }

  async #lookSafely(service: Service): Promise<Look> {
    try {
      return await this.#look(service);
    } catch (error) {
      // Whoever deploys next is told what is wrong with the secret.
      if (!(error instanceof SecretUnavailable)) this.#parts.onError(error, service.id);
      return "quiet";
    }
  }

  async #look(service: Service): Promise<Look> {
    const { store } = this.#parts;
    if (service.activeReleaseNumber === null) return "quiet";
    const release = await store.releases.get(service.id, service.activeReleaseNumber);
    const deployed = release?.secrets ?? {};
    const present = await this.#presentOf(deployed);
    const variables = Object.keys(deployed).filter((name) => !isSame(deployed[name], present[name]));
    if (variables.length === 0) return "quiet";
    const secretVersions = versionsKey(present);
    if ((await this.#triedVersions(service)).has(secretVersions)) return "quiet";
    return this.#deploy(service, { variables, secretVersions });
  }

  async #presentOf(deployed: PinnedSecrets): Promise<PinnedSecrets> {
    const present: [string, PinnedSecrets[string]][] = [];
    for (const [name, { reference }] of Object.entries(deployed)) {
      present.push([name, await this.#parts.values.resolve(reference)]);
    }
    return Object.fromEntries(present);
  }

  /** Down to the newest operation that looked secrets up for itself: what was rolled back since stays out. */
  async #triedVersions({ id }: Service): Promise<ReadonlySet<string>> {
    const { rows } = await this.#parts.store.operations.list(id, { after: null, limit: OPERATIONS_READ });
    const tried = new Set<string>();
    for (const operation of rows) {
      const versions = await this.#versionsIn(operation);
      for (const one of versions) tried.add(one);
      if (versions.length > 0 && operation.fromReleaseNumber === undefined) break;
    }
    return tried;
  }

  async #versionsIn({
    serviceId,
    type,
    trigger,
    secrets,
    releaseNumber,
  }: Operation): Promise<readonly string[]> {
    if (type === "RESUME_SERVICE") return [];
    const release =
      releaseNumber === null ? null : await this.#parts.store.releases.get(serviceId, releaseNumber);
    const pinned = [secrets, release?.secrets].filter((one) => one !== undefined);
    const named = trigger?.by === "rotation" ? [trigger.secretVersions] : [];
    return [...named, ...pinned.map((one) => versionsKey(one))];
  }

  async #deploy(
    { id }: Service,
    change: { readonly variables: readonly string[]; readonly secretVersions: string },
  ): Promise<Look> {
    try {
      await this.#parts.commands.startDeployment(id, { by: "rotation", ...change });
      return "deployed";
    } catch (error) {
      if (isSlipwayError(error, "ServiceNotDeployable") || isSlipwayError(error, "ServiceBusy"))
        return "busy";
      throw error;
    }
  }

  async #rest(durationMs: number, over: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(durationMs, over).catch((error: unknown) => {
      if (!over.aborted) throw error;
    });
  }
}

function isSame(one: PinnedSecrets[string] | undefined, other: PinnedSecrets[string] | undefined): boolean {
  return one?.versionId === other?.versionId && one?.createdAtMs === other?.createdAtMs;
}
