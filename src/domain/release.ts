/** A release: an immutable, numbered snapshot that can be run again without a build. */
import type { Commit, RunSettings } from "./code-source.ts";
import { splitCommandLine } from "./command-line.ts";
import type { DockerfileExtension } from "./extension.ts";
import type { InstanceProtocol, InstanceSandbox } from "./instance.ts";
import type { PinnedSecrets, SecretReferences } from "./secret.ts";
import type { ServiceConfiguration } from "./service.ts";

export interface Release {
  readonly serviceId: string;
  /** 1, 2, 3 … within the service. */
  readonly number: number;
  readonly operationId: string;
  /** The image's content address on the engine: what its instances are started from. */
  readonly imageId: string;
  /** Registry digest, null for an image only this engine has. */
  readonly imageDigest: string | null;
  readonly configuration: ServiceConfiguration;
  readonly scale: ReleaseScale;
  /** Its requests are traced, for whom its observability configuration names. Absent: they are not. */
  readonly tracing?: "AWSXRAY";
  /** What its instances speak. Absent: HTTP/1.1. */
  readonly protocol?: InstanceProtocol;
  /** What keeps its instances from the machine. Absent: container. */
  readonly sandbox?: InstanceSandbox;
  /** Fingerprint of the key whose signature its image was found to bear. Absent: none was asked for. */
  readonly signedBy?: string;
  /** When that was found, and how the installation calls the key. Absent in old releases. */
  readonly signature?: SignatureRecord;
  /** What the installation's check of images said. Absent: in old releases, which did not keep it. */
  readonly imageCheck?: ImageCheckRecord;
  /** Present for a code source. */
  readonly built?: BuiltRelease;
  /** What its secrets are, at every start. Absent until they were looked up, and in old releases, which have none. */
  readonly secrets?: PinnedSecrets;
  readonly createdAtMs: number;
}

export interface SignatureRecord {
  readonly keyName: string;
  readonly checkedAtMs: number;
}

/** An image that was refused has no release. */
export type ImageCheckRecord =
  | { readonly result: "not-asked" }
  /** "unanswered": the check failed, and the installation lets images in all the same. */
  | { readonly result: "allowed" | "unanswered"; readonly checkedAtMs: number };

/** What a build found out. */
export interface BuiltRelease {
  readonly commit: Commit;
  /** Git's name of the source directory's content: the same means that nothing there has changed. */
  readonly sourceTreeId: string;
  readonly run: RunSettings;
  /** What the service's tags said of a Dockerfile then; null: nothing. Absent in old releases, which did not keep it. */
  readonly dockerfile?: DockerfileExtension | null;
  /** What they said of secrets then, id → reference: a build that is repeated reads what these mean by then. */
  readonly buildSecrets?: SecretReferences;
}

/** The scaling limits a release was made with, read from its auto scaling configuration. */
export interface ReleaseScale {
  readonly minSize: number;
  readonly maxSize: number;
  readonly maxConcurrency: number;
}

/** Names a release across services, for protecting its image. */
export function releaseKey(release: Pick<Release, "serviceId" | "number">): string {
  return `${release.serviceId}-${release.number}`;
}

/** How the instances of this release run. */
export function runSettings({ built, configuration }: Pick<Release, "built" | "configuration">): RunSettings {
  if (built !== undefined) return built.run;
  const { source } = configuration;
  if (source.kind === "code") throw new Error("a release of a code source is always built");
  const { port, startCommand, environment, environmentSecrets } = source;
  const command = startCommand === null ? null : splitCommandLine(startCommand, "StartCommand");
  return { port, command, environment, environmentSecrets };
}
