import type { InputOf } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { auditEventToWire } from "../wire/audit-to-wire.ts";

const MAX_RESULTS = 50;
const MAX_CONDITIONS = 8;

/** CloudTrail API, LookupEvents; ours takes several attributes. Pages may be empty: the next one goes on looking. */
export const lookupEvents: Handler<"LookupEvents"> = async (input, { audit, pageTokens, clock, scope }) => {
  const { NextToken, ...others } = input;
  const conditions = conditionsOf(input);
  const startMs = input.StartTime?.getTime() ?? 0;
  const endMs = input.EndTime?.getTime() ?? clock.now();
  if (startMs > endMs) throw invalid("EndTime", "must not be before StartTime");
  const binding = ["LookupEvents", others];
  const { records, beforeSequence } = await audit.lookup({
    startMs,
    endMs,
    conditions,
    beforeSequence: NextToken === undefined ? null : Number(await pageTokens.open(NextToken, binding)),
    limit: input.MaxResults ?? MAX_RESULTS,
  });
  return {
    Events: records.map((record) => auditEventToWire(record, scope)),
    ...(beforeSequence !== null && { NextToken: await pageTokens.seal(String(beforeSequence), binding) }),
  };
};

function conditionsOf({ LookupAttributes: given = [] }: InputOf<"LookupEvents">) {
  if (given.length > MAX_CONDITIONS) throw invalid("LookupAttributes", `must be ${MAX_CONDITIONS} at most`);
  return given.map(({ AttributeKey: attribute, AttributeValue: value }) => ({ attribute, value }));
}

function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
