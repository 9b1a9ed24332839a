/** What a failed operation shows to the person who has to correct it. */
import type { FailureCause } from "../domain/cause.ts";
import { parseImageReference } from "../domain/image-reference.ts";
import type { Operation } from "../domain/operation.ts";
import type { Service } from "../domain/service.ts";
import type { StepContext } from "./executor.ts";
import { ownerOf } from "./story.ts";

const LINE_COUNT = 100;
/** How long to wait for an ended instance's output to be copied whole. */
const COPY_MS = 2000;

/** The last lines of the new set's instance that ended, or of the youngest. */
export async function lastLines(
  { ports }: StepContext,
  service: Service,
  operation: Operation,
): Promise<readonly string[]> {
  if (operation.releaseNumber === null) return [];
  const rows = await ports.store.instances.listLive(service.id);
  const set = rows.filter((row) => row.releaseNumber === operation.releaseNumber);
  const ended = set.find((row) => row.state === "failed");
  const culprit = ended ?? set[0];
  if (culprit === undefined) return [];
  if (ended !== undefined) await ports.log.finish(culprit.id, COPY_MS);
  return ports.log.tail(ownerOf(service), culprit.id, LINE_COUNT);
}

/** The most frequent reason of a silent port: the image listens on another one, and says which. */
export async function portHint(
  { ports }: StepContext,
  operation: Operation,
  cause: FailureCause,
  signal: AbortSignal,
): Promise<string> {
  if (cause.class !== "port-not-listening") return "";
  const { source } = operation.configuration;
  if (source.kind === "code") return "";
  const { imageIdentifier, port } = source;
  const { image } = ports.registry.locate(parseImageReference(imageIdentifier, "ImageIdentifier"), null);
  const found = await ports.engine.findImage(image, signal).catch(() => null);
  const exposed = found?.exposedPorts ?? [];
  if (exposed.length === 0 || exposed.includes(Number(port))) return "";
  return ` The image itself exposes ${exposed.join(", ")}.`;
}
