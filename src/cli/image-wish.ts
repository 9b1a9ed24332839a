/** The image repository that `slipway deploy` asks for. Pure. */
import type { ImageRepository } from "../contract/model.gen.ts";
import type { Wire } from "./client.ts";
import { usageFailure } from "./failure.ts";
import type { DeployWish } from "./wish.ts";

/** What was not asked for stays as it is. */
export function imageRepositoryOf(
  wish: DeployWish,
  present: Wire<ImageRepository> | undefined,
): Wire<ImageRepository> {
  const before = present?.ImageConfiguration;
  return {
    ...imageOf(wish.image, present),
    ImageConfiguration: {
      ...before,
      ...changedEnvironment(wish, before),
      ...(wish.port === undefined ? {} : { Port: wish.port }),
      ...(wish.startCommand === undefined ? {} : { StartCommand: wish.startCommand }),
    },
  };
}

interface GivenEnvironment {
  readonly RuntimeEnvironmentVariables?: Readonly<Record<string, string>> | undefined;
  readonly RuntimeEnvironmentSecrets?: Readonly<Record<string, string>> | undefined;
}

/** A name is a variable's or a secret's: the newer one takes the place of the other. */
export function changedEnvironment(
  { variables, secrets, unsetVariables }: Pick<DeployWish, "variables" | "secrets" | "unsetVariables">,
  present: GivenEnvironment | undefined,
) {
  const gone = new Set([...unsetVariables, ...Object.keys(variables), ...Object.keys(secrets)]);
  const kept = (before: Readonly<Record<string, string>> | undefined) =>
    Object.fromEntries(Object.entries(before ?? {}).filter(([name]) => !gone.has(name)));
  const references = { ...kept(present?.RuntimeEnvironmentSecrets), ...secrets };
  const hadSecrets = present?.RuntimeEnvironmentSecrets !== undefined;
  return {
    RuntimeEnvironmentVariables: { ...kept(present?.RuntimeEnvironmentVariables), ...variables },
    ...(hadSecrets || Object.keys(references).length > 0 ? { RuntimeEnvironmentSecrets: references } : {}),
  };
}

function imageOf(
  wished: string | undefined,
  present: ImageRepository | undefined,
): Pick<ImageRepository, "ImageIdentifier" | "ImageRepositoryType"> {
  if (wished === undefined) {
    if (present === undefined) throw usageFailure("--image is missing.", "Say what to run: --image IMAGE.");
    const { ImageIdentifier, ImageRepositoryType } = present;
    return { ImageIdentifier, ImageRepositoryType };
  }
  const isPublicEcr = wished.startsWith("public.ecr.aws/");
  return { ImageIdentifier: wished, ImageRepositoryType: isPublicEcr ? "ECR_PUBLIC" : "ECR" };
}
