// One thing that is wrong with a request, and the message made of several. Values of sensitive members never get here.
import { maxMessageCharacters } from "./errors.ts";

export interface Violation {
  /**
   * Where: `SourceConfiguration.ImageRepository.ImageConfiguration.Port`, `Tags[0].Key`, and for maps
   * `RuntimeEnvironmentVariables{0}.value`, the first entry (names of entries are sensitive). Empty: the whole request.
   */
  readonly path: string;
  /** What is wrong, as "has 2 characters". */
  readonly wrong: string;
  /** What would be right, as "must have 4 to 40". */
  readonly right: string;
  /** Whether the JSON type is wrong, rather than the value. */
  readonly isMistyped: boolean;
}

const quotedCharacters = 40;

/** `text` in quotes and shortened; control characters come out escaped. */
export function quote(text: string): string {
  const shown = text.length <= quotedCharacters ? text : `${text.slice(0, quotedCharacters)}…`;
  return JSON.stringify(shown.toWellFormed());
}

function sentence({ path, wrong, right }: Violation): string {
  return `${path === "" ? "The request" : path} ${wrong}; it ${right}.`;
}

/** As many violations as fit whole into a message, then the number of the rest. The first always appears. */
export function messageOf(violations: readonly Violation[]): string {
  const room = maxMessageCharacters - " (and 00 more)".length;
  let message = "";
  for (const [index, violation] of violations.entries()) {
    const longer = index === 0 ? sentence(violation) : `${message} ${sentence(violation)}`;
    if (index > 0 && longer.length > room) return `${message} (and ${violations.length - index} more)`;
    message = longer;
  }
  return message;
}
