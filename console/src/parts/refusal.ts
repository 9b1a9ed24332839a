/** Where in a form the API's refusal belongs: its messages begin with the member's path. */

export interface Refusal {
  /** Member path, as it was asked for → the API's words about it. */
  readonly at: Readonly<Record<string, string>>;
  /** What belongs to no member of the form; empty when all of it does. */
  readonly rest: string;
}

/**
 * `members` are the paths that have a field, for example `Certificate` or `SourceConfiguration.ImageRepository`. What is said of
 * something within a member (`Rules[0].Cidr`) is shown at the member, with its path, unless that one has a field of its own.
 */
export function readRefusal(message: string | undefined, members: readonly string[]): Refusal {
  if (message === undefined) return { at: {}, rest: "" };
  const at: Record<string, string> = {};
  const rest: string[] = [];
  for (const sentence of sentencesOf(message, members)) {
    const member = memberOf(sentence, members);
    if (member === undefined) {
      rest.push(sentence);
      continue;
    }
    const said = withoutPath(sentence, member);
    at[member] = member in at ? `${at[member]} ${said}` : said;
  }
  return { at, rest: rest.join(" ") };
}

/** Cut where a sentence begins with a member. */
function sentencesOf(message: string, members: readonly string[]): readonly string[] {
  if (members.length === 0) return [message];
  return message.split(new RegExp(`(?<=[.)] )(?=(?:${members.map(escape).join("|")})(?:[:. [{]))`)).map(trim);
}

/** The longest one that fits. */
function memberOf(sentence: string, members: readonly string[]): string | undefined {
  const fitting = members.filter((member) => startsWithPath(sentence, member));
  return fitting.sort((one, other) => other.length - one.length)[0];
}

function startsWithPath(sentence: string, member: string): boolean {
  return sentence.startsWith(member) && /^(?:[:.[{ ]|$)/.test(sentence.slice(member.length));
}

function withoutPath(sentence: string, member: string): string {
  const after = sentence.slice(member.length);
  if (!/^[: ]/.test(after)) return sentence;
  const said = after.replace(/^: ?| /, "");
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function trim(text: string): string {
  return text.trim();
}

function escape(text: string): string {
  return text.replaceAll(/[.[\]{}]/g, "\\$&");
}
