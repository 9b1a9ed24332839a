/** What is asked for when an example is deployed. Pure. */
import type { Input, Output } from "../../api/wire.ts";

/** Of a service. */
const NAME_MIN = 4;

export function repositoryName(example: string, attempt: number): string {
  const name = example.length < NAME_MIN ? `${example}-example` : example;
  return attempt === 1 ? name : `${name}-${attempt}`;
}

/** A push to it deploys, as with any repository that is hosted here. */
export function toCreateRequest(
  name: string,
  { CodeRepository, DockerfilePath: dockerfile }: Output<"Slipway.DetectSource">,
): Input<"AppRunner.CreateService"> {
  return {
    ServiceName: name,
    SourceConfiguration: { AutoDeploymentsEnabled: true, CodeRepository },
    ...(dockerfile === undefined ? {} : { Tags: [{ Key: "slipway:dockerfile", Value: dockerfile }] }),
  };
}
