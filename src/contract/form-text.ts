// A form's bytes → names and values, strictly and bounded, and nothing of the text in any message.
import { WireError } from "./errors.ts";

const MAX_PARAMETERS = 10_000;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** A name that occurs twice is refused: which one counts would be open to interpretation. */
export function parseForm(bytes: Uint8Array): ReadonlyMap<string, string> {
  const form = new Map<string, string>();
  if (bytes.length === 0) return form;
  const pairs = decodeText(bytes).split("&", MAX_PARAMETERS + 1);
  if (pairs.length > MAX_PARAMETERS) throw malformed(`has more than ${MAX_PARAMETERS} parameters`);
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals));
    if (form.has(name)) throw malformed("holds a parameter twice");
    form.set(name, equals < 0 ? "" : decodePart(pair.slice(equals + 1)));
  }
  return form;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw malformed("is not valid UTF-8");
  }
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw malformed("holds a percent sign that begins no UTF-8 character");
  }
}

function malformed(wrong: string): WireError {
  return new WireError(
    "SerializationException",
    `The body ${wrong}; it must be a form, as Action=ListMetrics.`,
  );
}
