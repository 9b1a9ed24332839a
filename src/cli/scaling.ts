/**
 * `--min`, `--max` and `--concurrency`: App Runner keeps these in auto scaling configurations, immutable revisions of
 * their own. Each service gets one under its own name; a revision is made only when the numbers change.
 */
import type {
  AutoScalingConfiguration,
  CreateAutoScalingConfigurationRequest,
} from "../contract/model.gen.ts";
import { ApiError, type Client, type Wire } from "./client.ts";
import type { ScalingWish } from "./wish.ts";

const NAME_MAX = 32;

export interface ScalingRequest {
  readonly serviceName: string;
  readonly wish: ScalingWish;
  /** What the service uses now; undefined for a new one. */
  readonly presentArn: string | undefined;
}

export interface EnsuredScaling {
  readonly arn: string | undefined;
  /** Nobody uses it yet. */
  readonly isNew: boolean;
}

/** A revision with these numbers. */
export async function ensureScaling(client: Client, request: ScalingRequest): Promise<EnsuredScaling> {
  const present = await describe(client, request.presentArn);
  const wanted = { ...numbersOf(present), ...request.wish };
  if (present !== undefined && isSame(present, wanted)) return old(present);
  const name = request.serviceName.slice(0, NAME_MAX);
  const latest = await latestOf(client, name);
  if (latest !== undefined && isSame(latest, wanted)) return old(latest);
  const created = await client.call(
    "AppRunner.CreateAutoScalingConfiguration",
    requestOf(request.serviceName, wanted),
  );
  return { arn: created.AutoScalingConfiguration.AutoScalingConfigurationArn, isNew: true };
}

function old({ AutoScalingConfigurationArn: arn }: Wire<AutoScalingConfiguration>): EnsuredScaling {
  return { arn, isNew: false };
}

/** The request for a revision with these numbers, as far as it is known before it is asked for. */
export async function scalingRequest(
  client: Client,
  { serviceName, wish, presentArn }: ScalingRequest,
): Promise<Wire<CreateAutoScalingConfigurationRequest>> {
  const present = await describe(client, presentArn);
  return requestOf(serviceName, { ...numbersOf(present), ...wish });
}

function requestOf(serviceName: string, wanted: ScalingWish): Wire<CreateAutoScalingConfigurationRequest> {
  return { AutoScalingConfigurationName: serviceName.slice(0, NAME_MAX), ...wanted };
}

/** Revisions per name are limited: one that a deployment left behind unused goes. */
export async function dropScaling(client: Client, arn: string | undefined): Promise<void> {
  if (arn === undefined || arn.includes("/DefaultConfiguration/")) return;
  try {
    await client.call("AppRunner.DeleteAutoScalingConfiguration", { AutoScalingConfigurationArn: arn });
  } catch (error) {
    // In use elsewhere, or gone already: both are well.
    if (!(error instanceof ApiError)) throw error;
  }
}

async function describe(
  client: Client,
  arn: string | undefined,
): Promise<Wire<AutoScalingConfiguration> | undefined> {
  if (arn === undefined) return undefined;
  const reply = await client.call("AppRunner.DescribeAutoScalingConfiguration", {
    AutoScalingConfigurationArn: arn,
  });
  return reply.AutoScalingConfiguration;
}

async function latestOf(client: Client, name: string): Promise<Wire<AutoScalingConfiguration> | undefined> {
  const reply = await client.call("AppRunner.ListAutoScalingConfigurations", {
    AutoScalingConfigurationName: name,
    LatestOnly: true,
  });
  return describe(client, reply.AutoScalingConfigurationSummaryList[0]?.AutoScalingConfigurationArn);
}

function numbersOf(configuration: Wire<AutoScalingConfiguration> | undefined): ScalingWish {
  if (configuration === undefined) return {};
  const { MinSize, MaxSize, MaxConcurrency } = configuration;
  return {
    ...(MinSize === undefined ? {} : { MinSize }),
    ...(MaxSize === undefined ? {} : { MaxSize }),
    ...(MaxConcurrency === undefined ? {} : { MaxConcurrency }),
  };
}

function isSame(configuration: Wire<AutoScalingConfiguration>, wish: ScalingWish): boolean {
  const numbers = numbersOf(configuration);
  return (["MinSize", "MaxSize", "MaxConcurrency"] as const).every(
    (key) => wish[key] === undefined || wish[key] === numbers[key],
  );
}
