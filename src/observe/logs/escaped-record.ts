/** Lines that nothing was made of yet, as records (log-record.ts): from bytes to bytes, without a string or a parser for each. */
import type { EscapedLines } from "../../ports/container-engine.ts";
import { outputHead } from "./log-record.ts";

/** What `"}` and the longest head take, and more. */
const RECORD_BYTES = 80;
const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;
const NEWLINE = 0x0a;

/** As `encodeOutputs` does: the last line of each text has a position. */
export function encodeEscaped(lines: EscapedLines, maxTextBytes: number): readonly Buffer[] {
  const texts: Buffer[] = [];
  for (let first = 0; first < lines.length;) {
    const { end, bytes } = nextText(lines, first, maxTextBytes);
    texts.push(encodeText(lines, { first, end, bytes }));
    first = end;
  }
  return texts;
}

interface TextSpan {
  readonly first: number;
  /** Behind its last line. */
  readonly end: number;
  /** At most, without the position. */
  readonly bytes: number;
}

function nextText(lines: EscapedLines, first: number, maxTextBytes: number): Omit<TextSpan, "first"> {
  let bytes = 0;
  let end = first;
  for (; end < lines.length; end++) {
    const more = lines.end(end) - lines.begin(end) + RECORD_BYTES;
    if (end > first && bytes + more > maxTextBytes) break;
    bytes += more;
  }
  return { end, bytes };
}

function encodeText(lines: EscapedLines, { first, end, bytes }: TextSpan): Buffer {
  const position = Buffer.from(`,"cursor":${JSON.stringify(lines.cursor(end - 1))}}\n`);
  const output = Buffer.allocUnsafeSlow(bytes + position.length);
  let to = 0;
  let head = Buffer.alloc(0);
  let headMs = Number.NaN;
  let headStream = "";
  for (let index = first; index < end; index++) {
    const timestampMs = lines.timestampMs(index);
    const stream = lines.stream(index);
    // Many lines come in a millisecond.
    if (timestampMs !== headMs || stream !== headStream) {
      head = Buffer.from(`${outputHead(timestampMs, stream)},"text":"`);
      headMs = timestampMs;
      headStream = stream;
    }
    output.set(head, to);
    to += head.length;
    to += lines.bytes.copy(output, to, lines.begin(index), lines.end(index));
    output[to++] = QUOTE;
    if (index === end - 1) break;
    output[to++] = CLOSING_BRACE;
    output[to++] = NEWLINE;
  }
  output.set(position, to);
  return output.subarray(0, to + position.length);
}
