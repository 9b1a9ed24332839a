/** What became of operations, for people: what somebody gave up has not failed, though App Runner has no status for it. */
import type { OperationStatus, OperationSummary } from "../contract/model.gen.ts";
import type { OperationCause } from "../contract/slipway-operations.ts";
import { ApiError, type Client, type Wire } from "./client.ts";

type Summary = Wire<OperationSummary>;

/** Looked at one by one: the newest are what people look for. */
const ASKED_MAX = 50;
const UNSUCCESSFUL: ReadonlySet<string> = new Set(["FAILED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCEEDED"]);

/** The status as it is told to people. */
export function statusOf(status: OperationStatus, isCancelled: boolean): string {
  if (!isCancelled || !UNSUCCESSFUL.has(status)) return status;
  return status === "ROLLBACK_IN_PROGRESS" ? "CANCELLING" : "CANCELLED";
}

export function isCancelled({ Cause }: { readonly Cause?: Wire<OperationCause> | undefined }): boolean {
  return Cause?.Class === "cancelled";
}

/** Ids of those that were cancelled, newest first given; the list does not tell. Who may not see causes sees statuses as they are. */
export async function findCancelled(
  client: Client,
  serviceArn: string,
  operations: readonly Summary[],
): Promise<ReadonlySet<string>> {
  const asked = operations.filter(({ Status = "" }) => UNSUCCESSFUL.has(Status)).slice(0, ASKED_MAX);
  const found = await Promise.all(
    asked.map(async ({ Id = "" }) => {
      const input = { ServiceArn: serviceArn, OperationId: Id };
      const { Operation } = await client.call("Slipway.DescribeOperation", input);
      return isCancelled(Operation) ? [Id] : [];
    }),
  ).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === "AccessDeniedException") return [];
    throw error;
  });
  return new Set(found.flat());
}
