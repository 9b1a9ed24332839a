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
      RuntimeEnvironmentVariables: changedVariables(wish, before?.RuntimeEnvironmentVariables),
      ...(wish.port === undefined ? {} : { Port: wish.port }),
      ...(wish.startCommand === undefined ? {} : { StartCommand: wish.startCommand }),
    },
  };
}

export function changedVariables(
  { variables, unsetVariables }: Pick<DeployWish, "variables" | "unsetVariables">,
  present: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const kept = Object.entries(present ?? {}).filter(([name]) => !unsetVariables.includes(name));
  return { ...Object.fromEntries(kept), ...variables };
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
