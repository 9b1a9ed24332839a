/**
 * A command's output → lines fit to be shown: no control characters, no colours, of bounded length. A line that a
 * progress bar writes again and again (carriage return) is told once, as it was at last.
 */
import { StringDecoder } from "node:string_decoder";
import { stripVTControlCharacters } from "node:util";
import { nothingHidden, type SecretMask } from "../../domain/secret-mask.ts";

/** In UTF-8, the mark of a cut line included. */
export const LINE_BYTES_MAX = 8_192;
const CUT_MARK = " …";
/** Also the separators that some viewers break lines at. */
const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

export class TextLines {
  readonly #mask: SecretMask;
  readonly #decoder = new StringDecoder("utf8");
  #pending = "";

  constructor(mask: SecretMask = nothingHidden) {
    this.#mask = mask;
  }

  /** The lines that these bytes complete. */
  push(bytes: Buffer): readonly string[] {
    const lines = this.#mask.hide(this.#pending + this.#decoder.write(bytes)).split("\n");
    // What begins in the part that is shown may go on in what comes: half a value would not be found.
    this.#pending = bounded(lines.pop() ?? "", LINE_BYTES_MAX + 1 + this.#mask.lengthMax);
    return lines.map((line) => this.#shown(line));
  }

  /** What is left when the output has ended. */
  end(): readonly string[] {
    const rest = this.#mask.hide(this.#pending + this.#decoder.end());
    this.#pending = "";
    return rest === "" ? [] : [this.#shown(rest)];
  }

  /** A value that is coloured in part, as by grep, is one only after cleaning. */
  #shown(line: string): string {
    return this.#mask.hide(cleanLine(line));
  }
}

/** An endless line is kept up to a bound; of one that is rewritten only the last version counts. */
function bounded(line: string, lengthMax: number): string {
  if (line.length <= lengthMax) return line;
  const rewritten = line.slice(line.lastIndexOf("\r", line.length - 2) + 1);
  return rewritten.slice(0, lengthMax);
}

/** One line of whatever origin, fit to be shown. */
export function cleanLine(line: string): string {
  const versions = line.split("\r");
  const last = versions.findLast((version) => version !== "") ?? "";
  return cut(stripVTControlCharacters(last).replaceAll("\t", "    ").replace(CONTROL, ""));
}

function cut(line: string): string {
  if (Buffer.byteLength(line) <= LINE_BYTES_MAX) return line;
  const kept = Buffer.from(line).subarray(0, LINE_BYTES_MAX - Buffer.byteLength(CUT_MARK) - 3);
  // A character cut in half at the end becomes U+FFFD, three bytes.
  return kept.toString("utf8").replace(/\uFFFD$/u, "") + CUT_MARK;
}
