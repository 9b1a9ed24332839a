/** SourceConfiguration of CreateService and UpdateService: the image or the code, and how it is fetched. */
import type * as Wire from "../../contract/index.ts";
import { splitCommandLine } from "../../domain/command-line.ts";
import { parseImageReference } from "../../domain/image-reference.ts";
import type { ImageSource, ServiceConfiguration, Source } from "../../domain/service.ts";
import { codeFromWire } from "./code-from-wire.ts";
import { assertPort, DEFAULT_PORT, environmentFromWire, invalid } from "./container-from-wire.ts";

type SourcePart = Pick<
  ServiceConfiguration,
  "source" | "autoDeploymentsEnabled" | "accessRoleArn" | "connectionArn"
>;
type Container = Pick<ImageSource, "port" | "startCommand" | "environment" | "environmentSecrets">;

const REPOSITORY = "SourceConfiguration.ImageRepository";
const CONTAINER = `${REPOSITORY}.ImageConfiguration`;
const DEFAULT_CONTAINER: Container = {
  port: DEFAULT_PORT,
  startCommand: null,
  environment: {},
  environmentSecrets: {},
};

export function newSourceFromWire(given: Wire.SourceConfiguration): SourcePart {
  const { CodeRepository: code, ImageRepository: image } = given;
  if ((code === undefined) === (image === undefined)) {
    throw invalid("SourceConfiguration", "must hold exactly one of CodeRepository and ImageRepository");
  }
  const source = code === undefined ? newImage(image) : codeFromWire(code, null);
  return { source, ...deploymentFromWire(given, source, {}) };
}

function newImage(image: Wire.ImageRepository | undefined): ImageSource {
  if (image === undefined) throw invalid("SourceConfiguration", "must hold a source");
  return imageFromWire(image, DEFAULT_CONTAINER);
}

/** See configuration-from-wire.ts for what is kept and what is replaced. */
export function sourceFromWire(
  given: Wire.SourceConfiguration | undefined,
  present: ServiceConfiguration,
): SourcePart {
  if (given === undefined) return present;
  const { CodeRepository: code, ImageRepository: image } = given;
  const { source } = present;
  if (code !== undefined && image !== undefined) {
    throw invalid("SourceConfiguration", "must not hold both CodeRepository and ImageRepository");
  }
  const rest = deploymentFromWire(given, source, present);
  if (source.kind === "code") {
    if (image !== undefined) throw otherKind("ImageRepository", "source code", "an image");
    return { source: code === undefined ? source : codeFromWire(code, source), ...rest };
  }
  if (code !== undefined) throw otherKind("CodeRepository", "an image", "source code");
  return { source: image === undefined ? source : imageFromWire(image, source), ...rest };
}

function otherKind(member: string, from: string, to: string): Error {
  return invalid(
    `SourceConfiguration.${member}`,
    `a service made from ${from} cannot change to ${to}; create another service`,
  );
}

function imageFromWire(given: Wire.ImageRepository, present: Container): ImageSource {
  parseImageReference(given.ImageIdentifier, `${REPOSITORY}.ImageIdentifier`);
  const { ImageConfiguration: container } = given;
  const { port, startCommand, environment, environmentSecrets } =
    container === undefined ? present : containerFromWire(container);
  return {
    kind: "image",
    imageIdentifier: given.ImageIdentifier,
    repositoryType: given.ImageRepositoryType,
    port,
    startCommand,
    environment,
    environmentSecrets,
  };
}

function containerFromWire(given: Wire.ImageConfiguration): Container {
  const { Port: port = DEFAULT_CONTAINER.port, StartCommand: startCommand = null } = given;
  assertPort(port, CONTAINER);
  if (startCommand !== null) splitCommandLine(startCommand, `${CONTAINER}.StartCommand`);
  return { port, startCommand, ...environmentFromWire(given, CONTAINER) };
}

/**
 * AccessRoleArn selects credentials of this installation's registry table. It is not demanded for ECR, since a name like
 * ECR's may lead to a registry that needs none. A connection is not demanded for public repositories.
 *
 * AutoDeploymentsEnabled: App Runner's defaults, and allowed for ECR Public too.
 */
function deploymentFromWire(
  given: Wire.SourceConfiguration,
  source: Source,
  present: Partial<ServiceConfiguration>,
): Pick<ServiceConfiguration, "autoDeploymentsEnabled" | "accessRoleArn" | "connectionArn"> {
  const authentication = given.AuthenticationConfiguration;
  assertAuthentication(authentication, source.kind);
  const accessRoleArn = authentication?.AccessRoleArn ?? present.accessRoleArn;
  const connectionArn = authentication?.ConnectionArn ?? present.connectionArn;
  return {
    autoDeploymentsEnabled:
      given.AutoDeploymentsEnabled ?? present.autoDeploymentsEnabled ?? deploysByItself(source),
    ...(accessRoleArn !== undefined && { accessRoleArn }),
    ...(connectionArn !== undefined && { connectionArn }),
  };
}

/** App Runner, CreateService: everything but ECR Public. */
function deploysByItself(source: Source): boolean {
  return source.kind === "code" || source.repositoryType === "ECR";
}

function assertAuthentication(
  given: Wire.AuthenticationConfiguration | undefined,
  kind: Source["kind"],
): void {
  const path = "SourceConfiguration.AuthenticationConfiguration";
  if (kind === "image" && given?.ConnectionArn !== undefined) {
    throw invalid(`${path}.ConnectionArn`, "is for source code only; an image has no connection");
  }
  if (kind === "code" && given?.AccessRoleArn !== undefined) {
    throw invalid(`${path}.AccessRoleArn`, "is for images only; source code has a connection");
  }
}
