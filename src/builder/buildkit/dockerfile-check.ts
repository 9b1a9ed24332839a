/**
 * What a Dockerfile may not ask of the engine itself. Commands (RUN) are kept in a network of their own, but an ADD of an
 * address, and a frontend named by `# syntax=`, are fetched by the engine from the host's network: it would read
 * metadata services and whatever listens on this machine for a stranger.
 */
import { BuildError } from "../../ports/builder.ts";

const SYNTAX = /^#\s*syntax\s*=\s*(\S+)[^\n]*\n?/im;
const OFFICIAL_FRONTEND = /^(?:docker\.io\/)?docker\/dockerfile(?::|$)/;
const ADD = /^\s*(?:ONBUILD\s+)?ADD\s+(.*)$/is;
const REMOTE = /:\/\/|^git@|\sgit@|\$|\\u/i;

/** The Dockerfile to build with. Throws BuildError "configuration", naming the line. */
export function checkedDockerfile(text: string): string {
  for (const { line, instruction } of instructions(text)) {
    const sources = ADD.exec(instruction)?.[1];
    if (sources === undefined || !REMOTE.test(withoutQuotes(sources))) continue;
    throw new BuildError(
      "configuration",
      `Dockerfile, line ${line}: ADD takes files of the repository only, no addresses and no variables. Use COPY for files, and RUN with curl or wget for downloads.`,
    );
  }
  return withoutSyntax(text);
}

/** The engine's own frontend is used in place of the official one; no other may take its place. */
function withoutSyntax(text: string): string {
  const frontend = SYNTAX.exec(directives(text))?.[1];
  if (frontend === undefined) return text;
  if (OFFICIAL_FRONTEND.test(frontend)) return text.replace(SYNTAX, "# \n"); // the numbers of lines stay
  throw new BuildError(
    "configuration",
    `Dockerfile: the frontend ${frontend} is not available; leave out the line "# syntax=", or name docker/dockerfile:1.`,
  );
}

/** Comments before the first instruction. */
function directives(text: string): string {
  return /^(?:\uFEFF)?(?:[^\S\n]*(?:#[^\n]*)?\n)*(?:#[^\n]*)?/.exec(text)?.[0] ?? "";
}

/** Lines that continue are joined; comments are left out, also those within. */
function* instructions(text: string): Generator<{ readonly line: number; readonly instruction: string }> {
  const continues = /^#\s*escape\s*=\s*`/im.test(directives(text)) ? /`\s*$/ : /\\\s*$/;
  let instruction = "";
  let start = 1;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*#/.test(line)) continue;
    if (instruction === "") start = index + 1;
    instruction += line.replace(continues, "");
    if (continues.test(line)) continue;
    yield { line: start, instruction };
    instruction = "";
  }
  yield { line: start, instruction };
}

/** The engine takes quotes away before it looks: `http:"//"host`. */
function withoutQuotes(sources: string): string {
  return sources.includes("\\u") ? sources : sources.replace(/["'`\\]/g, "");
}
