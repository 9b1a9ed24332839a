/**
 * The installation's registry table: where an image name really lives, and the credentials for that place.
 * Terraform and the AWS CLI's examples insist on ECR-shaped names; a mapping points those to any registry.
 */
import { readFileSync } from "node:fs";
import { formatImageReference, type ImageReference, parseImageReference } from "../domain/image-reference.ts";
import type { RegistryDirectory } from "../ports/registry-directory.ts";
import type { Settings } from "./settings.ts";

export function registryTable(settings: Pick<Settings, "registries" | "imageMappings">): RegistryDirectory {
  // The longest prefix wins, so that one repository can go elsewhere than the rest of its registry.
  const mappings = Object.entries(settings.imageMappings).sort(([a], [b]) => b.length - a.length);
  return {
    locate(image) {
      const located = mapped(image, mappings);
      const registry = settings.registries.find(({ host }) => host === located.registry);
      if (registry === undefined) return { image: located };
      // Read at each pull: a rotated password needs no restart.
      const password = readFileSync(registry.passwordFile, "utf8").trimEnd();
      return { image: located, credentials: { username: registry.username, password } };
    },
  };
}

function mapped(image: ImageReference, mappings: readonly (readonly [string, string])[]): ImageReference {
  const name = formatImageReference(image);
  for (const [prefix, replacement] of mappings) {
    // A prefix ends at a separator: `…/app` must not catch `…/apple`.
    const rest = name.slice(prefix.length);
    if (!name.startsWith(prefix) || !(prefix.endsWith("/") || /^[/:@]/.test(rest))) continue;
    return parseImageReference(replacement + rest, `imageMappings[${prefix}]`);
  }
  return image;
}
