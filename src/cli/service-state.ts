/** Why a service cannot be changed at the moment, and the next thing to do about it. */
import type { OperationSummary } from "../contract/model.gen.ts";
import { ApiError, type Client, type Wire } from "./client.ts";
import { CliFailure } from "./failure.ts";
import type { ServiceReference } from "./service-reference.ts";
import { formatAgo } from "./time.ts";

interface Moment {
  readonly status: string;
  readonly newest: Wire<OperationSummary> | undefined;
}

export interface ServiceChange {
  readonly client: Client;
  readonly service: Pick<ServiceReference, "name" | "arn">;
  readonly nowMs: number;
}

/** Does what changes a service; a refusal because of its state comes with what it does now and how to watch that. */
export async function changeService<Result>(
  change: ServiceChange,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!isAboutState(error)) throw error;
    throw await stateFailure(change, `${change.service.name}: ${error.message} (${error.code})`);
  }
}

export async function stateFailure(
  { client, service, nowMs }: ServiceChange,
  message: string,
): Promise<CliFailure> {
  const moment = await lookAt(client, service);
  return new CliFailure(message, { hint: hintFor(service.name, moment, nowMs) });
}

/** App Runner has two codes for it. */
function isAboutState(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return error.code === "InvalidStateException" || /isn't in RUNNING state/.test(error.message);
}

async function lookAt(client: Client, service: ServiceChange["service"]): Promise<Moment> {
  const [{ Service: found }, { OperationSummaryList: operations }] = await Promise.all([
    client.call("AppRunner.DescribeService", { ServiceArn: service.arn }),
    client.call("AppRunner.ListOperations", { ServiceArn: service.arn, MaxResults: 1 }),
  ]);
  return { status: found.Status, newest: operations?.[0] };
}

function hintFor(name: string, { status, newest }: Moment, nowMs: number): string {
  if (status === "OPERATION_IN_PROGRESS" && newest !== undefined) {
    const began = formatAgo(newest.StartedAt, nowMs);
    return `${newest.Type} runs, begun ${began}: watch it with \`slipway logs ${name} --deployment -f\` or \`slipway ops ${name}\`, and try again when it ended.`;
  }
  if (status === "PAUSED") return `It is paused: wake it with \`slipway resume ${name}\`.`;
  if (status === "CREATE_FAILED") {
    return `Its creation failed: see why with \`slipway ops ${name}\`, then deploy it again with \`slipway deploy --name ${name}\` or delete it with \`slipway rm ${name}\`.`;
  }
  if (status === "RUNNING") return "What was in the way has just ended: try again.";
  return `It is ${status}: see \`slipway ops ${name}\`.`;
}
