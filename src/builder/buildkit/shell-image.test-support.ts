/** A base image for builds of the tests: this machine's shell, some tools and Node, imported without a registry. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import Docker from "dockerode";
import { pack } from "tar-stream";

const REPOSITORY = "slipway-test/shell";
const TOOLS = ["sh", "cat", "dd", "echo", "env", "false", "ls", "mkdir", "rm", "seq", "sleep", "true", "yes"];

/** Its name. Some 2 s for the first caller on a machine. */
export async function ensureShellImage(socketPath = "/var/run/docker.sock"): Promise<string> {
  const docker = new Docker({ socketPath });
  const programs = [nodeBinary(), ...TOOLS.map((tool) => `/bin/${tool}`)];
  const files = new Map<string, Buffer>();
  for (const program of programs) {
    files.set(`bin/${program.slice(program.lastIndexOf("/") + 1)}`, await readFile(program));
    for (const library of await librariesOf(program)) files.set(library.slice(1), await readFile(library));
  }
  const hash = createHash("sha256");
  for (const [name, content] of files) hash.update(name).update(content);
  const tag = hash.digest("hex").slice(0, 16);
  const name = `${REPOSITORY}:${tag}`;
  if ((await docker.listImages({ filters: { reference: [name] } })).length > 0) return name;
  await importFiles(docker, files, tag);
  return name;
}

async function importFiles(docker: Docker, files: ReadonlyMap<string, Buffer>, tag: string): Promise<void> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name, mode: 0o755 }, content);
  archive.entry({ name: "etc/passwd" }, "root:x:0:0:root:/:/bin/sh\n");
  archive.entry({ name: "tmp", type: "directory", mode: 0o1777 });
  archive.finalize();
  const body = Readable.from(archive as AsyncIterable<Buffer>);
  const answer = await docker.importImage(body, { repo: REPOSITORY, tag, changes: ["ENV PATH=/bin"] });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error === null ? resolve() : reject(error)));
  });
}

function nodeBinary(): string {
  const manifest = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`);
  return join(dirname(manifest), "bin", "node");
}

async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("ldd", [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? "");
}
