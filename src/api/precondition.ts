/**
 * What an update of a service may depend on: `x-slipway-if-updated-at` with the UpdatedAt that the caller has seen. AWS's shapes
 * have no room for it; a header is what every client can add, and those that know nothing of it send none.
 */
import type { ContractOperation } from "../contract/index.ts";
import { SlipwayError } from "../domain/error.ts";
import { headerValues, type RequestHead } from "./sigv4/signed-request.ts";

export const IF_UPDATED_AT = "x-slipway-if-updated-at";

/** Epoch seconds as answers tell them. */
const SECONDS = /^\d{1,11}(?:\.\d{1,3})?$/;

/**
 * Epoch milliseconds; null: none was sent. Throws InvalidParameter, also where nothing would honour it: whoever sends a
 * condition must not be left to believe that it held.
 */
export function readIfUpdatedAt(
  { rawHeaders }: Pick<RequestHead, "rawHeaders">,
  { name }: Pick<ContractOperation, "name">,
): number | null {
  const [value, ...others] = headerValues(rawHeaders).get(IF_UPDATED_AT) ?? [];
  if (value === undefined) return null;
  if (name !== "UpdateService") throw invalid("is understood by UpdateService alone");
  if (others.length > 0 || !SECONDS.test(value)) {
    throw invalid("must be the service's UpdatedAt as DescribeService tells it, in seconds: 1750000000.123");
  }
  return Math.round(Number(value) * 1_000);
}

function invalid(problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path: IF_UPDATED_AT, problem });
}
