/** Reads single files out of images, without running anything of them. */
export interface ImageFiles {
  /**
   * What is at each path (absolute): the file, or all files of the directory, not deeper. Paths that the image does not
   * have are absent, and null those larger than `maxBytes`; null without the image. Throws EngineUnavailable.
   */
  read(
    imageId: string,
    paths: readonly string[],
    maxBytes: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Buffer[] | null> | null>;
  /** Where the image's program is started, absolute; null when it does not say, or is not there. */
  workingDirectory(imageId: string, signal: AbortSignal): Promise<string | null>;
}
