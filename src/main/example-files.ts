/** The example applications: the folders of `examples/`, beside the program's own. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { ExampleApplication, ExampleApplications } from "../ports/example-applications.ts";
import type { CommittedFile } from "../ports/hosted-repositories.ts";

/** What comes with Slipway, the one that needs least first: hello wants nothing but a base image. */
const EXAMPLES: readonly ExampleApplication[] = [
  example(
    "hello",
    "Hello",
    "One page that shows its instance, its variables and your request. Built by a Dockerfile.",
  ),
  example("node", "Node.js", "Express on Node.js 22, with packages from npm."),
  example("python", "Python", "Python 3.11 and its standard library."),
  example("go", "Go", "Go's own web server, without modules beside it."),
  example("ruby", "Ruby", "A server of thirty lines, with Bundler."),
  example("php", "PHP", "PHP's own server with one script for all paths, and Composer."),
  example("java", "Java", "The web server of the JDK, compiled by javac."),
  example("dockerfile", "Dockerfile", "A build in two stages that ends as a user without rights."),
];

const EXECUTABLE = 0o100;

export class ExampleFiles implements ExampleApplications {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async list(): Promise<readonly ExampleApplication[]> {
    const present = await readdir(this.#directory).catch((): string[] => []);
    return EXAMPLES.filter(({ name }) => present.includes(name));
  }

  async filesOf(name: string): Promise<readonly CommittedFile[] | null> {
    const known = (await this.list()).some((one) => one.name === name);
    if (!known) return null;
    const directory = join(this.#directory, name);
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((file) => join(file.parentPath, file.name));
    return Promise.all(paths.toSorted().map((path) => readOne(directory, path)));
  }
}

/** In the folder above the bundle's; in development above `src/`. */
export function examplesDirectory(): string {
  const above = import.meta.dirname.endsWith(join("src", "main")) ? "../.." : "..";
  return join(import.meta.dirname, above, "examples");
}

async function readOne(directory: string, path: string): Promise<CommittedFile> {
  const [content, { mode }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
  return {
    path: relative(directory, path).split(sep).join("/"),
    isExecutable: (mode & EXECUTABLE) !== 0,
    content,
  };
}

function example(name: string, title: string, description: string): ExampleApplication {
  return { name, title, description };
}
