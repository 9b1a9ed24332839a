/** `slipway deploy`: an image in, a URL out. Creates the service, or updates the one of that name. */
import { Command } from "commander";
import type { Service } from "../../contract/model.gen.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import {
  createRequest,
  type DeployWish,
  nameOfImage,
  type ScalingWish,
  updateRequest,
} from "../deploy-wish.ts";
import { parseAssignments, parseEnvironmentFile } from "../environment-variables.ts";
import { usageFailure } from "../failure.ts";
import type { Environment } from "../hooks.ts";
import type { CliIo } from "../io.ts";
import { parseInstanceSize } from "../instance-size.ts";
import { watchOperation } from "../operation-watch.ts";
import { dropScaling, ensureScaling } from "../scaling.ts";
import { findService } from "../service-reference.ts";
import { changeService, type ServiceChange, stateFailure } from "../service-state.ts";
import { urlOf } from "../service-url.ts";
import { paint } from "../style.ts";
import { type CommandFactory, examples, printJson, type WaitOption } from "./shared.ts";

interface DeployOptions extends WaitOption {
  readonly image?: string;
  readonly name?: string;
  readonly port?: string;
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
  readonly unsetEnv?: readonly string[];
  readonly startCommand?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly healthPath?: string;
  readonly min?: string;
  readonly max?: string;
  readonly concurrency?: string;
  readonly tag?: readonly string[];
}

export const deployCommand: CommandFactory = (context) =>
  new Command("deploy")
    .description(
      "create a service from an image, or update the one of that name, where what is not said stays; ends with its URL",
    )
    .option(
      "--image <image>",
      "image: a registry's, or one this machine's engine has; left out, --name's present one",
    )
    .option("--name <name>", "name of the service (default: the image's)")
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
    .option("--unset-env <KEY>", "take a variable away. May be repeated", collect)
    .option(
      "--start-command <command>",
      "what to run instead of the image's own command; no shell is involved",
    )
    .option("--cpu <cores>", "0.25, 0.5, 1, 2 or 4 (default: 1)")
    .option("--memory <size>", "512, 1GB … 12GB; which ones depends on --cpu (default: 2GB)")
    .option("--health-path <path>", "check health by HTTP at this path (default: the port is open)")
    .option("--min <count>", "instances at least")
    .option("--max <count>", "instances at most")
    .option("--concurrency <count>", "requests at once per instance")
    .option(
      "--tag <KEY=VALUE>",
      "tag of the service; slipway:… tags switch extensions. May be repeated",
      collect,
    )
    .option("--no-wait", "return at once")
    .option("--json", "print JSON: ServiceName, ServiceArn, ServiceUrl, OperationId")
    .addHelpText(
      "after",
      examples(
        "deploy --image ghcr.example.com/team/shop:1.4",
        "deploy --image shop:latest --port 3000 --env-file .env --health-path /health",
        "deploy --image shop:latest --cpu 0.5 --memory 1GB --min 2 --max 10",
        "deploy --name shop --env MODE=blue",
      ),
    )
    .action(async (options: DeployOptions, command: Command) => {
      const name = nameOf(options);
      const wish = await readWish(context, options);
      const client = await context.connect(command);
      await deploy(context, client, { wish, name, options });
    });

function nameOf({ name, image }: DeployOptions): string {
  if (name !== undefined) return name;
  if (image !== undefined) return nameOfImage(image);
  throw usageFailure(
    "--image is missing.",
    "Add --image IMAGE, or --name NAME to change a service that is there.",
  );
}

interface Deployment {
  readonly wish: DeployWish;
  readonly name: string;
  readonly options: WaitOption;
}

interface Begun {
  readonly service: Wire<Service>;
  readonly operationId: string;
  /** An auto scaling revision nobody needs once this succeeded. */
  readonly leftOver: string | undefined;
}

async function deploy(context: CliContext, client: Client, deployment: Deployment): Promise<void> {
  const { io } = context;
  const begun = await begin(io, client, deployment);
  const { ServiceName: name, ServiceArn: arn, ServiceId: id } = begun.service;
  if (deployment.options.wait) {
    await watchOperation(io, {
      client,
      service: { name, arn, id },
      operationId: begun.operationId,
      title: `Deploying ${name}`,
      success: `${name} is deployed`,
    });
    await dropScaling(client, begun.leftOver);
  } else {
    io.err(`Deploying ${name}. Follow it with \`slipway logs ${name} --deployment -f\`.`);
  }
  const url = urlOf(begun.service.ServiceUrl);
  if (deployment.options.json !== true) return io.out(url === undefined ? arn : paint(io, "bold", url));
  printJson(context, {
    ServiceName: name,
    ServiceArn: arn,
    ServiceUrl: begun.service.ServiceUrl ?? null,
    OperationId: begun.operationId,
  });
}

async function begin(io: Pick<CliIo, "now">, client: Client, { wish, name }: Deployment): Promise<Begun> {
  const existing = await findService(client, name);
  if (existing !== null) {
    const { Service: present } = await client.call("AppRunner.DescribeService", { ServiceArn: existing.arn });
    const change = { client, service: existing, nowMs: io.now() };
    await assertUpdatable(change, present.Status);
    return changeService(change, () => update(client, present, wish));
  }
  if (wish.image === undefined) {
    throw usageFailure(
      `There is no service "${name}" to change.`,
      "Create it with --image IMAGE, or see `slipway ls`.",
    );
  }
  const scalingArn = await scalingFor(client, name, { wish: wish.scaling, presentArn: undefined });
  const { Service: service, OperationId: operationId } = await client.call(
    "AppRunner.CreateService",
    createRequest(name, wish, scalingArn),
  );
  return { service, operationId, leftOver: undefined };
}

async function update(client: Client, present: Wire<Service>, wish: DeployWish): Promise<Begun> {
  const presentArn = present.AutoScalingConfigurationSummary.AutoScalingConfigurationArn;
  const scalingArn = await scalingFor(client, present.ServiceName, { wish: wish.scaling, presentArn });
  const arn = present.ServiceArn;
  if (wish.tags.length > 0) await client.call("AppRunner.TagResource", { ResourceArn: arn, Tags: wish.tags });
  const reply = await client.call("AppRunner.UpdateService", updateRequest(present, wish, scalingArn));
  // Nothing changed, so there is no operation; whoever says deploy wants what the tag points to now.
  const operationId =
    reply.OperationId ?? (await client.call("AppRunner.StartDeployment", { ServiceArn: arn })).OperationId;
  const leftOver = scalingArn === undefined || scalingArn === presentArn ? undefined : presentArn;
  return { service: reply.Service, operationId, leftOver };
}

/** Asked before anything is made or tagged; who is faster than us is told by the API. */
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
  return ensureScaling(client, { serviceName, wish: request.wish, presentArn: request.presentArn });
}

async function readWish({ io }: CliContext, options: DeployOptions): Promise<DeployWish> {
  const variables = await readVariables(io, options);
  const size = parseInstanceSize(options);
  const scaling = parseScaling(options);
  return {
    variables,
    unsetVariables: options.unsetEnv ?? [],
    tags: (options.tag ?? []).map(parseTag),
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(options.port === undefined ? {} : { port: String(parseCount("--port", options.port)) }),
    ...(options.startCommand === undefined ? {} : { startCommand: options.startCommand }),
    ...(options.healthPath === undefined ? {} : { healthPath: options.healthPath }),
    ...(size === undefined ? {} : { size }),
    ...(scaling === undefined ? {} : { scaling }),
  };
}

async function readVariables(
  io: { readonly environment: Environment; readFile(path: string): Promise<string> },
  options: Pick<DeployOptions, "env" | "envFile">,
): Promise<Readonly<Record<string, string>>> {
  const fromFiles: Record<string, string> = {};
  for (const path of options.envFile ?? []) {
    const text = await io.readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw usageFailure(`--env-file: ${path} cannot be read (${cause.code ?? cause.message}).`);
    });
    Object.assign(fromFiles, parseEnvironmentFile(text, path));
  }
  return { ...fromFiles, ...parseAssignments(options.env ?? [], io.environment) };
}

function parseScaling(options: DeployOptions): ScalingWish | undefined {
  const { min, max, concurrency } = options;
  if (min === undefined && max === undefined && concurrency === undefined) return undefined;
  return {
    ...(min === undefined ? {} : { MinSize: parseCount("--min", min) }),
    ...(max === undefined ? {} : { MaxSize: parseCount("--max", max) }),
    ...(concurrency === undefined ? {} : { MaxConcurrency: parseCount("--concurrency", concurrency) }),
  };
}

function parseCount(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw usageFailure(`${option}: "${text}" is not a number from 1 on.`);
  return Number(text);
}

function parseTag(text: string): { readonly Key: string; readonly Value: string } {
  const equals = text.indexOf("=");
  if (equals < 1) throw usageFailure(`--tag: "${text}" is not KEY=VALUE.`);
  return { Key: text.slice(0, equals), Value: text.slice(equals + 1) };
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
