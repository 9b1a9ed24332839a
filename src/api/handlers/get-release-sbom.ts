import { SlipwayError } from "../../domain/error.ts";
import { formatImageReference, parseImageReference } from "../../domain/image-reference.ts";
import type { Release } from "../../domain/release.ts";
import type { Handler } from "../handler.ts";
import { findService } from "../resources/service-lookup.ts";

/** One that was not kept is read from the image, which takes a moment. */
const DEADLINE_MS = 60_000;

/** Ours: what is in the image of a release. */
export const getReleaseSbom: Handler<"GetReleaseSbom"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const number = input.ReleaseNumber ?? service.activeReleaseNumber ?? 0;
  const release = await context.store.releases.get(service.id, number);
  const image = release === null ? null : { imageId: release.imageId, name: nameOf(release) };
  const sbom = image === null ? null : await context.bills.of(image, AbortSignal.timeout(DEADLINE_MS));
  if (release === null || sbom === null) {
    throw new SlipwayError("NoBillOfMaterials", { name: service.name, number: String(number) });
  }
  return {
    ReleaseNumber: number,
    ImageDigest: release.imageDigest ?? undefined,
    SignedBy: release.signedBy,
    Sbom: sbom,
  };
};

/** As people know the image: repository and digest, where it has one. */
function nameOf({ imageId, imageDigest, configuration: { source } }: Release): string {
  if (source.kind === "code" || imageDigest === null) return imageId;
  const { registry, repository } = parseImageReference(source.imageIdentifier, "ImageIdentifier");
  return formatImageReference({ registry, repository, digest: imageDigest });
}
