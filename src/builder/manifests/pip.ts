/** `pip install -r requirements.txt`, where every line names a package of an index. */
import type { ManifestRule } from "./manifest-rule.ts";

const COMMAND =
  /^pip3? install(?: --(?:no-cache-dir|upgrade|quiet|no-deps|disable-pip-version-check|no-input|user))* (?:-r|--requirement) ?(?<file>[\w-][\w.-]*)(?: --(?:no-cache-dir|upgrade|quiet|no-deps|disable-pip-version-check|no-input|user))*$/;
const PACKAGE = /^[A-Za-z0-9][\w.-]*\s*(?:\[[\w\s,.-]*\])?\s*(?:[<>=!~;@(\\].*)?$/;
const ARCHIVE = /\.(?:whl|zip|tar|tgz|gz|bz2|xz)\s*(?:[\\;[].*)?$/i;
const OPTION =
  /^--?(?:i|index-url|extra-index-url|trusted-host|only-binary|no-binary|prefer-binary|pre|require-hashes|hash)(?:[ =]|$)/;
const LINE_MAX_CHARACTERS = 1_000;
const LOCAL = /@\s*(?:file:|\.|\/)/;

export const pipManifests: ManifestRule = async (command, directory) => {
  const file = COMMAND.exec(command)?.groups?.["file"];
  const text = file === undefined ? null : await directory.read(file);
  if (file === undefined || text === null) return null;
  return text.split(/\r?\n/).every(isOfAnIndex) ? [file] : null;
};

function isOfAnIndex(line: string): boolean {
  if (line.length > LINE_MAX_CHARACTERS) return false;
  const text = line.replace(/(?:^|\s)#.*$/, "").trim();
  if (text === "" || OPTION.test(text)) return true;
  return PACKAGE.test(text) && !ARCHIVE.test(text) && !LOCAL.test(text);
}
