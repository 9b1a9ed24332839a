/**
 * Images for tests, made without a registry, a compiler or a build: files of this machine go into a tar, the engine
 * imports it. Some 2 s for the first caller on a machine, then the image is found by the hash of what is in it.
 *
 * - `app`: a small HTTP server (app/server.js) that answers, fails, logs and ends on demand; starts as root.
 * - `bare`: one static executable that sleeps for ever; listens nowhere, runs as user 65532.
 */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import Docker from "dockerode";
import { pack, type Pack } from "tar-stream";
import { pauseExecutable } from "../../../src/engine/sandbox-image.ts";

export interface TestImages {
  /** Name by which a service can use the image. */
  readonly app: string;
  readonly appImageId: string;
  readonly bare: string;
  readonly bareImageId: string;
  /** Takes this caller's names away, and the images when nobody else has them. */
  remove(): Promise<void>;
}

const CACHE_REPOSITORY = "slipway-test/cache";
const NAMING_TRIES = 5;
const SERVER_PATH = join(import.meta.dirname, "app", "server.js");

export async function buildTestImages(socketPath = "/var/run/docker.sock"): Promise<TestImages> {
  const docker = new Docker({ socketPath });
  const { Arch } = await docker.version();
  // Names of this caller's own: several test runs share an engine.
  const repository = `slipway-test/${randomBytes(6).toString("hex")}`;
  const own = { app: `${repository}/app:1`, bare: `${repository}/bare:1` };
  const cached = {
    app: await named(docker, `${repository}/app`, () => ensureApp(docker, Arch)),
    bare: await named(docker, `${repository}/bare`, () => ensureBare(docker, Arch)),
  };
  const [appImageId, bareImageId] = await Promise.all([idOf(docker, own.app), idOf(docker, own.bare)]);
  const remove = async () => {
    await removeNames(docker, own.app, cached.app);
    await removeNames(docker, own.bare, cached.bare);
  };
  return { ...own, appImageId, bareImageId, remove };
}

/** Names the image; again when the last who had it took it away in between. Returns the name under which all find it. */
async function named(docker: Docker, repo: string, ensure: () => Promise<string>): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const cached = await ensure();
    try {
      await docker.getImage(cached).tag({ repo, tag: "1" });
      return cached;
    } catch (error) {
      if ((error as { readonly statusCode?: number }).statusCode !== 404 || tries === NAMING_TRIES)
        throw error;
    }
  }
}

async function idOf(docker: Docker, name: string): Promise<string> {
  return (await docker.getImage(name).inspect()).Id;
}

async function removeNames(docker: Docker, own: string, cached: string): Promise<void> {
  await removeQuietly(docker, own);
  const info = await docker
    .getImage(cached)
    .inspect()
    .catch(() => null);
  if (info?.RepoTags.length === 1) await removeQuietly(docker, cached);
}

async function removeQuietly(docker: Docker, name: string): Promise<void> {
  await docker
    .getImage(name)
    .remove()
    .catch((error: { readonly statusCode?: number }) => {
      // Gone, or another run's container uses it.
      if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
    });
}

async function ensureApp(docker: Docker, architecture: string): Promise<string> {
  const node = nodeBinary();
  const [server, { size }] = await Promise.all([readFile(SERVER_PATH), stat(node)]);
  const changes = ["EXPOSE 8080", 'CMD ["/node", "/app/server.js"]'];
  return await ensureImported(docker, [server, node, String(size), ...changes], changes, async (archive) => {
    await addFile(archive, "node", node);
    for (const library of await librariesOf(node)) await addFile(archive, library.slice(1), library);
    archive.entry({ name: "pause", mode: 0o755 }, pauseExecutable(architecture));
    archive.entry({ name: "app/server.js", mode: 0o644 }, server);
    archive.entry({ name: "etc/passwd" }, "root:x:0:0:root:/:/none\n");
    archive.entry({ name: "tmp", type: "directory", mode: 0o1777 });
  });
}

async function ensureBare(docker: Docker, architecture: string): Promise<string> {
  const executable = pauseExecutable(architecture);
  const changes = ["USER 65532:65532", 'CMD ["/pause"]'];
  return await ensureImported(docker, [executable, ...changes], changes, (archive) => {
    archive.entry({ name: "pause", mode: 0o755 }, executable);
    archive.entry({ name: "not-executable", mode: 0o644 }, "text\n");
    return Promise.resolve();
  });
}

/** Imports what `fill` writes unless an image of the same ingredients is there; returns its name. */
export async function ensureImported(
  docker: Docker,
  ingredients: readonly (string | Buffer)[],
  changes: readonly string[],
  fill: (archive: Pack) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  for (const ingredient of ingredients) hash.update(ingredient).update("\0");
  const tag = hash.digest("hex").slice(0, 16);
  const name = `${CACHE_REPOSITORY}:${tag}`;
  if (await hasImage(docker, name)) return name;
  const archive = pack();
  const filled = fill(archive).then(() => archive.finalize());
  // tar-stream's streams are not Node's own.
  const body = Readable.from(archive as AsyncIterable<Buffer>);
  const answer = await docker.importImage(body, { repo: CACHE_REPOSITORY, tag, changes });
  await Promise.all([filled, finished(docker, answer)]);
  return name;
}

async function hasImage(docker: Docker, name: string): Promise<boolean> {
  const images = await docker.listImages({ filters: { reference: [name] } });
  return images.length > 0;
}

async function finished(docker: Docker, answer: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(answer, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** The binary of the platform package that the project itself runs on, or the one that runs now. */
function nodeBinary(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`);
    return join(dirname(manifest), "bin", "node");
  } catch {
    return process.execPath;
  }
}

/** Absolute paths of the shared libraries, the loader among them. */
export async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("ldd", [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? "");
}

export async function addFile(archive: Pack, name: string, path: string, mode = 0o755): Promise<void> {
  const { size } = await stat(path);
  await new Promise<void>((resolve, reject) => {
    const entry = archive.entry({ name, size, mode }, (error) => (error ? reject(error) : resolve()));
    createReadStream(path).on("error", reject).pipe(entry);
  });
}
