/** The API calls of the benchmarks, with App Runner's defaults: only name, image and port are given, unless asked for. */
import {
  type AppRunnerClient,
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServiceCommand,
} from "@aws-sdk/client-apprunner";
import { sourceConfiguration } from "../../test/support/service.ts";
import { waitFor } from "../../test/support/wait-for.ts";

export interface CreatedService {
  readonly arn: string;
  /** Without scheme, with the edge's port. */
  readonly url: string;
}

export interface ServiceWishes {
  readonly scalingArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export async function create(
  client: AppRunnerClient,
  name: string,
  image: string,
  { scalingArn, tags = {} }: ServiceWishes = {},
): Promise<CreatedService> {
  const { Service } = await client.send(
    new CreateServiceCommand({
      ServiceName: name,
      SourceConfiguration: sourceConfiguration({ name, image }),
      AutoScalingConfigurationArn: scalingArn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  const { ServiceArn: arn, ServiceUrl: url } = Service ?? {};
  if (arn === undefined || url === undefined) throw new Error("CreateService answered without ARN or URL");
  return { arn, url };
}

/** Throws as soon as the service fails. */
export async function untilRunning(client: AppRunnerClient, arn: string): Promise<void> {
  const status = await waitFor(
    async () => {
      const now = await statusOf(client, arn);
      return now !== "OPERATION_IN_PROGRESS" && now;
    },
    { what: "the end of the operation", timeoutMs: 120_000 },
  );
  if (status !== "RUNNING") throw new Error(`the service is ${status}`);
}

export async function remove(client: AppRunnerClient, arn: string): Promise<void> {
  await client.send(new DeleteServiceCommand({ ServiceArn: arn }));
  await waitFor(async () => (await statusOf(client, arn)) === "DELETED", { what: "a deleted service" });
}

async function statusOf(client: AppRunnerClient, arn: string): Promise<string | undefined> {
  return (await client.send(new DescribeServiceCommand({ ServiceArn: arn }))).Service?.Status;
}
