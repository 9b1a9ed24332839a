/**
 * The error catalogue: every error that domain code may throw, in one table.
 *
 * An entry says what the caller sees (AWS code, HTTP status), whether trying again can help, and how the message reads.
 * Foreign errors (engine, proxy, database) are translated into these by the adapter that meets them.
 */

import { type IdentityErrorCode, identityErrors } from "./identity-error.ts";
import { type KeyErrorCode, keyErrors } from "./key-error.ts";
import { type LogErrorCode, logErrors } from "./log-error.ts";
import { type MonitoringErrorCode, monitoringErrors } from "./monitoring-error.ts";
import { type SecretErrorCode, secretErrors } from "./secret-error.ts";

/** Codes a client sees in `__type`. Statuses follow the App Runner API reference (ResourceNotFoundException is 400). */
export type ErrorCode =
  | "InvalidRequestException"
  | "InvalidStateException"
  | "ResourceNotFoundException"
  | "ServiceQuotaExceededException"
  | "InternalServiceErrorException"
  | IdentityErrorCode
  | KeyErrorCode
  | LogErrorCode
  | MonitoringErrorCode
  | SecretErrorCode;

interface CatalogueEntry {
  readonly code: ErrorCode;
  readonly isRetryable: boolean;
  /** `{name}` is replaced by the detail of that name. */
  readonly template: string;
}

const invalid = (template: string): CatalogueEntry => ({
  code: "InvalidRequestException",
  isRetryable: false,
  template,
});
const state = (template: string): CatalogueEntry => ({
  code: "InvalidStateException",
  isRetryable: false,
  template,
});
const missing = (template: string): CatalogueEntry => ({
  code: "ResourceNotFoundException",
  isRetryable: false,
  template,
});
const quota = (template: string): CatalogueEntry => ({
  code: "ServiceQuotaExceededException",
  isRetryable: false,
  template,
});
const internal = (template: string): CatalogueEntry => ({
  code: "InternalServiceErrorException",
  isRetryable: true,
  template,
});

/** Texts marked [AWS] were observed from App Runner and are matched on by its clients; the others are ours. */
export const errorCatalogue = {
  InvalidParameter: invalid("{path}: {problem}"),
  ServiceNameTaken: invalid("Service with the provided name already exists: {name}."), // [AWS]
  ResourceNameTaken: invalid("{kind} with the provided name already exists: {name}."),
  RoleNotAssumable: invalid("Error in assuming {kind} role {arn}. {remedy}."), // [AWS] up to the ARN
  NothingToUpdate: invalid("No configurations provided in the UpdateService request."), // [AWS]
  ServiceNotDeployable: invalid(
    "Can't start a deployment on the specified service, because it isn't in RUNNING state", // [AWS]
  ),
  DomainTaken: invalid("DomainName: {name} belongs to another service already. Disassociate it there first."),
  ResourceInUse: invalid("{kind} {arn} is in use by {users}. {remedy}"),
  DefaultConfigurationProtected: invalid(
    "{arn} is the default auto scaling configuration and cannot be deleted.",
  ),
  ConfigurationDeleted: invalid("The {kind} you specified has been deleted: {arn}"), // [AWS] for auto scaling
  UnknownExtension: invalid("Tag {key} is not a Slipway extension. Valid ones: {valid}."),
  MalformedExtension: invalid("Tag {key}: {problem}"),
  NotSupportedYet: invalid("{path}: {feature} is not available in this version of Slipway. {remedy}"),
  ForeignToken: invalid(
    "NextToken: this token was not issued for this request. Start again without NextToken.",
  ),
  ServiceBusy: state("Service cannot be {verb} in the current state: {status}."), // [AWS] for updates
  ServiceChanged: state(
    "Service {name} was changed at {at}, and the update is for the one of {expected}. Nothing was updated: read it again, and send what is to be changed now.",
  ),
  ResourceBusy: state("{kind} cannot be {verb} in the current state: {status}."),
  NoSuchResource: missing("{kind} not found: {arn}"),
  NoBillOfMaterials: missing("Service {name} has no release {number} whose image is known or still here."),
  UnknownRelease: missing("Service {name} has no release {number}."),
  NoSuchRelease: missing("Service {name} has no release {number} to go back to. {remedy}"),
  ChangeNotApplied: state(
    "{kind} {name} is changed, but instances that run still reach what they reached before. {problem} When the engine answers again they follow within a minute: nothing needs to be sent again.",
  ),
  MasterKeyNotRotated: state("{problem}"),
  NotCancellable: state("Operation {id} cannot be cancelled: {reason}."),
  NoSuchLogStream: missing("Log stream not found: {name}"),
  QuotaExceeded: quota("The limit of {limit} {kind} is reached. Delete one, or raise {setting}."),
  QuotaReached: quota("The limit of {limit} {kind} is reached. Delete one that is no longer needed."),
  StoreUnavailable: internal("The state database cannot be used: {problem}"),
  EngineUnavailable: internal("The container engine does not answer: {problem}. Try `slipway doctor`."),
  EdgeUnavailable: internal("The edge does not answer: {problem}. Try `slipway doctor`."),
  DiskNotMeasured: internal(
    "{directory} is not counted through after {seconds} s: it holds very many files, or its disk is slow. Counting goes on: ask again later.",
  ),
  Internal: internal("Internal error. Request {requestId} is in the log of the control plane."),
  ...identityErrors,
  ...keyErrors,
  ...logErrors,
  ...monitoringErrors,
  ...secretErrors,
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorName = keyof typeof errorCatalogue;

/** App Runner's ErrorMessage shape ends at 600 characters. */
const MESSAGE_MAX_CHARACTERS = 600;

/** The one error class of domain code. */
export class SlipwayError extends Error {
  override readonly name = "SlipwayError";
  readonly entry: ErrorName;
  readonly code: ErrorCode;
  readonly isRetryable: boolean;

  constructor(
    entry: ErrorName,
    details: Readonly<Record<string, string | number>> = {},
    options?: { readonly cause?: unknown },
  ) {
    const { template, code, isRetryable } = errorCatalogue[entry];
    const message = template.replaceAll(/\{(\w+)\}/g, (_whole, key: string) =>
      String(details[key] ?? `{${key}}`),
    );
    super(message.slice(0, MESSAGE_MAX_CHARACTERS), options);
    this.entry = entry;
    this.code = code;
    this.isRetryable = isRetryable;
  }
}

/** True for a catalogue error, of the given entry when one is named. */
export function isSlipwayError(error: unknown, entry?: ErrorName): error is SlipwayError {
  return error instanceof SlipwayError && (entry === undefined || error.entry === entry);
}
