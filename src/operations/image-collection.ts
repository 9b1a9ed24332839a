/**
 * Collecting the images no release needs any more, and never while a deployment has chosen an image that no release names
 * yet: between the two, that image looks as if nobody needed it.
 *
 * INVARIANT: a collection and the choice of an image exclude each other. An operation is on record as choosing before its
 * step begins, so either the collection sees it and gives way, or the step sees the collection and waits for its end.
 */
import type { Operation } from "../domain/operation.ts";
import { releaseKey } from "../domain/release.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type { Store } from "../ports/store.ts";

/** Releases per service whose images are kept, for rolling back to them. */
const RETAINED_RELEASES = 10;

interface Keepers {
  readonly store: Store;
  readonly engine: ContainerEngine;
}

export class ImageCollection {
  #underWay: Promise<unknown> = Promise.resolve();

  /** Waited for by whoever chooses an image. Never rejects. */
  async over(): Promise<void> {
    await this.#underWay.catch(() => undefined);
  }

  /** False when it gave way: to be tried again soon. */
  run(ports: Keepers, signal: AbortSignal): Promise<boolean> {
    const collecting = this.#underWay.catch(() => undefined).then(() => collect(ports, signal));
    this.#underWay = collecting;
    return collecting;
  }
}

async function collect({ store, engine }: Keepers, signal: AbortSignal): Promise<boolean> {
  if ((await store.operations.listAllOpen()).some(isChoosingImage)) return false;
  const retained = await store.releases.listRetained(RETAINED_RELEASES);
  await engine.collectImages(new Set(retained.map(releaseKey)), signal);
  return true;
}

function isChoosingImage({ type, status, cause, releaseNumber }: Operation): boolean {
  const isDeploying = type === "CREATE_SERVICE" || type === "UPDATE_SERVICE" || type === "START_DEPLOYMENT";
  return isDeploying && status === "IN_PROGRESS" && cause === null && releaseNumber === null;
}
