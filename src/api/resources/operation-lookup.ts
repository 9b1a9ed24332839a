/** The operation that an id in a request names. */
import { SlipwayError } from "../../domain/error.ts";
import type { Operation } from "../../domain/operation.ts";
import type { Tables } from "../../ports/store.ts";

/** Takes the id with and without the dashes of a UUID. */
export async function findOperation(
  serviceId: string,
  operationId: string,
  tables: Pick<Tables, "operations">,
): Promise<Operation> {
  const id = operationId.replaceAll("-", "").toLowerCase();
  const operation = await tables.operations.get(serviceId, id);
  if (operation === null) throw new SlipwayError("NoSuchResource", { kind: "Operation", arn: operationId });
  return operation;
}
