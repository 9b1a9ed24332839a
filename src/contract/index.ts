// The public face of the contract: what goes over the wire, and nothing about what it means.
export type * from "./model.gen.ts";
export type {
  Check,
  CheckStatus,
  Instance,
  InstanceState,
  LogEvent,
  LogStream,
  Operation,
  OperationCause,
  Release,
  SlipwayOperationTypes,
} from "./slipway-operations.ts";

export { operationOf, operationOfTarget, operations, shapeNames, shapeOf } from "./operations.ts";
export type {
  AppRunnerOperationName,
  ContractOperation,
  InputOf,
  OperationName,
  OutputOf,
  ServicePrefix,
  SlipwayOperationName,
} from "./operations.ts";
export type { Member, OperationModel, Shape } from "./shape.ts";

export { constraintOfMember, constraintOfShape } from "./member-constraints.ts";
export type { Constraint, Pattern } from "./constraints.ts";

export { errorShapes, fitMessage, isErrorCode, maxMessageCharacters, WireError } from "./errors.ts";
export type { ErrorCode, ErrorShape } from "./errors.ts";

export {
  checkContentType,
  contentType,
  maxBodyBytes,
  parseBody,
  parseRequest,
  parseTarget,
} from "./request.ts";
export type { ParsedRequest, WireHeaders, WireRequest } from "./request.ts";
export { InputRefused, validateInput } from "./validate.ts";
export type { Violation } from "./violation.ts";
export { encodeError, encodeOutput } from "./reply.ts";
export type { Reply, ReplyError } from "./reply.ts";
