/** Where an image name really lives, and with which credentials: the installation's registry table. */
import type { ImageReference } from "../domain/image-reference.ts";
import type { RegistryCredentials } from "./container-engine.ts";

export interface RegistryDirectory {
  /**
   * Maps names (an ECR-shaped one to the registry configured for it) and adds credentials, when there are any. Of those
   * that are bound to roles a service has its access role's; null: it has none, or only the place is asked for. Throws
   * ImagePullError ("role") when others have credentials for the registry and this role has none.
   */
  locate(
    image: ImageReference,
    accessRoleArn: string | null,
  ): {
    readonly image: ImageReference;
    readonly credentials?: RegistryCredentials;
  };
}
