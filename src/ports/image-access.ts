/** Whether an access role may pull an image. Implementation: `identity/`. */
import type { ImageReference } from "../domain/image-reference.ts";

export interface ImageAccess {
  /** `image`: as the user named it. Throws ImagePullError ("role") that names role, action and resource. */
  assertPullable(image: ImageReference, accessRoleArn: string): Promise<void>;
}
