/** A directory for configurations, sockets and logs of one run, removed at its end. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";

export function temporaryDirectory(cleanup: Cleanup): string {
  const directory = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  cleanup.add(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
