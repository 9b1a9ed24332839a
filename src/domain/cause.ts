/**
 * Why an operation failed. A failed deployment always ends with one of these: the phase it was in, the class of the
 * problem, one sentence for people, and the last lines the application wrote.
 */

export type FailurePhase =
  | "secrets"
  | "source"
  | "build"
  | "pull"
  | "provision"
  | "health-check"
  | "routing"
  | "cleanup";

export type FailureClass =
  | "source"
  | "build"
  | "secret" // a secret or parameter of its environment cannot be read
  | "key" // the service's key of KMS cannot be used
  | "refused" // its image lacks a signature, or the installation's check of images refused it
  | "pull" // registry or image problem
  | "start" // the engine refused to start the container (bad command, missing binary)
  | "exit-code" // the process ended by itself
  | "out-of-memory"
  | "port-not-listening"
  | "health-status" // HTTP check answered, but not with success
  | "deadline" // a phase ran out of time
  | "engine" // the engine failed or vanished
  | "edge"
  | "cancelled"; // a delete overtook the operation

export interface FailureCause {
  readonly phase: FailurePhase;
  readonly class: FailureClass;
  /** One sentence: what is wrong and what to do. Never holds a secret or a value of an environment variable. */
  readonly message: string;
  readonly exitCode?: number;
  /** HTTP status the health check saw, and the head of that body. */
  readonly healthStatus?: number;
  readonly healthBodyHead?: string;
  /** Last lines of application output, oldest first; at most 100. */
  readonly logLines?: readonly string[];
}
