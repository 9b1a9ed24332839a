/**
 * The examples that are built, in variants that answer with a mark and with the host name of their instance. Variants of
 * different dependency marks have no layer in common above the base images.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const EXAMPLES = resolve(import.meta.dirname, "../../examples");
const ANSWER = "Hello from";

export interface Example {
  /** Of the directory in `examples/`. */
  readonly name: string;
  /** The one file that changes from deployment to deployment. */
  readonly sourceFile: string;
  /** In a text of that file: what becomes the instance's host name. */
  readonly hostName: string;
  /** What the layer of dependencies is made from. */
  readonly manifest: string;
  /** The same manifest to its package manager, another to BuildKit. */
  readonly withMark: (manifest: string, mark: string) => string;
}

export interface Variant {
  readonly dependencies: string;
  /** Part of the answer at `/`. */
  readonly source: string;
}

/** Path → content. */
export type Files = Readonly<Record<string, string>>;

export const examples: readonly Example[] = [
  {
    name: "node",
    sourceFile: "server.js",
    hostName: "${process.env.HOSTNAME}",
    manifest: "package.json",
    withMark: (manifest, mark) => manifest.replace("{", `{ "description": "${mark}",`),
  },
  {
    name: "python",
    sourceFile: "app.py",
    hostName: "{platform.node()}",
    manifest: "requirements.txt",
    withMark: (manifest, mark) => `${manifest}# ${mark}\n`,
  },
];

export function filesOf(example: Example, { dependencies, source }: Variant): Files {
  const { name, sourceFile, hostName, manifest, withMark } = example;
  const directory = join(EXAMPLES, name);
  const read = (file: string): string => readFileSync(join(directory, file), "utf8");
  return {
    ...Object.fromEntries(readdirSync(directory).map((file) => [file, read(file)])),
    [sourceFile]: read(sourceFile).replace(ANSWER, `${source} on ${hostName}, ${ANSWER}`),
    [manifest]: withMark(read(manifest), dependencies),
  };
}
