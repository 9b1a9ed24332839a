// The public face of the contract: what goes over the wire, and nothing about what it means.
export type * from "./model.gen.ts";
export type {
  CertificateSummary,
  Commit,
  Domain,
  EgressRule,
  Event,
  EventDelivery,
  EventDestination,
  EventFilter,
  Instance,
  Machine,
  Node,
  NodeEngine,
  NodeInstance,
  Network,
  Operation,
  OperationCause,
  Release,
  Repository,
  RuntimeSummary,
  Scaling,
  ScalingDecision,
  ServiceOverview,
  ServiceUsage,
  SourceWatch,
  Usage,
} from "./slipway-operations.ts";

export { operationOf, operationOfTarget, operations, unavailableReason } from "./operations.ts";
export { changedMembers, type ComparedStates } from "./changed-members.ts";
export { camelCase, redactedInput, withoutUser } from "./redacted-input.ts";
export type {
  ContractOperation,
  IdentityOperationName,
  IdentityType,
  InputOf,
  KeyOperationName,
  KeyType,
  LogOperationName,
  LogsType,
  MonitoringOperationName,
  MonitoringType,
  OperationName,
  OutputOf,
  SecretOperationName,
  SecretType,
} from "./operations.ts";
export { wireServiceOf, wireServices } from "./wire-service.ts";
export type { WireService } from "./wire-service.ts";

export { WireError } from "./errors.ts";
export type { ErrorCode } from "./errors.ts";

export { maxBodyBytes } from "./request.ts";
export { validateInput } from "./validate.ts";
export { protocolOf } from "./protocols.ts";
export type { WireHead } from "./protocol.ts";
export type { Reply, ReplyError, StreamedReply } from "./reply.ts";
