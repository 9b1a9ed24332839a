import { parseImageReference } from "../../domain/image-reference.ts";
import { assertAccessRole } from "../resources/service-roles.ts";
import type { Handler } from "../handler.ts";

const DEADLINE_MS = 30_000;

/** Ours: which tags a repository has, for who chooses one. */
export const inspectImageRepository: Handler<"InspectImageRepository"> = async (
  { ImageIdentifier, AccessRoleArn },
  context,
) => {
  const image = parseImageReference(ImageIdentifier, "ImageIdentifier");
  if (AccessRoleArn !== undefined) await assertAccessRole(AccessRoleArn, context);
  const wish = { image, accessRoleArn: AccessRoleArn ?? null };
  const { tags, problem } = await context.images.tagsOf(wish, AbortSignal.timeout(DEADLINE_MS));
  return { Tags: tags, Problem: problem ?? undefined };
};
