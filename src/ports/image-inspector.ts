/** What an image is and which there are, before anybody deploys one. Implementation: `main/`, from `engine` and `supply`. */
import type { ImageReference } from "../domain/image-reference.ts";
import type { MachineImage } from "./container-engine.ts";

export interface ImageInspector {
  /** Pulls nothing. Ends within its own deadline. */
  inspect(wish: ImageWish, signal: AbortSignal): Promise<InspectedImage>;
  /** Of the image's repository, whatever tag it has itself. Ends within its own deadline. */
  tagsOf(wish: ImageWish, signal: AbortSignal): Promise<RepositoryTags>;
  ofMachine(signal: AbortSignal): Promise<readonly MachineImage[]>;
}

export interface ImageWish {
  readonly image: ImageReference;
  /** Whose credentials are used; null: those that are bound to no role. */
  readonly accessRoleArn: string | null;
}

export interface RepositoryTags {
  readonly tags: readonly string[];
  /** A sentence for people; null: nothing is wrong. */
  readonly problem: string | null;
}

export type InspectedImage =
  | ImageFacts
  /** A sentence for people. */
  | { readonly place: "nowhere"; readonly problem: string };

export interface ImageFacts {
  readonly place: "machine" | "registry";
  readonly digest: string | null;
  readonly architecture: string | null;
  readonly exposedPorts: readonly number[];
  readonly sizeBytes: number | null;
}
