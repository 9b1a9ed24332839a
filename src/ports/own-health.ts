/** What the control plane knows of itself, and how much it tells of it. Implementation: `main`. */

import type { EngineFacts } from "./container-engine.ts";

export interface OwnHealth {
  /** What services cannot be kept without; empty: all is there. */
  problems(): Promise<readonly HealthProblem[]>;
  status(): Promise<OwnStatus>;
  /** Walks through the whole state directory, with a deadline: throws DiskNotMeasured. Largest first; what takes nothing is left out. */
  diskUse(): Promise<readonly DiskUse[]>;
  /** Asked now, with a deadline. */
  engine(): Promise<EngineStatus>;
}

export type DiskUseKind =
  | "logs"
  | "metrics"
  | "sources"
  | "repositories"
  | "audit"
  | "sboms"
  | "edge"
  | "database"
  | "backups"
  | "own log"
  | "other";

export interface DiskUse {
  readonly kind: DiskUseKind;
  readonly bytes: number;
}

export interface EngineStatus {
  readonly isAnswering: boolean;
  /** As it last answered; null: never. */
  readonly last: { readonly facts: EngineFacts; readonly atMs: number } | null;
}

export interface HealthProblem {
  readonly part: "control plane" | "engine" | "edge" | "store" | "disk" | (string & {});
  /** One line, with names and paths of this machine in it. */
  readonly detail: string;
}

export interface OwnStatus {
  readonly problems: readonly HealthProblem[];
  /** Null: it is not ready. */
  readonly readySinceMs: number | null;
  readonly serviceCount: number;
  /** That run, of all services. */
  readonly instanceCount: number;
  /** Lines of warning or worse in the own log since the start. */
  readonly logProblemCount: number;
  /** Null: unknown. */
  readonly diskFreeBytes: number | null;
  readonly machine: MachineStatus;
}

export interface MachineStatus {
  readonly name: string;
  readonly system: string;
  readonly startedAtMs: number;
  readonly cpuCount: number;
  /** Processors that were wanted, on average of the last minute. */
  readonly load: number;
  readonly memoryBytes: number;
  /** Free, or held only by caches that can be given up. */
  readonly memoryAvailableBytes: number;
  /** Stays free for the system. */
  readonly memoryReserveBytes: number;
  /** Null: unknown. */
  readonly diskBytes: number | null;
}

export const LOG_LEVELS = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLevels {
  current(): LogLevelState;
  /** Survives a restart. With a duration it falls back afterwards to what it was without one. */
  set(level: LogLevel, durationMs: number | null): Promise<LogLevelState>;
}

export interface LogLevelState {
  readonly level: LogLevel;
  /** Null: until it is set again. */
  readonly untilMs: number | null;
  /** What it falls back to then. */
  readonly normal: LogLevel;
}
