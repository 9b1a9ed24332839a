/** A repository that the installation hosts, pushed to by the system's git as its users do. It goes with its service. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { TEST_GIT_ENVIRONMENT, TestRepository } from "../../src/sources/testing/test-repository.ts";
import type { Installation } from "../../test/support/installation.ts";
import type { Files } from "./example.ts";

const run = promisify(execFile);

export class HostedRepository {
  readonly #slipway: Installation;
  readonly #local: TestRepository;
  readonly #name: string;

  private constructor(slipway: Installation, local: TestRepository, name: string) {
    this.#slipway = slipway;
    this.#local = local;
    this.#name = name;
  }

  static async create(slipway: Installation, name: string, directory: string): Promise<HostedRepository> {
    await slipway.client().call("Slipway.CreateRepository", { RepositoryName: name });
    return new HostedRepository(slipway, await TestRepository.create(join(directory, `${name}.git`)), name);
  }

  get url(): string {
    return `slipway://${this.#name}`;
  }

  async commit(files: Files): Promise<void> {
    await this.#local.commit(files);
  }

  /** Ends when the deployment it sets going has ended. */
  async push(): Promise<void> {
    const url = `http://127.0.0.1:${this.#slipway.apiPort}/git/${this.#name}.git`;
    await run("git", ["-C", this.#local.path, "push", "--quiet", url, "main"], {
      env: { ...TEST_GIT_ENVIRONMENT, ...this.#authorization() },
    });
  }

  /** Where no list of processes shows it. */
  #authorization(): Readonly<Record<string, string>> {
    const { accessKeyId, secretAccessKey } = this.#slipway.credentials();
    const basic = Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString("base64");
    return {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "http.extraHeader",
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    };
  }
}
