/**
 * Whether a registry can be reached. The engine is asked, since it is the engine that pulls: it may use a proxy or a
 * mirror of its own. An answer is remembered for some minutes; without a network an answer may never come.
 */
import { statusOf } from "./engine-answers.ts";
import type { Images } from "./images.ts";

const DEADLINE_MS = 5_000;
const REMEMBERED_MS = 5 * 60_000;
/** The registry answered, though it does not have the image or wants to know who asks. */
const ANSWERS: ReadonlySet<number> = new Set([401, 403, 404]);

export class RegistryReach {
  readonly #images: Images;
  readonly #now: () => number;
  readonly #known = new Map<string, { readonly isReachable: Promise<boolean>; readonly askedAtMs: number }>();

  constructor(images: Images, now: () => number) {
    this.#images = images;
    this.#now = now;
  }

  /** `image` is one that the registry in question should have. */
  async isReachable(image: string, signal: AbortSignal): Promise<boolean> {
    const registry = registryOf(image);
    const known = this.#known.get(registry);
    if (known !== undefined && this.#now() - known.askedAtMs < REMEMBERED_MS) return await known.isReachable;
    const isReachable = this.#ask(image, signal);
    this.#known.set(registry, { isReachable, askedAtMs: this.#now() });
    isReachable.catch(() => this.#known.delete(registry)); // given up: that says nothing of the registry
    return await isReachable;
  }

  async #ask(image: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#images.askRegistry(image, DEADLINE_MS, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      return ANSWERS.has(statusOf(error) ?? 0);
    }
  }
}

/** The part before the first slash, when it can be a host; else the engine's default registry. */
function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "";
}
