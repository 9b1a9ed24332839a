/** When an operation that is shown in whole is read again. Pure. */
import type { ReadOptions } from "../../../api/read-options.ts";
import type { Output } from "../../../api/wire.ts";
import type { Service } from "../service-tab.ts";

export interface OperationState {
  readonly service: Pick<Service, "ServiceArn" | "ServiceId">;
  /** As the list of operations tells. */
  readonly isOver: boolean;
  readonly isEnabled?: boolean;
}

/**
 * What is over does not change any more. The list may tell of the end before the stream does: what was read until then is behind,
 * and no topic would have it read again.
 */
export function operationReading({
  service,
  isOver,
  isEnabled = true,
}: OperationState): ReadOptions<Output<"Slipway.DescribeOperation">> {
  if (!isOver) return { topics: [`operations/${service.ServiceId}`], isEnabled };
  return { isBehind: ({ Operation: { EndedAt } }) => EndedAt === undefined, isEnabled };
}
