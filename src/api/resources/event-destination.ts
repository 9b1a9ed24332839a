/** Destinations of events: found by name, checked, sealed, and as the wire has them. */
import type * as Wire from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import { eventSource, type PlatformEvent } from "../../domain/event.ts";
import {
  destinationArn,
  destinationSealPurpose,
  type EventDestination,
  type EventFilter,
  type EventFormat,
  type SealedPart,
} from "../../domain/event-destination.ts";
import type { DeliveredEvent } from "../../ports/event-tables.ts";
import type { Tables } from "../../ports/store.ts";
import type { HandlerContext } from "../handler.ts";

export async function findDestination(name: string, context: HandlerContext): Promise<EventDestination> {
  return destinationIn(context.store, name, context);
}

/** Within a transaction. */
export async function destinationIn(
  tables: Tables,
  name: string,
  { scope }: Pick<HandlerContext, "scope">,
): Promise<EventDestination> {
  const arn = destinationArn(scope, name);
  const found = await tables.eventDestinations.get(arn);
  if (found === null) throw new SlipwayError("NoSuchResource", { kind: "EventDestination", arn });
  return found;
}

/** Throws InvalidParameter that never quotes the address. */
export function urlFromWire(text: string, { eventSending }: Pick<HandlerContext, "eventSending">): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw invalid("Url", "must be an http or https address");
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid("Url", "must hold no user and no password: messages are signed instead");
  }
  const problem = eventSending.problemOf(url);
  if (problem !== null) throw invalid("Url", problem);
  return url;
}

export function filterFromWire(wire: Wire.EventFilter | undefined): EventFilter {
  const { Tag: tag } = wire ?? {};
  return {
    detailTypes: wire?.DetailTypes ?? [],
    serviceNames: wire?.ServiceNames ?? [],
    tag: tag === undefined ? null : { key: tag.Key, value: tag.Value ?? "" },
    minimumSeverity: wire?.MinimumSeverity ?? "INFO",
  };
}

/** 32 bytes, in the spelling of the Standard Webhooks scheme. */
export function newSecret({ ids }: Pick<HandlerContext, "ids">): string {
  return `whsec_${Buffer.from(ids.hex32() + ids.hex32(), "hex").toString("base64")}`;
}

export async function sealPart(
  tx: Tables,
  arn: string,
  { part, text, vault }: { readonly part: SealedPart; readonly text: string } & Pick<HandlerContext, "vault">,
): Promise<void> {
  await tx.sealedValues.save(arn, part, vault.seal(destinationSealPurpose(arn, part), text));
}

export async function openPart(
  tx: Tables,
  arn: string,
  { part, vault }: { readonly part: SealedPart } & Pick<HandlerContext, "vault">,
): Promise<string> {
  const sealed = await tx.sealedValues.get(arn, part);
  if (sealed === null) throw new Error(`${arn} has no sealed ${part}`);
  return vault.open(destinationSealPurpose(arn, part), sealed);
}

/** `waitingCount`: of lists and descriptions. */
export function destinationToWire(
  destination: EventDestination,
  waitingCount?: number,
): Wire.EventDestination {
  const { arn, name, format, filter, status, problem, failure } = destination;
  return {
    Name: name,
    Arn: arn,
    Url: destination.shownUrl,
    Format: format satisfies EventFormat,
    Filter: filterToWire(filter),
    Status: status,
    ...(problem !== null && { Problem: problem }),
    ...(failure !== undefined && {
      FailingSince: new Date(failure.sinceMs),
      FailingProblem: failure.problem,
    }),
    ...(waitingCount !== undefined && { WaitingCount: waitingCount }),
    CreatedAt: new Date(destination.createdAtMs),
  };
}

function filterToWire({ detailTypes, serviceNames, tag, minimumSeverity }: EventFilter): Wire.EventFilter {
  return {
    ...(detailTypes.length > 0 && { DetailTypes: detailTypes }),
    ...(serviceNames.length > 0 && { ServiceNames: serviceNames }),
    ...(tag !== null && { Tag: { Key: tag.key, ...(tag.value !== "" && { Value: tag.value }) } }),
    MinimumSeverity: minimumSeverity,
  };
}

export function eventToWire(event: PlatformEvent): Wire.Event {
  const { serviceName } = event.detail;
  return {
    Id: event.id,
    Time: new Date(event.atMs),
    Source: eventSource(event.detailType),
    DetailType: event.detailType,
    Severity: event.severity,
    Message: event.message,
    ...(typeof serviceName === "string" && { ServiceName: serviceName }),
    Resources: event.resources,
    Detail: JSON.stringify(event.detail),
  };
}

export function deliveryToWire({ delivery, event }: DeliveredEvent): Wire.EventDelivery {
  const { state, attemptCount, lastAttemptAtMs, dueAtMs, lastStatus, lastProblem } = delivery;
  return {
    Event: eventToWire(event),
    State: state,
    Attempts: attemptCount,
    ...(lastAttemptAtMs !== null && { LastAttemptAt: new Date(lastAttemptAtMs) }),
    ...(state === "pending" && { NextAttemptAt: new Date(dueAtMs) }),
    ...(lastStatus !== null && { LastStatus: lastStatus }),
    ...(lastProblem !== null && { LastProblem: lastProblem }),
  };
}

export function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
