/** One call as the audit trail keeps it, and what people look it up by: the words are CloudTrail's. */
import type { Principal } from "./identity.ts";

export interface AuditedCall {
  readonly atMs: number;
  readonly requestId: string;
  /** For example `apprunner.amazonaws.com`, or `slipway` for what is ours. */
  readonly eventSource: string;
  /** For example `CreateService`. */
  readonly eventName: string;
  readonly isReadOnly: boolean;
  /** Null: not proven to be anybody. */
  readonly principalArn: string | null;
  /** What else is proven of who it was; absent in records of before, and of what is no user, role or root. */
  readonly principal?: AuditedPrincipal;
  /** As claimed, where nothing was proven. */
  readonly accessKeyId: string | null;
  readonly sourceAddress: string | null;
  readonly userAgent: string | null;
  /** ARNs. */
  readonly resources: readonly string[];
  /** Null: it was done. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly durationMs: number;
  /** In camelCase and without secrets. */
  readonly parameters: Readonly<Record<string, unknown>> | null;
  /** Ids that the answer told, for instance of the operation that began. */
  readonly response: Readonly<Record<string, unknown>> | null;
  /** Of a changing call that was done: paths of what is different now, or of what was given. */
  readonly changedMembers: readonly string[] | null;
}

export type AuditedPrincipal =
  | { readonly kind: "root" }
  /** AIDA… */
  | { readonly kind: "user"; readonly id: string }
  | {
      readonly kind: "role";
      /** AROA… */
      readonly id: string;
      readonly roleArn: string;
      readonly issuedAtMs: number;
      /** Whose instance it was. */
      readonly serviceArn?: string;
    };

export function auditedPrincipal(principal: Principal): AuditedPrincipal {
  if (principal.kind === "root") return { kind: "root" };
  if (principal.kind === "user") return { kind: "user", id: principal.userId };
  const { roleArn, roleId: id, issuedAtMs, serviceArn } = principal;
  return { kind: "role", id, roleArn, issuedAtMs, ...(serviceArn !== undefined && { serviceArn }) };
}

export interface AuditRecord extends AuditedCall {
  /** 1 is the first that was ever written. */
  readonly sequence: number;
  /** A UUID, made of the record's hash. */
  readonly id: string;
}

export type AuditAttribute =
  | "AccessKeyId"
  | "EventId"
  | "EventName"
  | "EventSource"
  /** Ours: `Success` or `Failure`. */
  | "Outcome"
  | "ReadOnly"
  | "ResourceName"
  | "ResourceType"
  | "Username";

type Test = (record: AuditRecord, value: string) => boolean;

const TESTS: Readonly<Record<AuditAttribute, Test>> = {
  AccessKeyId: (record, value) => record.accessKeyId === value,
  EventId: (record, value) => record.id === value.toLowerCase(),
  EventName: (record, value) => record.eventName === value,
  EventSource: (record, value) => record.eventSource === value,
  Outcome: (record, value) => (record.errorCode === null ? "success" : "failure") === value.toLowerCase(),
  ReadOnly: (record, value) => String(record.isReadOnly) === value.toLowerCase(),
  ResourceName: (record, value) =>
    record.resources.some((arn) => arn === value || resourceNameOf(arn) === value),
  ResourceType: (record, value) => record.resources.some((arn) => resourceTypeOf(arn) === value),
  Username: (record, value) => usernameOf(record) === value,
};

export function hasAttribute(record: AuditRecord, attribute: AuditAttribute, value: string): boolean {
  return TESTS[attribute](record, value);
}

/** `root`, the last part of another principal's ARN, or nobody. */
export function usernameOf({ principalArn }: Pick<AuditedCall, "principalArn">): string | null {
  if (principalArn === null) return null;
  return principalArn.slice(Math.max(principalArn.lastIndexOf("/"), principalArn.lastIndexOf(":")) + 1);
}

const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  "apprunner:service": "AWS::AppRunner::Service",
  "apprunner:connection": "AWS::AppRunner::Connection",
  "apprunner:autoscalingconfiguration": "AWS::AppRunner::AutoScalingConfiguration",
  "apprunner:observabilityconfiguration": "AWS::AppRunner::ObservabilityConfiguration",
  "apprunner:vpcconnector": "AWS::AppRunner::VpcConnector",
  "apprunner:vpcingressconnection": "AWS::AppRunner::VpcIngressConnection",
  "apprunner:repository": "Slipway::Repository",
  "secretsmanager:secret": "AWS::SecretsManager::Secret",
  "ssm:parameter": "AWS::SSM::Parameter",
  "kms:key": "AWS::KMS::Key",
  "kms:alias": "AWS::KMS::Alias",
  "logs:log-group": "AWS::Logs::LogGroup",
  "cloudwatch:alarm": "AWS::CloudWatch::Alarm",
};

/** As CloudFormation names it; empty where it has no name. */
export function resourceTypeOf(arn: string): string {
  const [, , service = "", , , resource = ""] = arn.split(":", 6);
  return RESOURCE_TYPES[`${service}:${resource.split("/", 1)[0]}`] ?? "";
}

/** `web` of `…:service/web/<id>`, `db/password` of `…:secret:db/password-AbCdEf`, `/a/b` of `…:parameter/a/b`. */
export function resourceNameOf(arn: string): string {
  const parts = arn.split(":");
  const service = parts[2];
  const resource = parts.slice(5).join(":");
  if (service === "apprunner") return resource.split("/")[1] ?? resource;
  if (service === "secretsmanager") return (parts[6] ?? resource).replace(/-[A-Za-z0-9]{6}$/, "");
  if (service === "ssm") return resource.replace(/^parameter/, "");
  if (service === "kms") return resource.replace(/^key\//, "");
  return resource.slice(resource.indexOf(":") + 1);
}
