/** What the page looks for, and how the API is asked for it. */
import type { Input } from "../../api/wire.ts";

export type AuditRange = "hour" | "day" | "week" | "month" | "all";

export interface AuditFilter {
  readonly who: string;
  readonly what: string;
  readonly resource: string;
  readonly outcome: "any" | "Success" | "Failure";
  readonly kind: "changes" | "all";
  readonly range: AuditRange;
}

export const initialFilter: AuditFilter = {
  who: "",
  what: "",
  resource: "",
  outcome: "any",
  kind: "changes",
  range: "week",
};

const HOUR_S = 3_600;
const SECONDS: Readonly<Record<AuditRange, number | null>> = {
  hour: HOUR_S,
  day: 24 * HOUR_S,
  week: 7 * 24 * HOUR_S,
  month: 30 * 24 * HOUR_S,
  all: null,
};

/** `nowS`: when the page was read; the same for all its parts. */
export function toLookup(filter: AuditFilter, nowS: number): Input<"Slipway.LookupEvents"> {
  const { who, what, resource, outcome, kind, range } = filter;
  const seconds = SECONDS[range];
  const wanted = [
    ["Username", who.trim()],
    ["EventName", what.trim().replace(/^[a-z-]+:/, "")],
    ["ResourceName", resource.trim()],
    ["Outcome", outcome === "any" ? "" : outcome],
    ["ReadOnly", kind === "changes" ? "false" : ""],
  ] as const;
  return {
    LookupAttributes: wanted.flatMap(([AttributeKey, AttributeValue]) =>
      AttributeValue === "" ? [] : [{ AttributeKey, AttributeValue }],
    ),
    ...(seconds !== null && { StartTime: nowS - seconds }),
    EndTime: nowS,
  };
}
