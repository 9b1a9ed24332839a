/** Where an image name really lives, and with which credentials: the installation's registry table. */
import type { ImageReference } from "../domain/image-reference.ts";
import type { RegistryCredentials } from "./container-engine.ts";

export interface RegistryDirectory {
  /** Maps names (an ECR-shaped one to the registry configured for it) and adds credentials, when there are any. */
  locate(image: ImageReference): {
    readonly image: ImageReference;
    readonly credentials?: RegistryCredentials;
  };
}
