/** Where segments lie, and what opens those that are sealed. */
import type { FileAccess } from "./file-access.ts";
import type { SealedSegments } from "./sealed-segments.ts";

export interface LogDisk {
  readonly access: FileAccess;
  readonly sealed: SealedSegments;
}
