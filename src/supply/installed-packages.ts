/**
 * Packages that an image says it has: Debian's and Alpine's own records, and the lockfile that npm leaves beside what it
 * installed. Pure; the texts were written by strangers, so nothing here takes longer or more than their length allows.
 */

export interface InstalledPackage {
  readonly ecosystem: "deb" | "apk" | "npm";
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
}

/** Of one record; a large Debian has two thousand. What comes after is left out. */
const PACKAGES_MAX = 20_000;
/** Names and versions are shorter by far, in every ecosystem. */
const WORD = /^[\x21-\x7e]{1,256}$/;

/** `/var/lib/dpkg/status`, or one file of `status.d`, which distroless images have instead. */
export function debianPackages(text: string): readonly InstalledPackage[] {
  return (
    recordOf(text, ": ", ["Package", "Version", "Architecture", "Status"])
      // Removed packages stay in the record while their settings are there.
      .filter(([, , , status]) => status === undefined || status.endsWith(" installed"))
      .flatMap(([name, version, architecture]) => packageOf("deb", name, version, architecture))
  );
}

/** `/lib/apk/db/installed`. */
export function alpinePackages(text: string): readonly InstalledPackage[] {
  return recordOf(text, ":", ["P", "V", "A"]).flatMap(([name, version, architecture]) =>
    packageOf("apk", name, version, architecture),
  );
}

/** `node_modules/.package-lock.json` (what is installed), or `package-lock.json` (what was to be). */
export function npmPackages(text: string): readonly InstalledPackage[] {
  const lockfile = jsonOf(text);
  const packages = isRecord(lockfile) && isRecord(lockfile["packages"]) ? lockfile["packages"] : {};
  const found: InstalledPackage[] = [];
  for (const path in packages) {
    if (found.length === PACKAGES_MAX) break;
    const locked = packages[path];
    const at = path.lastIndexOf("node_modules/");
    if (at === -1 || !isRecord(locked) || locked["link"] === true) continue;
    found.push(...packageOf("npm", path.slice(at + "node_modules/".length), locked["version"]));
  }
  return found;
}

function packageOf(
  ecosystem: InstalledPackage["ecosystem"],
  name: unknown,
  version: unknown,
  architecture?: string,
): readonly InstalledPackage[] {
  if (!isWord(name) || !isWord(version)) return [];
  return [{ ecosystem, name, version, ...(isWord(architecture) && { architecture }) }];
}

/** The named fields of each paragraph. Lines that go on from the one before begin with a blank: no name does. */
function recordOf(
  text: string,
  separator: string,
  names: readonly string[],
): readonly (readonly (string | undefined)[])[] {
  const paragraphs: (string | undefined)[][] = [];
  let fields: (string | undefined)[] | null = null;
  for (const line of linesOf(text)) {
    if (line === "") fields = null;
    const at = line.indexOf(separator);
    const field = at === -1 ? -1 : names.indexOf(line.slice(0, at));
    if (field === -1) continue;
    if (fields === null) {
      if (paragraphs.length === PACKAGES_MAX) break;
      paragraphs.push((fields = []));
    }
    fields[field] = line.slice(at + separator.length).trim();
  }
  return paragraphs;
}

/** One after the other: a text of line ends alone would be a list of millions. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const end = text.indexOf("\n", start);
    yield text.slice(start, end === -1 ? undefined : end);
    start = end === -1 ? text.length : end + 1;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && WORD.test(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
