/** Removes a directory so that half of it never passes for the whole, also when the remover is killed. */
import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/** It loses its name first: what is left after a crash is beside it, and called `gone-…`. */
export async function removeWhole(path: string): Promise<void> {
  const gone = join(dirname(path), `gone-${randomUUID()}`);
  try {
    await rename(path, gone);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await removeTree(gone);
}

export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
