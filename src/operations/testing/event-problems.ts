/** What the told events and the rows do not agree on: every change once, in order, none without a row. */
import type { NewEvent } from "../../domain/event.ts";
import type { Instance } from "../../domain/instance.ts";
import { isFinished } from "../../domain/operation.ts";
import type { Service } from "../../domain/service.ts";
import type { MemoryStore } from "./memory-store.ts";

export function eventProblems({ rows }: MemoryStore): readonly string[] {
  const { events } = rows;
  return [
    ...[...rows.services.values()].flatMap((service) => statusProblems(service, events)),
    ...[...rows.operations.values()].flatMap((operation) => {
      const told = outcomes(events, operation.id);
      const hasSucceeded = operation.status === "SUCCEEDED" ? "CompletedSuccessfully" : "Failed";
      const due = ["Started", ...(isFinished(operation) ? [hasSucceeded] : [])];
      return difference(`operation ${operation.type} ${operation.id}`, told, due);
    }),
    ...[...rows.instances.values()].flatMap((row) => endProblems(row, events)),
    ...[...rows.instances.values()].flatMap((row) => healthProblems(row, events)),
  ];
}

function endProblems({ id, state, end }: Instance, events: readonly NewEvent[]): readonly string[] {
  const told = ofInstance(events, id, "Slipway Instance Ended").map(({ detail }) => detail["reason"]);
  const isEnded = state === "failed" || state === "stopped";
  return difference(`end of ${id}`, told, isEnded ? [end] : []);
}

function healthProblems(
  { id, isUnhealthy = false }: Instance,
  events: readonly NewEvent[],
): readonly string[] {
  const changes = ofInstance(events, id, "Slipway Instance Health Change");
  const told = changes.map(({ detail }) => detail["health"]);
  const due = told.map((_one, index) => (index % 2 === 0 ? "UNHEALTHY" : "HEALTHY"));
  return [
    ...difference(`health of ${id}`, told, due),
    ...difference(`last health of ${id}`, [told.at(-1) === "UNHEALTHY"], [isUnhealthy]),
  ];
}

function statusProblems({ id, status }: Service, events: readonly NewEvent[]): readonly string[] {
  const chain = events
    .filter(
      ({ detailType, serviceId }) => serviceId === id && detailType === "AppRunner Service Status Change",
    )
    .map(({ detail }) => [detail["previousServiceStatus"], detail["currentServiceStatus"]] as const);
  const due = chain.map(([, current], index) => [chain[index - 1]?.[1], current] as const);
  return [
    ...difference(`statuses of ${id}`, chain, due),
    ...difference(`status of ${id}`, [chain.at(-1)?.[1]], [status]),
  ];
}

function outcomes(events: readonly NewEvent[], operationId: string): readonly string[] {
  const told = events.filter(({ detail }) => detail["operationId"] === operationId);
  return told.map(({ detail }) => String(detail["operationStatus"]).replace(/^[A-Z][a-z]+(Service)?/, ""));
}

function ofInstance(events: readonly NewEvent[], id: string, detailType: string): readonly NewEvent[] {
  return events.filter((event) => event.detailType === detailType && event.detail["instanceId"] === id);
}

function difference(what: string, told: readonly unknown[], due: readonly unknown[]): readonly string[] {
  const [has, should] = [JSON.stringify(told), JSON.stringify(due)];
  return has === should ? [] : [`${what}: told ${has} instead of ${should}`];
}
