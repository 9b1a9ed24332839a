// Bytes → JSON value, strictly and cheaply: UTF-8 without repairs, nesting bounded before anything recurses, and no
// part of the text in any message (it may hold secrets; that is why JSON.parse's own message is not passed on).
import { WireError } from "./errors.ts";

/** The deepest input of the model nests 7 levels. */
export const maxDepth = 32;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

const quoteByte = 0x22;
const backslash = 0x5c;
const openers: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const closers: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** An empty body is `{}`, as AWS's JSON services read it. Of duplicate keys the last counts, as in JSON.parse. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  if (isTooDeep(bytes)) {
    throw new WireError(
      "SerializationException",
      `The body nests more than ${maxDepth} levels of JSON; use fewer.`,
    );
  }
  return parse(decode(bytes));
}

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new WireError("SerializationException", "The body is not valid UTF-8; it must be JSON in UTF-8.");
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const where = position === undefined ? "" : ` at character ${position}`;
    throw new WireError(
      "SerializationException",
      `The body is not valid JSON${where}; it must be a JSON object.`,
    );
  }
}

/** Looks at brackets outside of strings only; whether they match is JSON.parse's business. */
function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (isInString) {
      if (byte === backslash) index += 1;
      else if (byte === quoteByte) isInString = false;
    } else if (byte === quoteByte) isInString = true;
    else if (openers.has(byte)) depth += 1;
    else if (closers.has(byte)) depth -= 1;
    if (depth > maxDepth) return true;
  }
  return false;
}
