/**
 * What a Dockerfile may not ask of the engine itself. Commands (RUN) are kept in a network of their own, but an ADD of an
 * address is fetched by the engine from the host's network: it would read metadata services and whatever listens on
 * this machine for a stranger.
 */
import { BuildError } from "../../ports/builder.ts";

const ADD = /^[\s\u0085]*(?:ONBUILD[\s\u0085]+)?ADD\s+(.*)$/is;
const REMOTE = /:\/\/|[\w-]@[\w.-]+:|\$|\\u/i;
/** White space as the engine's language has it, which is not quite JavaScript's. */
const SPACE = String.raw`(?:[^\S\uFEFF]|\u0085)`;
const BLANK = new RegExp(`^${SPACE}*$`);
const COMMENT = new RegExp(`^${SPACE}*#`);
const ESCAPE_DIRECTIVE = /^[\s\u0085]*#\s*escape\s*=/im;
/** A here-document whose end could be taken for a line that goes on. */
const ODD_HEREDOC = /<<-?\S*[\\`]/;

/** Throws BuildError "configuration", naming the line. */
export function assertNoRemoteSources(text: string): void {
  for (const continues of readings(text)) assertNoneIn(text, continues);
}

function assertNoneIn(text: string, continues: RegExp): void {
  for (const { line, instruction } of instructions(text, continues)) {
    const sources = ADD.exec(instruction)?.[1];
    if (sources === undefined || !REMOTE.test(withoutQuotes(sources))) continue;
    throw new BuildError(
      "configuration",
      `Dockerfile, line ${line}: ADD takes files of the repository only, no addresses and no variables. Use COPY for files, and RUN with curl or wget for downloads.`,
    );
  }
}

/**
 * Whether a line goes on in the next one is not the same for all engines (a doubled backslash, where the escape directive
 * counts), and a line that seems to go on hides an ADD. So the text is read in every way that an engine may.
 */
function readings(text: string): readonly RegExp[] {
  const backslash = [/(?<kept>)\\[ \t]*$/, /(?<kept>^|[^\\])\\[ \t]*$/];
  const backtick = [/(?<kept>)`[ \t]*$/, /(?<kept>^|[^`])`[ \t]*$/];
  const never = /(?<kept>)(?!)/;
  return [
    ...backslash,
    ...(ESCAPE_DIRECTIVE.test(text) ? backtick : []),
    ...(ODD_HEREDOC.test(text) ? [never] : []),
  ];
}

/** Lines that continue are joined; comments are left out, also those within, and so are empty lines within. */
function* instructions(
  text: string,
  continues: RegExp,
): Generator<{ readonly line: number; readonly instruction: string }> {
  let parts: string[] = [];
  let start = 1;
  for (const [index, line] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (COMMENT.test(line) || BLANK.test(line)) continue;
    if (parts.length === 0) start = index + 1;
    parts.push(line.replace(continues, "$<kept>"));
    if (continues.test(line)) continue;
    yield { line: start, instruction: parts.join("") };
    parts = [];
  }
  yield { line: start, instruction: parts.join("") };
}

/** The engine takes quotes away before it looks: `http:"//"host`. */
function withoutQuotes(sources: string): string {
  return sources.includes("\\u") ? sources : sources.replace(/["'`\\]/g, "");
}
