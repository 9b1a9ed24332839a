/** What instances are told of tracing: OpenTelemetry's usual variables. The user's own win over them. */
import type { AccountScope } from "./arn.ts";

/** Of an installation. */
export interface InstanceTracing extends AccountScope {
  /** Where instances send their spans; null: nowhere, be it that there is no collector or that they are kept from it. */
  readonly endpoint: string | null;
  /** Tells this installation's traces from those of others. */
  readonly environment: string;
}

export interface TracedInstance {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly serviceId: string;
  readonly releaseNumber: number;
  readonly instanceId: string;
}

/**
 * Only the standard's own propagators: some SDKs refuse to start when they are told of one they do not have, as of X-Ray's.
 * Whether a trace is recorded was decided before the request came here.
 */
const COMMON: Readonly<Record<string, string>> = {
  OTEL_PROPAGATORS: "tracecontext,baggage",
  OTEL_TRACES_SAMPLER: "parentbased_always_on",
  OTEL_METRICS_EXPORTER: "none",
  OTEL_LOGS_EXPORTER: "none",
};

export function tracingVariables(
  instance: TracedInstance,
  installation: InstanceTracing,
): Readonly<Record<string, string>> {
  return {
    ...COMMON,
    ...exporterVariables(installation.endpoint),
    OTEL_SERVICE_NAME: instance.serviceName,
    OTEL_RESOURCE_ATTRIBUTES: attributesOf(instance, installation),
  };
}

/** Every SDK that speaks OTLP over HTTP has protocol buffers, few have JSON. */
function exporterVariables(endpoint: string | null): Readonly<Record<string, string>> {
  if (endpoint === null) return { OTEL_TRACES_EXPORTER: "none" };
  return {
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
  };
}

/** All values are of letters that need no encoding here: names, ids, ARNs. */
function attributesOf(instance: TracedInstance, installation: InstanceTracing): string {
  const { serviceArn, serviceName, serviceId } = instance;
  const attributes = {
    "service.name": serviceName,
    "service.version": String(instance.releaseNumber),
    "service.instance.id": instance.instanceId,
    "deployment.environment.name": installation.environment,
    "cloud.region": installation.region,
    "cloud.account.id": installation.account,
    "cloud.resource_id": serviceArn,
    "aws.log.group.names": `/aws/apprunner/${serviceName}/${serviceId}/application`,
  };
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}
