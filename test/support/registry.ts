/** Debian's own registry on a port of this machine, with images of an application that says its version. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import { freePort } from "./free-port.ts";
import { waitFor } from "./wait-for.ts";

/** Where the registry tells of pushes. */
export interface Notified {
  readonly url: string;
  readonly secret: string;
}

export class Registry {
  readonly #docker = new Docker();
  readonly #directory: string;
  readonly #port: number;
  #process: ChildProcess | null = null;

  private constructor(directory: string, port: number) {
    this.#directory = directory;
    this.#port = port;
  }

  static async start(directory: string, notified: Notified | null = null): Promise<Registry> {
    mkdirSync(directory, { recursive: true });
    const registry = new Registry(directory, await freePort());
    await registry.restart(notified);
    return registry;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** With what was pushed before. */
  async restart(notified: Notified | null): Promise<void> {
    await this.stop();
    const settings = join(this.#directory, "config.yml");
    writeFileSync(settings, JSON.stringify(this.#settings(notified)));
    this.#process = spawn("docker-registry", ["serve", settings], { stdio: "ignore" });
    await waitFor(async () => (await fetch(`http://${this.host}/v2/`)).ok, { what: "a registry" });
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === null) return;
    this.#process = null;
    const ended = once(child, "exit");
    child.kill();
    await ended;
  }

  /** Pushes the image with VERSION set, and leaves nothing of it on the engine. */
  async push(name: string, baseImage: string, version: string): Promise<void> {
    const [repo = "", tag = ""] = name.split(/:(?=[^:/]+$)/);
    const container = await this.#docker.createContainer({ Image: baseImage });
    await container.commit({ repo, tag, changes: `ENV VERSION=${version}` });
    await container.remove();
    const image = this.#docker.getImage(name);
    const answer = await image.push({ authconfig: {} });
    await new Promise<void>((resolve, reject) => {
      this.#docker.modem.followProgress(answer, (error) => (error === null ? resolve() : reject(error)));
    });
    await image.remove();
  }

  /** JSON is YAML too. */
  #settings(notified: Notified | null): object {
    return {
      version: "0.1",
      log: { level: "error" },
      storage: { filesystem: { rootdirectory: join(this.#directory, "data") } },
      http: { addr: this.host },
      ...(notified !== null && {
        notifications: {
          endpoints: [
            {
              name: "slipway",
              url: notified.url,
              headers: { Authorization: [`Bearer ${notified.secret}`] },
              timeout: "1s",
              threshold: 5,
              backoff: "1s",
            },
          ],
        },
      }),
    };
  }
}
