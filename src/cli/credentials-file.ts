/** Reads AWS's INI format as far as a credentials file uses it. */

/** The keys of one `[profile]`; null when there is no such profile. */
export function readProfile(text: string, profile: string): Readonly<Record<string, string>> | null {
  let found: Record<string, string> | null = null;
  let isInside = false;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const section = /^\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) {
      isInside = section === profile;
      if (isInside) found ??= {};
      continue;
    }
    const equals = line.indexOf("=");
    if (isInside && found !== null && equals > 0) {
      found[line.slice(0, equals).trim().toLowerCase()] = line.slice(equals + 1).trim();
    }
  }
  return found;
}
