/**
 * Where a renamed repository is now. git itself follows no redirect, so that neither credentials nor requests get to
 * another host; one redirect within the same origin (renamed, or `.git` left out) is followed here.
 */
import { SourceError } from "../../ports/source-code.ts";
import type { NetworkRules } from "./network-rules.ts";
import type { RepositoryAddress } from "./repository-address.ts";
import { sendSafely } from "./safe-request.ts";

const REFERENCES = "/info/refs?service=git-upload-pack";

export async function followRedirect(
  address: RepositoryAddress,
  rules: NetworkRules,
  signal: AbortSignal,
): Promise<string> {
  const url = address.url + REFERENCES;
  const answer = await sendSafely({ url, method: "GET", headers: {}, rules, signal });
  answer.resume();
  const target = answer.headers.location;
  if (target === undefined || !URL.canParse(target, url)) return address.url;
  const { href, origin } = new URL(target, url);
  if (origin === address.origin && href.endsWith(REFERENCES)) return href.slice(0, -REFERENCES.length);
  throw new SourceError(
    "address",
    `${address.url} leads to another host (${origin}). Use the address of the repository there.`,
  );
}
