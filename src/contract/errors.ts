// Every error code that can stand in a reply, with its HTTP status, and the one exception this module throws.
// The texts are not here: the domain's catalogue (and, for bad input, validate.ts) writes them.
import { appRunnerErrors } from "./model.gen.ts";

export interface ErrorShape {
  readonly status: number;
  /** Whose fault: SDKs retry "server" errors and throttling, nothing else. */
  readonly fault: "client" | "server";
}

const client = (status: number): ErrorShape => ({ status, fault: "client" });
const server = (status: number): ErrorShape => ({ status, fault: "server" });

/** The list "Common Errors" of the App Runner API Reference: any operation may answer with them. */
const commonErrors = {
  AccessDeniedException: client(403),
  ExpiredTokenException: client(403),
  IncompleteSignature: client(403),
  InternalFailure: server(500),
  MalformedHttpRequestException: client(400),
  NotAuthorized: client(401),
  OptInRequired: client(403),
  RequestAbortedException: client(400),
  RequestEntityTooLargeException: client(413),
  RequestTimeoutException: client(408),
  ServiceUnavailable: server(503),
  ThrottlingException: client(400),
  UnknownOperationException: client(404),
  UnrecognizedClientException: client(403),
  ValidationError: client(400),
} as const satisfies Readonly<Record<string, ErrorShape>>;

/**
 * Codes that AWS's JSON front ends send although that list leaves them out. SDKs correct a wrong clock when they see
 * InvalidSignatureException; SerializationException is their answer to JSON that does not fit the model's types.
 */
const frontEndErrors = {
  InvalidSignatureException: client(403),
  MissingAuthenticationTokenException: client(403),
  SerializationException: client(400),
} as const satisfies Readonly<Record<string, ErrorShape>>;

/** What Secrets Manager and Parameter Store name beside the codes above. */
const secretErrors = {
  DecryptionFailure: client(400),
  HierarchyLevelLimitExceededException: client(400),
  HierarchyTypeMismatchException: client(400),
  InternalServerError: server(500),
  InternalServiceError: server(500),
  InvalidAllowedPatternException: client(400),
  InvalidFilterKey: client(400),
  InvalidFilterOption: client(400),
  InvalidKeyId: client(400),
  InvalidNextToken: client(400),
  InvalidNextTokenException: client(400),
  InvalidParameterException: client(400),
  InvalidResourceId: client(400),
  InvalidResourceType: client(400),
  LimitExceededException: client(400),
  ParameterAlreadyExists: client(400),
  ParameterLimitExceeded: client(400),
  ParameterNotFound: client(400),
  ParameterPatternMismatchException: client(400),
  ParameterVersionNotFound: client(400),
  ResourceExistsException: client(400),
  TooManyTagsError: client(400),
  ValidationException: client(400),
} as const satisfies Readonly<Record<string, ErrorShape>>;

/** What KMS names beside the codes above. */
const keyErrors = {
  AlreadyExistsException: client(400),
  DisabledException: client(400),
  IncorrectKeyException: client(400),
  InvalidAliasNameException: client(400),
  InvalidArnException: client(400),
  InvalidCiphertextException: client(400),
  InvalidMarkerException: client(400),
  KMSInternalException: server(500),
  KMSInvalidStateException: client(400),
  NotFoundException: client(400),
  TagException: client(400),
  UnsupportedOperationException: client(400),
} as const satisfies Readonly<Record<string, ErrorShape>>;

/** What CloudWatch Logs names beside the codes above. */
const logErrors = { ServiceUnavailableException: server(500) } as const satisfies Readonly<
  Record<string, ErrorShape>
>;

/** What CloudWatch names for metrics and alarms beside the codes above. */
const monitoringErrors = {
  InternalServiceFault: server(500),
  InvalidParameterCombinationException: client(400),
  InvalidParameterValueException: client(400),
  LimitExceededFault: client(400),
  ResourceNotFound: client(404),
} as const satisfies Readonly<Record<string, ErrorShape>>;

/** What IAM and STS name beside the codes above, as the query protocol spells them. */
const identityErrors = {
  DeleteConflict: client(409),
  EntityAlreadyExists: client(409),
  InvalidInput: client(400),
  InvalidUserType: client(400),
  LimitExceeded: client(409),
  MalformedPolicyDocument: client(400),
  NoSuchEntity: client(404),
  PackedPolicyTooLarge: client(400),
  PasswordPolicyViolation: client(400),
  ServiceFailure: server(500),
  UnmodifiableEntity: client(400),
} as const satisfies Readonly<Record<string, ErrorShape>>;

/**
 * All error codes. The statuses of the five modelled ones come from the model: ResourceNotFoundException is 400, and
 * ServiceQuotaExceededException is the model's 402 (AWS's web page says 400; no client looks at the number).
 */
export const errorShapes = {
  ...appRunnerErrors,
  ...commonErrors,
  ...frontEndErrors,
  ...secretErrors,
  ...keyErrors,
  ...logErrors,
  ...monitoringErrors,
  ...identityErrors,
} as const;

export type ErrorCode = keyof typeof errorShapes;

/** Codes that the query protocol spells otherwise. */
const queryCodes: Readonly<Partial<Record<ErrorCode, string>>> = {
  AccessDeniedException: "AccessDenied",
  ExpiredTokenException: "ExpiredToken",
  InternalServiceFault: "InternalServiceError",
  InvalidParameterCombinationException: "InvalidParameterCombination",
  InvalidParameterValueException: "InvalidParameterValue",
  InvalidSignatureException: "SignatureDoesNotMatch",
  LimitExceededFault: "LimitExceeded",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  RequestTimeoutException: "RequestTimeout",
  SerializationException: "MalformedInput",
  ThrottlingException: "Throttling",
  UnknownOperationException: "InvalidAction",
  UnrecognizedClientException: "InvalidClientTokenId",
};

export interface QueryError {
  readonly code: string;
  /** Whose fault. */
  readonly type: "Sender" | "Receiver";
}

export function queryErrorOf(code: ErrorCode): QueryError {
  const type = errorShapes[code].fault === "client" ? "Sender" : "Receiver";
  return { code: queryCodes[code] ?? code, type };
}

/** An ErrorMessage of the model holds at most so many characters. */
export const maxMessageCharacters = 600;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorShapes, code);
}

/** `text`, shortened to what a reply may carry, never cut inside a character. */
export function fitMessage(text: string): string {
  if (text.length <= maxMessageCharacters) return text;
  return `${text
    .slice(0, maxMessageCharacters - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, "")}…`;
}

/** A request that the contract refuses; its message is safe to send and to log. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(fitMessage(message));
    this.code = code;
  }

  get status(): number {
    return errorShapes[this.code].status;
  }
}
