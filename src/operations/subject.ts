/** The service and the operation a step is about. */
import type { Operation } from "../domain/operation.ts";
import type { Service } from "../domain/service.ts";
import { serviceOf, type StepContext } from "./executor.ts";

/** `operation` is null when it has ended meanwhile: then there is nothing to do. */
export async function subject(
  context: StepContext,
  operationId: string,
): Promise<{ readonly service: Service; readonly operation: Operation | null }> {
  const service = await serviceOf(context);
  const operation = await context.ports.store.operations.get(service.id, operationId);
  return { service, operation: operation?.endedAtMs === null ? operation : null };
}
