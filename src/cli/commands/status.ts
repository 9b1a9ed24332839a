/** `slipway status`: one service on one screen. Values of variables are not shown, of secrets the references are. */
import { Command } from "commander";
import type { AutoScalingConfiguration, Service, Tag } from "../../contract/model.gen.ts";
import type { Instance, ScalingDecision } from "../../contract/slipway-operations.ts";
import { ApiError, type Client, type Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { findCancelled, statusOf } from "../ended-operations.ts";
import { describeEnds, recentEnds } from "../recent-ends.ts";
import { resolveService } from "../service-reference.ts";
import { otherUrls, type UrlOf, urlMaker } from "../service-url.ts";
import { paint, paintStatus, printable } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo } from "../time.ts";
import { lastCheckOf } from "./webhook.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const statusCommand: CommandFactory = (context) =>
  new Command("status")
    .alias("show")
    .description("show one service: its URL, image, scaling, tags, instances and last operation")
    .argument("<service>", "name or ARN")
    .option(
      "--json",
      "print JSON: Service (values of variables hidden), Scaling, ScalingDecisions, Tags, Instances, LastOperation, Release, SourceWatch, RecentEnds",
    )
    .addHelpText("after", examples("status shop", "status shop --json"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const report = await collect(client, name, context.io.now());
      if (options.json === true) return printJson(context, report);
      for (const line of render(context, report, await besidesOf(client, report))) {
        context.io.out(line);
      }
    });

const HIDDEN = "(hidden)";
/** The active one is hardly further back. */
const NEWEST_RELEASES = 20;

type Report = Awaited<ReturnType<typeof collect>>;

async function collect(client: Client, name: string, nowMs: number) {
  const { arn } = await resolveService(client, name);
  const [{ Service: service }, instances, operations, releases, watch] = await Promise.all([
    client.call("AppRunner.DescribeService", { ServiceArn: arn }),
    client.call("Slipway.ListInstances", { ServiceArn: arn }),
    client.call("AppRunner.ListOperations", { ServiceArn: arn, MaxResults: 1 }),
    client.call("Slipway.ListReleases", { ServiceArn: arn, MaxResults: NEWEST_RELEASES }),
    orNull(client.call("Slipway.DescribeSourceWatch", { ServiceArn: arn })),
  ]);
  return {
    Service: withoutValues(service),
    ...(await collectRules(client, service)),
    Instances: instances.Instances.filter(({ State }) => State !== "stopped" && State !== "failed"),
    ScalingDecisions: instances.Scaling?.Decisions ?? [],
    LastOperation: operations.OperationSummaryList?.[0] ?? null,
    Release: releases.Releases.find(({ Status }) => Status === "active") ?? null,
    SourceWatch: watch === null ? null : { ...watch.SourceWatch, WebhookSecret: HIDDEN },
    RecentEnds: recentEnds(instances.Instances, releases.Releases, nowMs),
  };
}

/** A deleted service has no tags any more, and perhaps its configuration is gone too. */
async function collectRules(client: Client, service: Wire<Service>) {
  const scalingArn = service.AutoScalingConfigurationSummary.AutoScalingConfigurationArn;
  const [scaling, tags] = await Promise.all([
    scalingArn === undefined
      ? null
      : orNull(
          client.call("AppRunner.DescribeAutoScalingConfiguration", {
            AutoScalingConfigurationArn: scalingArn,
          }),
        ),
    orNull(client.call("AppRunner.ListTagsForResource", { ResourceArn: service.ServiceArn })),
  ]);
  return { Scaling: scaling?.AutoScalingConfiguration ?? null, Tags: tags?.Tags ?? [] };
}

async function orNull<Reply>(reply: Promise<Reply>): Promise<Reply | null> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof ApiError && error.code === "ResourceNotFoundException") return null;
    throw error;
  }
}

/** Variables often hold passwords: what ends in a terminal or a log keeps the names only. */
function withoutValues(service: Wire<Service>): Wire<Service> {
  const source = service.SourceConfiguration;
  const { ImageRepository: image, CodeRepository: code } = source;
  return {
    ...service,
    SourceConfiguration: {
      ...source,
      ...(image?.ImageConfiguration === undefined
        ? {}
        : { ImageRepository: { ...image, ImageConfiguration: hidden(image.ImageConfiguration) } }),
      ...(code?.CodeConfiguration?.CodeConfigurationValues === undefined
        ? {}
        : {
            CodeRepository: {
              ...code,
              CodeConfiguration: {
                ...code.CodeConfiguration,
                CodeConfigurationValues: hidden(code.CodeConfiguration.CodeConfigurationValues),
              },
            },
          }),
    },
  };
}

function hidden<
  Values extends { readonly RuntimeEnvironmentVariables?: Readonly<Record<string, string>> | undefined },
>(values: Values): Values {
  const variables = values.RuntimeEnvironmentVariables;
  if (variables === undefined) return values;
  const names = Object.keys(variables);
  return { ...values, RuntimeEnvironmentVariables: Object.fromEntries(names.map((key) => [key, HIDDEN])) };
}

/** What people are told besides. */
interface Besides {
  readonly urlOf: UrlOf;
  readonly others: readonly string[];
  /** The last operation. */
  readonly isCancelled: boolean;
}

/** A deleted service answers nowhere. */
async function besidesOf(
  client: Client,
  { Service: { ServiceArn: arn, ServiceUrl: url, Status }, LastOperation: last }: Report,
): Promise<Besides> {
  const others = Status === "DELETED" ? [] : await otherUrls(client, { arn, url });
  const cancelled = await findCancelled(client, arn, last === null ? [] : [last]);
  return { urlOf: await urlMaker(client), others, isCancelled: cancelled.size > 0 };
}

function render({ io }: CliContext, report: Report, { urlOf, others, isCancelled }: Besides): string[] {
  const { Service: service, Scaling, Tags, Instances, LastOperation, RecentEnds } = report;
  const nowMs = io.now();
  const operation =
    LastOperation === null
      ? ""
      : `${LastOperation.Type} ${paintStatus(io, statusOf(LastOperation.Status ?? "PENDING", isCancelled))} ${formatAgo(LastOperation.StartedAt, nowMs)}`;
  return [
    ...renderFacts([
      ["Name", service.ServiceName],
      ["Status", paintStatus(io, service.Status)],
      ["URL", urlOf(service.ServiceUrl)],
      ["Also at", others.join(", ")],
      ...(service.SourceConfiguration.CodeRepository === undefined
        ? imageFacts(service)
        : codeFacts(service, report)),
      ["Automatic deployments", automaticOf(service, report, nowMs)],
      ["Size", `${service.InstanceConfiguration.Cpu} CPU units, ${service.InstanceConfiguration.Memory} MiB`],
      [
        "Private",
        isPrivate(service) ? "yes: answers at its internal name and its VPC ingress connection" : undefined,
      ],
      ["VPC connector", service.NetworkConfiguration.EgressConfiguration?.VpcConnectorArn],
      ["Instance role", service.InstanceConfiguration.InstanceRoleArn],
      ["Access role", service.SourceConfiguration.AuthenticationConfiguration?.AccessRoleArn],
      ["Scaling", scalingOf(Scaling)],
      ["Wanted now", wantedOf(report, nowMs)],
      ["Health check", healthCheckOf(service)],
      ["Tags", tagsOf(Tags, (key) => !key.startsWith(EXTENSION_PREFIX))],
      ["Extensions", tagsOf(Tags, (key) => key.startsWith(EXTENSION_PREFIX))],
      ["Created", formatAgo(service.CreatedAt, nowMs)],
      ["Last operation", operation],
      ["ARN", service.ServiceArn],
    ]),
    ...(Instances.length === 0 ? [] : ["", ...instanceTable({ io }, Instances, nowMs)]),
    ...(isWithoutInstance(report)
      ? ["", `No instance is ready. See why: \`slipway logs ${service.ServiceName} --events\`.`]
      : []),
    ...(report.ScalingDecisions.length > 1 ? ["", ...decisionTable({ io }, report, nowMs)] : []),
    ...(RecentEnds === null || service.Status !== "RUNNING"
      ? []
      : ["", ...describeEnds(service.ServiceName, RecentEnds, nowMs)]),
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
    ["Secrets", secretsOf(configuration?.RuntimeEnvironmentSecrets)],
  ];
}

function codeFacts(
  service: Wire<Service>,
  { Release: release }: Report,
): (readonly [string, string | undefined])[] {
  const code = service.SourceConfiguration.CodeRepository;
  const configuration = code?.CodeConfiguration;
  const values = configuration?.CodeConfigurationValues;
  const commit = release?.Commit;
  return [
    ["Source", code?.RepositoryUrl],
    ["Branch", code?.SourceCodeVersion.Value],
    ["Directory", code?.SourceDirectory === "/" ? undefined : code?.SourceDirectory],
    [
      "Commit",
      commit === undefined
        ? undefined
        : printable(`${commit.Id.slice(0, 8)} ${commit.Message} (${commit.Author})`),
    ],
    ["Runtime", values?.Runtime],
    ["Build", values?.BuildCommand],
    ["Start command", values?.StartCommand],
    ["Port", values?.Port],
    ["Variables", Object.keys(values?.RuntimeEnvironmentVariables ?? {}).join(", ")],
    ["Secrets", secretsOf(values?.RuntimeEnvironmentSecrets)],
  ];
}

function secretsOf(references: Readonly<Record<string, string>> = {}): string {
  return Object.entries(references)
    .map(([name, reference]) => printable(`${name}=${reference}`))
    .join(", ");
}

const UNWATCHED: ReadonlySet<string> = new Set(["PAUSED", "CREATE_FAILED", "DELETE_FAILED", "DELETED"]);

/** When the source was last looked at belongs to it. */
function automaticOf(service: Wire<Service>, { SourceWatch: watch }: Report, nowMs: number): string {
  if (service.SourceConfiguration.AutoDeploymentsEnabled !== true) return "off";
  // What went wrong before it was left alone is no news.
  if (UNWATCHED.has(service.Status)) return `on, but not while the service is ${service.Status}`;
  const check = watch === null ? "" : lastCheckOf(watch, nowMs);
  return check === "" ? "on" : `on, last check ${check}`;
}

function isPrivate({ NetworkConfiguration: network }: Wire<Service>): boolean {
  return network.IngressConfiguration?.IsPubliclyAccessible === false;
}

function healthCheckOf({ HealthCheckConfiguration: check }: Wire<Service>): string {
  if (check === undefined) return "";
  return `${check.Protocol}${check.Protocol === "HTTP" ? ` ${check.Path}` : ""} each ${check.Interval}s`;
}

function scalingOf(scaling: Wire<AutoScalingConfiguration> | null): string {
  if (scaling === null) return "";
  const name = `${scaling.AutoScalingConfigurationName} revision ${scaling.AutoScalingConfigurationRevision}`;
  const { MinSize, MaxSize, MaxConcurrency } = scaling;
  return `${MinSize}–${MaxSize} instances, ${MaxConcurrency} requests at once each (${name})`;
}

function wantedOf({ ScalingDecisions: [now] }: Report, nowMs: number): string | undefined {
  if (now === undefined) return undefined;
  const noun = now.Count === 1 ? "instance" : "instances";
  return `${now.Count} ${noun}${givenTo(now)}: ${now.Reason} (${formatAgo(now.At, nowMs)})`;
}

function givenTo({ Count, Activity }: Wire<ScalingDecision>): string {
  return Count === 0 ? "" : GIVEN[Activity];
}

/** What the processes of resting instances get. */
const GIVEN = { run: "", throttle: ", throttled", freeze: ", frozen" } as const;

/** Idle ones serve with the next request, and a service at zero is meant to have none. */
function isWithoutInstance({ Service: service, Instances, ScalingDecisions: [now] }: Report): boolean {
  const isServing = Instances.some(({ State }) => State === "ready" || State === "idle");
  return service.Status === "RUNNING" && !isServing && now?.Count !== 0;
}

const DECISIONS_SHOWN = 5;

function decisionTable(
  { io }: Pick<CliContext, "io">,
  { ScalingDecisions }: Report,
  nowMs: number,
): string[] {
  return renderTable(ScalingDecisions.slice(0, DECISIONS_SHOWN), [
    { title: paint(io, "dim", "WANTED"), cell: (decision) => `${decision.Count}${givenTo(decision)}` },
    { title: paint(io, "dim", "SINCE"), cell: ({ At }) => formatAgo(At, nowMs) },
    { title: paint(io, "dim", "BECAUSE"), cell: ({ Reason }) => printable(Reason) },
  ]);
}

/** Tags of this kind switch what App Runner never had. */
const EXTENSION_PREFIX = "slipway:";

function tagsOf(tags: readonly Wire<Tag>[], isWanted: (key: string) => boolean): string {
  return tags
    .filter(({ Key = "" }) => isWanted(Key))
    .map(({ Key, Value }) => printable(`${Key}=${Value ?? ""}`))
    .join(", ");
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
