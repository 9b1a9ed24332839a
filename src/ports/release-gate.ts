/** What an image must pass before a release is made of it: its signature, and whatever the installation asks besides. */
import type { ImageReference } from "../domain/image-reference.ts";
import type { Release } from "../domain/release.ts";
import type { RegistryCredentials } from "./container-engine.ts";

export interface ReleaseGate {
  /** Throws ReleaseRefused. What it returns is kept with the release. */
  admit(candidate: ReleaseCandidate, signal: AbortSignal): Promise<Admission>;
}

export interface ReleaseCandidate {
  readonly serviceName: string;
  readonly serviceArn: string;
  /** Where it was pulled from; null for one that was built here. */
  readonly image: ImageReference | null;
  readonly credentials?: RegistryCredentials;
  /** The registry's digest; null for an image that only this engine has. */
  readonly digest: string | null;
  readonly imageId: string;
  /** Name of the key that must have signed it, as the service's tag says; null: what the installation says. */
  readonly keyName: string | null;
  /** It was admitted before, with this: the same image in a release with another configuration, or gone back to. */
  readonly before: Admission | null;
}

/** Without `signedBy` no signature was asked for. */
export type Admission = Pick<Release, "signedBy" | "signature" | "imageCheck">;

/** The message is a sentence for people: what is wrong, and what would be right. */
export class ReleaseRefused extends Error {
  override readonly name = "ReleaseRefused";
}

/** Asks for nothing. */
export const openGate: ReleaseGate = { admit: () => Promise.resolve({}) };
