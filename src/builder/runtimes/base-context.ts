/** The build context of a runtime's images, as a tar file: the Dockerfile, Node's files, the machine's settings. */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { pack, type Pack } from "tar-stream";
import { contextPaths, type MachineFiles } from "./base-dockerfile.ts";
import { addPackage, type NpmPackage } from "./npm-packages.ts";

export interface ContextContent {
  readonly dockerfile: string;
  readonly machine: MachineFiles;
  readonly node: NodePackages | null;
}

export interface NodePackages {
  readonly binary: NpmPackage;
  readonly tools: readonly NpmPackage[];
}

/** What is read only by people. */
const UNWANTED = /^(?:docs|man)\/|\.map$/;

/** OpenSSL's headers come for each of twenty systems, 60 MB in all. */
const OPENSSL_SYSTEMS = "include/node/openssl/archs/";
const OPENSSL_SYSTEM = /^linux-(?:x86_64|aarch64)\//;

export async function writeBaseContext(path: string, content: ContextContent): Promise<void> {
  const archive = pack();
  await Promise.all([pipeline(archive, createWriteStream(path)), fill(archive, content)]);
}

async function fill(archive: Pack, { dockerfile, machine, node }: ContextContent): Promise<void> {
  try {
    const mtime = new Date(0);
    archive.entry({ name: "Dockerfile", mtime }, dockerfile);
    for (const [path, text] of machine)
      archive.entry({ name: `${contextPaths.machine}/${path}`, mtime }, text);
    if (node !== null) await addNode(archive, node);
    archive.finalize();
  } catch (error) {
    archive.destroy(error as Error);
    throw error;
  }
}

async function addNode(archive: Pack, { binary, tools }: NodePackages): Promise<void> {
  await addPackage(archive, binary, contextPaths.node, isWantedOfNode);
  for (const tool of tools) {
    await addPackage(archive, tool, `${contextPaths.modules}/${tool.name}`, (path) => !UNWANTED.test(path));
  }
}

function isWantedOfNode(path: string): boolean {
  if (path.startsWith(OPENSSL_SYSTEMS)) return OPENSSL_SYSTEM.test(path.slice(OPENSSL_SYSTEMS.length));
  return /^(?:bin|include)\//.test(path);
}
