/** A release: an immutable, numbered snapshot that can be run again without a build. */
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
  readonly createdAtMs: number;
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
