/**
 * The lines of a service's event log and of its operation logs. Texts marked [AWS] are App Runner's, observed from its
 * consoles and logs (people grep for them), spelling and double blanks included; those marked [ours] fill the gaps.
 * Pure: the `[AppRunner]` prefix and the time are added where the line is stored.
 */
import type { CodeSource, Commit } from "./code-source.ts";
import type { HealthCheck } from "./health-check.ts";
import type { Operation, OperationType } from "./operation.ts";
import type { ImageSource, ServiceStatus, Source } from "./service.ts";

/** What a line about the start or the end of an operation needs to know of it. */
export type ToldOperation = Pick<Operation, "type" | "fromReleaseNumber">;

export interface Crashes {
  readonly releaseNumber: number;
  readonly count: number;
  /** Why the last one ended. */
  readonly reason: string;
  readonly serviceName: string;
  /** A release that served before; null: none, or this one ran well for a while and is not to blame at once. */
  readonly returnTo: number | null;
}

/** One word per operation type, used in `Service <word> started.` and its ends. */
const NOUN: Readonly<Record<OperationType, string>> = {
  CREATE_SERVICE: "creation", // [AWS]
  UPDATE_SERVICE: "update", // [AWS]
  START_DEPLOYMENT: "deployment", // [ours]
  PAUSE_SERVICE: "pause", // [ours]
  RESUME_SERVICE: "resume", // [ours]
  DELETE_SERVICE: "deletion", // [ours]
};

const TRIGGER = {
  CREATE_SERVICE: "SERVICE_CREATE",
  UPDATE_SERVICE: "SERVICE_UPDATE",
  START_DEPLOYMENT: "SERVICE_DEPLOY",
} as const;

/** Digits of a commit's name that people know it by. */
const SHORT_ID = 10;

export type DeployingType = keyof typeof TRIGGER;

export const eventLine = {
  operationStarted: (operation: ToldOperation) => `${titleOf(operation)} started.`, // [AWS] for create
  operationSucceeded: (operation: ToldOperation) => `${titleOf(operation)} completed successfully.`, // [AWS] for create
  operationFailed: (operation: ToldOperation) =>
    `${titleOf(operation)} failed. For details, see service logs.`, // [AWS] for update
  statusSet: (status: ServiceStatus) => `Service status is set to ${status}.`, // [AWS]

  deploymentStarted: (operationId: string, type: DeployingType) =>
    `Deployment with ID : ${operationId} started. Triggering event : ${TRIGGER[type]}`, // [AWS]
  deploymentFailed: (operationId: string, reason: string) =>
    `Deployment with ID : ${operationId} failed. Failure reason : ${reason}`, // [AWS]
  imageArtifact: ({ imageIdentifier }: ImageSource) =>
    `Deployment Artifact: [Repo Type: ECR], [Repository: ${imageIdentifier}]`, // [AWS]
  codeArtifact: ({ repositoryUrl, branch, sourceDirectory }: CodeSource) =>
    `Deployment Artifact: [Repo Type: Source], [Repository: ${repositoryUrl}], [Branch: ${branch}], [SourceDirectory: ${sourceDirectory}]`, // [AWS]
  pullingSource: ({ repositoryUrl }: CodeSource) =>
    `Pulling source code from Repository ( ${repositoryUrl} ).`, // [AWS] names the provider too
  sourcePulled: () => "Successfully pulled your application source code.", // [AWS]
  sourceFailed: (reason: string) => `Failed to pull your application source code. Reason: ${reason}`, // [ours]
  sourceAway: (reason: string) => `The source code cannot be reached at the moment: ${reason} Trying again.`, // [ours]
  commitPulled: ({ id, author, message }: Commit) =>
    `Commit ${id.slice(0, SHORT_ID)} by ${author}: ${message}`, // [ours]
  pullingImage: (image: string) => `Pulling image ${image} from ECR repository.`, // [AWS]
  imagePulled: () => "Successfully pulled your application image from ECR.", // [AWS]
  imagePresent: (image: string) => `Using image ${image} as this engine has it: no registry was asked.`, // [ours]
  imageKept: (releaseNumber: number) => `The image is unchanged: using the one of release ${releaseNumber}.`, // [ours]
  imageGone: (releaseNumber: number, kind: Source["kind"]) =>
    `The image of release ${releaseNumber} is gone from the engine: ${kind === "code" ? "building" : "pulling"} it again.`, // [ours]

  provisioning: () => "Provisioning instances and deploying image for publicly accessible service.", // [AWS]
  healthCheckStarted: (check: HealthCheck, port: string) =>
    check.protocol === "TCP"
      ? `Performing health check on protocol \`TCP\` [Port: '${port}'].` // [AWS]
      : `Performing health check on protocol \`HTTP\` [Path: '${check.path}'], [Port: '${port}'].`, // [AWS]
  healthCheckFailed: (check: HealthCheck, port: string) =>
    check.protocol === "TCP"
      ? `Health check failed on protocol \`TCP\` [Port: '${port}']. Check your configured port number.` // [AWS]
      : `Health check failed on protocol \`HTTP\`[Path: '${check.path}'], [Port: '${port}']. Check your configured port number.`, // [AWS]
  applicationStopped: (exitCode: number) =>
    `Your application stopped or failed to start. See logs for more information.  Container exit code: ${exitCode}`, // [AWS]
  routing: () => "Health check is successful. Routing traffic to application.", // [AWS]
  routed: () => "Successfully routed incoming traffic to application.", // [AWS]

  secretsRotated: (names: readonly string[]) =>
    `${names.length === 1 ? "The secret" : "The secrets"} of ${names.join(", ")} changed: the service is deployed anew with the new values.`, // [ours]
  secretsFound: (names: readonly string[]) =>
    `Looked up ${names.length === 1 ? "the secret" : "the secrets"} of ${names.join(", ")}.`, // [ours]
  pullStarting: () => "Starting to pull your application image.", // [AWS]
  pullFailed: (reason: string) => `Failed to pull your application image. Reason: ${reason}`, // [AWS]
  buildStarting: () => "Starting source code build.", // [AWS]
  buildRestarted: () =>
    "The control plane ended during the build. The build begins again; what was finished comes from the cache.", // [ours]
  buildSucceeded: () => "Successfully built your application source code.", // [AWS]
  buildFailed: (reason: string) => `Failed to build your application source code. Reason: ${reason}`, // [AWS]
  deployStarting: () => "Starting to deploy your application image.", // [AWS]
  deployFailed: () => "Failed to deploy your application image.", // [AWS]

  rollingBack: () => "Rolling back to the previous version.", // [ours]
  rolledBack: () => "Rolled back: the previous version and its configuration are in place.", // [ours]
  cancelled: () => "Cancelled: the service is being deleted.", // [ours]
  cancelledByUser: () => "Cancelled on request.", // [ours]
  trafficStopped: () => "Stopped routing traffic to the application. Waiting for its requests to end.", // [ours]
  instanceReplaced: (instanceId: string, reason: string) =>
    `Instance ${instanceId} is being replaced: ${reason}`, // [ours]
  instancesCrash: ({ releaseNumber, count, reason, serviceName, returnTo }: Crashes) =>
    `Release ${releaseNumber} does not stay up: ${count} instances in a row ended by themselves, the last one for this reason: ${reason.replace(/\.$/, "")}. Their output says more: slipway logs ${serviceName}.${returnTo === null ? "" : ` Back to release ${returnTo}: slipway rollback ${serviceName}.`}`, // [ours]
  instanceNotStarted: (reason: string) => `An instance could not be started: ${reason}`, // [ours]
} as const;

/** App Runner has no rollback that people ask for: on the wire ours is an update. */
function titleOf({ type, fromReleaseNumber }: ToldOperation): string {
  return fromReleaseNumber === undefined
    ? `Service ${NOUN[type]}`
    : `Rollback to release ${fromReleaseNumber}`;
}
