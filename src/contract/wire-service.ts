// The services that share the one front door, told apart by the prefix of X-Amz-Target: how a call of each is signed and
// written, and the codes in which each says what can happen to any call.
import type { ErrorCode } from "./errors.ts";

/** The prefix in X-Amz-Target. */
export type ServicePrefix =
  | "AppRunner"
  | "Slipway"
  | "secretsmanager"
  | "AmazonSSM"
  /** KMS. */
  | "TrentService"
  | "CloudTrail_20131101"
  | "Logs_20140328"
  | "GraniteServiceVersion20100801"
  | "AWSIdentityManagementV20100508"
  | "AWSSecurityTokenServiceV20110615";

export interface WireService {
  /** AWS's name of the service in the credential scope. */
  readonly signingName: string;
  /** What actions in policies begin with. */
  readonly actionPrefix: string;
  readonly contentType: string;
  /** An input that is readable and not right. */
  readonly refusal: ErrorCode;
  /** A fault of ours. */
  readonly fault: ErrorCode;
  /** A NextToken that was not issued for the request. */
  readonly foreignToken: ErrorCode;
  /** The version that the query protocol names, of a service that has it. */
  readonly queryVersion?: string;
  /** Of its answers in the query protocol. */
  readonly queryNamespace?: string;
  /** The same in every region: clients sign for `us-east-1`. */
  readonly isGlobal?: true;
}

const json10 = "application/x-amz-json-1.0";
const json11 = "application/x-amz-json-1.1";

const appRunner: WireService = {
  signingName: "apprunner",
  actionPrefix: "apprunner",
  contentType: json10,
  refusal: "InvalidRequestException",
  fault: "InternalServiceErrorException",
  foreignToken: "InvalidRequestException",
};

export const wireServices: Readonly<Record<ServicePrefix, WireService>> = {
  AppRunner: appRunner,
  Slipway: { ...appRunner, actionPrefix: "slipway" },
  secretsmanager: {
    signingName: "secretsmanager",
    actionPrefix: "secretsmanager",
    contentType: json11,
    refusal: "InvalidParameterException",
    fault: "InternalServiceError",
    foreignToken: "InvalidNextTokenException",
  },
  AmazonSSM: {
    signingName: "ssm",
    actionPrefix: "ssm",
    contentType: json11,
    refusal: "ValidationException",
    fault: "InternalServerError",
    foreignToken: "InvalidNextToken",
  },
  TrentService: {
    signingName: "kms",
    actionPrefix: "kms",
    contentType: json11,
    refusal: "ValidationException",
    fault: "KMSInternalException",
    foreignToken: "InvalidMarkerException",
  },
  CloudTrail_20131101: {
    signingName: "cloudtrail",
    actionPrefix: "cloudtrail",
    contentType: json11,
    refusal: "InvalidParameterException",
    fault: "InternalServiceError",
    foreignToken: "InvalidNextTokenException",
  },
  Logs_20140328: {
    signingName: "logs",
    actionPrefix: "logs",
    contentType: json11,
    refusal: "InvalidParameterException",
    fault: "ServiceUnavailableException",
    foreignToken: "InvalidParameterException",
  },
  /** CloudWatch's metrics and alarms. */
  GraniteServiceVersion20100801: {
    signingName: "monitoring",
    actionPrefix: "cloudwatch",
    contentType: json10,
    refusal: "InvalidParameterValueException",
    fault: "InternalServiceFault",
    foreignToken: "InvalidNextToken",
    queryVersion: "2010-08-01",
    queryNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
  },
  AWSIdentityManagementV20100508: {
    signingName: "iam",
    actionPrefix: "iam",
    contentType: json11,
    refusal: "ValidationError",
    fault: "ServiceFailure",
    foreignToken: "InvalidInput",
    queryVersion: "2010-05-08",
    queryNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    isGlobal: true,
  },
  AWSSecurityTokenServiceV20110615: {
    signingName: "sts",
    actionPrefix: "sts",
    contentType: json11,
    refusal: "ValidationError",
    fault: "InternalFailure",
    foreignToken: "ValidationError",
    queryVersion: "2011-06-15",
    queryNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    isGlobal: true,
  },
};

/** The service that a target names by its prefix; App Runner where it names none. */
export function servicePrefixOf(target: string | undefined): ServicePrefix {
  const prefix = shortTarget(target ?? "").split(".", 1)[0] ?? "";
  return Object.hasOwn(wireServices, prefix) ? (prefix as ServicePrefix) : "AppRunner";
}

/** Without the Java package that some clients put before it. */
export function shortTarget(target: string): string {
  return target.replace(/^com\.amazonaws\.cloudtrail\.v20131101\./, "");
}

export function wireServiceOf(target: string | undefined): WireService {
  return wireServices[servicePrefixOf(target)];
}
