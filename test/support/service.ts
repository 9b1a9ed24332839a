/** Services of a scenario, made and followed through the public API with the AWS SDK. */
import {
  AppRunnerClient,
  CreateAutoScalingConfigurationCommand,
  CreateServiceCommand,
  DescribeServiceCommand,
  type HealthCheckConfiguration,
  type InstanceConfiguration,
  ListOperationsCommand,
  type NetworkConfiguration,
  type OperationSummary,
  type Service,
  type ServiceStatus,
  type SourceConfiguration,
} from "@aws-sdk/client-apprunner";
import type { Installation } from "./installation.ts";
import { waitFor } from "./wait-for.ts";

/** What every described service has; the SDK's types leave it open. */
export type ServiceView = Service & { readonly ServiceArn: string; readonly ServiceUrl: string };

export interface ServiceRequest {
  readonly name: string;
  readonly image: string;
  readonly port?: string;
  readonly startCommand?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Name in the container → reference. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly healthCheck?: HealthCheckConfiguration;
  readonly size?: InstanceConfiguration;
  readonly scalingArn?: string;
  readonly network?: NetworkConfiguration;
  /** Of KMS. */
  readonly kmsKeyArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Quick checks, so that scenarios do not wait for the default interval of five seconds. */
const QUICK_TCP: HealthCheckConfiguration = { Protocol: "TCP", Interval: 1, Timeout: 1 };
export const QUICK_HTTP: HealthCheckConfiguration = {
  Protocol: "HTTP",
  Path: "/health",
  Interval: 1,
  Timeout: 1,
  UnhealthyThreshold: 3,
};

const clients = new WeakMap<Installation, AppRunnerClient>();

/** The client of an installation, with its root key. One attempt: a scenario wants to see every failure. */
export function sdk(slipway: Installation): AppRunnerClient {
  const client =
    clients.get(slipway) ??
    new AppRunnerClient({
      endpoint: `http://127.0.0.1:${slipway.apiPort}`,
      region: "us-east-1",
      maxAttempts: 1,
      credentials: slipway.credentials(),
    });
  clients.set(slipway, client);
  return client;
}

export function sourceConfiguration(request: ServiceRequest): SourceConfiguration {
  return {
    AutoDeploymentsEnabled: false,
    ImageRepository: {
      ImageIdentifier: request.image,
      ImageRepositoryType: "ECR_PUBLIC",
      ImageConfiguration: {
        Port: request.port ?? "8080",
        RuntimeEnvironmentVariables: request.environment,
        RuntimeEnvironmentSecrets: request.secrets,
        StartCommand: request.startCommand,
      },
    },
  };
}

/** CreateService; returns at once with the service as the API answered. */
export async function createService(slipway: Installation, request: ServiceRequest): Promise<ServiceView> {
  const reply = await sdk(slipway).send(
    new CreateServiceCommand({
      ServiceName: request.name,
      SourceConfiguration: sourceConfiguration(request),
      InstanceConfiguration: request.size,
      HealthCheckConfiguration: request.healthCheck ?? QUICK_TCP,
      AutoScalingConfigurationArn: request.scalingArn,
      NetworkConfiguration: request.network,
      EncryptionConfiguration: request.kmsKeyArn === undefined ? undefined : { KmsKey: request.kmsKeyArn },
      Tags: Object.entries(request.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return toView(reply.Service);
}

export async function createScaling(
  slipway: Installation,
  scaling: {
    readonly name: string;
    readonly minSize: number;
    readonly maxSize?: number;
    readonly maxConcurrency?: number;
  },
): Promise<string> {
  const reply = await sdk(slipway).send(
    new CreateAutoScalingConfigurationCommand({
      AutoScalingConfigurationName: scaling.name,
      MinSize: scaling.minSize,
      MaxSize: scaling.maxSize,
      MaxConcurrency: scaling.maxConcurrency,
    }),
  );
  return reply.AutoScalingConfiguration?.AutoScalingConfigurationArn ?? "";
}

export async function describeService(slipway: Installation, arn: string): Promise<ServiceView> {
  return toView((await sdk(slipway).send(new DescribeServiceCommand({ ServiceArn: arn }))).Service);
}

export function waitForStatus(
  slipway: Installation,
  arn: string,
  status: ServiceStatus,
  timeoutMs = 90_000,
): Promise<ServiceView> {
  return waitFor(
    async () => {
      const service = await describeService(slipway, arn);
      return service.Status === status && service;
    },
    { what: `service in status ${status}`, timeoutMs },
  );
}

/** Newest first. */
export async function listOperations(
  slipway: Installation,
  arn: string,
): Promise<readonly OperationSummary[]> {
  const reply = await sdk(slipway).send(new ListOperationsCommand({ ServiceArn: arn }));
  return reply.OperationSummaryList ?? [];
}

/** What our own operation tells beyond ListOperations. */
export async function describeOperation(slipway: Installation, arn: string, operationId: string) {
  const input = { ServiceArn: arn, OperationId: operationId };
  return (await slipway.client().call("Slipway.DescribeOperation", input)).Operation;
}

/** Those that have not ended, newest first. */
export async function liveInstances(slipway: Installation, arn: string) {
  const { Instances } = await slipway.client().call("Slipway.ListInstances", { ServiceArn: arn });
  return Instances.filter(({ State }) => State !== "stopped" && State !== "failed");
}

export function waitForZero(slipway: Installation, arn: string): Promise<unknown> {
  return waitFor(async () => (await liveInstances(slipway, arn)).length === 0, { what: "zero instances" });
}

/** All of them running, or all of them resting in this way. */
export function waitForActivity(
  slipway: Installation,
  arn: string,
  activity: "run" | "throttle" | "freeze",
): Promise<unknown> {
  return waitFor(
    async () => {
      const instances = await liveInstances(slipway, arn);
      return instances.length > 0 && instances.every(({ Activity }) => Activity === activity);
    },
    { what: `instances with the activity ${activity}` },
  );
}

function toView(service: Service | undefined): ServiceView {
  const { ServiceArn, ServiceUrl } = service ?? {};
  if (service === undefined || ServiceArn === undefined || ServiceUrl === undefined) {
    throw new Error(`not a whole service: ${JSON.stringify(service)}`);
  }
  return { ...service, ServiceArn, ServiceUrl };
}
