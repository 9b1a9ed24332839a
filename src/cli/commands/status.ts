/** `slipway status`: one service on one screen. Values of variables are not shown. */
import { Command } from "commander";
import type { Service } from "../../contract/model.gen.ts";
import type { Instance } from "../../contract/slipway-operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { resolveService } from "../service-reference.ts";
import { urlOf } from "../service-url.ts";
import { paint, paintStatus } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const statusCommand: CommandFactory = (context) =>
  new Command("status")
    .alias("show")
    .description("show one service: its URL, its image, its instances, its last operation")
    .argument("<service>", "name or ARN")
    .option("--json", "print JSON: Service (values of variables hidden), Instances, LastOperation")
    .addHelpText("after", examples("status shop", "status shop --json"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const report = await collect(await context.connect(command), name);
      if (options.json === true) printJson(context, report);
      else for (const line of render(context, report)) context.io.out(line);
    });

type Report = Awaited<ReturnType<typeof collect>>;

async function collect(client: Client, name: string) {
  const { arn } = await resolveService(client, name);
  const [{ Service: service }, instances, operations] = await Promise.all([
    client.call("AppRunner.DescribeService", { ServiceArn: arn }),
    client.call("Slipway.ListInstances", { ServiceArn: arn }),
    client.call("AppRunner.ListOperations", { ServiceArn: arn, MaxResults: 1 }),
  ]);
  return {
    Service: withoutValues(service),
    Instances: instances.Instances.filter(({ State }) => State !== "stopped" && State !== "failed"),
    LastOperation: operations.OperationSummaryList?.[0] ?? null,
  };
}

const HIDDEN = "(hidden)";

/** Variables often hold passwords: what ends in a terminal or a log keeps the names only. */
function withoutValues(service: Wire<Service>): Wire<Service> {
  const source = service.SourceConfiguration;
  const image = source.ImageRepository;
  const variables = image?.ImageConfiguration?.RuntimeEnvironmentVariables;
  if (image === undefined || variables === undefined) return service;
  const hidden = Object.fromEntries(Object.keys(variables).map((key) => [key, HIDDEN]));
  const configuration = { ...image.ImageConfiguration, RuntimeEnvironmentVariables: hidden };
  return {
    ...service,
    SourceConfiguration: { ...source, ImageRepository: { ...image, ImageConfiguration: configuration } },
  };
}

function render({ io }: CliContext, { Service: service, Instances, LastOperation }: Report): string[] {
  const nowMs = io.now();
  const operation =
    LastOperation === null
      ? ""
      : `${LastOperation.Type} ${paintStatus(io, LastOperation.Status ?? "")} ${formatAgo(LastOperation.StartedAt, nowMs)}`;
  return [
    ...renderFacts([
      ["Name", service.ServiceName],
      ["Status", paintStatus(io, service.Status)],
      ["URL", urlOf(service.ServiceUrl)],
      ...imageFacts(service),
      ["Size", `${service.InstanceConfiguration.Cpu} CPU units, ${service.InstanceConfiguration.Memory} MiB`],
      ["Health check", healthCheckOf(service)],
      ["Created", formatAgo(service.CreatedAt, nowMs)],
      ["Last operation", operation],
      ["ARN", service.ServiceArn],
    ]),
    ...(Instances.length === 0 ? [] : ["", ...instanceTable({ io }, Instances, nowMs)]),
    ...(service.Status === "RUNNING" && !Instances.some(({ State }) => State === "ready")
      ? ["", `No instance is ready. See why: \`slipway logs ${service.ServiceName} --events\`.`]
      : []),
  ];
}

function imageFacts(service: Wire<Service>): (readonly [string, string | undefined])[] {
  const image = service.SourceConfiguration.ImageRepository;
  const configuration = image?.ImageConfiguration;
  return [
    ["Image", image?.ImageIdentifier],
    ["Port", configuration?.Port],
    ["Start command", configuration?.StartCommand],
    ["Variables", Object.keys(configuration?.RuntimeEnvironmentVariables ?? {}).join(", ")],
  ];
}

function healthCheckOf({ HealthCheckConfiguration: check }: Wire<Service>): string {
  if (check === undefined) return "";
  return `${check.Protocol}${check.Protocol === "HTTP" ? ` ${check.Path}` : ""} each ${check.Interval}s`;
}

function instanceTable(
  { io }: Pick<CliContext, "io">,
  instances: readonly Wire<Instance>[],
  nowMs: number,
): string[] {
  return renderTable(instances, [
    { title: paint(io, "dim", "INSTANCE"), cell: ({ InstanceId }) => InstanceId },
    { title: paint(io, "dim", "STATE"), cell: ({ State }) => paintStatus(io, State) },
    { title: paint(io, "dim", "RELEASE"), cell: ({ ReleaseNumber }) => String(ReleaseNumber) },
    { title: paint(io, "dim", "ADDRESS"), cell: ({ Address }) => Address ?? "" },
    { title: paint(io, "dim", "IN FLIGHT"), cell: ({ InFlight }) => InFlight?.toString() ?? "" },
    { title: paint(io, "dim", "STARTED"), cell: ({ CreatedAt }) => formatAgo(CreatedAt, nowMs) },
  ]);
}
