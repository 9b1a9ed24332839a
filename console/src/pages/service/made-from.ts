/** What a release was made from, in a few characters: a commit, an image. */
import type { Output } from "../../api/wire.ts";

export type Release = Output<"Slipway.ListReleases">["Releases"][number];

const COMMIT_SHOWN = 7;
const DIGEST_SHOWN = 12;

export function madeFrom({ Commit: commit, ImageIdentifier: image }: Release): string {
  if (commit !== undefined) return `${shortCommit(commit.Id)} ${commit.Message}`.trim();
  return image ?? "";
}

export function shortCommit(id: string): string {
  return id.slice(0, COMMIT_SHOWN);
}

/** `sha256:0123456789ab`, as the engine shows them. */
export function shortDigest(digest: string): string {
  const [algorithm, hash = ""] = digest.split(":");
  return `${algorithm}:${hash.slice(0, DIGEST_SHOWN)}`;
}
