/** Exits of instances from the engine's event stream, which is opened again whenever it breaks. */
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineEvent, InstanceExit } from "../ports/container-engine.ts";
import { jsonLines } from "./client.ts";
import type { EngineContext } from "./context.ts";
import { messageOf } from "./errors.ts";
import { lostSandboxExit, readExit } from "./instance-exit.ts";
import { isInstanceId, labels } from "./naming.ts";
import { inspectOwnContainer, listOwnContainers } from "./own-containers.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * The engine drops events of a reader that lags (1,024 waiting, 100 ms): they are taken off the socket at once and wait
 * here. One is about 700 bytes, so this holds over 20,000 exits.
 */
const WAITING_EVENTS_BYTES = 16 * 1_024 * 1_024;

const UNKNOWN_EXIT_CODE = -1;

interface ContainerEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** `onReconnected` runs before each resync but the first: what the engine lost while it was away is put right there. */
export async function* watchExits(
  context: EngineContext,
  onReconnected: () => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  let pauseMs = FIRST_PAUSE_MS;
  let wasConnected = false;
  while (!signal.aborted) {
    try {
      const events = await openEvents(context, signal);
      if (wasConnected) await onReconnected();
      wasConnected = true;
      pauseMs = FIRST_PAUSE_MS;
      yield { type: "resync" };
      yield* exitsIn(context, events, signal);
    } catch (error) {
      if (signal.aborted) return;
      context.report("engine-events-lost", { problem: messageOf(error), retryMs: pauseMs });
    }
    await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

async function openEvents({ client, names }: EngineContext, signal: AbortSignal): Promise<Readable> {
  const answer = await client.stream(signal, (docker, abortSignal) =>
    docker.getEvents({
      filters: { type: ["container"], event: ["die", "oom"], label: [`${labels.owner}=${names.ownerId}`] },
      abortSignal,
    } as object),
  );
  const waiting = new PassThrough({ highWaterMark: WAITING_EVENTS_BYTES });
  answer.on("error", (error) => waiting.destroy(error));
  // Whoever reads sees it. The stream may also break while nobody reads yet, and that must not end the process.
  waiting.on("error", () => undefined);
  answer.on("close", () => waiting.end());
  waiting.on("close", () => answer.destroy());
  return answer.pipe(waiting);
}

async function* exitsIn(
  context: EngineContext,
  events: Readable,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  const outOfMemory = new Set<string>();
  const onAbort = () => events.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    for await (const line of jsonLines(events)) {
      const event = line as ContainerEvent;
      if (event.Action === "oom") outOfMemory.add(event.Actor.ID);
      if (event.Action !== "die") continue;
      const exited = await toExited(context, event, outOfMemory.delete(event.Actor.ID), signal);
      if (exited !== null) yield exited;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    events.destroy();
  }
}

async function toExited(
  context: EngineContext,
  { Actor }: ContainerEvent,
  wasOutOfMemory: boolean,
  signal: AbortSignal,
): Promise<EngineEvent | null> {
  const instanceId = Actor.Attributes[labels.instance];
  if (instanceId === undefined) return await sandboxDied(context, Actor.ID, signal);
  if (!isInstanceId(instanceId)) return null; // somebody else's, with our label
  // Found by the name we gave, not by the event's: an image can bring a label that says another name there.
  // The engine's record is complete by now, also where the oom event is still to come. Only when it has gone does the
  // event's own attribute have to do.
  const found = await inspectOwnContainer(context, context.names.instanceContainer(instanceId), signal);
  if (found !== null && found.Id !== Actor.ID) return null; // a copy of our labels ended, not the instance
  const recorded = found === null ? null : await readExit(context, found, signal);
  const exitCode = recorded?.exitCode ?? statedExitCode(Actor.Attributes["exitCode"]);
  const isOutOfMemory = (wasOutOfMemory || recorded?.isOutOfMemory === true) && exitCode !== 0;
  return exited(instanceId, { ...recorded, exitCode, isOutOfMemory });
}

/** The engine lays labels over an event's attributes, and an image brings its own labels: this may be any text. */
function statedExitCode(text: string | undefined): number {
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : UNKNOWN_EXIT_CODE;
}

/** An instance that still runs in a dead sandbox has no network any more: that is its exit. */
async function sandboxDied(
  context: EngineContext,
  sandboxId: string,
  signal: AbortSignal,
): Promise<EngineEvent | null> {
  const all = await listOwnContainers(context, signal);
  const stranded = all.find(
    (info) => info.State === "running" && info.HostConfig.NetworkMode === `container:${sandboxId}`,
  );
  const instanceId = stranded?.Labels[labels.instance];
  return instanceId === undefined ? null : exited(instanceId, lostSandboxExit);
}

function exited(instanceId: string, exit: InstanceExit): EngineEvent {
  return { type: "exited", instanceId, exit };
}
