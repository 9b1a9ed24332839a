/** A draft of a service that is there, from DescribeService and ListTagsForResource. Pure. */
import type {
  CodeConfiguration,
  ImageConfiguration,
  Service,
  Tag,
} from "../../../../src/contract/model.gen.ts";
import type { Wire } from "../../api/wire.ts";
import { type BuildFrom, type DraftEntry, emptyDraft, type ServiceDraft } from "./draft.ts";
import { EXTENSION_PREFIX, type ExtensionTexts, isExtensionName } from "./extension-specs.ts";

export function draftOf(service: Wire<Service>, tags: readonly Tag[]): ServiceDraft {
  const { InstanceConfiguration: instance, NetworkConfiguration: network } = service;
  const extensions = extensionsOf(tags);
  return {
    ...emptyDraft,
    name: service.ServiceName,
    ...sourceOf(service.SourceConfiguration, extensions),
    ...cleared({ cpu: instance.Cpu, memory: instance.Memory, instanceRoleArn: instance.InstanceRoleArn }),
    scalingArn: service.AutoScalingConfigurationSummary.AutoScalingConfigurationArn ?? "",
    ...healthCheckOf(service.HealthCheckConfiguration),
    isPublic: network.IngressConfiguration?.IsPubliclyAccessible ?? true,
    vpcConnectorArn: network.EgressConfiguration?.VpcConnectorArn ?? "",
    kmsKeyArn: service.EncryptionConfiguration?.KmsKey ?? "",
    observabilityArn: service.ObservabilityConfiguration?.ObservabilityConfigurationArn ?? "",
    extensions,
    tags: tags.flatMap(({ Key = "", Value = "" }) =>
      Key.startsWith(EXTENSION_PREFIX) ? [] : [{ name: Key, value: Value }],
    ),
  };
}

/** For a new service like it: everything but the name. */
export function copyOf(service: Wire<Service>, tags: readonly Tag[]): ServiceDraft {
  return { ...draftOf(service, tags), name: "" };
}

/** What DetectSource found, for the part of the draft that it decides. */
export function sourceOf(
  source: Wire<Service>["SourceConfiguration"],
  extensions: ExtensionTexts,
): Partial<ServiceDraft> {
  const {
    ImageRepository: image,
    CodeRepository: code,
    AuthenticationConfiguration: authentication,
  } = source;
  const deploysByItself = source.AutoDeploymentsEnabled ?? true;
  if (image !== undefined) {
    return {
      sourceKind: "image",
      imageIdentifier: image.ImageIdentifier,
      imageRepositoryType: image.ImageRepositoryType,
      accessRoleArn: authentication?.AccessRoleArn ?? "",
      deploysByItself,
      ...runOf(image.ImageConfiguration),
    };
  }
  if (code === undefined) return {};
  const values = code.CodeConfiguration?.CodeConfigurationValues;
  return {
    sourceKind: "code",
    repositoryUrl: code.RepositoryUrl,
    branch: code.SourceCodeVersion.Value,
    sourceDirectory: code.SourceDirectory ?? "/",
    connectionArn: authentication?.ConnectionArn ?? "",
    deploysByItself,
    buildFrom: buildFromOf(code.CodeConfiguration, extensions),
    runtime: values?.Runtime ?? "",
    buildCommand: values?.BuildCommand ?? "",
    ...runOf(values),
  };
}

/** One of the tags of a Dockerfile is enough. */
function buildFromOf(
  configuration: Wire<CodeConfiguration> | undefined,
  extensions: ExtensionTexts,
): BuildFrom {
  const names = ["dockerfile", "dockerfile-target", "build-args"] as const;
  if (names.some((name) => extensions[name] !== undefined)) return "dockerfile";
  return configuration?.ConfigurationSource === "API" ? "api" : "file";
}

/** Without a description the port stays unsaid: a file or the image tells it. */
function runOf(given: Wire<ImageConfiguration> | undefined): Partial<ServiceDraft> {
  return {
    startCommand: given?.StartCommand ?? "",
    port: given?.Port ?? "",
    variables: entriesOf(given?.RuntimeEnvironmentVariables),
    secrets: entriesOf(given?.RuntimeEnvironmentSecrets),
  };
}

function entriesOf(map: Readonly<Record<string, string>> | undefined): readonly DraftEntry[] {
  return Object.entries(map ?? {}).map(([name, value]) => ({ name, value }));
}

function healthCheckOf(given: Wire<Service>["HealthCheckConfiguration"]): Partial<ServiceDraft> {
  if (given === undefined) return {};
  return cleared({
    healthProtocol: given.Protocol,
    healthPath: given.Path,
    healthInterval: given.Interval?.toString(),
    healthTimeout: given.Timeout?.toString(),
    healthyThreshold: given.HealthyThreshold?.toString(),
    unhealthyThreshold: given.UnhealthyThreshold?.toString(),
  });
}

function extensionsOf(tags: readonly Tag[]): ExtensionTexts {
  const pairs = tags.flatMap(({ Key = "", Value = "" }) => {
    const name = Key.startsWith(EXTENSION_PREFIX) ? Key.slice(EXTENSION_PREFIX.length) : "";
    return isExtensionName(name) ? [[name, Value] as const] : [];
  });
  return Object.fromEntries(pairs);
}

/** What is not said keeps the default. */
function cleared(given: {
  readonly [Key in keyof ServiceDraft]?: ServiceDraft[Key] | undefined;
}): Partial<ServiceDraft> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
