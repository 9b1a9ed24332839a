/** The table of all operations: the contract decides which there are, the compiler that none is missing. */
import { associateCustomDomain } from "./associate-custom-domain.ts";
import { buildRuntime } from "./build-runtime.ts";
import { cancelOperation } from "./cancel-operation.ts";
import { checkCustomDomain } from "./check-custom-domain.ts";
import { completeConnection } from "./complete-connection.ts";
import { createAutoScalingConfiguration } from "./create-auto-scaling-configuration.ts";
import { createConnection } from "./create-connection.ts";
import { createObservabilityConfiguration } from "./create-observability-configuration.ts";
import { createRepository } from "./create-repository.ts";
import { createService } from "./create-service.ts";
import { createVpcConnector } from "./create-vpc-connector.ts";
import { createVpcIngressConnection } from "./create-vpc-ingress-connection.ts";
import { deleteAutoScalingConfiguration } from "./delete-auto-scaling-configuration.ts";
import { deleteCertificate } from "./delete-certificate.ts";
import { deleteConnection } from "./delete-connection.ts";
import { deleteObservabilityConfiguration } from "./delete-observability-configuration.ts";
import { deleteRepository } from "./delete-repository.ts";
import { deleteService } from "./delete-service.ts";
import { deleteVpcConnector } from "./delete-vpc-connector.ts";
import { deleteVpcIngressConnection } from "./delete-vpc-ingress-connection.ts";
import { describeAutoScalingConfiguration } from "./describe-auto-scaling-configuration.ts";
import { describeConnection } from "./describe-connection.ts";
import { describeCustomDomains } from "./describe-custom-domains.ts";
import { describeObservabilityConfiguration } from "./describe-observability-configuration.ts";
import { describeOperation } from "./describe-operation.ts";
import { describeService } from "./describe-service.ts";
import { describeSourceWatch } from "./describe-source-watch.ts";
import { describeVpcConnector } from "./describe-vpc-connector.ts";
import { describeVpcIngressConnection } from "./describe-vpc-ingress-connection.ts";
import { detectSource } from "./detect-source.ts";
import { disassociateCustomDomain } from "./disassociate-custom-domain.ts";
import { eventHandlers } from "./events/index.ts";
import { getDefaultBranch } from "./get-default-branch.ts";
import { getInfo } from "./get-info.ts";
import { getLocalAuthority } from "./get-local-authority.ts";
import { explainService } from "./explain-service.ts";
import { getStatus } from "./get-status.ts";
import { getUsage } from "./get-usage.ts";
import { importCertificate } from "./import-certificate.ts";
import { listAutoScalingConfigurations } from "./list-auto-scaling-configurations.ts";
import { listCertificates } from "./list-certificates.ts";
import { listConnections } from "./list-connections.ts";
import { listDomains } from "./list-domains.ts";
import { listInstances } from "./list-instances.ts";
import { listObservabilityConfigurations } from "./list-observability-configurations.ts";
import { listOperations } from "./list-operations.ts";
import { listReleases } from "./list-releases.ts";
import { listRepositories } from "./list-repositories.ts";
import { listRuntimes } from "./list-runtimes.ts";
import { listServices } from "./list-services.ts";
import { listServicesForAutoScalingConfiguration } from "./list-services-for-auto-scaling-configuration.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { listVpcConnectors } from "./list-vpc-connectors.ts";
import { listVpcIngressConnections } from "./list-vpc-ingress-connections.ts";
import { getLogLevel, setLogLevel } from "./log-level.ts";
import { lookupEvents } from "./lookup-events.ts";
import { logsHandlers } from "./logs/index.ts";
import { pauseService } from "./pause-service.ts";
import { resumeService } from "./resume-service.ts";
import { rollbackService } from "./rollback-service.ts";
import { rotateWebhookSecret } from "./rotate-webhook-secret.ts";
import { runDoctor } from "./run-doctor.ts";
import { secretsManagerHandlers } from "./secretsmanager/index.ts";
import { cloudWatchHandlers } from "./cloudwatch/index.ts";
import { parameterStoreHandlers } from "./ssm/index.ts";
import { startDeployment } from "./start-deployment.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";
import { updateDefaultAutoScalingConfiguration } from "./update-default-auto-scaling-configuration.ts";
import { updateService } from "./update-service.ts";
import { updateVpcIngressConnection } from "./update-vpc-ingress-connection.ts";
import { verifyAuditTrail } from "./verify-audit-trail.ts";
import type { Handlers } from "../handler.ts";

export const handlers: Handlers = {
  ...logsHandlers,
  ...secretsManagerHandlers,
  ...parameterStoreHandlers,
  ...cloudWatchHandlers,
  ...eventHandlers,
  AssociateCustomDomain: associateCustomDomain,
  BuildRuntime: buildRuntime,
  CancelOperation: cancelOperation,
  CheckCustomDomain: checkCustomDomain,
  CompleteConnection: completeConnection,
  CreateAutoScalingConfiguration: createAutoScalingConfiguration,
  CreateConnection: createConnection,
  CreateObservabilityConfiguration: createObservabilityConfiguration,
  CreateRepository: createRepository,
  CreateService: createService,
  CreateVpcConnector: createVpcConnector,
  CreateVpcIngressConnection: createVpcIngressConnection,
  DeleteAutoScalingConfiguration: deleteAutoScalingConfiguration,
  DeleteCertificate: deleteCertificate,
  DeleteConnection: deleteConnection,
  DeleteObservabilityConfiguration: deleteObservabilityConfiguration,
  DeleteRepository: deleteRepository,
  DeleteService: deleteService,
  DeleteVpcConnector: deleteVpcConnector,
  DeleteVpcIngressConnection: deleteVpcIngressConnection,
  DescribeAutoScalingConfiguration: describeAutoScalingConfiguration,
  DescribeConnection: describeConnection,
  DescribeCustomDomains: describeCustomDomains,
  DescribeObservabilityConfiguration: describeObservabilityConfiguration,
  DescribeOperation: describeOperation,
  DescribeService: describeService,
  DescribeSourceWatch: describeSourceWatch,
  DescribeVpcConnector: describeVpcConnector,
  DescribeVpcIngressConnection: describeVpcIngressConnection,
  DetectSource: detectSource,
  DisassociateCustomDomain: disassociateCustomDomain,
  GetDefaultBranch: getDefaultBranch,
  GetInfo: getInfo,
  GetLocalAuthority: getLocalAuthority,
  GetLogLevel: getLogLevel,
  GetStatus: getStatus,
  SetLogLevel: setLogLevel,
  ExplainService: explainService,
  GetUsage: getUsage,
  ImportCertificate: importCertificate,
  ListAutoScalingConfigurations: listAutoScalingConfigurations,
  ListCertificates: listCertificates,
  ListConnections: listConnections,
  ListDomains: listDomains,
  ListInstances: listInstances,
  ListObservabilityConfigurations: listObservabilityConfigurations,
  ListOperations: listOperations,
  ListReleases: listReleases,
  ListRepositories: listRepositories,
  ListRuntimes: listRuntimes,
  ListServices: listServices,
  ListServicesForAutoScalingConfiguration: listServicesForAutoScalingConfiguration,
  ListTagsForResource: listTagsForResource,
  ListVpcConnectors: listVpcConnectors,
  ListVpcIngressConnections: listVpcIngressConnections,
  LookupEvents: lookupEvents,
  "CloudTrail_20131101.LookupEvents": (input, context) => lookupEvents(input, context),
  PauseService: pauseService,
  ResumeService: resumeService,
  RollbackService: rollbackService,
  RotateWebhookSecret: rotateWebhookSecret,
  RunDoctor: runDoctor,
  StartDeployment: startDeployment,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateDefaultAutoScalingConfiguration: updateDefaultAutoScalingConfiguration,
  UpdateService: updateService,
  UpdateVpcIngressConnection: updateVpcIngressConnection,
  VerifyAuditTrail: verifyAuditTrail,
};
