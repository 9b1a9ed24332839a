/** A service that is built from a hosted repository, from its creation over deployments to its end, timed at its URL. */
import { CreateServiceCommand, StartDeploymentCommand } from "@aws-sdk/client-apprunner";
import type { Installation } from "../../test/support/installation.ts";
import { sdk } from "../../test/support/service.ts";
import type { Answer, Target } from "../support/http-get.ts";
import { remove, untilRunning } from "../support/services.ts";
import { type Patience, untilAnswer } from "../support/stopwatch.ts";
import { type Phases, readPhases, type Timed } from "./operation-phases.ts";

/** Seldom enough to leave the processors to the build. */
const PATIENT: Patience = { everyMs: 10, timeoutMs: 180_000 };

export interface DeploymentTimes extends Phases {
  readonly totalMs: number;
}

export class CodeService {
  readonly #slipway: Installation;
  readonly #service: Timed["service"];
  readonly #target: Target;
  #lastBody = "";

  private constructor(slipway: Installation, service: Timed["service"], url: string) {
    this.#slipway = slipway;
    this.#service = service;
    this.#target = { address: "127.0.0.1", port: slipway.edgePort, host: url };
  }

  /** CreateService to the first answer with the mark. */
  static async create(
    slipway: Installation,
    wish: { readonly name: string; readonly repositoryUrl: string; readonly mark: string },
  ): Promise<{ readonly service: CodeService; readonly times: DeploymentTimes }> {
    const startedAtMs = Date.now();
    const { Service } = await sdk(slipway).send(
      new CreateServiceCommand({
        ServiceName: wish.name,
        SourceConfiguration: {
          AutoDeploymentsEnabled: true,
          CodeRepository: {
            RepositoryUrl: wish.repositoryUrl,
            SourceCodeVersion: { Type: "BRANCH", Value: "main" },
            CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
          },
        },
      }),
    );
    const { ServiceArn: arn = "", ServiceId: id = "", ServiceUrl: url = "" } = Service ?? {};
    const service = new CodeService(slipway, { name: wish.name, id, arn }, url);
    return { service, times: await service.#follow(startedAtMs, ({ body }) => body.includes(wish.mark)) };
  }

  /** From the start of `git push` to the first answer with the mark. */
  async push(push: () => Promise<void>, mark: string): Promise<DeploymentTimes> {
    const startedAtMs = Date.now();
    const pushing = push();
    const [times] = await Promise.all([
      this.#follow(startedAtMs, ({ body }) => body.includes(mark)),
      pushing,
    ]);
    return times;
  }

  /** StartDeployment of what is served already, to the first answer of the new instance. */
  async redeploy(): Promise<DeploymentTimes> {
    const before = this.#lastBody;
    const startedAtMs = Date.now();
    await sdk(this.#slipway).send(new StartDeploymentCommand({ ServiceArn: this.#service.arn }));
    return this.#follow(startedAtMs, ({ body }) => body !== before);
  }

  async remove(): Promise<void> {
    await remove(sdk(this.#slipway), this.#service.arn);
  }

  async #follow(startedAtMs: number, isNew: (answer: Answer) => boolean): Promise<DeploymentTimes> {
    const isIt = (answer: Answer): boolean => answer.status === 200 && isNew(answer);
    const { body } = await untilAnswer(this.#target, isIt, PATIENT);
    const durationMs = Date.now() - startedAtMs;
    this.#lastBody = body;
    await untilRunning(sdk(this.#slipway), this.#service.arn);
    const timed = { service: this.#service, startedAtMs, durationMs };
    return { totalMs: durationMs, ...(await readPhases(this.#slipway, timed)) };
  }
}
