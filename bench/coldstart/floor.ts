/** The least a frozen instance can take to answer: the engine's own unfreeze and one request. No Slipway. */
import type Docker from "dockerode";
import type { Cleanup } from "../support/cleanup.ts";
import { isOk, untilAnswer } from "../support/stopwatch.ts";

const PORT = 8080;

/** A container that is frozen between measurements. */
export class FrozenContainer {
  readonly #container: Docker.Container;
  readonly #address: string;

  private constructor(container: Docker.Container, address: string) {
    this.#container = container;
    this.#address = address;
  }

  static async start(docker: Docker, image: string, cleanup: Cleanup): Promise<FrozenContainer> {
    const container = await docker.createContainer({ Image: image });
    cleanup.add(() => container.remove({ force: true }));
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const address = NetworkSettings.Networks["bridge"]?.IPAddress ?? "";
    const frozen = new FrozenContainer(container, address);
    await frozen.#ask();
    await container.pause();
    return frozen;
  }

  /** Milliseconds from the unfreeze call to the end of the first answer. */
  async measure(): Promise<number> {
    const startMs = performance.now();
    await this.#container.unpause();
    await this.#ask();
    const durationMs = performance.now() - startMs;
    await this.#container.pause();
    return durationMs;
  }

  async #ask(): Promise<void> {
    await untilAnswer({ address: this.#address, port: PORT, host: this.#address }, isOk);
  }
}
