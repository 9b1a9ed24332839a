/** A service as App Runner's API shows it. Which members stand there when nothing was given: reference section 1.6. */
import type * as Wire from "../../contract/index.ts";
import { parseArn } from "../../domain/arn.ts";
import type { CodeSource } from "../../domain/code-source.ts";
import type { ImageSource, Service, ServiceConfiguration } from "../../domain/service.ts";
import { toDate, toOptionalDate } from "./time.ts";

type ServiceUrl = (host: string) => string;
type WireConfiguration = Pick<
  Wire.Service,
  | "SourceConfiguration"
  | "InstanceConfiguration"
  | "AutoScalingConfigurationSummary"
  | "NetworkConfiguration"
  | "ObservabilityConfiguration"
  | "HealthCheckConfiguration"
>;

export function toWireService(service: Service, serviceUrl: ServiceUrl): Wire.Service {
  const { configuration } = service;
  return {
    ServiceName: service.name,
    ServiceId: service.id,
    ServiceArn: service.arn,
    ServiceUrl: serviceUrl(service.host),
    CreatedAt: toDate(service.createdAtMs),
    UpdatedAt: toDate(service.updatedAtMs),
    DeletedAt: toOptionalDate(service.deletedAtMs),
    Status: service.status,
    EncryptionConfiguration:
      service.encryptionKeyArn === null ? undefined : { KmsKey: service.encryptionKeyArn },
    ...toWireConfiguration(configuration),
  };
}

/** What a service and a release have of it. */
export function toWireConfiguration(configuration: ServiceConfiguration): WireConfiguration {
  return {
    SourceConfiguration: toWireSource(configuration),
    InstanceConfiguration: {
      Cpu: configuration.instance.cpu,
      Memory: configuration.instance.memory,
      InstanceRoleArn: configuration.instance.instanceRoleArn,
    },
    HealthCheckConfiguration: toWireHealthCheck(configuration),
    AutoScalingConfigurationSummary: toWireAutoScaling(configuration.autoScalingConfigurationArn),
    NetworkConfiguration: toWireNetwork(configuration),
    ObservabilityConfiguration: toWireObservability(configuration),
  };
}

export function toWireServiceSummary(service: Service, serviceUrl: ServiceUrl): Wire.ServiceSummary {
  return {
    ServiceName: service.name,
    ServiceId: service.id,
    ServiceArn: service.arn,
    ServiceUrl: serviceUrl(service.host),
    CreatedAt: toDate(service.createdAtMs),
    UpdatedAt: toDate(service.updatedAtMs),
    Status: service.status,
  };
}

function toWireSource(configuration: ServiceConfiguration): Wire.SourceConfiguration {
  const { accessRoleArn, connectionArn, source } = configuration;
  const hasAuthentication = accessRoleArn !== undefined || connectionArn !== undefined;
  return {
    ...(source.kind === "image"
      ? { ImageRepository: toWireImage(source) }
      : { CodeRepository: toWireCode(source) }),
    AutoDeploymentsEnabled: configuration.autoDeploymentsEnabled,
    AuthenticationConfiguration: hasAuthentication
      ? { AccessRoleArn: accessRoleArn, ConnectionArn: connectionArn }
      : undefined,
  };
}

function toWireImage(source: ImageSource): Wire.ImageRepository {
  return {
    ImageIdentifier: source.imageIdentifier,
    ImageRepositoryType: source.repositoryType,
    ImageConfiguration: {
      Port: source.port,
      StartCommand: source.startCommand ?? undefined,
      RuntimeEnvironmentVariables: unlessEmpty(source.environment),
      RuntimeEnvironmentSecrets: unlessEmpty(source.environmentSecrets),
    },
  };
}

function toWireCode(source: CodeSource): Wire.CodeRepository {
  const { repositoryUrl, branch, sourceDirectory, configurationSource, values } = source;
  return {
    RepositoryUrl: repositoryUrl,
    SourceCodeVersion: { Type: "BRANCH", Value: branch },
    SourceDirectory: sourceDirectory,
    CodeConfiguration: {
      ConfigurationSource: configurationSource,
      CodeConfigurationValues:
        values === null
          ? undefined
          : {
              Runtime: values.runtime as Wire.Runtime,
              BuildCommand: values.buildCommand ?? undefined,
              StartCommand: values.startCommand ?? undefined,
              Port: values.port,
              RuntimeEnvironmentVariables: unlessEmpty(values.environment),
              RuntimeEnvironmentSecrets: unlessEmpty(values.environmentSecrets),
            },
    },
  };
}

function unlessEmpty(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

function toWireHealthCheck({ healthCheck }: ServiceConfiguration): Wire.HealthCheckConfiguration {
  return {
    Protocol: healthCheck.protocol,
    Path: healthCheck.path,
    Interval: healthCheck.intervalS,
    Timeout: healthCheck.timeoutS,
    HealthyThreshold: healthCheck.healthyThreshold,
    UnhealthyThreshold: healthCheck.unhealthyThreshold,
  };
}

/** Name and revision are part of the ARN; App Runner shows no more here. */
function toWireAutoScaling(arn: string): Wire.AutoScalingConfigurationSummary {
  const parsed = parseArn(arn);
  return {
    AutoScalingConfigurationArn: arn,
    AutoScalingConfigurationName: parsed?.name,
    AutoScalingConfigurationRevision: parsed?.revision,
  };
}

function toWireNetwork({ network }: ServiceConfiguration): Wire.NetworkConfiguration {
  return {
    IpAddressType: network.ipAddressType,
    EgressConfiguration: { EgressType: network.egressType, VpcConnectorArn: network.vpcConnectorArn },
    IngressConfiguration: { IsPubliclyAccessible: network.isPubliclyAccessible },
  };
}

/** Unset when it was never given, as Terraform's tests see it. */
function toWireObservability({
  observability,
}: ServiceConfiguration): Wire.ServiceObservabilityConfiguration | undefined {
  if (observability === undefined) return undefined;
  return {
    ObservabilityEnabled: observability.isEnabled,
    ObservabilityConfigurationArn: observability.configurationArn,
  };
}
