/** Removing an image that a test built: the same content may be somebody else's image too, which stays. */
import type Docker from "dockerode";

const CONFLICT = 409;

export async function removeImage(docker: Docker, imageId: string): Promise<void> {
  try {
    await docker.getImage(imageId).remove();
  } catch (error) {
    if ((error as { readonly statusCode?: number }).statusCode !== CONFLICT) throw error;
  }
}
