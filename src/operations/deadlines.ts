/**
 * How long the heart waits for what. Every wait of an operation ends at one of these: that is invariant 3. All are
 * options of `OperationsEngine`, so that tests and impatient installations can shorten them.
 */

export interface Deadlines {
  /** Looking secrets up: the vault is on this machine. */
  readonly secretsMs: number;
  /** Pulling an image. Below the 20 minutes Terraform gives a whole create. */
  readonly pullMs: number;
  /** Fetching source code. The fetch itself gives up earlier; this also bounds its repetitions. */
  readonly sourceMs: number;
  /** How long a Git host that does not answer is asked again. */
  readonly sourceOutageMs: number;
  /** Building, and waiting for other builds before. A build has a limit of its own. */
  readonly buildMs: number;
  /**
   * Getting all containers of a set started (without their health checks). Longer than a drain: when deployments follow
   * each other closely, a set may first have to wait for the instances of an earlier one to leave.
   */
  readonly provisionMs: number;
  /**
   * First success of the health check, counted from the start of that phase. AWS allows 5 minutes; a wrong port is much
   * more frequent than an application that needs longer than 2 minutes to listen, and its owner should not wait for 5.
   */
  readonly healthMs: number;
  /**
   * An instance that answers its HTTP check, but wrongly, is given up after this time or after
   * unhealthyThreshold × interval, whichever is longer: it is up, so waiting rarely helps.
   */
  readonly wrongAnswerMs: number;
  /** One change of routing. */
  readonly routingMs: number;
  /** Requests in flight on an instance that leaves: App Runner's request time-out of 120 s and a margin. */
  readonly drainMs: number;
  /** The same while a service is deleted: its owner wants it gone, but short requests may still end. */
  readonly deleteDrainMs: number;
  /**
   * From the end of draining to the stop of an instance whose server the edge does not give up: it sends nothing new
   * there, so nobody is served by waiting for longer.
   */
  readonly edgeRemovalMs: number;
  /**
   * Acts of the container engine, on top of what every act may take (and of the stop's grace). Longer than the engine's
   * own limits (a start: 120 s and what is around it; a stop: 30 s; a removal: kill, sandbox and container 60 s each), so
   * that it is the engine that gives up: it knows why, and leaves nothing half done.
   */
  readonly startActMs: number;
  readonly stopActMs: number;
  readonly removeActMs: number;
  /** On top of draining and stop grace: for stopping and removing a set of containers. */
  readonly cleanupMs: number;
}

export const defaultDeadlines: Deadlines = {
  secretsMs: 60_000,
  pullMs: 15 * 60_000,
  sourceMs: 15 * 60_000,
  sourceOutageMs: 60_000,
  buildMs: 60 * 60_000,
  provisionMs: 180_000,
  healthMs: 120_000,
  wrongAnswerMs: 30_000,
  routingMs: 60_000,
  drainMs: 125_000,
  edgeRemovalMs: 30_000,
  startActMs: 240_000,
  stopActMs: 30_000,
  removeActMs: 210_000,
  deleteDrainMs: 10_000,
  cleanupMs: 60_000,
};
