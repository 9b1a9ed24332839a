/**
 * The installation's registry table: where an image name really lives, and the credentials for that place.
 * Terraform and the AWS CLI's examples insist on ECR-shaped names; a mapping points those to any registry.
 */
import { readFileSync } from "node:fs";
import { formatImageReference, type ImageReference, parseImageReference } from "../domain/image-reference.ts";
import { ImagePullError } from "../ports/container-engine.ts";
import type { RegistryDirectory } from "../ports/registry-directory.ts";
import type { Settings } from "./settings.ts";

export function registryTable(settings: Pick<Settings, "registries" | "imageMappings">): RegistryDirectory {
  // The longest prefix wins, so that one repository can go elsewhere than the rest of its registry.
  const mappings = Object.entries(settings.imageMappings).sort(([a], [b]) => b.length - a.length);
  return {
    locate(image, accessRoleArn) {
      const located = mapped(image, mappings);
      const registry = entryFor(located, accessRoleArn, settings.registries);
      if (registry === undefined) return { image: located };
      // Read at each pull: a rotated password needs no restart.
      const password = readFileSync(registry.passwordFile, "utf8").trimEnd();
      return { image: located, credentials: { username: registry.username, password } };
    },
  };
}

type Entry = Settings["registries"][number];

/** The role's own before those for everybody. */
function entryFor(
  { registry: host }: ImageReference,
  roleArn: string | null,
  entries: readonly Entry[],
): Entry | undefined {
  const ofHost = entries.filter((entry) => entry.host === host);
  const own = ofHost.find(({ roles }) => roleArn !== null && roles?.some((role) => isRole(role, roleArn)));
  const found = own ?? ofHost.find(({ roles }) => roles === undefined);
  if (found !== undefined || roleArn === null || ofHost.length === 0) return found;
  throw new ImagePullError(
    "role",
    `the access role ${roleArn} has no credentials for the registry ${host}; add it to "roles" of an entry for this host in the setting "registries"`,
  );
}

/** Bound by its ARN or its name, which is what stands behind the path. */
function isRole(bound: string, roleArn: string): boolean {
  return bound === roleArn || bound === roleArn.split("/").at(-1);
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
