/** Texts that members of a name take: what is right by nature, and what earlier answers named, so that it is there. */

/** The newest of each member: what was named long ago may be gone. */
const KEPT = 8;
const CHARACTERS_MAX = 300;

export class KnownTexts {
  readonly #texts = new Map<string, string[]>();

  constructor(examples: Readonly<Record<string, readonly string[]>>) {
    for (const [member, texts] of Object.entries(examples)) this.#texts.set(key(member), [...texts]);
  }

  of(member: string): readonly string[] {
    return this.#texts.get(key(member)) ?? [];
  }

  /** An answer of the API, as JSON. */
  learn(answer: string): void {
    if (answer.startsWith("{")) this.#visit(JSON.parse(answer), "");
  }

  #visit(value: unknown, member: string): void {
    if (typeof value === "string") this.#add(member, value);
    else if (Array.isArray(value)) value.slice(0, KEPT).forEach((child) => this.#visit(child, member));
    else if (typeof value === "object" && value !== null) {
      for (const [name, child] of Object.entries(value)) this.#visit(child, name);
    }
  }

  #add(member: string, text: string): void {
    if (text.length > CHARACTERS_MAX) return;
    this.#put(member, text);
    // Tags and domains name what they belong to in a member of another name.
    if (text.startsWith("arn:")) this.#put("ResourceArn", text);
  }

  #put(member: string, text: string): void {
    const texts = this.#texts.get(key(member)) ?? [];
    if (!texts.includes(text)) this.#texts.set(key(member), [...texts, text].slice(-KEPT));
  }
}

/** CloudWatch Logs begins its members small. */
function key(member: string): string {
  return member.toLowerCase();
}
