/** The part of UpdateService that was changed. What is not sent keeps its value, also when somebody else changes it now. Pure. */
import type { Input } from "../../../api/wire.ts";
import type { ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { toUpdateService } from "../../../parts/service-fields/draft-to-wire.ts";

type UpdateService = Input<"AppRunner.UpdateService">;

/** Null: tags alone were changed. `scalingArn`: of the configuration that was made for numbers of its own. */
export function updateInput(
  serviceArn: string,
  current: ServiceDraft,
  edited: ServiceDraft,
  scalingArn?: string,
): UpdateService | null {
  const was: Readonly<Record<string, unknown>> = { ...toUpdateService(serviceArn, current) };
  const changed = Object.entries(toUpdateService(serviceArn, edited, scalingArn)).filter(
    ([member, value]) => JSON.stringify(was[member]) !== JSON.stringify(value),
  );
  return changed.length === 0 ? null : { ...Object.fromEntries(changed), ServiceArn: serviceArn };
}
