/** A line of YAML, HCL or shell, cut where its colour changes: comments, texts in quotes, names before `:` or `=`. Pure. */

export interface ColouredPart {
  readonly kind: "plain" | "comment" | "text" | "name";
  readonly text: string;
}

const PARTS =
  /(?<comment>(?:^|(?<=\s))#.*$)|(?<text>"(?:[^"\\]|\\.)*"|'[^']*')|(?<name>(?:^|(?<=\s|- ))[\w-]+(?=\s*[:=](?:\s|$))|(?<=\s)--[\w-]+)/g;

export function colouredParts(line: string): readonly ColouredPart[] {
  const parts: ColouredPart[] = [];
  let end = 0;
  for (const match of line.matchAll(PARTS)) {
    if (match.index > end) parts.push({ kind: "plain", text: line.slice(end, match.index) });
    const kind = (["comment", "text", "name"] as const).find((one) => match.groups?.[one] !== undefined);
    parts.push({ kind: kind ?? "plain", text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < line.length) parts.push({ kind: "plain", text: line.slice(end) });
  return parts;
}
