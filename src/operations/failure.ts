/** From what was observed to the cause a person reads: the class, and one sentence that says what to do. Pure. */
import type { FailureCause, FailureClass, FailurePhase } from "../domain/cause.ts";
import type { Commit } from "../domain/code-source.ts";
import type { Instance } from "../domain/instance.ts";
import type { Operation, OperationPhase } from "../domain/operation.ts";
import { type Release, runSettings } from "../domain/release.ts";
import type { Service } from "../domain/service.ts";
import type { BuildError } from "../ports/builder.ts";
import type { ImagePullError } from "../ports/container-engine.ts";
import type { ReleaseRefused } from "../ports/release-gate.ts";
import type { SourceError } from "../ports/source-code.ts";
import type { HealthView, ProbeFailure } from "./observed.ts";
import type { SecretRefused } from "./pinned-secrets.ts";

/** End reason of an instance whose container is gone without a trace. */
export const VANISHED = "its container is gone: something outside Slipway removed it";

/** End reason of an instance that ended with everything around it; no failure of its own. */
export const STOPPED_WITH_ALL = "Slipway, the engine or the machine was stopped";

/** End reason: more than the setting of the installation allows. */
export const DISK_FULL = "it wrote more into its own files than it may (setting instanceDiskMiB)";

/** End reason of an instance that is replaced by a healthy one. */
export const UNWELL = "fails its health check";

/** How the end reason of an instance begins whose image was removed from the engine and cannot be had again. */
const IMAGE_GONE = "its image is gone from the engine";

/** How the end reason of an instance begins whose secrets cannot be read any more. */
const SECRET_GONE = "the variable ";

const DEPLOY_ANEW = "deploy a new one (of a paused service: delete and create it)";

/** End reason: the version that was deployed is gone. */
export function secretGone({ subject, message }: SecretRefused): string {
  return `${SECRET_GONE}${subject} cannot be set: ${message}`;
}

/** End reason: there is nowhere to have the image from again. */
export function imageOfNoRegistry(image: string): string {
  return `${IMAGE_GONE}: ${image} came from no registry. Load the very same image again, or ${DEPLOY_ANEW}.`;
}

/** End reason: it was made here from this commit, and that does not work any more. */
export function imageNotRebuilt(error: SourceError | BuildError | SecretRefused, commit: Commit): string {
  return `${IMAGE_GONE}, and commit ${commit.id.slice(0, 10)} cannot be built again: ${ended(error.message)} Or ${DEPLOY_ANEW}.`;
}

/** End reason: `image` names the digest that was asked for. */
export function imageNotRestored(error: ImagePullError, image: string): string {
  return `${IMAGE_GONE}. ${causeOfPull(error, image).message} Or ${DEPLOY_ANEW}.`;
}

/** An instance of the new set ended before traffic was switched to it. */
export function causeOfEnd(instance: Instance, release: Release): FailureCause {
  if (instance.isOutOfMemory) {
    return {
      phase: "health-check",
      class: "out-of-memory",
      message: `The instance was killed: it used more than its ${release.configuration.instance.memory} MiB of memory. Give it more, or make it use less.`,
      ...exitCodeOf(instance),
    };
  }
  if (instance.end === "disk-full") {
    return { phase: "health-check", class: "start", message: `The instance was killed: ${DISK_FULL}.` };
  }
  if (instance.exitCode !== null) {
    return {
      phase: "health-check",
      class: "exit-code",
      message: `The application stopped by itself with exit code ${instance.exitCode} before it passed its health check. Its last lines of output say why.`,
      exitCode: instance.exitCode,
    };
  }
  if (instance.endReason?.startsWith(IMAGE_GONE) === true) {
    return { phase: "pull", class: "pull", message: sentence(instance.endReason) };
  }
  if (instance.endReason?.startsWith(SECRET_GONE) === true) {
    return { phase: "provision", class: "secret", message: sentence(instance.endReason) };
  }
  const isVanished = instance.endReason === VANISHED;
  return {
    phase: "provision",
    class: isVanished ? "engine" : "start",
    message: sentence(instance.endReason ?? "the container could not be started"),
  };
}

function exitCodeOf(instance: Instance): { readonly exitCode?: number } {
  return instance.exitCode === null ? {} : { exitCode: instance.exitCode };
}

/** An instance runs, but did not pass its health check in time. */
export function causeOfHealth(health: HealthView, release: Release, waitedMs: number): FailureCause {
  const { problem } = health;
  const { port } = runSettings(release);
  if (problem === null || problem.problem === "timeout" || problem.problem === "reset") {
    return { phase: "health-check", class: "deadline", message: noAnswer(problem, release, waitedMs) };
  }
  if (problem.problem === "refused") {
    return {
      phase: "health-check",
      class: "port-not-listening",
      message: `Nothing listens on port ${port} after ${seconds(waitedMs)}. Listen on all addresses (0.0.0.0) and that port, which is also in the variable PORT, or set Port to the application's own.`,
    };
  }
  return {
    phase: "health-check",
    class: "health-status",
    message: wrongAnswer(problem, release),
    ...(problem.status !== undefined && { healthStatus: problem.status }),
    ...(problem.bodyHead !== undefined && { healthBodyHead: problem.bodyHead }),
  };
}

function wrongAnswer(problem: ProbeFailure, release: Release): string {
  const { path } = release.configuration.healthCheck;
  const answer =
    problem.status === undefined
      ? "something that is not HTTP"
      : `status ${problem.status} instead of 200-399`;
  return `The health check GET ${path} on port ${runSettings(release).port} was answered with ${answer}. Correct the path, or make the application answer it with success.`;
}

function noAnswer(problem: ProbeFailure | null, release: Release, waitedMs: number): string {
  const { healthCheck } = release.configuration;
  const what =
    problem?.problem === "reset"
      ? "the connection was closed without an answer"
      : `no answer came within ${healthCheck.timeoutS} s`;
  return `The health check on port ${runSettings(release).port} did not succeed in ${seconds(waitedMs)}: ${what}. Raise Timeout if the application is slow to answer.`;
}

/** Who makes a phase late; the engine in all others. */
const TROUBLED: Partial<Record<FailurePhase, FailureClass>> = { routing: "edge", secrets: "secret" };

/** A phase ran out of time for a reason other than the application. */
export function causeOfDeadline(
  phase: FailurePhase,
  waitedMs: number,
  trouble: string | undefined,
): FailureCause {
  const reason = trouble === undefined ? "" : ` Last problem: ${sentence(trouble)}`;
  return {
    phase,
    class: trouble === undefined ? "deadline" : (TROUBLED[phase] ?? "engine"),
    message: `The step "${phase}" took longer than ${seconds(waitedMs)}.${reason}`,
  };
}

export function causeOfPull(error: ImagePullError, image: string): FailureCause {
  const advice: Readonly<Record<ImagePullError["problem"], string>> = {
    "not-found": "No registry and no engine here has it. Check the name and the tag, or push it first.",
    unauthorized: "The registry refused the credentials. Check the registry entry in the settings.",
    role: sentence(error.message),
    place: sentence(error.message),
    unreachable: "The registry cannot be reached, and the engine does not have the image itself.",
    platform: "It was built for another processor architecture. Build it for this machine's.",
    "disk-full": "The disk of the engine is full. Free some space.",
    other: sentence(error.message),
  };
  return { phase: "pull", class: "pull", message: `Image ${image} cannot be had: ${advice[error.problem]}` };
}

/** A rollback to a release whose image cannot be had any more; `reason`: the end reason of an instance without it. */
export function causeOfLostRelease(releaseNumber: number, reason: string): FailureCause {
  return {
    phase: "pull",
    class: "pull",
    message: `Release ${releaseNumber} cannot be gone back to: ${ended(reason)}`,
  };
}

/** Of a variable also when it is found during a build: `apprunner.yaml` names it. */
export function causeOfSecret(refused: SecretRefused): FailureCause {
  const { of, subject, message } = refused;
  const text =
    of === "variable"
      ? secretGone(refused)
      : `the build's secret ${subject} (tag slipway:build-secrets) cannot be used: ${message}`;
  return { phase: of === "variable" ? "secrets" : "build", class: "secret", message: sentence(text) };
}

/** The service's key of KMS, which encrypts its logs. */
export function causeOfKey(problem: string): FailureCause {
  return { phase: "provision", class: "key", message: sentence(problem) };
}

/** Before anything of it ran. */
export function causeOfRefusal(refused: ReleaseRefused): FailureCause {
  return { phase: "provision", class: "refused", message: sentence(refused.message) };
}

export function causeOfSource(error: SourceError): FailureCause {
  return { phase: "source", class: "source", message: ended(error.message) };
}

/** The last lines of the build go with it. */
export function causeOfBuild(error: BuildError): FailureCause {
  return {
    phase: "build",
    class: error.problem === "out-of-memory" ? "out-of-memory" : "build",
    message: ended(error.message),
    ...(error.exitCode !== null && { exitCode: error.exitCode }),
    ...(error.logLines.length > 0 && { logLines: error.logLines }),
  };
}

export function causeOfArchitecture(image: string, built: string, machine: string): FailureCause {
  return {
    phase: "pull",
    class: "pull",
    message: `Image ${image} was built for ${built}, but this engine runs ${machine}. Build it with --platform linux/${machine}.`,
  };
}

export const CANCELLED: FailureCause = {
  phase: "cleanup",
  class: "cancelled",
  message: "The service was deleted while it was being created.",
};

export const CANCELLED_BY_USER: FailureCause = {
  phase: "cleanup",
  class: "cancelled",
  message: "It was cancelled.",
};

/** The reason in `Deployment with ID … failed. Failure reason : …`, in App Runner's words where it has some. */
export function failureReason(cause: FailureCause): string {
  if (cause.phase === "pull") return "Failed to pull your application image.";
  if (cause.phase === "source") return "Failed to pull your application source code.";
  if (cause.phase === "build") return "Failed to build your application source code.";
  return cause.phase === "health-check" ? "Health check failed." : cause.message;
}

/** The phase of a cause for an operation that is in this phase. */
export function failurePhaseOf(operation: Operation): FailurePhase {
  const phase: OperationPhase = operation.phase;
  if (phase === "waiting" || phase === "done") return "provision";
  return phase === "draining" ? "cleanup" : phase;
}

function sentence(text: string): string {
  return ended(text.charAt(0).toUpperCase() + text.slice(1));
}

/** What may begin with the name of a file keeps its first letter. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function seconds(durationMs: number): string {
  return `${Math.round(durationMs / 1000)} s`;
}

/** What a service with a key says is kept in its encrypted logs alone. */
export function keptCause(
  { encryptionKeyArn }: Pick<Service, "encryptionKeyArn">,
  cause: FailureCause,
): FailureCause {
  if (encryptionKeyArn === null) return cause;
  const { logLines: _said, healthBodyHead: _answered, ...kept } = cause;
  return kept;
}
