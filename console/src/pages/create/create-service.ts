/** Makes the service that a draft describes: its own scaling first, which goes again when the service is refused. */
import { type ApiError, call } from "../../api/call.ts";
import { readAll } from "../../api/queries.ts";
import type { Input } from "../../api/wire.ts";
import type { ServiceDraft } from "../../parts/service-fields/draft.ts";
import { toCreateScaling, toCreateService } from "../../parts/service-fields/draft-to-wire.ts";

interface Created {
  readonly ServiceName?: string | undefined;
  readonly ServiceId?: string | undefined;
}

/** Throws ApiError. */
export async function createService(draft: ServiceDraft): Promise<Created> {
  const scaling = toCreateScaling(draft);
  if (scaling === null) return create(toCreateService(draft));
  const { AutoScalingConfiguration: made } = await call("AppRunner.CreateAutoScalingConfiguration", scaling);
  const arn = made.AutoScalingConfigurationArn ?? "";
  try {
    return await create(toCreateService(draft, arn));
  } catch (error) {
    // Revisions of a name are limited: what nobody uses shall not take up room. The refusal is what is told.
    await call("AppRunner.DeleteAutoScalingConfiguration", { AutoScalingConfigurationArn: arn }).catch(
      () => undefined,
    );
    throw error;
  }
}

async function create(input: Input<"AppRunner.CreateService">): Promise<Created> {
  try {
    return (await call("AppRunner.CreateService", input)).Service;
  } catch (error) {
    const made = (error as ApiError).status === 0 ? await findBegun(input.ServiceName) : undefined;
    if (made === undefined) throw error;
    return made;
  }
}

/** The answer was lost, which does not say that the request was: names are taken once. */
async function findBegun(name: string): Promise<Created | undefined> {
  const services = await readAll("AppRunner.ListServices", {}, "ServiceSummaryList").catch(() => []);
  return services.find(
    ({ ServiceName, Status }) => ServiceName === name && Status === "OPERATION_IN_PROGRESS",
  );
}
