/** What a source is and how a service would be built from it. Implementation: `main/`, from `sources` and `builder`. */

export interface SourceDetector {
  /** Fetches the repository and looks into it. Throws SourceError, and BuildError for what it holds. */
  detect(request: DetectionRequest, signal: AbortSignal): Promise<DetectedSource>;
  /** Without fetching anything. Throws SourceError. */
  defaultBranch(place: RepositoryPlace, signal: AbortSignal): Promise<string>;
  /** Names of all branches, without fetching anything. Throws SourceError. */
  branches(place: RepositoryPlace, signal: AbortSignal): Promise<readonly string[]>;
}

export interface RepositoryPlace {
  readonly repositoryUrl: string;
  /** Null: a public repository. */
  readonly connectionArn: string | null;
}

export interface DetectionRequest extends RepositoryPlace {
  /** Null: the default branch. */
  readonly branch: string | null;
  /** Absolute within the repository. */
  readonly sourceDirectory: string;
  /** `apprunner.yaml` is told as it is written, and what is wrong in it is no error. */
  readonly showsFile: boolean;
}

export interface DetectedSource {
  /** The one that was looked at. */
  readonly branch: string;
  readonly build: DetectedBuild;
  /** Sentences for people: what was found and what was chosen. */
  readonly remarks: readonly string[];
  /** Null: there is none, or nobody asked for it. */
  readonly file: DetectedFile | null;
}

export interface DetectedFile {
  readonly path: string;
  readonly text: string;
  readonly problems: readonly {
    /** Both from 1. */
    readonly at: { readonly line: number; readonly column: number };
    readonly text: string;
  }[];
}

export type DetectedBuild =
  /** `apprunner.yaml` says how. */
  | { readonly kind: "apprunner-file" }
  /** Path relative to the source directory. */
  | { readonly kind: "dockerfile"; readonly path: string }
  | {
      readonly kind: "runtime";
      /** The wire's name, for instance NODEJS_22. */
      readonly runtime: string;
      readonly buildCommand: string | null;
      readonly startCommand: string | null;
      /** Decimal digits. */
      readonly port: string;
      /** What the application's framework needs to be told. */
      readonly environment: Readonly<Record<string, string>>;
    };
