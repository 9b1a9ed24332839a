/**
 * Who may do what: action + resource + principal, denied unless something allows it. The dispatcher asks here for every
 * operation, before it looks at the input; nothing else decides.
 *
 * The only policy today: the account's root principal may do everything to what belongs to the account.
 */
import { WireError, type OperationName } from "../contract/index.ts";
import { alarmArn } from "../domain/alarm.ts";
import type { AccountScope } from "../domain/arn.ts";
import { destinationArn } from "../domain/event-destination.ts";
import { isLogOperation, LOG_MEMBERS, logResource } from "./log-resources.ts";
import { rootPrincipalArn } from "./root-access-key.ts";
import { ALARM_MEMBERS } from "./alarm-resources.ts";
import { isSecretOperation, SECRET_MEMBERS, secretResource } from "./secret-resources.ts";
import type { Principal } from "./sigv4.ts";

export interface Question {
  readonly principal: Principal;
  /** For example `apprunner:CreateService`. */
  readonly action: string;
  /** An ARN, or `*` where the operation names no resource that exists already. */
  readonly resource: string;
}

/** Throws AccessDeniedException with App Runner's sentence. */
export function assertAllowed(question: Question, scope: AccountScope): void {
  if (isAllowed(question, scope)) return;
  const { principal, action, resource } = question;
  throw new WireError(
    "AccessDeniedException",
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`,
  );
}

export function isAllowed({ principal, resource }: Question, scope: AccountScope): boolean {
  return principal.arn === rootPrincipalArn(scope) && belongsTo(scope.account, resource);
}

function belongsTo(account: string, resource: string): boolean {
  return resource === "*" || resource.split(":")[4] === account;
}

/** What the call is about, read from input that is not validated yet. */
export function resourceOf(operation: OperationName, input: unknown, scope: AccountScope): string {
  const member = RESOURCE_MEMBERS[operation];
  if (member === null || typeof input !== "object" || input === null) return "*";
  if (isLogOperation(operation)) return logResource(operation, input, scope);
  const value: unknown = Object.getOwnPropertyDescriptor(input, member)?.value;
  if (typeof value !== "string") return "*";
  if (isSecretOperation(operation)) return secretResource(operation, value, scope);
  if (member === "AlarmName") return alarmArn(scope, value);
  if (member === "RepositoryName") return repositoryArn(value, scope);
  if (Object.hasOwn(EVENT_MEMBERS, operation) && member === "Name") return destinationArn(scope, value);
  // What is no ARN at all names nothing; validation refuses it next.
  return value.startsWith("arn:") ? value : "*";
}

/** Repositories hosted here have no ARN of AWS's; policies name them so. */
export function repositoryArn(name: string, scope: AccountScope): string {
  return `arn:aws:apprunner:${scope.region}:${scope.account}:repository/${name}`;
}

/** Destinations are named, not by an ARN; policies name them so. */
const EVENT_MEMBERS = {
  CreateEventDestination: null,
  DeleteEventDestination: "Name",
  DescribeEventDestination: "Name",
  ListDeadLetters: "Name",
  ListEventDestinations: null,
  ListEvents: "ServiceArn",
  RedeliverEvents: "Name",
  RotateEventDestinationSecret: "Name",
  TestEventDestination: "Name",
  UpdateEventDestination: "Name",
} as const;

/** The input member that names the resource; null where the call makes one or lists. */
const RESOURCE_MEMBERS = {
  ...SECRET_MEMBERS,
  ...EVENT_MEMBERS,
  ...LOG_MEMBERS,
  ...ALARM_MEMBERS,
  AssociateCustomDomain: "ServiceArn",
  BuildRuntime: null,
  CancelOperation: "ServiceArn",
  CheckCustomDomain: "ServiceArn",
  CompleteConnection: "ConnectionArn",
  CreateAutoScalingConfiguration: null,
  CreateConnection: null,
  CreateObservabilityConfiguration: null,
  CreateRepository: null,
  CreateService: null,
  CreateVpcConnector: null,
  CreateVpcIngressConnection: "ServiceArn",
  DeleteAutoScalingConfiguration: "AutoScalingConfigurationArn",
  DeleteCertificate: null,
  DeleteConnection: "ConnectionArn",
  DeleteObservabilityConfiguration: "ObservabilityConfigurationArn",
  DeleteRepository: "RepositoryName",
  DeleteService: "ServiceArn",
  DeleteVpcConnector: "VpcConnectorArn",
  DeleteVpcIngressConnection: "VpcIngressConnectionArn",
  DescribeAutoScalingConfiguration: "AutoScalingConfigurationArn",
  DescribeConnection: "ConnectionArn",
  DescribeCustomDomains: "ServiceArn",
  DescribeObservabilityConfiguration: "ObservabilityConfigurationArn",
  DescribeOperation: "ServiceArn",
  DescribeService: "ServiceArn",
  DescribeSourceWatch: "ServiceArn",
  DescribeVpcConnector: "VpcConnectorArn",
  DescribeVpcIngressConnection: "VpcIngressConnectionArn",
  DetectSource: null,
  DisassociateCustomDomain: "ServiceArn",
  ExplainService: "ServiceArn",
  GetDefaultBranch: null,
  GetInfo: null,
  GetLocalAuthority: null,
  GetLogLevel: null,
  GetStatus: null,
  SetLogLevel: null,
  GetUsage: "ServiceArn",
  ImportCertificate: null,
  ListAutoScalingConfigurations: null,
  ListCertificates: null,
  ListConnections: null,
  ListDomains: "ServiceArn",
  ListInstances: "ServiceArn",
  ListObservabilityConfigurations: null,
  ListOperations: "ServiceArn",
  ListReleases: "ServiceArn",
  ListRepositories: null,
  ListRuntimes: null,
  ListServices: null,
  ListServicesForAutoScalingConfiguration: "AutoScalingConfigurationArn",
  ListTagsForResource: "ResourceArn",
  ListVpcConnectors: null,
  ListVpcIngressConnections: null,
  LookupEvents: null,
  PauseService: "ServiceArn",
  ResumeService: "ServiceArn",
  RotateWebhookSecret: "ServiceArn",
  RollbackService: "ServiceArn",
  RunDoctor: null,
  StartDeployment: "ServiceArn",
  TagResource: "ResourceArn",
  UntagResource: "ResourceArn",
  UpdateDefaultAutoScalingConfiguration: "AutoScalingConfigurationArn",
  UpdateService: "ServiceArn",
  UpdateVpcIngressConnection: "VpcIngressConnectionArn",
  VerifyAuditTrail: null,
  "CloudTrail_20131101.LookupEvents": null,
} as const satisfies Record<OperationName, string | null>;
