/** Refuses a managed runtime that no build on this machine can have: better now than minutes later. */
import { SlipwayError } from "../../domain/error.ts";
import { parseExtensions } from "../../domain/extension.ts";
import { findRuntime } from "../../domain/runtime.ts";
import type { Source } from "../../domain/service.ts";
import type { Tag } from "../../domain/tag.ts";
import type { RuntimeCatalogue } from "../../ports/runtime-catalogue.ts";

const PATH = "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.Runtime";
/** Whoever waits for an answer of ours gives up after a minute; a registry that does not answer is not waited for. */
const DEADLINE_MS = 10_000;

/** `present`: what the service is made of now, null for a new one. Where nobody knows, the build finds out. */
export async function assertRuntimeAvailable(
  {
    wished,
    present,
    tags,
  }: { readonly wished: Source; readonly present: Source | null; readonly tags: readonly Tag[] },
  { runtimes }: { readonly runtimes: Pick<RuntimeCatalogue, "whyUnavailable"> },
): Promise<void> {
  const name = runtimeOf(wished);
  // What was built with it once may be deployed without another build.
  const runtime = name === null || name === runtimeOf(present) ? undefined : findRuntime(name);
  if (runtime === undefined || parseExtensions(tags).dockerfile !== null) return;
  const problem = await runtimes.whyUnavailable(runtime, AbortSignal.timeout(DEADLINE_MS));
  if (problem !== null) throw new SlipwayError("InvalidParameter", { path: PATH, problem });
}

/** Null: an image, or `apprunner.yaml` names it. */
function runtimeOf(source: Source | null): string | null {
  return source?.kind === "code" ? (source.values?.runtime ?? null) : null;
}
