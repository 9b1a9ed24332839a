/** Where the time of a deployment goes, by the times of the lines in its operation's log. */
import { eventLine } from "../../src/domain/event-line.ts";
import type { Installation } from "../../test/support/installation.ts";
import { listOperations } from "../../test/support/service.ts";

export interface Phases {
  /** From the call until the build begins: push, operation, fetch, checkout. */
  readonly sourceMs: number;
  /** Plan, BuildKit and what holds it in bounds. */
  readonly buildMs: number;
  /** From the image until the URL answers with it. */
  readonly rolloutMs: number;
}

export interface Timed {
  readonly service: { readonly name: string; readonly id: string; readonly arn: string };
  /** Epoch milliseconds of the call. */
  readonly startedAtMs: number;
  readonly durationMs: number;
}

/** Of the service's newest operation. */
export async function readPhases(slipway: Installation, timed: Timed): Promise<Phases> {
  const lines = await newestLog(slipway, timed.service);
  const at = (text: string): number => {
    const line = lines.find(({ message }) => message.endsWith(text));
    if (line === undefined) throw new Error(`the operation's log has no line ${text}`);
    return line.timestamp - timed.startedAtMs;
  };
  const [beginMs, endMs] = [at(eventLine.buildStarting()), at(eventLine.buildSucceeded())];
  return { sourceMs: beginMs, buildMs: endMs - beginMs, rolloutMs: timed.durationMs - endMs };
}

async function newestLog(slipway: Installation, { name, id, arn }: Timed["service"]) {
  const [operation] = await listOperations(slipway, arn);
  const page = await slipway.client().call("Logs_20140328.GetLogEvents", {
    logGroupName: `/aws/apprunner/${name}/${id}/service`,
    logStreamName: `deployment/${operation?.Id}`,
    limit: 1_000,
  });
  return page.events;
}
