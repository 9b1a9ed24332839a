/** Whether an operation needs no new image: the release whose image, and for source code whose build, will do. */
import { isDeepStrictEqual } from "node:util";
import type { CodeSource } from "../domain/code-source.ts";
import type { Operation, OperationPhase } from "../domain/operation.ts";
import type { BuiltRelease, Release } from "../domain/release.ts";
import type { Service, Source } from "../domain/service.ts";
import type { StepContext } from "./executor.ts";

/** A rollback names its release; an update that leaves the artifact alone keeps the active one's, and so do new secrets. Null: a new image. */
export async function keptRelease(
  { ports }: StepContext,
  service: Service,
  operation: Operation,
): Promise<Release | null> {
  const { releases } = ports.store;
  if (operation.fromReleaseNumber !== undefined) {
    return releases.get(service.id, operation.fromReleaseNumber);
  }
  const keeps = operation.type === "UPDATE_SERVICE" || operation.trigger?.by === "rotation";
  if (!keeps || service.activeReleaseNumber === null) return null;
  const active = await releases.get(service.id, service.activeReleaseNumber);
  return active !== null && isSameArtifact(active.configuration.source, operation.configuration.source)
    ? active
    : null;
}

/** How its release is obtained: an image is pulled; source code is fetched and built, unless what was built before will do. */
export async function obtainingPhase(
  context: StepContext,
  service: Service,
  operation: Operation,
): Promise<OperationPhase> {
  if (operation.configuration.source.kind === "image") return "pull";
  return (await keptRelease(context, service, operation)) === null ? "source" : "pull";
}

function isSameArtifact(before: Source, after: Source): boolean {
  if (before.kind === "image" && after.kind === "image") {
    return before.imageIdentifier === after.imageIdentifier;
  }
  if (before.kind === "image" || after.kind === "image") return false;
  return isDeepStrictEqual(withoutVariables(before), withoutVariables(after));
}

/** Variables given with the API are no part of the image. */
function withoutVariables(source: CodeSource): CodeSource {
  const { values } = source;
  if (values === null) return source;
  return { ...source, values: { ...values, environment: {}, environmentSecrets: {} } };
}

/** What the kept build is with the variables wished now. */
export function builtAnew(built: BuiltRelease, source: Source): BuiltRelease {
  if (source.kind === "image" || source.values === null) return built;
  const { environment, environmentSecrets } = source.values;
  return { ...built, run: { ...built.run, environment, environmentSecrets } };
}
