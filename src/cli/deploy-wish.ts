/** What `slipway deploy`'s options wish, and the API requests that follow. Pure: no I/O. */
import type {
  CreateServiceRequest,
  HealthCheckConfiguration,
  ImageRepository,
  Service,
  SourceConfiguration,
  UpdateServiceRequest,
} from "../contract/model.gen.ts";
import type { Wire } from "./client.ts";
import { usageFailure } from "./failure.ts";
import type { InstanceSize } from "./instance-size.ts";

export interface DeployWish {
  /** Left out: the present one of the service stays. */
  readonly image?: string;
  readonly port?: string;
  readonly startCommand?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly unsetVariables: readonly string[];
  readonly size?: InstanceSize;
  readonly healthPath?: string;
  readonly scaling?: ScalingWish;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

export interface ScalingWish {
  readonly MinSize?: number;
  readonly MaxSize?: number;
  readonly MaxConcurrency?: number;
}

const NAME_MIN = 4;
const NAME_MAX = 40;

/** `registry/team/web-app:1.2` → `web-app`. */
export function nameOfImage(image: string): string {
  const path = image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const last = path
    .slice(path.lastIndexOf("/") + 1)
    .replaceAll(/[^A-Za-z0-9_-]/g, "-")
    .replace(/^[-_]+/, "");
  const name = last.length < NAME_MIN ? `${last}-service` : last.slice(0, NAME_MAX);
  if (last === "") throw usageFailure(`"${image}" does not tell a name.`, "Add --name NAME.");
  return name;
}

export function createRequest(
  name: string,
  wish: DeployWish,
  scalingArn: string | undefined,
): Wire<CreateServiceRequest> {
  return {
    ServiceName: name,
    SourceConfiguration: sourceOf(wish, undefined),
    ...(wish.size === undefined ? {} : { InstanceConfiguration: wish.size }),
    ...(wish.healthPath === undefined
      ? {}
      : { HealthCheckConfiguration: httpCheck(wish.healthPath, undefined) }),
    ...(scalingArn === undefined ? {} : { AutoScalingConfigurationArn: scalingArn }),
    ...(wish.tags.length === 0 ? {} : { Tags: wish.tags }),
  };
}

/** What was not asked for stays as it is. */
export function updateRequest(
  present: Wire<Service>,
  wish: DeployWish,
  scalingArn: string | undefined,
): Wire<UpdateServiceRequest> {
  return {
    ServiceArn: present.ServiceArn,
    SourceConfiguration: sourceOf(wish, present.SourceConfiguration),
    ...(wish.size === undefined
      ? {}
      : { InstanceConfiguration: { ...present.InstanceConfiguration, ...wish.size } }),
    ...(wish.healthPath === undefined
      ? {}
      : { HealthCheckConfiguration: httpCheck(wish.healthPath, present.HealthCheckConfiguration) }),
    ...(scalingArn === undefined ? {} : { AutoScalingConfigurationArn: scalingArn }),
  };
}

function sourceOf(
  wish: DeployWish,
  present: Wire<SourceConfiguration> | undefined,
): Wire<SourceConfiguration> {
  const before = present?.ImageRepository?.ImageConfiguration;
  const kept = Object.entries(before?.RuntimeEnvironmentVariables ?? {}).filter(
    ([name]) => !wish.unsetVariables.includes(name),
  );
  const configuration = {
    ...before,
    RuntimeEnvironmentVariables: { ...Object.fromEntries(kept), ...wish.variables },
    ...(wish.port === undefined ? {} : { Port: wish.port }),
    ...(wish.startCommand === undefined ? {} : { StartCommand: wish.startCommand }),
  };
  return {
    ...(present?.AuthenticationConfiguration === undefined
      ? {}
      : { AuthenticationConfiguration: present.AuthenticationConfiguration }),
    AutoDeploymentsEnabled: present?.AutoDeploymentsEnabled ?? false,
    ImageRepository: {
      ...imageOf(wish.image, present?.ImageRepository),
      ImageConfiguration: configuration,
    },
  };
}

function imageOf(
  wished: string | undefined,
  present: ImageRepository | undefined,
): Pick<ImageRepository, "ImageIdentifier" | "ImageRepositoryType"> {
  if (wished === undefined) {
    if (present === undefined) throw usageFailure("--image is missing.", "Say what to run: --image IMAGE.");
    const { ImageIdentifier, ImageRepositoryType } = present;
    return { ImageIdentifier, ImageRepositoryType };
  }
  const isPublicEcr = wished.startsWith("public.ecr.aws/");
  return { ImageIdentifier: wished, ImageRepositoryType: isPublicEcr ? "ECR_PUBLIC" : "ECR" };
}

function httpCheck(path: string, present: HealthCheckConfiguration | undefined): HealthCheckConfiguration {
  return { ...present, Protocol: "HTTP", Path: path };
}
