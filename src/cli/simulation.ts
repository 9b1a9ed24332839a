/** What `slipway simulate` asks of the simulator and gets from it. The simulator itself is the composition root's. */

export interface SimulationRequest {
  readonly load: SimulatedLoad;
  /** How long an instance works on a request, where the trace does not say. */
  readonly durationMs: number;
  readonly spread: "fixed" | "exponential";
  readonly seed: number;
  /** From the wish for an instance to its first request. */
  readonly startMs: number;
  readonly size: { readonly vcpu: number; readonly memoryGiB: number };
  /** US dollars. */
  readonly prices: { readonly perGiBHour: number; readonly perVcpuHour: number };
  readonly base: NamedSettings;
  /** Each is laid over the base. */
  readonly tries: readonly string[];
  /** Also as Knative and App Runner would do it, with the settings of the last try. */
  readonly compares: boolean;
  /** Null: nothing is recommended. */
  readonly targetMs: number | null;
  readonly report: (line: string) => void;
}

/** A trace as text, or one of the shapes. */
export type SimulatedLoad =
  | { readonly csv: string }
  | {
      readonly shape: string;
      readonly rate: number;
      readonly peak: number;
      readonly lengthS: number;
      readonly everyS: number;
    };

export interface NamedSettings {
  readonly name: string;
  /** `max-concurrency=50,min-size=2`. */
  readonly settings: string;
}

/** Wrong input is a result with a sentence that says what would be right. */
export type SimulationOutcome = { readonly problem: string } | SimulationReport;

export interface SimulationReport {
  readonly runs: readonly SimulatedRun[];
  readonly recommendation: SimulatedRecommendation | null;
}

export interface SimulatedRecommendation {
  readonly best: SimulatedRun | null;
  readonly tried: number;
  readonly targetMs: number;
}

export interface SimulatedRun {
  readonly settings: {
    readonly name: string;
    readonly rule: string;
    readonly policy: {
      readonly maxConcurrency: number;
      readonly minSize: number;
      readonly maxSize: number;
      readonly scaleToZeroMs: number | null;
      readonly warmZeroMs: number;
      readonly idle: string;
    };
  };
  readonly requests: number;
  readonly refused: number;
  readonly held: number;
  readonly p50WaitMs: number;
  readonly p99WaitMs: number;
  readonly maxWaitMs: number;
  readonly provisionedHours: number;
  readonly activeHours: number;
  readonly starts: number;
  readonly peakInstances: number;
  readonly changes: number;
  readonly cost: number;
  readonly series: SimulatedSeries;
}

/** By the second. */
export interface SimulatedSeries {
  readonly requests: ArrayLike<number>;
  readonly refused: ArrayLike<number>;
  readonly waiting: ArrayLike<number>;
  readonly wished: ArrayLike<number>;
  readonly ready: ArrayLike<number>;
  readonly inFlight: ArrayLike<number>;
}
