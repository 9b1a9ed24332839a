/** A release: what it is, how it stands, and what it runs with. */
import type * as Wire from "../../contract/index.ts";
import { isFinished, type Operation } from "../../domain/operation.ts";
import { type Release, runSettings } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import { toWireCommit, toWireTrigger } from "./commit-to-wire.ts";
import { toWireConfiguration } from "./service-to-wire.ts";
import type { ReleaseFacts } from "../resources/release-facts.ts";
import { toDate, toOptionalDate } from "./time.ts";

type Described = Wire.OutputOf<"DescribeRelease">;

/** "active" is in traffic (or waits for a resume), "superseded" was, "failed" never came that far. */
type ReleaseStatus = "deploying" | "active" | "superseded" | "failed";

function statusOf(release: Release, service: Service, operation: Operation | null): ReleaseStatus {
  if (release.number === service.activeReleaseNumber) return "active";
  if (operation === null || operation.status === "SUCCEEDED") return "superseded";
  return isFinished(operation) ? "failed" : "deploying";
}

export function toWireRelease({ release, service, operation, served }: ReleaseFacts): Wire.Release {
  const { source } = release.configuration;
  const status = statusOf(release, service, operation);
  return {
    ReleaseNumber: release.number,
    ImageIdentifier: source.kind === "image" ? source.imageIdentifier : undefined,
    Commit: toWireCommit(release.built?.commit),
    ImageDigest: release.imageDigest ?? undefined,
    CreatedAt: toDate(release.createdAtMs),
    Status: status,
    HasServed: status === "active" || status === "superseded",
    OperationId: release.operationId,
    Trigger: toWireTrigger(operation?.trigger),
    FromReleaseNumber: operation?.fromReleaseNumber,
    ServedFrom: toOptionalDate(served.fromMs),
    ServedUntil: toOptionalDate(served.untilMs),
    Signature: toWireSignature(release),
    ImageCheck: toWireImageCheck(release),
  };
}

function toWireSignature({ signedBy, signature }: Release): Wire.Release["Signature"] {
  if (signedBy === undefined) return undefined;
  return {
    KeyName: signature?.keyName,
    KeyFingerprint: signedBy,
    CheckedAt: toOptionalDate(signature?.checkedAtMs ?? null),
  };
}

function toWireImageCheck({ imageCheck }: Release): Wire.Release["ImageCheck"] {
  if (imageCheck === undefined) return undefined;
  if (imageCheck.result === "not-asked") return { Result: "not-asked" };
  const { result, checkedAtMs } = imageCheck;
  return { Result: result === "allowed" ? "passed" : "unanswered", CheckedAt: toDate(checkedAtMs) };
}

export function toWireReleaseConfiguration({ configuration, scale }: Release): Described["Configuration"] {
  const { AutoScalingConfigurationSummary: _summary, ...wire } = toWireConfiguration(configuration);
  return {
    ...wire,
    AutoScalingConfigurationArn: configuration.autoScalingConfigurationArn,
    MinSize: scale.minSize,
    MaxSize: scale.maxSize,
    MaxConcurrency: scale.maxConcurrency,
  };
}

/** Of secrets the references alone. */
export function toWireRun(release: Release): Described["Run"] {
  const { port, command, environment, environmentSecrets } = runSettings(release);
  return {
    Port: port,
    Command: command ?? undefined,
    EnvironmentVariables: environment,
    EnvironmentSecrets: environmentSecrets,
  };
}
