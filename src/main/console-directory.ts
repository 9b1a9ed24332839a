import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the console's files are: beside the bundle. Null where they were not built: a program that tests put together. */
export function consoleDirectory(): string | null {
  const directory = join(import.meta.dirname, "console");
  return existsSync(join(directory, "index.html")) ? directory : null;
}
