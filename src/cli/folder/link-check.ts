/** The links of a folder, looked at before it is sent: the build would refuse one that leads out, after all was sent. */
import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { CliFailure } from "../failure.ts";
import type { EscapingLinkFinder } from "../hooks.ts";
import type { FolderFile } from "./folder-files.ts";
import { printable } from "../style.ts";

export async function assertLinksWithin(
  directory: string,
  files: readonly FolderFile[],
  findEscapingLink: EscapingLinkFinder,
): Promise<void> {
  const links = new Map<string, string>();
  for (const { path, kind } of files) {
    if (kind === "link") links.set(path, await readlink(join(directory, path)));
  }
  const escaping = findEscapingLink(links);
  if (escaping === null) return;
  const link = printable(`${JSON.stringify(escaping)} → ${JSON.stringify(links.get(escaping))}`);
  throw new CliFailure(`The link ${link} leads out of the folder.`, {
    hint: "Nothing was sent. Let it point to a file within, by a relative path, or name it in .gitignore.",
  });
}
