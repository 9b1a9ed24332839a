import { parseImageReference } from "../../domain/image-reference.ts";
import { assertAccessRole } from "../resources/service-roles.ts";
import type { Handler } from "../handler.ts";

const DEADLINE_MS = 30_000;

/** Ours: what an image is, before anybody deploys it. */
export const inspectImage: Handler<"InspectImage"> = async ({ ImageIdentifier, AccessRoleArn }, context) => {
  const image = parseImageReference(ImageIdentifier, "ImageIdentifier");
  if (AccessRoleArn !== undefined) await assertAccessRole(AccessRoleArn, context);
  const wish = { image, accessRoleArn: AccessRoleArn ?? null };
  const found = await context.images.inspect(wish, AbortSignal.timeout(DEADLINE_MS));
  if (found.place === "nowhere") return { Place: found.place, Problem: found.problem, ExposedPorts: [] };
  return {
    Place: found.place,
    Digest: found.digest ?? undefined,
    Architecture: found.architecture ?? undefined,
    ExposedPorts: found.exposedPorts,
    SizeBytes: found.sizeBytes ?? undefined,
  };
};
