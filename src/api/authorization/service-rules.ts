/**
 * What App Runner's operations and ours are about. As AWS's Service Authorization Reference has it: of what is made the id is
 * not known, so policies see `*` in its place; lists of everything are about `*`.
 */
import type {
  IdentityOperationName,
  KeyOperationName,
  LogOperationName,
  MonitoringOperationName,
  OperationName,
  SecretOperationName,
} from "../../contract/index.ts";
import { type AccountScope, parseArn, type ResourceType } from "../../domain/arn.ts";
import { destinationArn } from "../../domain/event-destination.ts";
import { networkArn } from "../../domain/network.ts";
import type { RevisionTable, Store } from "../../ports/store.ts";
import { namedUser } from "./identity-rules.ts";
import { allOf, ANYTHING, anything, arnIn, named, type ResourceRule, textAt } from "./resource-rule.ts";

/** Repositories hosted here have no ARN of AWS's; policies name them so. */
export function repositoryArn(name: string, scope: AccountScope): string {
  return ownArn(scope, `repository/${name}`);
}

/** What is made: its name is known. `rest`: what its ARN has behind the name. */
function made(type: string, member: string, rest = "*"): ResourceRule {
  return named(member, (name, scope) => ownArn(scope, `${type}/${name}/${rest}`));
}

function ownArn({ region, account }: AccountScope, resource: string): string {
  return `arn:aws:apprunner:${region}:${account}:${resource}`;
}

const REVISION = "*/*";

type Revisions = "autoScalingConfigurations" | "observabilityConfigurations" | "vpcConnectors";

const REVISION_TABLES: Partial<Record<ResourceType, Revisions>> = {
  autoscalingconfiguration: "autoScalingConfigurations",
  observabilityconfiguration: "observabilityConfigurations",
  vpcconnector: "vpcConnectors",
};

/** As `arnIn`, of what may be named by a partial ARN. */
function wholeArnIn(member: string): ResourceRule {
  return async (input, { store }) => {
    const text = textAt(input, member);
    if (text?.startsWith("arn:") !== true) return [ANYTHING];
    return [{ arn: await wholeArn(text, store), told: text }];
  };
}

/** A partial ARN stands for a revision, which policies name in full; every other text is itself. */
export async function wholeArn(text: string, store: Pick<Store, Revisions>): Promise<string> {
  const arn = parseArn(text);
  const kind = arn === null || arn.id !== undefined ? undefined : REVISION_TABLES[arn.type];
  if (arn === null || kind === undefined) return text;
  return (await revisionArn(store[kind], arn.name, arn.revision)) ?? text;
}

async function revisionArn(
  table: RevisionTable<Awaited<ReturnType<Store[Revisions]["listRevisions"]>>[number]>,
  name: string,
  number: number | undefined,
): Promise<string | undefined> {
  if (number !== undefined) return (await table.getRevision(name, number))?.arn;
  return ((await table.getLatest(name)) ?? (await table.listRevisions(name)).at(-1))?.arn;
}

const service = arnIn("ServiceArn");
const connection = arnIn("ConnectionArn");
const scaling = wholeArnIn("AutoScalingConfigurationArn");
const observability = wholeArnIn("ObservabilityConfigurationArn");
const connector = wholeArnIn("VpcConnectorArn");
const ingress = arnIn("VpcIngressConnectionArn");
const repository = named("RepositoryName", repositoryArn);
const destination = named("Name", (name, scope) => destinationArn(scope, name));
const network = named("NetworkId", (id, scope) => networkArn(scope, id));

type ServiceOperationName = Exclude<
  OperationName,
  IdentityOperationName | KeyOperationName | LogOperationName | MonitoringOperationName | SecretOperationName
>;

const networkRules = {
  CreateNetwork: anything,
  DeleteNetwork: network,
  DescribeNetwork: network,
  ListEncryptionKeys: anything,
  ListNetworks: anything,
  UpdateNetwork: network,
};

export const serviceRules: Readonly<Record<ServiceOperationName, ResourceRule>> = {
  ...networkRules,
  "CloudTrail_20131101.LookupEvents": anything,
  AssociateCustomDomain: service,
  CreateAutoScalingConfiguration: made("autoscalingconfiguration", "AutoScalingConfigurationName", REVISION),
  CreateConnection: made("connection", "ConnectionName"),
  CreateObservabilityConfiguration: made(
    "observabilityconfiguration",
    "ObservabilityConfigurationName",
    REVISION,
  ),
  CreateService: made("service", "ServiceName"),
  CreateVpcConnector: made("vpcconnector", "VpcConnectorName", REVISION),
  CreateVpcIngressConnection: allOf(service, made("vpcingressconnection", "VpcIngressConnectionName")),
  DeleteAutoScalingConfiguration: scaling,
  DeleteConnection: connection,
  DeleteObservabilityConfiguration: observability,
  DeleteService: service,
  DeleteVpcConnector: connector,
  DeleteVpcIngressConnection: ingress,
  DescribeAutoScalingConfiguration: scaling,
  DescribeCustomDomains: service,
  DescribeObservabilityConfiguration: observability,
  DescribeService: service,
  DescribeVpcConnector: connector,
  DescribeVpcIngressConnection: ingress,
  DisassociateCustomDomain: service,
  ListAutoScalingConfigurations: anything,
  ListConnections: anything,
  ListObservabilityConfigurations: anything,
  ListOperations: service,
  ListServices: anything,
  ListServicesForAutoScalingConfiguration: scaling,
  ListTagsForResource: wholeArnIn("ResourceArn"),
  ListVpcConnectors: anything,
  ListVpcIngressConnections: anything,
  PauseService: service,
  ResumeService: service,
  StartDeployment: service,
  TagResource: wholeArnIn("ResourceArn"),
  UntagResource: wholeArnIn("ResourceArn"),
  UpdateDefaultAutoScalingConfiguration: scaling,
  UpdateService: service,
  UpdateVpcIngressConnection: ingress,
  BuildRuntime: anything,
  CancelOperation: service,
  CheckCustomDomain: service,
  CheckPermissions: anything,
  CompleteConnection: connection,
  CreateEventDestination: destination,
  CreateRepository: repository,
  CreateSignInLink: anything,
  DeleteCertificate: anything,
  DeleteEventDestination: destination,
  DeleteRepository: repository,
  DescribeRepository: repository,
  DescribeConnection: connection,
  DescribeEventDestination: destination,
  DescribeOperation: service,
  DescribeRelease: service,
  DescribeServices: anything,
  DescribeSourceWatch: service,
  DetectSource: connection,
  ExplainService: service,
  GetDefaultBranch: connection,
  GetDiskUse: anything,
  GetInfo: anything,
  GetLocalAuthority: anything,
  GetLogLevel: anything,
  GetStatus: anything,
  GetUsage: service,
  GetVaultStatus: anything,
  ImportCertificate: anything,
  InspectImage: anything,
  InspectImageRepository: anything,
  ListActions: anything,
  ListBranches: connection,
  ListCertificates: anything,
  ListDeadLetters: destination,
  ListDomains: service,
  ListEventDestinations: anything,
  ListEvents: service,
  ListExamples: anything,
  ListImages: anything,
  ListInstances: service,
  ListNodes: anything,
  GetReleaseSbom: service,
  ListReleases: service,
  ListRepositories: anything,
  ListRuntimes: anything,
  ListServiceOverviews: anything,
  LookupEvents: anything,
  RedeliverEvents: destination,
  RollbackService: service,
  RotateEventDestinationSecret: destination,
  RotateMasterKey: anything,
  RotateWebhookSecret: service,
  RunDoctor: anything,
  SetLogLevel: anything,
  ListSignInSessions: namedUser,
  EndSignInSessions: namedUser,
  SimulateScaling: anything,
  TestEventDestination: destination,
  TryHealthCheck: service,
  UpdateEventDestination: destination,
  VerifyAuditTrail: anything,
};
