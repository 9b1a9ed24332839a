/** What is in the images of releases, as far as it can be read from them. */
export interface BillsOfMaterials {
  /** CycloneDX as JSON text; null when none was kept and none can be made: the image is gone. */
  of(image: BilledImage, signal: AbortSignal): Promise<string | null>;
}

export interface BilledImage {
  readonly imageId: string;
  /** What people know it by: repository and digest, or the id again. */
  readonly name: string;
}
