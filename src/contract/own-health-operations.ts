// Our own operations about Slipway's own health and its own log, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

const errors = ["InternalServiceErrorException", "InvalidRequestException"] as const;

export const ownHealthOperations = {
  GetDiskUse: {
    input: "GetDiskUseRequest",
    output: "GetDiskUseResponse",
    errors,
    says: "Tells how much of the disk the state directory takes, and what for.",
  },
  GetLogLevel: {
    input: "GetLogLevelRequest",
    output: "LogLevelState",
    errors,
    says: "Tells how much the control plane writes into its own log.",
  },
  GetStatus: {
    input: "GetStatusRequest",
    output: "GetStatusResponse",
    errors,
    says: "Tells how this installation is: since when it is ready, what is missing, how much there is.",
  },
  SetLogLevel: {
    input: "SetLogLevelRequest",
    output: "LogLevelState",
    errors,
    says: "Sets how much the control plane writes into its own log, for good or for a time.",
  },
} as const satisfies OperationModels;

export const ownHealthShapes = {
  LogLevel: { kind: "enum", values: ["error", "warn", "info", "debug"] },
  GetLogLevelRequest: { kind: "structure", members: {} },
  SetLogLevelRequest: {
    kind: "structure",
    members: {
      Level: { type: "LogLevel", required: true, says: "lines of this and of worse are written" },
      DurationSeconds: { type: "integer", says: "then it falls back; 1 to 86400; for good unless given" },
    },
  },
  LogLevelState: {
    kind: "structure",
    members: {
      Level: { type: "LogLevel", required: true, says: "as it is now" },
      Until: { type: "timestamp", says: "when it falls back; absent when it does not" },
      FallsBackTo: { type: "LogLevel", says: "what it is then" },
    },
  },
  GetDiskUseRequest: { kind: "structure", members: {} },
  GetDiskUseResponse: {
    kind: "structure",
    members: { Uses: { type: "DiskUseList", required: true, says: "largest first" } },
  },
  DiskUseList: { kind: "list", element: "DiskUse" },
  DiskUse: {
    kind: "structure",
    members: {
      Kind: {
        type: "string",
        required: true,
        says: "logs, metrics, sources, repositories, audit, sboms, edge, database, backups, own log or other",
      },
      Bytes: { type: "long", required: true, says: "that are taken on the disk, as du counts" },
    },
  },
  GetStatusRequest: { kind: "structure", members: {} },
  GetStatusResponse: {
    kind: "structure",
    members: {
      Ready: { type: "boolean", required: true, says: "nothing is missing" },
      ReadySince: { type: "timestamp", says: "absent while it is not" },
      Problems: { type: "StatusProblemList", required: true, says: "what is missing" },
      Services: { type: "integer", required: true, says: "that are not deleted" },
      Instances: { type: "integer", required: true, says: "that are there" },
      LogProblems: {
        type: "integer",
        required: true,
        says: "warnings and errors in serve.log since the start",
      },
      DiskFreeBytes: { type: "long", says: "where the state is; absent while unknown" },
      LogLevel: { type: "LogLevel", required: true, says: "of serve.log" },
      Machine: { type: "Machine", required: true, says: "what Slipway and its services run on" },
    },
  },
  Machine: {
    kind: "structure",
    members: {
      Name: { type: "string", required: true, says: "its host name" },
      System: { type: "string", required: true, says: "operating system and architecture" },
      StartedAt: { type: "timestamp", required: true, says: "when it was started" },
      Cpus: { type: "integer", required: true, says: "processors that there are" },
      Load: {
        type: "double",
        required: true,
        says: "load average of the last minute: how many processors were wanted",
      },
      MemoryBytes: { type: "long", required: true, says: "that there is" },
      MemoryAvailableBytes: { type: "long", required: true, says: "free, or held only by caches" },
      MemoryReserveBytes: { type: "long", required: true, says: "of it; no instance is started into it" },
      DiskBytes: { type: "long", says: "where the state is; absent while unknown" },
    },
  },
  StatusProblemList: { kind: "list", element: "StatusProblem" },
  StatusProblem: {
    kind: "structure",
    members: {
      Part: { type: "string", required: true, says: "engine, edge, store, disk or control plane" },
      Detail: { type: "string", required: true, says: "one line" },
    },
  },
} as const satisfies Shapes;
