/** A code source: where the source code of a service is, and how it is built and run. */

export interface CodeSource {
  readonly kind: "code";
  /** As given by the user: https, ssh, `git@host:path`, or a repository that Slipway hosts. */
  readonly repositoryUrl: string;
  readonly branch: string;
  /** Absolute within the repository: `/` or `/services/web`. Build and start commands run there. */
  readonly sourceDirectory: string;
  /** REPOSITORY: `apprunner.yaml` in the source directory says how, and the values below are null. [App Runner] */
  readonly configurationSource: "API" | "REPOSITORY";
  readonly values: CodeConfigurationValues | null;
}

/** What `CodeConfigurationValues` holds, defaults filled in. */
export interface CodeConfigurationValues {
  /** The wire's name of a managed runtime, for instance NODEJS_22. */
  readonly runtime: string;
  readonly buildCommand: string | null;
  readonly startCommand: string | null;
  /** Decimal digits. */
  readonly port: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Name in the container → reference to a secret. */
  readonly environmentSecrets: Readonly<Record<string, string>>;
}

/** How the instances of a release run: given with an image, found out by the build of a code source. */
export interface RunSettings {
  /** Decimal digits. */
  readonly port: string;
  /** Argument array that replaces the image's command; null keeps it. */
  readonly command: readonly string[] | null;
  /** PORT is added where an instance is started. */
  readonly environment: Readonly<Record<string, string>>;
  /** Name in the container → reference to a secret. */
  readonly environmentSecrets: Readonly<Record<string, string>>;
}

/** One commit of a repository, as far as people want to see it. */
export interface Commit {
  /** Full object name, 40 or 64 lower-case hex digits. */
  readonly id: string;
  /** Name only, at most 200 characters. */
  readonly author: string;
  /** First line, at most 200 characters. */
  readonly message: string;
  readonly committedAtMs: number;
}
