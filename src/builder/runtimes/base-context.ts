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
  await addPackage(archive, binary, contextPaths.node, (path) => /^(?:bin|include)\//.test(path));
  for (const tool of tools) {
    await addPackage(archive, tool, `${contextPaths.modules}/${tool.name}`, (path) => !UNWANTED.test(path));
  }
}
