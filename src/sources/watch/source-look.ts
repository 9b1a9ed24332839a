/**
 * One look at a source: is there a version that was not tried yet, and if so its deployment. One deployment per version:
 * what was tried, even without success, is not tried again until another version has been there.
 */
import { createHash } from "node:crypto";
import type { CodeSource } from "../../domain/code-source.ts";
import { isSlipwayError } from "../../domain/error.ts";
import type { Service } from "../../domain/service.ts";
import type { SourceWatch } from "../../domain/source-watch.ts";
import type { ServiceCommands } from "../../ports/service-commands.ts";
import type { Store } from "../../ports/store.ts";
import { currentVersion, locationOf, type SourcePorts } from "./source-versions.ts";
import { triedVersions, type TriedVersions } from "./tried-versions.ts";

export interface LookPorts extends SourcePorts {
  readonly store: Pick<Store, "operations" | "releases">;
  readonly commands: Pick<ServiceCommands, "startDeployment">;
}

export type Look =
  /** Nothing is to be done for this version, now or later. */
  | { readonly kind: "handled"; readonly version: string }
  | { readonly kind: "deployed"; readonly version: string; readonly operationId: string }
  /** Something else is being done with the service: look again when that is over. */
  | { readonly kind: "busy" };

/** Throws SourceError, ImagePullError, or what the engine or the store throw. */
export async function lookAtSource(
  service: Service,
  watch: SourceWatch,
  ports: LookPorts,
  signal: AbortSignal,
): Promise<Look> {
  const version = await currentVersion(service, ports, signal);
  const tried = await triedVersions(service, ports.store);
  const isKnown = version === watch.handledVersion || tried.versions.has(version);
  if (isKnown || cameDuringPause(watch, tried)) return { kind: "handled", version };
  if (await isUntouched(service, version, { tried, ports, signal })) return { kind: "handled", version };
  try {
    const trigger = { by: watch.poke?.by ?? "poll", version };
    const { operationId } = await ports.commands.startDeployment(service.id, trigger);
    return { kind: "deployed", version, operationId };
  } catch (error) {
    if (isSlipwayError(error, "ServiceNotDeployable") || isSlipwayError(error, "ServiceBusy")) {
      return { kind: "busy" };
    }
    throw error;
  }
}

/** What was pushed while a service was paused is never deployed by itself. [App Runner, Pausing] */
function cameDuringPause({ answeredAtMs = 0, poke }: SourceWatch, { resumedAtMs }: TriedVersions): boolean {
  return resumedAtMs !== null && answeredAtMs < resumedAtMs && poke === undefined;
}

/** Whether a new commit leaves the source directory as it is in traffic. Only then a checkout is worth it. */
async function isUntouched(
  service: Service,
  commitId: string,
  look: { readonly tried: TriedVersions; readonly ports: LookPorts; readonly signal: AbortSignal },
): Promise<boolean> {
  const { source } = service.configuration;
  const deployed = look.tried.active?.built?.sourceTreeId;
  if (source.kind !== "code" || isRoot(source) || deployed === undefined) return false;
  const { sourceCode } = look.ports;
  const key = checkoutKey(service.id, commitId);
  try {
    const location = locationOf(service, source);
    const { sourceTreeId } = await sourceCode.checkout({ key, location, commitId }, look.signal);
    return sourceTreeId === deployed;
  } finally {
    await sourceCode.discard(key);
  }
}

function isRoot({ sourceDirectory }: CodeSource): boolean {
  return sourceDirectory.replaceAll("/", "") === "";
}

/** A key of our own, and the same after a crash. */
function checkoutKey(serviceId: string, commitId: string): string {
  return createHash("sha256").update(`watch ${serviceId} ${commitId}`).digest("hex").slice(0, 32);
}
