/** Which services are given a secret or a parameter, and under which names. */
import type { DescribedService } from "../../parts/all-services.ts";

export interface Kept {
  readonly arn: string;
  readonly name: string;
}

export interface Use {
  readonly service: Pick<DescribedService, "ServiceId" | "ServiceName">;
  /** Of the environment. */
  readonly variables: readonly string[];
}

export function usesOf(services: readonly DescribedService[], kept: Kept): readonly Use[] {
  return services.flatMap((service) => {
    const variables = Object.entries(secretsOf(service))
      .filter(([, reference]) => isReferenceTo(reference, kept))
      .map(([variable]) => variable);
    return variables.length === 0 ? [] : [{ service, variables }];
  });
}

function secretsOf({ SourceConfiguration }: DescribedService): Readonly<Record<string, string>> {
  return {
    ...SourceConfiguration.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentSecrets,
    ...SourceConfiguration.CodeRepository?.CodeConfiguration?.CodeConfigurationValues
      ?.RuntimeEnvironmentSecrets,
  };
}

/** With or without the six characters, a member, a stage, a version; parameters by name as well. */
export function isReferenceTo(reference: string, { arn, name }: Kept): boolean {
  if (arn.includes(":parameter/")) {
    const plain = reference.replace(/:\d+$/, "");
    return plain === arn || plain === name || `/${plain}` === name || plain === `/${name}`;
  }
  const bare = arn.slice(0, -"-AbCdEf".length);
  return [arn, bare].some((start) => reference === start || reference.startsWith(`${start}:`));
}
