/** Where the source code that `slipway deploy` takes comes from: a folder that is sent, or a repository elsewhere. */
import type { Service } from "../../contract/model.gen.ts";
import type { Client, Wire } from "../client.ts";
import type { Detected } from "../code-wish.ts";
import type { CliContext } from "../context.ts";
import { nameOfImage, nameOfSource } from "../deploy-wish.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { assertConfigurationFile } from "../folder/configuration-file.ts";
import type { CliIo } from "../io.ts";
import { dropScaling, ensureScaling } from "../scaling.ts";
import { printable } from "../style.ts";
import type { CodeWish, DeployWish } from "../wish.ts";
import { assertAcceptable } from "./deploy-check.ts";
import type { DeployOptions } from "./deploy-options.ts";
import { sendFolder } from "./send-folder.ts";

export type Source =
  | { readonly kind: "folder"; readonly directory: string }
  | { readonly kind: "repository"; readonly url: string }
  /** An image, or what the service has. */
  | { readonly kind: "none" };

const ADDRESS = /^(?:https?|ssh|slipway):\/\/|^[^\s/@]+@[^\s/:]+:/;
const FOLDER_BRANCH = "main";
const HOSTED = "slipway://";

export function parseSource(io: CliIo, given: string | undefined, options: DeployOptions): Source {
  if (given === undefined) {
    const [option] = onlyForCode(options);
    if (option === undefined || options.name !== undefined) return { kind: "none" };
    throw usageFailure(
      `--${option} is about source code, and none is named.`,
      "Name a folder or a repository: slipway deploy .",
    );
  }
  if (options.image !== undefined) {
    throw usageFailure("Source code and --image exclude each other.", "Leave one of them out.");
  }
  if (ADDRESS.test(given)) return { kind: "repository", url: given };
  if (options.connection !== undefined) {
    throw usageFailure("--connection is for a repository on a Git host.", "Leave it out for a folder.");
  }
  return { kind: "folder", directory: io.resolvePath(given) };
}

function onlyForCode({
  branch,
  dir,
  runtime,
  build,
  dockerfile,
  connection,
}: DeployOptions): readonly string[] {
  const options = { branch, dir, runtime, build, dockerfile, connection };
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [name]));
}

export async function nameOf(io: CliIo, source: Source, { name, image }: DeployOptions): Promise<string> {
  if (name !== undefined) return name;
  if (source.kind === "repository") return nameOfSource(source.url);
  if (source.kind === "folder")
    return nameOfSource((await packageName(io, source.directory)) ?? source.directory);
  if (image !== undefined) return nameOfImage(image);
  throw usageFailure(
    "Nothing to deploy is named.",
    "Name a folder (slipway deploy .), a repository or --image IMAGE; or --name NAME to change a service that is there.",
  );
}

async function packageName(io: CliIo, directory: string): Promise<string | null> {
  try {
    const parsed: unknown = JSON.parse(await io.readFile(`${directory}/package.json`));
    const name: unknown =
      typeof parsed === "object" && parsed !== null && "name" in parsed ? parsed.name : null;
    return typeof name === "string" && /[A-Za-z0-9]/.test(name) ? name : null;
  } catch {
    // None, or one that only its own tools understand.
    return null;
  }
}

interface SourceRequest {
  readonly source: Source;
  readonly wish: DeployWish;
  readonly name: string;
  readonly options: DeployOptions;
  readonly present: Wire<Service> | undefined;
}

interface PreparedSource {
  readonly wish: DeployWish;
  /** What was sent, which must be what is deployed in the end. */
  readonly commitId?: string;
  /** Whether the repository it was sent to was made for it. */
  readonly madeRepository?: boolean;
}

export async function prepareSource(
  context: Pick<CliContext, "io" | "hooks">,
  client: Client,
  request: SourceRequest,
): Promise<PreparedSource> {
  const { source, wish, options, present } = request;
  if (source.kind === "repository") {
    const connectionArn = await connectionOf(client, options.connection);
    return { wish: { ...wish, code: codeWish(source.url, options, connectionArn) } };
  }
  if (source.kind === "none") return { wish: withCodeOptions(request) };
  const branch = options.branch ?? branchOf(request);
  const code = { ...codeWish(HOSTED + request.name, options, undefined), branch };
  const { directory } = source;
  await assertAcceptable(context, client, { name: request.name, wish: { ...wish, code }, branch, present });
  await assertConfigurationFile(context, { directory, wish: { ...wish, code }, present });
  const made = await makeScaling(client, request);
  try {
    const sent = await sendFolder(context, client, { name: request.name, directory, branch });
    return { ...sent, wish: { ...wish, code } };
  } catch (error) {
    await dropScaling(client, made);
    throw error;
  }
}

/** Before anything is sent: there may be too many already. The ARN of a revision that was not there before. */
async function makeScaling(
  client: Client,
  { wish, name: serviceName, present }: SourceRequest,
): Promise<string | undefined> {
  if (wish.scaling === undefined) return undefined;
  const presentArn = present?.AutoScalingConfigurationSummary.AutoScalingConfigurationArn;
  const { arn, isNew } = await ensureScaling(client, { serviceName, wish: wish.scaling, presentArn });
  return isNew ? arn : undefined;
}

/** `--name shop --branch next`: the present repository, otherwise. */
function withCodeOptions({ wish, options, present, name }: SourceRequest): DeployWish {
  if (onlyForCode(options).length === 0) return wish;
  const url = present?.SourceConfiguration.CodeRepository?.RepositoryUrl;
  if (url !== undefined) return { ...wish, code: codeWish(url, options, undefined) };
  throw usageFailure(
    `${name} is not built from source code.`,
    "Name a folder or a repository: slipway deploy .",
  );
}

function codeWish(
  repositoryUrl: string,
  options: DeployOptions,
  connectionArn: string | undefined,
): CodeWish {
  const { branch, dir, runtime, build, dockerfile } = options;
  return {
    repositoryUrl,
    ...(branch === undefined ? {} : { branch }),
    ...(dir === undefined ? {} : { sourceDirectory: absoluteDirectory(dir) }),
    ...(connectionArn === undefined ? {} : { connectionArn }),
    ...(runtime === undefined ? {} : { runtime: runtimeName(runtime) }),
    ...(build === undefined ? {} : { buildCommand: build }),
    ...(dockerfile === undefined ? {} : { dockerfile }),
  };
}

/** `./services/web/` → `/services/web`. */
function absoluteDirectory(text: string): string {
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  return `/${parts.join("/")}`;
}

/** As in apprunner.yaml, too: `nodejs22` → `NODEJS_22`. */
function runtimeName(text: string): string {
  return text.toUpperCase().replace(/^([A-Z]+)(\d+)$/, "$1_$2");
}

async function connectionOf(client: Client, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const { ConnectionSummaryList: found } = await client.call("AppRunner.ListConnections", {
    ConnectionName: name,
  });
  const arn = found[0]?.ConnectionArn;
  if (arn !== undefined) return arn;
  throw new CliFailure(`There is no connection "${name}".`, {
    hint: `Make it with \`slipway connect ${name} --provider …\`, or see \`slipway connect\`.`,
  });
}

function branchOf({ present, name }: SourceRequest): string {
  const code = present?.SourceConfiguration.CodeRepository;
  return code?.RepositoryUrl === HOSTED + name ? code.SourceCodeVersion.Value : FOLDER_BRANCH;
}

/** What the source is, said aloud; undefined where that is known already. */
export async function detectFor(
  io: CliIo,
  client: Client,
  { code, startCommand }: DeployWish,
  present: Wire<Service> | undefined,
): Promise<Detected | undefined> {
  if (code === undefined || present?.SourceConfiguration.CodeRepository !== undefined) return undefined;
  if (code.dockerfile !== undefined || (code.runtime !== undefined && startCommand !== undefined))
    return code.branch === undefined ? branchOnly(client, code) : undefined;
  const detected = await client.call("Slipway.DetectSource", {
    RepositoryUrl: code.repositoryUrl,
    ...(code.branch === undefined ? {} : { Branch: code.branch }),
    ...(code.sourceDirectory === undefined ? {} : { SourceDirectory: code.sourceDirectory }),
    ...(code.connectionArn === undefined ? {} : { ConnectionArn: code.connectionArn }),
  });
  for (const remark of detected.Remarks) io.err(printable(remark));
  return detected;
}

/** How it is built is said; where it lies is not. */
async function branchOnly(client: Client, { repositoryUrl, connectionArn }: CodeWish): Promise<Detected> {
  const { Branch: branch } = await client.call("Slipway.GetDefaultBranch", {
    RepositoryUrl: repositoryUrl,
    ...(connectionArn === undefined ? {} : { ConnectionArn: connectionArn }),
  });
  const code = {
    RepositoryUrl: repositoryUrl,
    SourceCodeVersion: { Type: "BRANCH", Value: branch },
    CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
  } as const;
  return { CodeRepository: code, Remarks: [] };
}
