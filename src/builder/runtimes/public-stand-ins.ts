/**
 * Names of Docker's official images for base images of ours, so that a Dockerfile that says `FROM node:22-slim` builds on
 * a machine that reaches no registry. Only what somebody asks for gets a name, never over an image that is there; our
 * labels tell it from the real one, and it goes when a registry can be reached again.
 */
import { labels } from "./base-image.ts";
import type { Images } from "./images.ts";
import { findPublicName } from "./public-names.ts";
import type { RegistryReach } from "./registry-reach.ts";
import type { RuntimeBases } from "./runtime-bases.ts";

export class PublicStandIns {
  readonly #images: Images;
  readonly #reach: RegistryReach;
  readonly #bases: RuntimeBases;

  constructor(images: Images, reach: RegistryReach, bases: RuntimeBases) {
    this.#images = images;
    this.#reach = reach;
    this.#bases = bases;
  }

  /** Does nothing for images that none of ours is like. */
  async offer(reference: string, report: (line: string) => void, signal: AbortSignal): Promise<void> {
    const known = findPublicName(reference);
    if (known === null) return;
    const { name, runtime, wantedVersion, part } = known;
    const present = await this.#images.find(name, signal);
    if (present !== null && present.labels[labels.runtime] === undefined) return;
    if (await this.#reach.isReachable(name, signal)) {
      if (present !== null) await this.#images.remove(name, signal);
      return;
    }
    const base = await this.#bases.ensure(runtime, wantedVersion, report, signal);
    await this.#images.tag(part === "run" ? base.runImage : base.buildImage, name, signal);
    report(
      `No registry can be reached: an image with ${runtime.yamlName} ${base.version} stands for ${name}.`,
    );
  }
}
