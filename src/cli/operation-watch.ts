/** Follows one operation to its end, its log lines as progress. The operation goes on whether or not we watch. */
import type { Operation, OperationCause } from "../contract/slipway-operations.ts";
import { ApiError, type Client, Unreachable, type Wire } from "./client.ts";
import { isCancelled, statusOf } from "./ended-operations.ts";
import { CliFailure } from "./failure.ts";
import type { CliIo } from "./io.ts";
import type { Progress } from "./progress.ts";
import { findOperationStream, LogCursor } from "./service-logs.ts";
import type { ServiceReference } from "./service-reference.ts";
import { printable } from "./style.ts";
import { formatDuration } from "./time.ts";

export interface WatchRequest {
  readonly client: Client;
  readonly service: ServiceReference;
  readonly operationId: string;
  /** "Deploying web" */
  readonly title: string;
  /** "web is deployed" */
  readonly success: string;
}

const POLL_FIRST_MS = 100;
const POLL_MAX_MS = 1000;
/** A control plane may be restarted under us. */
const PATIENCE_MS = 60_000;
const SHOWN_LOG_LINES = 20;
/** In words; phases that last an instant have none. */
const PHASES: Readonly<Record<string, string>> = {
  waiting: "waiting for its turn",
  secrets: "looking up secrets",
  source: "fetching the source code",
  build: "building",
  pull: "pulling the image",
  provision: "starting instances",
  "health-check": "waiting until they are healthy",
  routing: "switching the traffic",
  draining: "draining what ran before",
  cleanup: "cleaning up",
};
const RUNNING: ReadonlySet<string> = new Set(["PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS"]);

/** Resolves when the operation succeeded; throws CliFailure with the cause when it did not. */
export async function watchOperation(io: CliIo, request: WatchRequest): Promise<Wire<Operation>> {
  const progress = io.progress(request.title);
  const startedMs = io.now();
  const told = new Set<string>();
  const silence = io.onInterrupt(
    `The operation goes on. Follow it with \`slipway logs ${request.service.name} --deployment ${request.operationId} -f\`.`,
  );
  const operation = await follow(io, request, {
    ...progress,
    line(text) {
      // A cause has them without the part of the build that said them.
      told.add(text.replace(/^\[\w+\] /, ""));
      progress.line(text);
    },
  }).finally(silence);
  const took = formatDuration(io.now() - startedMs);
  if (operation.Status === "SUCCEEDED") {
    progress.succeed(`${request.success} (${took}).`);
    return operation;
  }
  progress.fail(`${request.title}: ${statusOf(operation.Status, isCancelled(operation))} after ${took}.`);
  throw failureOf(operation, request.service, told);
}

async function follow(io: CliIo, request: WatchRequest, progress: Progress): Promise<Wire<Operation>> {
  const lines = operationLines(request);
  let pauseMs = POLL_FIRST_MS;
  let answeredMs = io.now();
  for (;;) {
    try {
      const operation = await describe(request);
      const phase = PHASES[operation.Phase ?? ""];
      if (phase !== undefined) progress.phase(phase);
      for (const line of await lines()) progress.line(line);
      if (!RUNNING.has(operation.Status)) return operation;
      answeredMs = io.now();
    } catch (error) {
      if (!(error instanceof Unreachable) || io.now() - answeredMs > PATIENCE_MS) throw error;
    }
    await io.sleep(pauseMs);
    pauseMs = Math.min(POLL_MAX_MS, pauseMs * 1.4);
  }
}

async function describe({ client, service, operationId }: WatchRequest): Promise<Wire<Operation>> {
  const input = { ServiceArn: service.arn, OperationId: operationId };
  return (await client.call("Slipway.DescribeOperation", input)).Operation;
}

/** Who may deploy need not be allowed to read logs, as with AWS's AWSAppRunnerFullAccess. */
const LOG_FORBIDDEN =
  "(its log is not for you to read: that needs a policy such as CloudWatchLogsReadOnlyAccess)";

/** Each call returns the lines written since the one before. */
function operationLines({ client, service, operationId }: WatchRequest): () => Promise<readonly string[]> {
  let cursor: LogCursor | undefined;
  let isForbidden = false;
  const read = async () => {
    if (cursor === undefined) {
      const stream = await findOperationStream(client, service, operationId);
      if (stream === undefined) return [];
      cursor = new LogCursor(client, stream);
    }
    return (await cursor.next()).map(({ message }) => printable(message).replace(/^.*?\[AppRunner\] /, ""));
  };
  return async () => {
    if (isForbidden) return [];
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "AccessDeniedException") throw error;
      isForbidden = true;
      return [LOG_FORBIDDEN];
    }
  };
}

/** What the operation says about its failure, as an error of the command. Lines that were told already are left out. */
export function failureOf(
  operation: Wire<Operation>,
  service: ServiceReference,
  told: ReadonlySet<string> = new Set(),
): CliFailure {
  const cause = operation.Cause;
  const where = cause === undefined ? "" : ` in phase ${phaseOf(cause)}`;
  const lines = (cause?.LogLines ?? []).map((line) => printable(line)).slice(-SHOWN_LOG_LINES);
  const output = lines.every((line) => told.has(line)) ? [] : lines;
  const after =
    operation.Status === "ROLLBACK_SUCCEEDED" ? " What ran before still runs; nothing was changed." : "";
  const ended = isCancelled(operation) ? "ended" : `failed${where}`;
  return new CliFailure(
    `${service.name}: ${titleOf(operation)} ${ended}: ${cause?.Message ?? operation.Status}${after}`,
    {
      details:
        output.length === 0
          ? []
          : [
              `Last output of the ${cause?.Phase === "build" ? "build" : "application"}:`,
              ...output.map((line) => `  ${line}`),
            ],
      hint: `See \`slipway logs ${service.name} --deployment ${operation.Id}\`.`,
    },
  );
}

function titleOf({ Type: type, FromReleaseNumber: from }: Wire<Operation>): string {
  return from === undefined ? type.toLowerCase().replaceAll("_", " ") : `rollback to release ${from}`;
}

/** The class says no more than the phase where both are one word. */
function phaseOf({ Phase: phase, Class: kind }: Wire<OperationCause>): string {
  return phase === kind ? phase : `${phase} (${kind})`;
}
