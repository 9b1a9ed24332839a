/** The images that a Dockerfile starts from, as far as its text alone says. Pure. */

type Variables = Readonly<Record<string, string>>;

const FROM = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/i;
const ARG = /^\s*ARG\s+(\w+)(?:=(.*))?$/i;
const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g;

/** Stages of its own are left out, and what depends on a variable that nobody gives. */
export function fromImages(dockerfile: string, buildArguments: Variables): readonly string[] {
  const variables: Record<string, string> = {};
  const stages = new Set(["scratch"]);
  const images = new Set<string>();
  for (const line of dockerfile.split("\n")) {
    const [, name, preset] = ARG.exec(line.trim()) ?? [];
    // Only what stands before the first stage is known to FROM.
    if (name !== undefined && stages.size === 1)
      variables[name] = buildArguments[name] ?? unquoted(preset ?? "");
    const [, reference = "", stage] = FROM.exec(line) ?? [];
    const image = reference.replace(VARIABLE, (_, braced?: string, bare?: string) => {
      return variables[braced ?? bare ?? ""] ?? "";
    });
    if (image !== "" && !stages.has(image.toLowerCase())) images.add(image);
    if (reference !== "") stages.add((stage ?? `#${stages.size}`).toLowerCase());
  }
  return [...images];
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
