/**
 * What the command line needs from the composition root: everything that is not a call to the API. `main` passes an
 * implementation to `runCli`; the command line itself knows neither engine nor edge.
 */
import type { CreateAutoScalingConfigurationRequest, CreateServiceRequest } from "../contract/model.gen.ts";
import type { Check } from "../contract/slipway-operations.ts";
import type { SimulationOutcome, SimulationRequest } from "./simulation.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CliHooks {
  /** Printed by `slipway --version`. */
  readonly version: string;
  /** Where this environment keeps its state: `info.json`, `credentials`, `serve.pid`, `serve.log`. */
  stateDirectory(environment: Environment): string;
  /** Runs the control plane in this process until it is told to end; resolves to the exit code. */
  serve(request: ServeRequest): Promise<number>;
  /** Starts `slipway serve` in the background and waits until it answers. Says "running" when it already does. */
  up(request: ProcessRequest): Promise<UpOutcome>;
  /** Ends what `up` started. */
  down(request: DownRequest): Promise<DownOutcome>;
  /**
   * What a build would refuse in an `apprunner.yaml`: a line for each problem, with file, line and column. `path` is
   * within the repository.
   */
  configurationFileProblems(text: string, path: string): readonly string[];
  findEscapingLink: EscapingLinkFinder;
  /** What the API would refuse of a service whatever it has stored, in its words; null: nothing. */
  serviceProblem(wish: ServiceWish): string | null;
  /** The checks that can be made without a control plane: engine, proxy, ports, disk, names, clock. */
  doctorLocal(request: ServeRequest): Promise<readonly LocalCheck[]>;
  /** Plays a load against the autoscaler in virtual time. Pure; a long trace keeps the processor busy for seconds. */
  simulate(request: SimulationRequest): SimulationOutcome;
}

/** Path of each link → its target. The path of one that leads out of the folder, as a build would find it; null: none. */
export type EscapingLinkFinder = (links: ReadonlyMap<string, string>) => string | null;

export interface ServiceWish {
  /** The whole of it, also of one that is there. */
  readonly service: CreateServiceRequest;
  readonly scaling?: CreateAutoScalingConfigurationRequest;
}

export type LocalCheck = Check;

export interface ServeRequest {
  /** SLIPWAY_* variables; SLIPWAY_STATE_DIR is already the one `--state-dir` asked for. */
  readonly environment: Environment;
}

export interface ProcessRequest extends ServeRequest {
  readonly timeoutMs: number;
  /** One line for people about what is going on. */
  readonly report: (line: string) => void;
}

export interface DownRequest extends ProcessRequest {
  /** True: only the control plane ends; the edge and the instances go on serving. */
  readonly keepServing: boolean;
  /** True: containers, network, firewall rules and images of this installation are removed as well; state stays. */
  readonly purge: boolean;
}

export interface UpOutcome {
  readonly outcome: "started" | "running";
  readonly pid: number;
  /** The root access key, on the first start only: it is shown once. */
  readonly newKey?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly file: string };
  /** Where one that runs already was started with other settings: they count on. */
  readonly differences?: readonly SettingDifference[];
}

export interface SettingDifference {
  readonly name: string;
  readonly running: string;
  readonly given: string;
}

export interface DownOutcome {
  readonly outcome: "stopped" | "not-running";
  /** By a purge. Left out of one: the state directory names no installation, so nothing could be looked for. */
  readonly removed?: {
    readonly installationId: string;
    readonly containers: number;
    readonly images: number;
  };
}
