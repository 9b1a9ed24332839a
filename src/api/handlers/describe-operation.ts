import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { findService } from "../resources/service-lookup.ts";
import { toWireOperation } from "../wire/operation-to-wire.ts";

/** Ours: how far an operation is and, when it failed, why. Takes the id with and without the dashes of a UUID. */
export const describeOperation: Handler<"DescribeOperation"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const id = input.OperationId.replaceAll("-", "").toLowerCase();
  const operation = await context.store.operations.get(service.id, id);
  if (operation === null)
    throw new SlipwayError("NoSuchResource", { kind: "Operation", arn: input.OperationId });
  return { Operation: toWireOperation(operation) };
};
