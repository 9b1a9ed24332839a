/**
 * What a Dockerfile may not ask of the engine itself. Commands (RUN) are kept in a network of their own, but an ADD of an
 * address is fetched by the engine from the host's network: it would read metadata services and whatever listens on
 * this machine for a stranger.
 */
import { BuildError } from "../../ports/builder.ts";

const ADD = /^\s*(?:ONBUILD\s+)?ADD\s+(.*)$/is;
const REMOTE = /:\/\/|^git@|\sgit@|\$|\\u/i;

/** Throws BuildError "configuration", naming the line. */
export function assertNoRemoteSources(text: string): void {
  for (const { line, instruction } of instructions(text)) {
    const sources = ADD.exec(instruction)?.[1];
    if (sources === undefined || !REMOTE.test(withoutQuotes(sources))) continue;
    throw new BuildError(
      "configuration",
      `Dockerfile, line ${line}: ADD takes files of the repository only, no addresses and no variables. Use COPY for files, and RUN with curl or wget for downloads.`,
    );
  }
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
