/** A draft as the API's input: CreateService and UpdateService, the tags beside them, and a configuration of scaling of its own. Pure. */
import type { Input } from "../../api/wire.ts";
import type { SourceConfiguration, Runtime, Tag } from "../../../../src/contract/model.gen.ts";
import { type DraftEntry, filledRows, type ServiceDraft } from "./draft.ts";
import { EXTENSION_PREFIX, type ExtensionTexts } from "./extension-specs.ts";

type CreateService = Input<"AppRunner.CreateService">;
type UpdateService = Input<"AppRunner.UpdateService">;
type CreateScaling = Input<"AppRunner.CreateAutoScalingConfiguration">;

/** The API wants one; a build by a Dockerfile does not look at it. */
const UNUSED_RUNTIME = "NODEJS_22";
const SCALING_NAME_MAX = 32;
const DOCKERFILE_TAGS = ["dockerfile", "dockerfile-target", "build-args"] as const;

/** `scalingArn`: of the configuration that was made for the service, where the draft wishes one of its own. */
export function toCreateService(draft: ServiceDraft, scalingArn?: string): CreateService {
  const tags = toTags(draft);
  return {
    ServiceName: draft.name,
    SourceConfiguration: toSource(draft),
    InstanceConfiguration: toInstance(draft),
    ...(tags.length > 0 && { Tags: tags }),
    ...(draft.kmsKeyArn !== "" && { EncryptionConfiguration: { KmsKey: draft.kmsKeyArn } }),
    HealthCheckConfiguration: toHealthCheck(draft),
    ...toScalingArn(draft, scalingArn),
    NetworkConfiguration: toNetwork(draft),
    ...(draft.observabilityArn !== "" && { ObservabilityConfiguration: toObservability(draft) }),
  };
}

/** The whole of what can be updated: what is not said keeps its value in the API. Tags are changed by `tagChanges`. */
export function toUpdateService(serviceArn: string, draft: ServiceDraft, scalingArn?: string): UpdateService {
  return {
    ServiceArn: serviceArn,
    SourceConfiguration: toSource(draft),
    InstanceConfiguration: toInstance(draft),
    HealthCheckConfiguration: toHealthCheck(draft),
    ...toScalingArn(draft, scalingArn),
    NetworkConfiguration: toNetwork(draft),
    ObservabilityConfiguration: toObservability(draft),
  };
}

/** For a draft with numbers of its own; null: it names a configuration. */
export function toCreateScaling(draft: ServiceDraft): CreateScaling | null {
  if (draft.scalingChoice === "named") return null;
  return {
    AutoScalingConfigurationName: draft.name.slice(0, SCALING_NAME_MAX),
    MinSize: Number(draft.minSize),
    MaxSize: Number(draft.maxSize),
    MaxConcurrency: Number(draft.maxConcurrency),
  };
}

/** Extensions, then what else is wished. */
export function toTags(draft: ServiceDraft): readonly Tag[] {
  const { extensions, tags } = draft;
  const given = Object.entries({ ...defaultDockerfile(draft), ...extensions }).filter(
    ([name, value]) => value !== "" && isOfSource(name, draft),
  );
  return [
    ...given.map(([name, value]) => ({ Key: `${EXTENSION_PREFIX}${name}`, Value: value })),
    ...filledRows(tags).map(({ name, value }) => ({ Key: name, Value: value })),
  ];
}

/** A build by a Dockerfile is asked for by one of its tags. */
function defaultDockerfile({ sourceKind, buildFrom, extensions }: ServiceDraft): ExtensionTexts {
  const isAsked = DOCKERFILE_TAGS.some((name) => (extensions[name] ?? "") !== "");
  return sourceKind === "code" && buildFrom === "dockerfile" && !isAsked ? { dockerfile: "Dockerfile" } : {};
}

/** What was typed for another source than the one that was chosen in the end is not sent. */
function isOfSource(name: string, { sourceKind, buildFrom }: ServiceDraft): boolean {
  const isOfDockerfile = DOCKERFILE_TAGS.some((tag) => tag === name);
  if (isOfDockerfile) return sourceKind === "code" && buildFrom === "dockerfile";
  return name !== "build-secrets" || sourceKind === "code";
}

export interface TagChanges {
  /** For TagResource. */
  readonly put: readonly Tag[];
  /** For UntagResource. */
  readonly removed: readonly string[];
}

export function tagChanges(before: ServiceDraft, after: ServiceDraft): TagChanges {
  const had = new Map(toTags(before).map(({ Key = "", Value = "" }) => [Key, Value]));
  const has = toTags(after);
  const keys = new Set(has.map(({ Key }) => Key));
  return {
    put: has.filter(({ Key = "", Value }) => had.get(Key) !== Value),
    removed: [...had.keys()].filter((key) => !keys.has(key)),
  };
}

function toSource(draft: ServiceDraft): SourceConfiguration {
  const isImage = draft.sourceKind === "image";
  const { accessRoleArn, connectionArn } = draft;
  const authentication = isImage
    ? accessRoleArn !== "" && { AccessRoleArn: accessRoleArn }
    : connectionArn !== "" && { ConnectionArn: connectionArn };
  return {
    ...(isImage ? { ImageRepository: toImage(draft) } : { CodeRepository: toCode(draft) }),
    AutoDeploymentsEnabled: draft.deploysByItself,
    ...(authentication && { AuthenticationConfiguration: authentication }),
  };
}

function toImage(draft: ServiceDraft): NonNullable<SourceConfiguration["ImageRepository"]> {
  return {
    ImageIdentifier: draft.imageIdentifier,
    ImageRepositoryType: draft.imageRepositoryType,
    ImageConfiguration: toRun(draft),
  };
}

function toCode(draft: ServiceDraft): NonNullable<SourceConfiguration["CodeRepository"]> {
  return {
    RepositoryUrl: draft.repositoryUrl,
    SourceCodeVersion: { Type: "BRANCH", Value: draft.branch },
    CodeConfiguration: toCodeConfiguration(draft),
    SourceDirectory: draft.sourceDirectory,
  };
}

function toCodeConfiguration(
  draft: ServiceDraft,
): NonNullable<NonNullable<SourceConfiguration["CodeRepository"]>["CodeConfiguration"]> {
  const run = toRun(draft);
  const isSaidElsewhere = draft.buildFrom === "dockerfile" && Object.keys(run).length === 0;
  if (draft.buildFrom === "file" || isSaidElsewhere) return { ConfigurationSource: "REPOSITORY" };
  const runtime = draft.buildFrom === "dockerfile" ? UNUSED_RUNTIME : draft.runtime;
  return {
    ConfigurationSource: "API",
    CodeConfigurationValues: {
      // The API says which there are.
      Runtime: runtime as Runtime,
      ...(draft.buildFrom === "api" && draft.buildCommand !== "" && { BuildCommand: draft.buildCommand }),
      ...run,
    },
  };
}

function toRun({ startCommand, port, variables, secrets }: ServiceDraft) {
  const environment = toMap(variables);
  const references = toMap(secrets);
  return {
    ...(startCommand !== "" && { StartCommand: startCommand }),
    ...(port !== "" && { Port: port }),
    ...(Object.keys(environment).length > 0 && { RuntimeEnvironmentVariables: environment }),
    ...(Object.keys(references).length > 0 && { RuntimeEnvironmentSecrets: references }),
  };
}

function toMap(rows: readonly DraftEntry[]): Readonly<Record<string, string>> {
  return Object.fromEntries(filledRows(rows).map(({ name, value }) => [name, value]));
}

function toInstance({ cpu, memory, instanceRoleArn }: ServiceDraft) {
  return { Cpu: cpu, Memory: memory, ...(instanceRoleArn !== "" && { InstanceRoleArn: instanceRoleArn }) };
}

export function toHealthCheck(draft: ServiceDraft): NonNullable<CreateService["HealthCheckConfiguration"]> {
  return {
    Protocol: draft.healthProtocol,
    ...(draft.healthProtocol === "HTTP" && { Path: draft.healthPath }),
    Interval: Number(draft.healthInterval),
    Timeout: Number(draft.healthTimeout),
    HealthyThreshold: Number(draft.healthyThreshold),
    UnhealthyThreshold: Number(draft.unhealthyThreshold),
  };
}

function toScalingArn({ scalingChoice, scalingArn }: ServiceDraft, ownArn: string | undefined) {
  const arn = scalingChoice === "own" ? (ownArn ?? "") : scalingArn;
  return arn !== "" && { AutoScalingConfigurationArn: arn };
}

function toNetwork({
  isPublic,
  vpcConnectorArn,
}: ServiceDraft): NonNullable<CreateService["NetworkConfiguration"]> {
  return {
    EgressConfiguration:
      vpcConnectorArn === ""
        ? { EgressType: "DEFAULT" }
        : { EgressType: "VPC", VpcConnectorArn: vpcConnectorArn },
    IngressConfiguration: { IsPubliclyAccessible: isPublic },
  };
}

function toObservability({ observabilityArn }: ServiceDraft) {
  return observabilityArn === ""
    ? { ObservabilityEnabled: false }
    : { ObservabilityEnabled: true, ObservabilityConfigurationArn: observabilityArn };
}
