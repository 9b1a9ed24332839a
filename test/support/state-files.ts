/** The files of a directory in which a control plane is at work: what goes while a test looks is not there. */
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const NOTHING = Buffer.alloc(0);

/** Paths of all files under it, in its directories too; of sockets and the like none. */
export function filesUnder(directory: string): readonly string[] {
  return entriesOf(directory).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

/** Empty when it is gone. */
export function bytesOf(path: string): Buffer {
  return unlessGone(() => readFileSync(path), NOTHING);
}

function entriesOf(directory: string): readonly Dirent[] {
  return unlessGone(() => readdirSync(directory, { withFileTypes: true }), []);
}

function unlessGone<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
    throw error;
  }
}
