/** `bundle install`. A Gemfile is a program: only one made of the plainest lines says what it reads. */
import { hasAny, type ManifestRule } from "./manifest-rule.ts";

const COMMAND = /^bundle(?: install)?(?: (?:--(?:quiet|jobs[= ]\d+|retry[= ]\d+)|-j ?\d+))*$/;
const TEXT = String.raw`(?:"[^"#\\]*"|'[^'\\]*')`;
const VALUE = String.raw`(?:${TEXT}|:?\w+|(?:%i)?\[[\w\s:,"'-]*\])`;
const OPTION = String.raw`(?:require|platforms?|groups?|git|github|branch|tag|ref): *${VALUE}`;
const LINE_MAX_CHARACTERS = 300;
const LINE = new RegExp(
  [
    String.raw`^\s*(?:#.*)?$`,
    String.raw`^\s*end\s*$`,
    String.raw`^\s*source\(?\s*${TEXT}\)?\s*(?:do)?\s*$`,
    String.raw`^\s*ruby\(?\s*${TEXT}(?:,\s*${TEXT})*\)?\s*$`,
    String.raw`^\s*gem\(?\s*${TEXT}(?:,\s*(?:${TEXT}|${OPTION}))*\)?\s*(?:#.*)?$`,
    String.raw`^\s*(?:group|platforms?)\(?\s*[\w\s:,]+\)?\s*do\s*$`,
  ].join("|"),
);
const OBSTACLES = [".bundle", "vendor/bundle", "vendor/cache", "bundler.d"];

export const bundlerManifests: ManifestRule = async (command, directory) => {
  if (!COMMAND.test(command) || (await hasAny(directory, OBSTACLES))) return null;
  const gemfile = await directory.read("Gemfile");
  const lock = await directory.read("Gemfile.lock");
  if (gemfile === null || lock === null || /^PATH$/m.test(lock)) return null;
  return gemfile.split(/\r?\n/).every(isPlain) ? ["Gemfile", "Gemfile.lock"] : null;
};

function isPlain(line: string): boolean {
  return line.length <= LINE_MAX_CHARACTERS && LINE.test(line) && !/\bpath\b/.test(line);
}
