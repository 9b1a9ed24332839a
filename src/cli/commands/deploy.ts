/** `slipway deploy`: source code or an image in, a URL out. Creates the service, or updates the one of that name. */
import { Command } from "commander";
import type { Service } from "../../contract/model.gen.ts";
import type { Client, Wire } from "../client.ts";
import type { Detected } from "../code-wish.ts";
import type { CliContext } from "../context.ts";
import { createRequest, tagsOf, updateRequest } from "../deploy-wish.ts";
import { usageFailure } from "../failure.ts";
import type { CliIo } from "../io.ts";
import { watchOperation } from "../operation-watch.ts";
import { dropScaling, ensureScaling } from "../scaling.ts";
import { findService } from "../service-reference.ts";
import { changeService, type ServiceChange, stateFailure } from "../service-state.ts";
import { withRoleArns } from "../role-names.ts";
import { namingSecrets } from "../secret-names.ts";
import { otherUrls, urlMaker } from "../service-url.ts";
import { paint } from "../style.ts";
import type { DeployWish, ScalingWish } from "../wish.ts";
import { withKeyArn } from "../key-names.ts";
import { collect, type DeployOptions, readWish } from "./deploy-options.ts";
import { detectFor, nameOf, parseSource, prepareSource, type Source } from "./deploy-source.ts";
import { dropRepository } from "./send-folder.ts";
import { type CommandFactory, examples, printJson } from "./shared.ts";

const EXAMPLES = [
  "deploy .",
  "deploy ./shop --port 3000 --env-file .env --health-path /health",
  "deploy https://git.example.com/team/shop.git --branch main --connection work",
  "deploy --image ghcr.example.com/team/shop:1.4 --auto-deploy",
  "deploy --image shop:latest --cpu 0.5 --memory 1GB --min 2 --max 10",
  "deploy --name shop --env MODE=blue",
  "deploy . --secret API_KEY=/shop/api-key",
  "deploy --name shop --instance-role shop",
  "deploy --image shop:latest --kms-key shop",
  "deploy --image shop:latest --secret DB_URL=arn:aws:secretsmanager:us-east-1:000000000000:secret:shop-AbCdEf:url::",
];

export const deployCommand: CommandFactory = (context) =>
  withRunOptions(
    new Command("deploy")
      .description(
        "create a service from a folder, a Git repository or an image, or update the one of that name, where what is not said stays; ends with its URL",
      )
      .argument(
        "[source]",
        "folder, deployed as it is, or address of a Git repository: https, ssh, git@host:path",
      )
      .option(
        "--image <image>",
        "image: a registry's, or one this machine's engine has; without it or a source, --name's present one",
      )
      .option(
        "--name <name>",
        "name of the service (default: package.json's, the folder's, the repository's or the image's)",
      )
      .option("--branch <branch>", "branch to deploy (default: the repository's, for a folder main)")
      .option("--dir <directory>", "source directory within the repository or folder (default: /)")
      .option("--runtime <runtime>", "managed runtime, for instance NODEJS_22 (default: what the source is)")
      .option("--build <command>", "builds the application (default: what the source is)")
      .option("--start <command>", "starts the application (default: what the source is)")
      .option("--dockerfile <path>", "build with this Dockerfile, relative to the source directory")
      .option(
        "--connection <name>",
        "connection with the Git host, for a private repository: see `slipway connect`",
      )
      .option(
        "--auto-deploy",
        "deploy new commits, or a moved tag of the image, by itself (default for source code)",
      )
      .option("--no-auto-deploy", "deploy only when told to (default for images)")
      .option("--port <port>", "port the application listens on; it is told as PORT (default: 8080)")
      .option(
        "-e, --env <KEY=VALUE>",
        "variable; KEY alone takes the value from here. May be repeated",
        collect,
      )
      .option(
        "--env-file <file>",
        "file of KEY=VALUE lines: keeps secrets off the command line. May be repeated",
        collect,
      )
      .option(
        "--secret <NAME=REFERENCE>",
        "variable whose value is a secret or parameter: its ARN, or a parameter's name. May be repeated",
        collect,
      )
      .option("--unset-env <KEY>", "take a variable or a secret away. May be repeated", collect)
      .option(
        "--start-command <command>",
        "the same as --start; of an image instead of its own command, with no shell involved",
      ),
  )
    .option(
      "--tag <KEY=VALUE>",
      "tag of the service; slipway:… tags switch extensions. May be repeated",
      collect,
    )
    .option("--no-wait", "return at once")
    .option("--json", "print JSON: ServiceName, ServiceArn, ServiceUrl, OperationId")
    .addHelpText("after", examples(...EXAMPLES))
    .action(async (given: string | undefined, options: DeployOptions, command: Command) => {
      const source = parseSource(context.io, given, options);
      const name = await nameOf(context.io, source, options);
      const typed = await readWish(context, options);
      assertKeyFits(source, typed);
      const client = await context.connect(command);
      const wish = await withKeyArn(client, await withRoleArns(client, typed));
      await deploy(context, client, { source, wish, name, options });
    });

/** Of how its instances run, and as whom. */
function withRunOptions(command: Command): Command {
  return command
    .option("--cpu <cores>", "0.25, 0.5, 1, 2 or 4 (default: 1)")
    .option("--memory <size>", "512, 1GB … 12GB; which ones depends on --cpu (default: 2GB)")
    .option("--instance-role <role>", "role of the application: what it may read here; name or ARN")
    .option("--access-role <role>", "role that selects the registry's credentials; name or ARN")
    .option(
      "--kms-key <key>",
      "key that encrypts the logs of a new service; alias, id or ARN (see `slipway keys`)",
    )
    .option("--health-path <path>", "check health by HTTP at this path (default: the port is open)")
    .option("--min <count>", "instances at least")
    .option("--max <count>", "instances at most")
    .option("--concurrency <count>", "requests at once per instance")
    .option("--scale-to-zero <time>", "no instance after such a time without a request; or off");
}

interface Deployment {
  readonly source: Source;
  readonly wish: DeployWish;
  readonly name: string;
  readonly options: DeployOptions;
}

interface Begun {
  readonly service: Wire<Service>;
  readonly operationId: string;
  /** An auto scaling revision nobody needs once this succeeded. */
  readonly leftOver: string | undefined;
}

async function deploy(context: CliContext, client: Client, deployment: Deployment): Promise<void> {
  const { io } = context;
  const { options } = deployment;
  const present = await findPresent(io, client, deployment.name);
  const prepared = await prepareSource(context, client, { ...deployment, present });
  const begun = await begin(io, client, { ...deployment, wish: prepared.wish, present }).catch(
    async (error: unknown) => {
      if (prepared.madeRepository === true) await dropRepository(client, deployment.name);
      throw error;
    },
  );
  const operationId = options.wait ? await finish(io, client, begun, prepared.commitId) : leave(io, begun);
  const { ServiceName: name, ServiceArn: arn } = begun.service;
  if (options.json !== true) {
    const url = (await urlMaker(client))(begun.service.ServiceUrl);
    // Whoever takes the URL from standard output wants one.
    const others = await otherUrls(client, { arn, url: begun.service.ServiceUrl });
    if (others.length > 0) io.err(`Also at ${others.join(", ")}`);
    return io.out(url === undefined ? arn : paint(io, "bold", url));
  }
  printJson(context, {
    ServiceName: name,
    ServiceArn: arn,
    ServiceUrl: begun.service.ServiceUrl ?? null,
    OperationId: operationId,
  });
}

/** Asked before anything is pushed, made or tagged; who is faster than us is told by the API. */
async function findPresent(io: CliIo, client: Client, name: string): Promise<Wire<Service> | undefined> {
  const existing = await findService(client, name);
  if (existing === null) return undefined;
  const { Service: present } = await client.call("AppRunner.DescribeService", { ServiceArn: existing.arn });
  await assertUpdatable({ client, service: existing, nowMs: io.now() }, present.Status);
  return present;
}

/** Follows the operation, and another one when that redeployed what was built before. Returns the last one's id. */
async function finish(
  io: CliIo,
  client: Client,
  begun: Begun,
  commitId: string | undefined,
): Promise<string> {
  await watch(io, client, begun.service, begun.operationId);
  await dropScaling(client, begun.leftOver);
  if (commitId === undefined || (await isDeployed(client, begun, commitId))) return begun.operationId;
  // A changed configuration alone keeps the image it has.
  const input = { ServiceArn: begun.service.ServiceArn };
  const { OperationId: operationId } = await client.call("AppRunner.StartDeployment", input);
  await watch(io, client, begun.service, operationId);
  return operationId;
}

async function isDeployed(client: Client, { service }: Begun, commitId: string): Promise<boolean> {
  const input = { ServiceArn: service.ServiceArn, MaxResults: 1 };
  const { Releases: releases } = await client.call("Slipway.ListReleases", input);
  return releases[0]?.Commit?.Id === commitId;
}

async function watch(io: CliIo, client: Client, service: Wire<Service>, operationId: string): Promise<void> {
  const { ServiceName: name, ServiceArn: arn, ServiceId: id } = service;
  await watchOperation(io, {
    client,
    service: { name, arn, id },
    operationId,
    title: `Deploying ${name}`,
    success: `${name} is deployed`,
  });
}

function leave(io: CliIo, { service: { ServiceName: name }, operationId }: Begun): string {
  io.err(`Deploying ${name}. Follow it with \`slipway logs ${name} --deployment -f\`.`);
  return operationId;
}

interface Beginning extends Deployment {
  readonly present: Wire<Service> | undefined;
}

async function begin(io: CliIo, client: Client, beginning: Beginning): Promise<Begun> {
  const { wish, name, present } = beginning;
  if (present === undefined && wish.image === undefined && wish.code === undefined) {
    throw usageFailure(
      `There is no service "${name}" to change.`,
      "Create it from a folder, a repository or with --image IMAGE, or see `slipway ls`.",
    );
  }
  const detected = await detectFor(io, client, wish, present);
  if (present === undefined) return create(client, beginning, detected);
  assertSameKey(present, wish);
  const service = { name, arn: present.ServiceArn };
  return changeService({ client, service, nowMs: io.now() }, () =>
    update(client, present, { wish, detected }),
  );
}

async function create(
  client: Client,
  { wish, name }: Beginning,
  detected: Detected | undefined,
): Promise<Begun> {
  const scalingArn = await scalingFor(client, name, { wish: wish.scaling, presentArn: undefined });
  const request = createRequest(name, wish, { scalingArn, detected });
  const { Service: service, OperationId: operationId } = await namingSecrets(
    request,
    client.call("AppRunner.CreateService", request),
  );
  return { service, operationId, leftOver: undefined };
}

async function update(
  client: Client,
  present: Wire<Service>,
  { wish, detected }: { readonly wish: DeployWish; readonly detected: Detected | undefined },
): Promise<Begun> {
  const presentArn = present.AutoScalingConfigurationSummary.AutoScalingConfigurationArn;
  const scalingArn = await scalingFor(client, present.ServiceName, { wish: wish.scaling, presentArn });
  const arn = present.ServiceArn;
  const tags = tagsOf(wish, detected);
  const request = updateRequest(present, wish, { scalingArn, detected });
  if (tags.length > 0) await client.call("AppRunner.TagResource", { ResourceArn: arn, Tags: tags });
  const reply = await namingSecrets(request, client.call("AppRunner.UpdateService", request));
  // Nothing changed, so there is no operation; whoever says deploy wants what the source is now.
  const operationId =
    reply.OperationId ?? (await client.call("AppRunner.StartDeployment", { ServiceArn: arn })).OperationId;
  const leftOver = scalingArn === undefined || scalingArn === presentArn ? undefined : presentArn;
  return { service: reply.Service, operationId, leftOver };
}

/** A folder becomes a repository that is hosted here, which is under no key: told before anything is pushed. */
function assertKeyFits(source: Source, { kmsKey }: DeployWish): void {
  if (kmsKey === undefined || source.kind !== "folder") return;
  throw usageFailure(
    "--kms-key: a folder is kept in a repository here, and such repositories are not encrypted under keys.",
    "Deploy an image, or a repository elsewhere.",
  );
}

/** UpdateService takes no key. [App Runner] */
function assertSameKey(present: Wire<Service>, { kmsKey }: DeployWish): void {
  if (kmsKey === undefined || kmsKey === present.EncryptionConfiguration?.KmsKey) return;
  throw usageFailure(
    `--kms-key: ${present.ServiceName} is there already, and a service keeps the key that it is made with.`,
    "Leave it out, or make a service of another name.",
  );
}

async function assertUpdatable(change: ServiceChange, status: string): Promise<void> {
  const { name } = change.service;
  if (status === "PAUSED") throw await stateFailure(change, `${name} is paused and cannot be deployed.`);
  if (status === "OPERATION_IN_PROGRESS")
    throw await stateFailure(change, `${name} is busy with another operation.`);
}

async function scalingFor(
  client: Client,
  serviceName: string,
  request: { readonly wish: ScalingWish | undefined; readonly presentArn: string | undefined },
): Promise<string | undefined> {
  if (request.wish === undefined) return undefined;
  return (await ensureScaling(client, { serviceName, wish: request.wish, presentArn: request.presentArn }))
    .arn;
}
