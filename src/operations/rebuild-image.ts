/** Builds the image of a release again: from the commit, and by the Dockerfile, that it was built from. */
import type { BuiltRelease, Release } from "../domain/release.ts";
import { BuildError } from "../ports/builder.ts";
import { InstanceStartError } from "../ports/container-engine.ts";
import { SourceError } from "../ports/source-code.ts";
import { type StepContext, serviceOf } from "./executor.ts";
import { imageNotRebuilt } from "./failure.ts";
import { SecretRefused } from "./pinned-secrets.ts";
import { type BuildWish, buildWish, locationOf, runBuild } from "./run-build.ts";

/** The new image's id. Throws `InstanceStartError` ("no-such-image") when commit or build are not to be had any more. */
export async function rebuildImage(
  context: StepContext,
  { configuration, built, operationId, secrets = {} }: Release,
  signal: AbortSignal,
): Promise<string> {
  if (built === undefined) throw new Error("a release of a code source is always built");
  const { sourceCode, ids } = context.ports;
  const service = await serviceOf(context);
  const key = ids.hex32();
  try {
    const location = locationOf(service, configuration);
    const { directory } = await sourceCode.checkout({ key, location, commitId: built.commit.id }, signal);
    // Tags are of the service and may have changed since.
    const wish = { ...(await buildWish(context, service)), ...wishThen(built) };
    // Its instances get what it was deployed with.
    const onPlan = () => Promise.resolve();
    const instanceSecrets = () => secrets;
    const job = {
      service,
      operationId,
      configuration,
      treeDirectory: directory,
      wish,
      onPlan,
      instanceSecrets,
    };
    return (await runBuild(context, job, signal)).imageId;
  } catch (error) {
    if (!(error instanceof SourceError || error instanceof BuildError || error instanceof SecretRefused))
      throw error;
    throw new InstanceStartError("no-such-image", imageNotRebuilt(error, built.commit), { cause: error });
  } finally {
    // What cannot be removed now is tidied up later.
    await sourceCode.discard(key).catch(() => undefined);
  }
}

/** What is kept of it. */
function wishThen({ dockerfile, buildSecrets }: BuiltRelease): Partial<BuildWish> {
  return {
    ...(dockerfile !== undefined && { dockerfile }),
    ...(buildSecrets !== undefined && { buildSecrets }),
  };
}
