/** Which version a source has now: the commit a branch points at, or the digest a tag stands for. */
import { parseImageReference } from "../../domain/image-reference.ts";
import type { CodeSource } from "../../domain/code-source.ts";
import type { ImageSource, Service } from "../../domain/service.ts";
import { type ContainerEngine, ImagePullError } from "../../ports/container-engine.ts";
import type { RegistryDirectory } from "../../ports/registry-directory.ts";
import type { CodeLocation, SourceCode } from "../../ports/source-code.ts";

export interface SourcePorts {
  readonly sourceCode: SourceCode;
  readonly engine: Pick<ContainerEngine, "findImage" | "resolveDigest">;
  readonly registry: RegistryDirectory;
}

/** Throws SourceError or ImagePullError. */
export async function currentVersion(
  service: Service,
  ports: SourcePorts,
  signal: AbortSignal,
): Promise<string> {
  const { source } = service.configuration;
  if (source.kind === "image") return imageVersion(service, source, ports, signal);
  return (await ports.sourceCode.head(locationOf(service, source), signal)).commitId;
}

export function locationOf({ id, configuration }: Service, source: CodeSource): CodeLocation {
  const { repositoryUrl, branch, sourceDirectory } = source;
  const connectionArn = configuration.connectionArn ?? null;
  return { serviceId: id, repositoryUrl, branch, sourceDirectory, connectionArn };
}

/**
 * As a deployment would choose: an image that only this engine has counts by its id there. A copy of a registry's image
 * does not stand in for a registry that is away: it may be older than what runs.
 */
async function imageVersion(
  { configuration }: Service,
  { imageIdentifier }: ImageSource,
  { engine, registry }: SourcePorts,
  signal: AbortSignal,
): Promise<string> {
  const located = registry.locate(
    parseImageReference(imageIdentifier, "ImageIdentifier"),
    configuration.accessRoleArn ?? null,
  );
  const local = await engine.findImage(located.image, signal);
  if (local !== null && local.digest === null) return local.imageId;
  try {
    return await engine.resolveDigest(located, signal);
  } catch (error) {
    const isOnlyHere = error instanceof ImagePullError && error.problem === "not-found";
    if (local !== null && isOnlyHere) return local.imageId;
    throw error;
  }
}
