// Which constraint holds for which input member. AWS's model says it through shape names, which the SDK has erased.
import { cloudWatchMembers, cloudWatchPaths } from "./cloudwatch-constraints.ts";
import { constraints } from "./constraints.ts";
import type { Constraint, ConstraintName } from "./constraints.ts";
import { iamMembers, iamPaths } from "./iam-constraints.ts";
import { kmsMembers, kmsPaths } from "./kms-constraints.ts";
import { logsMembers, logsPaths } from "./logs-constraints.ts";
import { networkMembers } from "./network-constraints.ts";
import { secretMembers } from "./secret-members.ts";

/** Members that mean the same wherever they occur. */
const byMember: Readonly<Record<string, ConstraintName>> = {
  ...cloudWatchMembers,
  ...logsMembers,
  ...iamMembers,
  ...kmsMembers,
  AccessRoleArn: "RoleArn",
  AutoScalingConfigurationArn: "AppRunnerResourceArn",
  AutoScalingConfigurationName: "AutoScalingConfigurationName",
  CertificateId: "CertificateId",
  ConnectionArn: "AppRunnerResourceArn",
  ConnectionName: "ConnectionName",
  DomainName: "DomainName",
  ImageIdentifier: "ImageIdentifier",
  InstanceRoleArn: "RoleArn",
  KmsKey: "KmsKeyArn",
  MaxResults: "MaxResults",
  NextToken: "NextToken",
  ObservabilityConfigurationArn: "AppRunnerResourceArn",
  ObservabilityConfigurationName: "ObservabilityConfigurationName",
  OperationId: "OperationId",
  Port: "String",
  RepositoryName: "RepositoryName",
  RepositoryUrl: "String",
  ResourceArn: "AppRunnerResourceArn",
  SecretId: "SecretId",
  ServiceArn: "AppRunnerResourceArn",
  ServiceName: "ServiceName",
  SourceDirectory: "SourceDirectory",
  VpcConnectorArn: "AppRunnerResourceArn",
  VpcConnectorName: "VpcConnectorName",
  VpcEndpointId: "String",
  VpcId: "String",
  VpcIngressConnectionArn: "AppRunnerResourceArn",
  VpcIngressConnectionName: "VpcIngressConnectionName",
};

/** Members whose meaning depends on the structure; stronger than `byMember`. "[]" is each element of the list. */
const byPath: Readonly<Record<string, ConstraintName>> = {
  ...logsPaths,
  ...iamPaths,
  ...kmsPaths,
  ...cloudWatchPaths,
  ...secretMembers,
  ...networkMembers,
  "AuditAttribute.AttributeValue": "LookupValue",
  "BuildRuntimeRequest.Runtime": "RuntimeName",
  "BuildRuntimeRequest.Version": "RuntimeVersion",
  "CompleteConnectionRequest.ServerUrl": "ServerUrl",
  "ConnectionDeployKey.KnownHosts": "KnownHosts",
  "ConnectionGitHubApp.AppId": "GitHubAppId",
  "ConnectionGitHubApp.InstallationId": "GitHubInstallationId",
  "ConnectionToken.Username": "ConnectionUsername",
  "CreateAutoScalingConfigurationRequest.MaxConcurrency": "ASConfigMaxConcurrency",
  "CreateAutoScalingConfigurationRequest.MaxSize": "ASConfigMaxSize",
  "CreateAutoScalingConfigurationRequest.MinSize": "ASConfigMinSize",
  "CreateVpcConnectorRequest.SecurityGroups[]": "String",
  "CreateVpcConnectorRequest.Subnets[]": "String",
  "DescribeCustomDomainsRequest.MaxResults": "DescribeCustomDomainsMaxResults",
  "DescribeCustomDomainsRequest.NextToken": "String",
  "CreateRepositoryRequest.Example": "ExampleName",
  "DescribeReleaseRequest.ReleaseNumber": "ReleaseNumber",
  "DescribeServicesRequest.ServiceIds[]": "ServiceId",
  "ListServiceOverviewsRequest.ServiceIds[]": "ServiceId",
  "DetectSourceRequest.Branch": "String",
  "EndSignInSessionsRequest.SessionId": "SignInSessionId",
  "RunDoctorRequest.Names[]": "CheckName",
  "PermissionQuestion.Action": "PolicyAction",
  "PermissionQuestion.Resource": "PolicyResource",
  "SimulateScalingRequest.Cpu": "Cpu",
  "SimulateScalingRequest.DurationMs": "SimulatedDurationMs",
  "SimulateScalingRequest.Memory": "Memory",
  "SimulateScalingRequest.PeakRequestsPerSecond": "SimulatedPeak",
  "SimulateScalingRequest.RequestsPerSecond": "SimulatedRate",
  "SimulateScalingRequest.ScaleToZero": "TagValue",
  "SimulateScalingRequest.StartMs": "SimulatedStartMs",
  "SimulateScalingRequest.WarmZero": "TagValue",
  "SimulateScalingRequest.MinSize": "ASConfigMinSize",
  "SimulateScalingRequest.MaxSize": "ASConfigMaxSize",
  "SimulateScalingRequest.MaxConcurrency": "ASConfigMaxConcurrency",
  "CreateEventDestinationRequest.Name": "EventDestinationName",
  "DeleteEventDestinationRequest.Name": "EventDestinationName",
  "DescribeEventDestinationRequest.Name": "EventDestinationName",
  "TestEventDestinationRequest.Name": "EventDestinationName",
  "UpdateEventDestinationRequest.Name": "EventDestinationName",
  "RotateEventDestinationSecretRequest.Name": "EventDestinationName",
  "ListDeadLettersRequest.Name": "EventDestinationName",
  "RedeliverEventsRequest.Name": "EventDestinationName",
  "EventFilter.ServiceNames[]": "EventServiceName",
  "RedeliverEventsRequest.EventIds[]": "EventId",
  "EventFilterTag.Key": "TagKey",
  "EventFilterTag.Value": "TagValue",
  "HealthCheckConfiguration.HealthyThreshold": "HealthCheckNumber",
  "HealthCheckConfiguration.Interval": "HealthCheckNumber",
  "HealthCheckConfiguration.Path": "HealthCheckPath",
  "HealthCheckConfiguration.Timeout": "HealthCheckNumber",
  "HealthCheckConfiguration.UnhealthyThreshold": "HealthCheckNumber",
  "ImportCertificateRequest.Certificate": "CertificateText",
  "ImportCertificateRequest.CertificateChain": "CertificateText",
  "InstanceConfiguration.Cpu": "Cpu",
  "InstanceConfiguration.Memory": "Memory",
  "ListOperationsRequest.MaxResults": "ListOperationsMaxResults",
  "ListOperationsRequest.NextToken": "String",
  "ListRuntimesRequest.Runtime": "RuntimeName",
  "ListServicesRequest.MaxResults": "ServiceMaxResults",
  "ListServicesRequest.NextToken": "String",
  "GetReleaseSbomRequest.ReleaseNumber": "ReleaseNumber",
  "RollbackServiceRequest.ReleaseNumber": "ReleaseNumber",
  "LookupEventsRequest.MaxResults": "LookupMaxResults",
  "SetLogLevelRequest.DurationSeconds": "LogLevelSeconds",
  "SourceCodeVersion.Value": "String",
  "Tag.Key": "TagKey",
  "Tag.Value": "TagValue",
  "UntagResourceRequest.TagKeys[]": "TagKey",
};

/** Shapes that carry their constraint with them; in the model these are the sensitive ones. */
export function constraintOfShape(shape: string): Constraint | undefined {
  return Object.hasOwn(constraints, shape) ? constraints[shape as ConstraintName] : undefined;
}

/** The constraint on `structure.member`; `member` ends in "[]" for the elements of a list. */
export function constraintOfMember(structure: string, member: string): Constraint | undefined {
  const name = byPath[`${structure}.${member}`] ?? byMember[member];
  return name === undefined ? undefined : constraints[name];
}
