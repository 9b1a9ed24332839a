/**
 * An image whose program tries everything to leave its container: Perl, which is on every Debian and makes any system call
 * without a compiler, and hostile/attack.pl. `/setuid-perl` belongs to root and has the setuid bit.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Docker from "dockerode";
import { addFile, ensureImported, librariesOf } from "./build.ts";

const PERL = "/usr/bin/perl";
const PROGRAM = join(import.meta.dirname, "hostile", "attack.pl");

/** Id of the image. `changes`: further lines of a Dockerfile, such as `USER 65532`. */
export async function buildHostileImage(
  changes: readonly string[] = [],
  socketPath = "/var/run/docker.sock",
): Promise<string> {
  const docker = new Docker({ socketPath });
  const program = await readFile(PROGRAM);
  const name = await ensureImported(docker, [program, ...changes], changes, async (archive) => {
    archive.entry({ name: "attack.pl", mode: 0o644 }, program);
    await addFile(archive, "perl", PERL);
    await addFile(archive, "setuid-perl", PERL, 0o4755);
    for (const library of await librariesOf(PERL)) await addFile(archive, library.slice(1), library);
    archive.entry({ name: "etc/passwd" }, "root:x:0:0:root:/:/none\n");
    archive.entry({ name: "tmp", type: "directory", mode: 0o1777 });
  });
  return (await docker.getImage(name).inspect()).Id;
}
