/**
 * What a user wishes for a service, from CreateService or UpdateService.
 *
 * Both are one rule: what is given is laid over what is there (the present configuration, or App Runner's defaults).
 * - A member that is not sent keeps its value, at every level but one: not sending InstanceRoleArn does not clear it.
 * - ImageConfiguration, when sent, is the whole description of the container: a Port, StartCommand or environment
 *   missing from it goes back to its default. That is how App Runner does it, and how Terraform takes a start command or
 *   the last variable away: by sending the rest. An ImageRepository without ImageConfiguration keeps the present one.
 * - A map is replaced whole.
 */
import type { InputOf } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import { defaultHealthCheck } from "../../domain/health-check.ts";
import type { NetworkConfiguration, ServiceConfiguration } from "../../domain/service.ts";
import { healthCheckFromWire } from "./health-check-from-wire.ts";
import { instanceFromWire } from "./instance-from-wire.ts";
import { networkFromWire } from "./network-from-wire.ts";
import { newSourceFromWire, sourceFromWire } from "./source-from-wire.ts";

/** Developer guide, "Managing configuration". */
const DEFAULT_INSTANCE = { cpu: "1024", memory: "2048" };
const DEFAULT_NETWORK: NetworkConfiguration = {
  egressType: "DEFAULT",
  isPubliclyAccessible: true,
  ipAddressType: "IPV4",
};

/** The configurations that a service names: exact revisions, looked up in the store. */
export interface NamedConfigurations {
  /** Null: an update that names none. */
  readonly autoScalingArn: string | null;
  /** Undefined: none named. */
  readonly observabilityArn: string | undefined;
}

/** `autoScalingArn`: the one named, or the account's default. */
export function newConfiguration(
  input: InputOf<"CreateService">,
  named: NamedConfigurations & { readonly autoScalingArn: string },
): ServiceConfiguration {
  return {
    ...newSourceFromWire(input.SourceConfiguration),
    instance: instanceFromWire(input.InstanceConfiguration, DEFAULT_INSTANCE),
    healthCheck: healthCheckFromWire(input.HealthCheckConfiguration, defaultHealthCheck),
    autoScalingConfigurationArn: named.autoScalingArn,
    network: networkFromWire(input.NetworkConfiguration, DEFAULT_NETWORK),
    ...observabilityFromWire(input.ObservabilityConfiguration, named.observabilityArn),
  };
}

export function changedConfiguration(
  present: ServiceConfiguration,
  input: InputOf<"UpdateService">,
  named: NamedConfigurations,
): ServiceConfiguration {
  const observabilityArn = named.observabilityArn ?? present.observability?.configurationArn;
  return {
    ...present,
    ...sourceFromWire(input.SourceConfiguration, present),
    instance: instanceFromWire(input.InstanceConfiguration, present.instance),
    healthCheck: healthCheckFromWire(input.HealthCheckConfiguration, present.healthCheck),
    autoScalingConfigurationArn: named.autoScalingArn ?? present.autoScalingConfigurationArn,
    network: networkFromWire(input.NetworkConfiguration, present.network),
    ...observabilityFromWire(input.ObservabilityConfiguration, observabilityArn),
  };
}

/** Echoed only when it was given, so nothing is made up here. */
function observabilityFromWire(
  given: InputOf<"CreateService">["ObservabilityConfiguration"],
  configurationArn: string | undefined,
): Pick<ServiceConfiguration, "observability"> {
  if (given === undefined) return {};
  if (given.ObservabilityEnabled) {
    if (configurationArn === undefined) throw invalidArn("is required when ObservabilityEnabled is true");
    return { observability: { isEnabled: true, configurationArn } };
  }
  if (given.ObservabilityConfigurationArn !== undefined) {
    throw invalidArn("is only valid when ObservabilityEnabled is true");
  }
  return { observability: { isEnabled: false } };
}

function invalidArn(problem: string): SlipwayError {
  const path = "ObservabilityConfiguration.ObservabilityConfigurationArn";
  return new SlipwayError("InvalidParameter", { path, problem });
}
