/** SourceConfiguration of CreateService and UpdateService: the image, and how it is fetched. */
import type * as Wire from "../../contract/index.ts";
import { splitCommandLine } from "../../domain/command-line.ts";
import { assertEnvironment } from "../../domain/environment.ts";
import { SlipwayError } from "../../domain/error.ts";
import { parseImageReference } from "../../domain/image-reference.ts";
import type { ImageSource, ServiceConfiguration } from "../../domain/service.ts";
import { notSupportedYet } from "./not-supported-yet.ts";

type SourcePart = Pick<ServiceConfiguration, "source" | "autoDeploymentsEnabled" | "accessRoleArn">;
type Container = Pick<ImageSource, "port" | "startCommand" | "environment" | "environmentSecrets">;

const REPOSITORY = "SourceConfiguration.ImageRepository";
const CONTAINER = `${REPOSITORY}.ImageConfiguration`;
const PORT = /^[1-9]\d{0,4}$/;
const MAX_PORT = 65_535;
const DEFAULT_CONTAINER: Container = {
  port: "8080",
  startCommand: null,
  environment: {},
  environmentSecrets: {},
};

export function newSourceFromWire(given: Wire.SourceConfiguration): SourcePart {
  const { CodeRepository: code, ImageRepository: image } = given;
  if ((code === undefined) === (image === undefined)) {
    throw invalid("SourceConfiguration", "must hold exactly one of CodeRepository and ImageRepository");
  }
  if (image === undefined) {
    throw notSupportedYet(
      "SourceConfiguration.CodeRepository",
      "building from source code",
      "Build an image and use ImageRepository.",
    );
  }
  return { source: imageFromWire(image, DEFAULT_CONTAINER), ...deploymentFromWire(given, {}) };
}

/** See configuration-from-wire.ts for what is kept and what is replaced. */
export function sourceFromWire(
  given: Wire.SourceConfiguration | undefined,
  present: ServiceConfiguration,
): SourcePart {
  if (given === undefined) return present;
  if (given.CodeRepository !== undefined) {
    throw invalid(
      "SourceConfiguration.CodeRepository",
      "a service made from an image cannot change to source code; create another service",
    );
  }
  const image = given.ImageRepository;
  return {
    source: image === undefined ? present.source : imageFromWire(image, present.source),
    ...deploymentFromWire(given, present),
  };
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
  const environment = given.RuntimeEnvironmentVariables ?? {};
  assertPort(port);
  if (startCommand !== null) splitCommandLine(startCommand, `${CONTAINER}.StartCommand`);
  assertEnvironment(environment, `${CONTAINER}.RuntimeEnvironmentVariables`);
  refuseSecrets(given.RuntimeEnvironmentSecrets ?? {});
  return { port, startCommand, environment, environmentSecrets: {} };
}

/** App Runner's Port is a string. */
function assertPort(port: string): void {
  if (PORT.test(port) && Number(port) <= MAX_PORT) return;
  throw invalid(`${CONTAINER}.Port`, `must be a number from 1 to ${MAX_PORT}, written as a string`);
}

function refuseSecrets(secrets: Readonly<Record<string, string>>): void {
  if (Object.keys(secrets).length === 0) return;
  throw notSupportedYet(
    `${CONTAINER}.RuntimeEnvironmentSecrets`,
    "reading secrets",
    "Use RuntimeEnvironmentVariables.",
  );
}

/**
 * AccessRoleArn is kept and shown but has no effect: credentials for a registry come from this installation's registry
 * table. It is therefore not demanded for ECR either.
 *
 * AutoDeploymentsEnabled is false unless given. (App Runner's default for ECR in the same account is true.)
 */
function deploymentFromWire(
  given: Wire.SourceConfiguration,
  present: Partial<ServiceConfiguration>,
): Pick<ServiceConfiguration, "autoDeploymentsEnabled" | "accessRoleArn"> {
  const authentication = given.AuthenticationConfiguration;
  if (authentication?.ConnectionArn !== undefined) {
    throw invalid(
      "SourceConfiguration.AuthenticationConfiguration.ConnectionArn",
      "is for source code only; an image has no connection",
    );
  }
  if (given.AutoDeploymentsEnabled === true) {
    throw notSupportedYet(
      "SourceConfiguration.AutoDeploymentsEnabled",
      "deploying by itself when an image changes",
      "Set it to false (in Terraform: auto_deployments_enabled = false) and call StartDeployment.",
    );
  }
  const accessRoleArn = authentication?.AccessRoleArn ?? present.accessRoleArn;
  return {
    autoDeploymentsEnabled: given.AutoDeploymentsEnabled ?? present.autoDeploymentsEnabled ?? false,
    ...(accessRoleArn !== undefined && { accessRoleArn }),
  };
}

function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}
