/**
 * Names of container images, by the grammar of the distribution project:
 * `[registry-host[:port]/]path[:tag][@algorithm:hex]`. Anything a registry accepts is accepted here, nothing else.
 */
import { SlipwayError } from "./error.ts";

export interface ImageReference {
  /** Registry host with port. `docker.io` when the name has none. */
  readonly registry: string;
  /** Repository path; `library/` is added to one-word names of the default registry. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const DEFAULT_REGISTRY = "docker.io";
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]{1,5})?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const REPOSITORY_MAX_CHARACTERS = 255;

/** Parses an image name; throws InvalidParameter naming `path` and what would be right. */
export function parseImageReference(name: string, path: string): ImageReference {
  const fail = (problem: string): never => {
    throw new SlipwayError("InvalidParameter", {
      path,
      problem: `${problem}. Expected [registry/]repository[:tag][@sha256:digest], for example registry.example.com/team/app:1.2`,
    });
  };
  const [withoutDigest = "", digest, ...rest] = name.split("@");
  if (rest.length > 0) fail("more than one @ in the image name");
  if (digest !== undefined && !DIGEST.test(digest)) fail("the digest is malformed");
  const { registry, remainder } = splitRegistry(withoutDigest);
  const colon = remainder.indexOf(":");
  const repositoryPath = colon === -1 ? remainder : remainder.slice(0, colon);
  const tag = colon === -1 ? undefined : remainder.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) fail("the tag is malformed");
  if (!repositoryPath.split("/").every((component) => PATH_COMPONENT.test(component))) {
    fail("the repository name must be lower-case letters, digits and single separators");
  }
  if (repositoryPath.length > REPOSITORY_MAX_CHARACTERS)
    fail("the repository name is longer than 255 characters");
  const isOfficial = registry === DEFAULT_REGISTRY && !repositoryPath.includes("/");
  return {
    registry,
    repository: isOfficial ? `library/${repositoryPath}` : repositoryPath,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

/** The first component is a registry when it looks like a host: has a dot or a port, or is `localhost`. */
function splitRegistry(name: string): { registry: string; remainder: string } {
  const slash = name.indexOf("/");
  const head = slash === -1 ? "" : name.slice(0, slash);
  const looksLikeHost = head.includes(".") || head.includes(":") || head === "localhost";
  if (!looksLikeHost || !HOST.test(head)) return { registry: DEFAULT_REGISTRY, remainder: name };
  const registry = head === "index.docker.io" ? DEFAULT_REGISTRY : head;
  return { registry, remainder: name.slice(slash + 1) };
}

/** The full name an engine can pull; the tag is `latest` when neither tag nor digest is given. */
export function formatImageReference(image: ImageReference): string {
  const tag = image.tag ?? (image.digest === undefined ? "latest" : undefined);
  return `${image.registry}/${image.repository}${tag === undefined ? "" : `:${tag}`}${image.digest === undefined ? "" : `@${image.digest}`}`;
}
