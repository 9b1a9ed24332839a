/**
 * What the API would refuse of a deployment, found before source code is sent: a service that follows its repository
 * deploys by itself what was sent, whatever became of the command.
 */
import type { CreateServiceRequest, Service } from "../../contract/model.gen.ts";
import type { Client, Wire } from "../client.ts";
import type { Detected } from "../code-wish.ts";
import type { CliContext } from "../context.ts";
import { createRequest, tagsOf, updateRequest } from "../deploy-wish.ts";
import { CliFailure } from "../failure.ts";
import { scalingRequest } from "../scaling.ts";
import { withNames } from "../secret-names.ts";
import type { CodeWish, DeployWish } from "../wish.ts";

interface FolderDeployment {
  readonly name: string;
  readonly wish: DeployWish & { readonly code: CodeWish };
  readonly branch: string;
  readonly present: Wire<Service> | undefined;
}

export async function assertAcceptable(
  { hooks }: Pick<CliContext, "hooks">,
  client: Client,
  deployment: FolderDeployment,
): Promise<void> {
  const { name: serviceName, wish, present } = deployment;
  assertNoImage(deployment);
  const presentArn = present?.AutoScalingConfigurationSummary.AutoScalingConfigurationArn;
  const scaling =
    wish.scaling && (await scalingRequest(client, { serviceName, wish: wish.scaling, presentArn }));
  const service = await wholeRequest(client, deployment);
  const problem = hooks.serviceProblem({ service, ...(scaling === undefined ? {} : { scaling }) });
  if (problem !== null) throw refusal(withNames(problem, service));
  await assertRuntimeAvailable(client, deployment);
}

function refusal(problem: string): CliFailure {
  return new CliFailure(problem, { hint: "Nothing was sent. Change the options and deploy again." });
}

function assertNoImage({ name, present }: FolderDeployment): void {
  if (present?.SourceConfiguration.ImageRepository === undefined) return;
  throw refusal(`${name} is made from an image and cannot change to source code. Take another --name.`);
}

/** What was built with it once may be deployed without another build. */
async function assertRuntimeAvailable(client: Client, { wish, present }: FolderDeployment): Promise<void> {
  const { runtime, dockerfile } = wish.code;
  const values = present?.SourceConfiguration.CodeRepository?.CodeConfiguration?.CodeConfigurationValues;
  if (runtime === undefined || dockerfile !== undefined || runtime === values?.Runtime) return;
  const { Runtimes: found } = await client.call("Slipway.ListRuntimes", { Runtime: runtime });
  const problem = found[0]?.WhyUnavailable;
  if (problem !== undefined) throw refusal(problem);
}

async function wholeRequest(
  client: Client,
  { name, wish, branch, present }: FolderDeployment,
): Promise<Wire<CreateServiceRequest>> {
  const scalingArn = undefined;
  const isDetected = present?.SourceConfiguration.CodeRepository === undefined;
  const detected = isDetected ? standIn(wish.code, branch) : undefined;
  if (present === undefined) return createRequest(name, wish, { scalingArn, detected });
  const {
    ServiceArn: arn,
    SourceConfiguration: source,
    ...others
  } = updateRequest(present, wish, {
    scalingArn,
    detected,
  });
  const tags = tagsOf(wish, undefined);
  return {
    ServiceName: name,
    SourceConfiguration: source ?? present.SourceConfiguration,
    ...others,
    ...(tags.length === 0 ? {} : { Tags: await withPresentTags(client, arn, tags) }),
  };
}

/** What the source is will be known when it is there; the API refuses none for being of this runtime. */
function standIn({ repositoryUrl }: CodeWish, branch: string): Detected {
  return {
    CodeRepository: {
      RepositoryUrl: repositoryUrl,
      SourceCodeVersion: { Type: "BRANCH", Value: branch },
      CodeConfiguration: {
        ConfigurationSource: "API",
        CodeConfigurationValues: { Runtime: "NODEJS_22" },
      },
    },
    Remarks: [],
  };
}

/** How many a service may have counts all of them. */
async function withPresentTags(
  client: Client,
  arn: string,
  given: DeployWish["tags"],
): Promise<Wire<CreateServiceRequest>["Tags"]> {
  const { Tags: present = [] } = await client.call("AppRunner.ListTagsForResource", { ResourceArn: arn });
  const keys = new Set(given.map(({ Key: key }) => key));
  return [...present.filter(({ Key: key }) => key === undefined || !keys.has(key)), ...given];
}
