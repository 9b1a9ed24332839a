/**
 * A mark on the disk that HAProxy has to read its files again. It is set before they change and goes after the reload, so
 * that the next control plane makes up for one that was killed in between. A power failure may lose it: HAProxy is started
 * anew then.
 */
import { writeFile } from "node:fs/promises";
import { fileExists, removeIfExists } from "./durable-file.ts";
import type { EdgeLayout } from "./layout.ts";

export async function markReload({ reloadMark }: EdgeLayout): Promise<void> {
  await writeFile(reloadMark, "");
}

export async function isReloadDue({ reloadMark }: EdgeLayout): Promise<boolean> {
  return fileExists(reloadMark);
}

export async function clearReloadMark({ reloadMark }: EdgeLayout): Promise<void> {
  await removeIfExists(reloadMark);
}
