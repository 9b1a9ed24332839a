/** What is refused of a service without a look at the store: whoever must not begin before that is known asks here. */
import { validateInput, WireError } from "../contract/index.ts";
import { isSlipwayError } from "../domain/error.ts";
import { defaultQuotas } from "../domain/quota.ts";
import { limitsFromWire } from "./resources/auto-scaling.ts";
import { assertTags, tagsFromWire } from "./resources/tags.ts";
import { newConfiguration } from "./wire/configuration-from-wire.ts";

export interface ServiceWish {
  /** As CreateService takes it: the whole configuration, also of a service that is there. */
  readonly service: unknown;
  /** As CreateAutoScalingConfiguration takes it. */
  readonly scaling?: unknown;
}

/** What the API would say of it; null: nothing. */
export function problemOfService({ service, scaling }: ServiceWish): string | null {
  try {
    const input = validateInput("CreateService", service);
    assertTags(tagsFromWire(input.Tags), { present: [], kind: "service", quotas: defaultQuotas });
    const observabilityArn = input.ObservabilityConfiguration?.ObservabilityConfigurationArn;
    newConfiguration(input, { autoScalingArn: "", observabilityArn });
    if (scaling !== undefined) limitsFromWire(validateInput("CreateAutoScalingConfiguration", scaling));
    return null;
  } catch (error) {
    if (error instanceof WireError || isSlipwayError(error)) return error.message;
    throw error;
  }
}
