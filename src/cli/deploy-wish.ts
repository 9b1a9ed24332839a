/** What `slipway deploy`'s options wish, and the API requests that follow. Pure: no I/O. */
import type {
  CreateServiceRequest,
  HealthCheckConfiguration,
  InstanceConfiguration,
  Service,
  SourceConfiguration,
  UpdateServiceRequest,
} from "../contract/model.gen.ts";
import type { Wire } from "./client.ts";
import { codeRepositoryOf, type Detected } from "./code-wish.ts";
import { usageFailure } from "./failure.ts";
import { imageRepositoryOf } from "./image-wish.ts";
import type { DeployWish } from "./wish.ts";

const NAME_MIN = 4;
const NAME_MAX = 40;

/** `registry/team/web-app:1.2` → `web-app`. */
export function nameOfImage(image: string): string {
  return nameOfText(image.replace(/@.*$/, "").replace(/:[^/:]*$/, ""), image);
}

/** `https://host/team/web-app.git`, a folder's path or a package's name → `web-app`. */
export function nameOfSource(source: string): string {
  return nameOfText(source.replace(/\/+$/, "").replace(/\.git$/, ""), source);
}

function nameOfText(path: string, given: string): string {
  const last = path
    .slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf(":")) + 1)
    .replaceAll(/[^A-Za-z0-9_-]/g, "-")
    .replace(/^[-_]+/, "");
  if (last === "") throw usageFailure(`"${given}" does not tell a name.`, "Add --name NAME.");
  return last.length < NAME_MIN ? `${last}-service` : last.slice(0, NAME_MAX);
}

export function createRequest(
  name: string,
  wish: DeployWish,
  {
    scalingArn,
    detected,
  }: { readonly scalingArn: string | undefined; readonly detected: Detected | undefined },
): Wire<CreateServiceRequest> {
  const tags = tagsOf(wish, detected);
  return {
    ServiceName: name,
    SourceConfiguration: sourceOf(wish, undefined, detected),
    ...instanceOf(wish, undefined),
    ...(wish.healthPath === undefined
      ? {}
      : { HealthCheckConfiguration: httpCheck(wish.healthPath, undefined) }),
    ...(scalingArn === undefined ? {} : { AutoScalingConfigurationArn: scalingArn }),
    ...(wish.kmsKey === undefined ? {} : { EncryptionConfiguration: { KmsKey: wish.kmsKey } }),
    ...(tags.length === 0 ? {} : { Tags: tags }),
  };
}

/** What was not asked for stays as it is. */
export function updateRequest(
  present: Wire<Service>,
  wish: DeployWish,
  {
    scalingArn,
    detected,
  }: { readonly scalingArn: string | undefined; readonly detected: Detected | undefined },
): Wire<UpdateServiceRequest> {
  return {
    ServiceArn: present.ServiceArn,
    SourceConfiguration: sourceOf(wish, present.SourceConfiguration, detected),
    ...instanceOf(wish, present.InstanceConfiguration),
    ...(wish.healthPath === undefined
      ? {}
      : { HealthCheckConfiguration: httpCheck(wish.healthPath, present.HealthCheckConfiguration) }),
    ...(scalingArn === undefined ? {} : { AutoScalingConfigurationArn: scalingArn }),
  };
}

/** A Dockerfile is switched on by a tag: one that is named, else the one that was found unless a runtime is named. */
export function tagsOf(wish: DeployWish, detected: Detected | undefined): DeployWish["tags"] {
  const path = dockerfileOf(wish, detected);
  return path === undefined ? wish.tags : [...wish.tags, { Key: "slipway:dockerfile", Value: path }];
}

function dockerfileOf({ code }: DeployWish, detected: Detected | undefined): string | undefined {
  if (code === undefined) return undefined;
  return code.dockerfile ?? (code.runtime === undefined ? detected?.DockerfilePath : undefined);
}

function sourceOf(
  wish: DeployWish,
  present: Wire<SourceConfiguration> | undefined,
  detected: Detected | undefined,
): Wire<SourceConfiguration> {
  const isCode =
    wish.code !== undefined || (wish.image === undefined && present?.CodeRepository !== undefined);
  const connectionArn = wish.code?.connectionArn;
  const given =
    connectionArn === undefined ? present?.AuthenticationConfiguration : { ConnectionArn: connectionArn };
  const authentication = wish.accessRole === undefined ? given : { ...given, AccessRoleArn: wish.accessRole };
  return {
    ...(authentication === undefined ? {} : { AuthenticationConfiguration: authentication }),
    AutoDeploymentsEnabled: wish.autoDeploy ?? present?.AutoDeploymentsEnabled ?? isCode,
    ...(isCode
      ? {
          CodeRepository: codeRepositoryOf(wish, {
            present: present?.CodeRepository,
            detected,
            usesDockerfile: dockerfileOf(wish, detected) !== undefined,
          }),
        }
      : { ImageRepository: imageRepositoryOf(wish, present?.ImageRepository) }),
  };
}

function instanceOf(
  { size, instanceRole }: DeployWish,
  present: InstanceConfiguration | undefined,
): { readonly InstanceConfiguration?: InstanceConfiguration } {
  if (size === undefined && instanceRole === undefined) return {};
  const role = instanceRole === undefined ? {} : { InstanceRoleArn: instanceRole };
  return { InstanceConfiguration: { ...present, ...size, ...role } };
}

function httpCheck(path: string, present: HealthCheckConfiguration | undefined): HealthCheckConfiguration {
  return { ...present, Protocol: "HTTP", Path: path };
}
