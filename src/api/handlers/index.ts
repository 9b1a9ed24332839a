/** The table of all operations: the contract decides which there are, the compiler that none is missing. */
import { associateCustomDomain } from "./associate-custom-domain.ts";
import { buildRuntime } from "./build-runtime.ts";
import { cancelOperation } from "./cancel-operation.ts";
import { checkCustomDomain } from "./check-custom-domain.ts";
import { checkPermissions } from "./check-permissions.ts";
import { completeConnection } from "./complete-connection.ts";
import { createAutoScalingConfiguration } from "./create-auto-scaling-configuration.ts";
import { createConnection } from "./create-connection.ts";
import { createObservabilityConfiguration } from "./create-observability-configuration.ts";
import { createRepository } from "./create-repository.ts";
import { createSignInLink } from "./create-sign-in-link.ts";
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
import { describeRepository } from "./describe-repository.ts";
import { describeService } from "./describe-service.ts";
import { describeServices } from "./describe-services.ts";
import { describeSourceWatch } from "./describe-source-watch.ts";
import { describeVpcConnector } from "./describe-vpc-connector.ts";
import { describeVpcIngressConnection } from "./describe-vpc-ingress-connection.ts";
import { detectSource } from "./detect-source.ts";
import { disassociateCustomDomain } from "./disassociate-custom-domain.ts";
import { networkHandlers } from "./networks/index.ts";
import { eventHandlers } from "./events/index.ts";
import { kmsHandlers } from "./kms/index.ts";
import { getDefaultBranch } from "./get-default-branch.ts";
import { getInfo } from "./get-info.ts";
import { getLocalAuthority } from "./get-local-authority.ts";
import { explainService } from "./explain-service.ts";
import { getReleaseSbom } from "./get-release-sbom.ts";
import { getDiskUse } from "./get-disk-use.ts";
import { getStatus } from "./get-status.ts";
import { getUsage } from "./get-usage.ts";
import { iamHandlers } from "./iam/index.ts";
import { importCertificate } from "./import-certificate.ts";
import { inspectImageRepository } from "./inspect-image-repository.ts";
import { inspectImage } from "./inspect-image.ts";
import { listActions } from "./list-actions.ts";
import { listAutoScalingConfigurations } from "./list-auto-scaling-configurations.ts";
import { listBranches } from "./list-branches.ts";
import { listCertificates } from "./list-certificates.ts";
import { listConnections } from "./list-connections.ts";
import { listDomains } from "./list-domains.ts";
import { describeRelease } from "./describe-release.ts";
import { listExamples } from "./list-examples.ts";
import { listServiceOverviews } from "./list-service-overviews.ts";
import { listImages } from "./list-images.ts";
import { listInstances } from "./list-instances.ts";
import { listNodes } from "./list-nodes.ts";
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
import { endSignInSessions, listSignInSessions } from "./sign-in-sessions.ts";
import { simulateScaling } from "./simulate-scaling.ts";
import { startDeployment } from "./start-deployment.ts";
import { stsHandlers } from "./sts/index.ts";
import { tagResource } from "./tag-resource.ts";
import { tryHealthCheck } from "./try-health-check.ts";
import { untagResource } from "./untag-resource.ts";
import { updateDefaultAutoScalingConfiguration } from "./update-default-auto-scaling-configuration.ts";
import { updateService } from "./update-service.ts";
import { updateVpcIngressConnection } from "./update-vpc-ingress-connection.ts";
import { getVaultStatus, rotateMasterKey } from "./vault.ts";
import { verifyAuditTrail } from "./verify-audit-trail.ts";
import type { Handlers } from "../handler.ts";

export const handlers: Handlers = {
  ...logsHandlers,
  ...secretsManagerHandlers,
  ...parameterStoreHandlers,
  ...cloudWatchHandlers,
  ...iamHandlers,
  ...stsHandlers,
  ...eventHandlers,
  ...networkHandlers,
  ...kmsHandlers,
  AssociateCustomDomain: associateCustomDomain,
  BuildRuntime: buildRuntime,
  CancelOperation: cancelOperation,
  CheckCustomDomain: checkCustomDomain,
  CheckPermissions: checkPermissions,
  CompleteConnection: completeConnection,
  CreateAutoScalingConfiguration: createAutoScalingConfiguration,
  CreateConnection: createConnection,
  CreateObservabilityConfiguration: createObservabilityConfiguration,
  CreateRepository: createRepository,
  CreateService: createService,
  CreateSignInLink: createSignInLink,
  CreateVpcConnector: createVpcConnector,
  CreateVpcIngressConnection: createVpcIngressConnection,
  DeleteAutoScalingConfiguration: deleteAutoScalingConfiguration,
  DeleteCertificate: deleteCertificate,
  DeleteConnection: deleteConnection,
  DeleteObservabilityConfiguration: deleteObservabilityConfiguration,
  DeleteRepository: deleteRepository,
  DescribeRepository: describeRepository,
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
  InspectImage: inspectImage,
  InspectImageRepository: inspectImageRepository,
  ListBranches: listBranches,
  ListSignInSessions: listSignInSessions,
  EndSignInSessions: endSignInSessions,
  SimulateScaling: simulateScaling,
  TryHealthCheck: tryHealthCheck,
  GetInfo: getInfo,
  GetLocalAuthority: getLocalAuthority,
  GetLogLevel: getLogLevel,
  GetDiskUse: getDiskUse,
  GetStatus: getStatus,
  SetLogLevel: setLogLevel,
  ExplainService: explainService,
  GetUsage: getUsage,
  GetVaultStatus: getVaultStatus,
  RotateMasterKey: rotateMasterKey,
  ImportCertificate: importCertificate,
  ListActions: listActions,
  ListAutoScalingConfigurations: listAutoScalingConfigurations,
  ListCertificates: listCertificates,
  ListConnections: listConnections,
  ListDomains: listDomains,
  DescribeRelease: describeRelease,
  ListExamples: listExamples,
  DescribeServices: describeServices,
  ListNodes: listNodes,
  ListServiceOverviews: listServiceOverviews,
  ListImages: listImages,
  ListInstances: listInstances,
  ListObservabilityConfigurations: listObservabilityConfigurations,
  ListOperations: listOperations,
  GetReleaseSbom: getReleaseSbom,
  ListReleases: listReleases,
  ListRepositories: listRepositories,
  ListRuntimes: listRuntimes,
  ListServices: listServices,
  ListServicesForAutoScalingConfiguration: listServicesForAutoScalingConfiguration,
  ListTagsForResource: listTagsForResource,
  ListVpcConnectors: listVpcConnectors,
  ListVpcIngressConnections: listVpcIngressConnections,
  LookupEvents: lookupEvents,
  "CloudTrail_20131101.LookupEvents": (input, context, caller) => lookupEvents(input, context, caller),
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
