/**
 * What an operator can set. Each setting has an environment variable and a place in `settings.json` of the state
 * directory; the variable wins. The first start writes the file, so that later starts without variables stay the same.
 */
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { appRunnerPrices } from "../domain/usage.ts";
import { nearestName } from "./nearest-name.ts";
import { edgeSettings, edgeVariables } from "./edge-settings.ts";
import { signInSettings, signInVariables } from "./sign-in-settings.ts";
import { command, vaultSettings, vaultVariables } from "./vault-settings.ts";

const whole = (minimum: number, maximum: number, error: string) =>
  z.coerce.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
const priceError = "must be a number of dollars from 0 to 1000";
const price = z.coerce
  .number({ error: priceError })
  .min(0, { error: priceError })
  .max(1000, { error: priceError });
const machinePriceError = "must be a number of dollars above 0 and up to 1000000";
const port = whole(1, 65_535, "must be a port, 1 to 65535");
const hostName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    "must be a lower-case host name",
  );
const address = z.union([z.ipv4(), z.ipv6(), z.literal("*")], {
  error: "must be an IP address, or * for every address",
});

const publicUrl = z
  .string()
  .refine(isPublicUrl, "must be an http or https address without user, query and fragment")
  .transform((url) => url.replace(/\/+$/, ""));

const httpAddress = z.string().refine(isPublicUrl, "must be an http or https address");
const file = z.string().startsWith("/", "must be the absolute path of a file");
const dnsServerError = "must be an IP address, with :port unless that is 53";
const dnsServer = z.string().refine((text) => isDnsServer(text), dnsServerError);
const addressesError = "must be IP addresses, separated by commas";
const addresses = z.preprocess(
  (given) => (typeof given === "string" ? given.split(",").map((one) => one.trim()) : given),
  z.array(z.union([z.ipv4(), z.ipv6()], { error: addressesError })),
);

const registry = z.strictObject({
  /** Registry host with port, as it appears in image names. */
  host: z.string().min(1),
  username: z.string().min(1),
  /** File that holds the password: secrets have no place in settings. */
  passwordFile: z.string().min(1),
  /** ARNs or names of access roles; only services that have one of them use this entry. Everybody's unless given. */
  roles: z.array(z.string().min(1)).optional(),
});

const settingsSchema = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must look like us-east-1")
    .default("us-east-1"),
  account: z
    .string()
    .regex(/^\d{12}$/, "must be twelve digits")
    .default("000000000000"),
  baseDomain: hostName.default("slipway.localhost"),
  apiHost: address.default("127.0.0.1"),
  apiPort: port.default(7070),
  /** Where others reach the API, through a proxy for example; as it listens unless given. */
  publicApiUrl: publicUrl.optional(),
  /** Where the edge listens. Names under .localhost only ever lead to this machine, so loopback is enough for them. */
  edgeHost: address.optional(),
  edgePort: port.default(8080),
  edgeHttpsPort: port.default(8443),
  /** Where VPC ingress connections are published: an address of a private network, for people in it. */
  ingressHost: address.default("127.0.0.1"),
  ingressPort: port.default(7080),
  ingressHttpsPort: port.default(7443),
  /** Where instances call the services they are connected to, on their bridge. */
  internalPort: port.default(7081),
  /** Plain HTTP to services' own hosts; auto: to HTTPS once their certificate is one that browsers take. */
  httpsRedirect: z.enum(["auto", "on", "off"], { error: "must be auto, on or off" }).default("auto"),
  /** Custom domains of a service. */
  domainQuota: whole(1, 100_000, "must be a number from 1 to 100000").default(5),
  /** Address of an ACME authority's directory; without it certificates are imported or made here. */
  acmeDirectory: httpAddress.optional(),
  acmeEmail: z.email("must be an email address").optional(),
  /** Of an external account, for authorities that demand one. */
  acmeEabKeyId: z.string().min(1).optional(),
  /** File with its key, in base64url: secrets have no place in settings. */
  acmeEabKeyFile: file.optional(),
  /** File with roots (PEM) to trust for the directory instead of the public ones. */
  acmeCaFile: file.optional(),
  /** Where the authority asks for proofs; another than 80 only for test authorities. */
  acmeHttpPort: port.default(80),
  /** A zone of our own for proofs by DNS, which its parent zone delegates to this machine. */
  dnsZone: hostName
    .refine((zone) => zone.includes("."), "must be below a domain of yours, such as acme.example.com")
    .optional(),
  dnsHost: address.default("*"),
  dnsPort: port.default(53),
  /** Asked for everything, instead of the servers that are responsible; for closed networks. */
  dnsServer: dnsServer.optional(),
  /** Where the world reaches the edge, for records of domains that cannot have a CNAME. */
  publicAddresses: addresses.default([]),
  dockerSocket: z.string().startsWith("/").default("/var/run/docker.sock"),
  haproxyPath: z.string().startsWith("/").default("/usr/sbin/haproxy"),
  serviceQuota: whole(1, 10_000, "must be a number from 1 to 10000").default(30),
  /** Git repositories that are hosted here. */
  repositoryQuota: whole(1, 10_000, "must be a number from 1 to 10000").default(50),
  /** Whether repositories and their hosts may be reached by http, which anybody on the way can read. */
  gitOverHttp: z.stringbool({ error: "must be true or false" }).or(z.boolean()).default(false),
  /** What was fetched for services' next checkout, of all together. */
  sourceCacheMiB: whole(0, 16_777_216, "must be a number of MiB from 0 to 16777216").default(10_240),
  /** Of all builds together; half of the machine's, at most 4 GiB, unless given. */
  buildMemoryMiB: whole(256, 1_048_576, "must be a number of MiB from 256 to 1048576").optional(),
  /** What one build may take. */
  buildMinutes: whole(1, 60, "must be a number of minutes from 1 to 60").default(20),
  buildsAtOnce: whole(1, 64, "must be a number from 1 to 64").default(1),
  /** What the engine's daemon.json calls gVisor, for services with the tag slipway:sandbox=gvisor. */
  gvisorRuntime: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, "must be the name of a runtime in the engine's daemon.json")
    .default("runsc"),
  /** What an instance may write into its own files; App Runner's 3 GB unless given. */
  instanceDiskMiB: whole(16, 16_777_216, "must be a number of MiB from 16 to 16777216").default(3072),
  /** What stays free on the disk of the logs, or 5 % of a smaller one; for it the oldest lines go. */
  logReserveMiB: whole(0, 1_048_576, "must be a number of MiB from 0 to 1048576").default(1024),
  /** What metrics may take on disk; above it the finest and oldest go. */
  metricsMiB: whole(16, 1_048_576, "must be a number of MiB from 16 to 1048576").default(1024),
  /** File with the token that lets Prometheus read /metrics from elsewhere: secrets have no place in settings. */
  metricsTokenFile: file.optional(),
  /** Whether events may be sent to this machine and to private networks. */
  eventPrivateTargets: z.stringbool({ error: "must be true or false" }).or(z.boolean()).default(false),
  /** Dollars, for telling what App Runner would have charged; its own in most Regions unless given. */
  priceVcpuHour: price.default(appRunnerPrices.vcpuHour),
  priceGbHour: price.default(appRunnerPrices.gbHour),
  priceBuildMinute: price.default(appRunnerPrices.buildMinute),
  /** For one service with automatic deployments. */
  priceAutomaticDeploymentMonth: price.default(appRunnerPrices.automaticDeploymentMonth),
  priceEgressGb: price.default(appRunnerPrices.egressGb),
  /** What this machine costs, for telling what services cost here. */
  priceMachineMonth: z.coerce
    .number({ error: machinePriceError })
    .positive({ error: machinePriceError })
    .max(1_000_000, { error: machinePriceError })
    .optional(),
  /** Of an OpenTelemetry collector, what stands before /v1/traces; without it nothing is traced. */
  otlpEndpoint: httpAddress.optional(),
  otlpProtocol: z
    .enum(["http/protobuf", "http/json"], { error: "must be http/protobuf or http/json" })
    .default("http/protobuf"),
  /** File with headers for it, `Name: value` a line: secrets have no place in settings. */
  otlpHeadersFile: file.optional(),
  /** Where instances reach it; they get no headers. As otlpEndpoint where they can, unless given. */
  otlpInstanceEndpoint: httpAddress.optional(),
  ...signInSettings,
  ...edgeSettings,
  ...vaultSettings,
  /** Name → file of a public key (cosign.pub) that images can be signed with. */
  signatureKeys: z.record(z.string(), file).default({}),
  /** The key for all services whose tag slipway:verify-signature names none; without it those need no signature. */
  verifySignature: z.string().min(1).optional(),
  /** Asked about each image before it goes live: program and arguments; or an address. */
  imageCheckCommand: command.optional(),
  imageCheckUrl: httpAddress.optional(),
  imageCheckSeconds: whole(1, 600, "must be a number of seconds from 1 to 600").default(60),
  /** What becomes of an image about which nothing could be learnt. */
  imageCheckOnFailure: z.enum(["refuse", "allow"], { error: "must be refuse or allow" }).default("refuse"),
  registries: z.array(registry).default([]),
  /** Image name prefix → what to put in its place; for names that clients insist on (ECR's) but that live elsewhere. */
  imageMappings: z.record(z.string(), z.string()).default({}),
});

export type Settings = Readonly<Omit<z.output<typeof settingsSchema>, "edgeHost">> & {
  readonly edgeHost: string;
  readonly stateDirectory: string;
  /** Where the control plane writes its own log (`SLIPWAY_LOG_FILE`); standard output when null. */
  readonly logFile: string | null;
};

type FileSettings = z.input<typeof settingsSchema>;

/** Environment variable of each setting that has one. */
const VARIABLES = {
  SLIPWAY_REGION: "region",
  SLIPWAY_ACCOUNT: "account",
  SLIPWAY_BASE_DOMAIN: "baseDomain",
  SLIPWAY_API_HOST: "apiHost",
  SLIPWAY_API_PORT: "apiPort",
  SLIPWAY_PUBLIC_API_URL: "publicApiUrl",
  SLIPWAY_EDGE_HOST: "edgeHost",
  SLIPWAY_EDGE_PORT: "edgePort",
  SLIPWAY_EDGE_HTTPS_PORT: "edgeHttpsPort",
  SLIPWAY_INGRESS_HOST: "ingressHost",
  SLIPWAY_INGRESS_PORT: "ingressPort",
  SLIPWAY_INGRESS_HTTPS_PORT: "ingressHttpsPort",
  SLIPWAY_INTERNAL_PORT: "internalPort",
  SLIPWAY_HTTPS_REDIRECT: "httpsRedirect",
  SLIPWAY_DOMAIN_QUOTA: "domainQuota",
  SLIPWAY_ACME_DIRECTORY: "acmeDirectory",
  SLIPWAY_ACME_EMAIL: "acmeEmail",
  SLIPWAY_ACME_EAB_KEY_ID: "acmeEabKeyId",
  SLIPWAY_ACME_EAB_KEY_FILE: "acmeEabKeyFile",
  SLIPWAY_ACME_CA_FILE: "acmeCaFile",
  SLIPWAY_ACME_HTTP_PORT: "acmeHttpPort",
  SLIPWAY_DNS_ZONE: "dnsZone",
  SLIPWAY_DNS_HOST: "dnsHost",
  SLIPWAY_DNS_PORT: "dnsPort",
  SLIPWAY_DNS_SERVER: "dnsServer",
  SLIPWAY_PUBLIC_ADDRESSES: "publicAddresses",
  SLIPWAY_DOCKER_SOCKET: "dockerSocket",
  SLIPWAY_HAPROXY: "haproxyPath",
  SLIPWAY_SERVICE_QUOTA: "serviceQuota",
  SLIPWAY_REPOSITORY_QUOTA: "repositoryQuota",
  SLIPWAY_GIT_OVER_HTTP: "gitOverHttp",
  SLIPWAY_SOURCE_CACHE_MIB: "sourceCacheMiB",
  SLIPWAY_BUILD_MEMORY_MIB: "buildMemoryMiB",
  SLIPWAY_BUILD_MINUTES: "buildMinutes",
  SLIPWAY_BUILDS_AT_ONCE: "buildsAtOnce",
  SLIPWAY_VERIFY_SIGNATURE: "verifySignature",
  SLIPWAY_IMAGE_CHECK_COMMAND: "imageCheckCommand",
  SLIPWAY_IMAGE_CHECK_URL: "imageCheckUrl",
  SLIPWAY_IMAGE_CHECK_SECONDS: "imageCheckSeconds",
  SLIPWAY_IMAGE_CHECK_ON_FAILURE: "imageCheckOnFailure",
  SLIPWAY_GVISOR_RUNTIME: "gvisorRuntime",
  SLIPWAY_INSTANCE_DISK_MIB: "instanceDiskMiB",
  SLIPWAY_LOG_RESERVE_MIB: "logReserveMiB",
  SLIPWAY_METRICS_MIB: "metricsMiB",
  SLIPWAY_METRICS_TOKEN_FILE: "metricsTokenFile",
  SLIPWAY_EVENT_PRIVATE_TARGETS: "eventPrivateTargets",
  SLIPWAY_PRICE_VCPU_HOUR: "priceVcpuHour",
  SLIPWAY_PRICE_GB_HOUR: "priceGbHour",
  SLIPWAY_PRICE_BUILD_MINUTE: "priceBuildMinute",
  SLIPWAY_PRICE_AUTOMATIC_DEPLOYMENT_MONTH: "priceAutomaticDeploymentMonth",
  SLIPWAY_PRICE_EGRESS_GB: "priceEgressGb",
  SLIPWAY_PRICE_MACHINE_MONTH: "priceMachineMonth",
  SLIPWAY_OTLP_ENDPOINT: "otlpEndpoint",
  SLIPWAY_OTLP_PROTOCOL: "otlpProtocol",
  SLIPWAY_OTLP_HEADERS_FILE: "otlpHeadersFile",
  SLIPWAY_OTLP_INSTANCE_ENDPOINT: "otlpInstanceEndpoint",
  ...signInVariables,
  ...edgeVariables,
  ...vaultVariables,
} as const satisfies Record<string, keyof FileSettings>;

export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

type Environment = Readonly<Record<string, string | undefined>>;

export function settingsFile(stateDirectory: string): string {
  return join(stateDirectory, "settings.json");
}

/** `SLIPWAY_STATE_DIR`, or `/var/lib/slipway` for root, or the user's state directory. */
export function stateDirectory(environment: Environment): string {
  const given = environment["SLIPWAY_STATE_DIR"];
  if (given !== undefined && given !== "") return resolve(given);
  if (process.getuid?.() === 0) return "/var/lib/slipway";
  return join(environment["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "slipway");
}

/** Reads the settings; throws SettingsError that names the setting and what would be right. */
export function readSettings(environment: Environment): Settings {
  const directory = stateDirectory(environment);
  const merged = { ...readFileSettings(settingsFile(directory)), ...fromEnvironment(environment) };
  const parsed = settingsSchema.safeParse(merged);
  if (!parsed.success) throw new SettingsError(describe(parsed.error, directory));
  const { edgeHost, ...rest } = parsed.data;
  return {
    ...rest,
    stateDirectory: directory,
    logFile: environment["SLIPWAY_LOG_FILE"] ?? null,
    edgeHost: edgeHost ?? (rest.baseDomain.endsWith(".localhost") ? "127.0.0.1" : "*"),
  };
}

/** What goes into `settings.json` at the first start. */
export function toFileText(settings: Settings): string {
  const { stateDirectory: _directory, logFile: _log, ...rest } = settings;
  return `${JSON.stringify(rest, null, 2)}\n`;
}

/** The address of the API as it listens; on all addresses means loopback too. */
export function apiEndpoint({ apiHost, apiPort }: Pick<Settings, "apiHost" | "apiPort">): string {
  const host = apiHost === "*" ? "127.0.0.1" : apiHost;
  return `http://${host.includes(":") ? `[${host}]` : host}:${apiPort}`;
}

/** Where Git hosts, registries and people who push reach the API. */
export function publicApiUrl(settings: Pick<Settings, "apiHost" | "apiPort" | "publicApiUrl">): string {
  return settings.publicApiUrl ?? apiEndpoint(settings);
}

function isPublicUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  return url.username === "" && url.password === "" && !/[?#\s]/.test(text);
}

function isDnsServer(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (isIP(text) !== 0) return true;
  return isIP(bracketed ?? plain ?? "") !== 0 && Number(port ?? 53) >= 1 && Number(port ?? 53) <= 65_535;
}

function readFileSettings(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
      throw new Error("not an object");
    return { ...parsed };
  } catch (cause) {
    throw new SettingsError(`${path} is not valid JSON: mend it, or delete it to start with the defaults.`, {
      cause,
    });
  }
}

/** Understood by others than the settings: the command line, and what starts the program. */
const OTHER_VARIABLES = [
  "SLIPWAY_STATE_DIR",
  "SLIPWAY_LOG_FILE",
  "SLIPWAY_MASTER_KEY",
  "SLIPWAY_MASTER_KEY_NEXT",
  "SLIPWAY_ENDPOINT",
  "SLIPWAY_ACCESS_KEY_ID",
  "SLIPWAY_SECRET_ACCESS_KEY",
  "SLIPWAY_NODE",
];

/** A line for each variable that looks like one of ours and is none. */
export function unknownVariables(environment: Environment): readonly string[] {
  const known = [...Object.keys(VARIABLES), ...OTHER_VARIABLES];
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith("SLIPWAY_") && !known.includes(name),
  );
  return unknown.map((name) => {
    const nearest = nearestName(bare(name), known.map(bare));
    return `${name} is no setting and is passed over${nearest === null ? "" : `: did you mean SLIPWAY_${nearest}?`}`;
  });
}

function bare(variable: string): string {
  return variable.replace("SLIPWAY_", "");
}

function fromEnvironment(environment: Environment): Record<string, string> {
  const given: Record<string, string> = {};
  for (const [variable, name] of Object.entries(VARIABLES)) {
    const value = environment[variable];
    if (value !== undefined && value !== "") given[name] = value;
  }
  return given;
}

function describe(error: z.ZodError, directory: string): string {
  const [issue] = error.issues;
  if (issue?.code === "unrecognized_keys") return describeUnknown(issue, directory);
  const name = issue?.path.join(".") ?? "settings";
  const variable = Object.entries(VARIABLES).find(([, setting]) => setting === issue?.path[0])?.[0];
  const where =
    variable === undefined ? settingsFile(directory) : `${variable} or ${settingsFile(directory)}`;
  return `Setting ${name}: ${issue?.message ?? "invalid"} (set in ${where}).`;
}

function describeUnknown({ keys, path }: z.core.$ZodIssueUnrecognizedKeys, directory: string): string {
  const valid = Object.keys(path.length === 0 ? settingsSchema.shape : registry.shape);
  const [key = ""] = keys;
  const nearest = nearestName(key, valid);
  const meant = nearest === null ? "" : `did you mean ${nearest}? `;
  return `Setting ${[...path, key].join(".")} in ${settingsFile(directory)} is unknown: ${meant}Valid are ${valid.join(", ")}.`;
}
