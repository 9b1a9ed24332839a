/** HTTP/2 by hand, for what no client library would send. Bytes are latin1 strings, as `exchangeRaw` takes them. */

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME_HEAD_BYTES = 9;
const FRAME_TYPES = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS"];
const [HEADERS, SETTINGS] = [1, 4];
/** END_STREAM and END_HEADERS. */
const WHOLE = 5;

/** A connection with one GET, whose host is in the named header. */
export function http2Request(hostHeader: string, host: string): string {
  const fields = [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/headers"],
    [hostHeader, host],
  ] as const;
  const block = fields.map(([name, value]) => `\0${withLength(name)}${withLength(value)}`).join("");
  return PREFACE + frame(SETTINGS, 0, 0, "") + frame(HEADERS, WHOLE, 1, block);
}

/** Types of the frames in an answer. */
export function http2FrameTypes(answer: string): readonly string[] {
  const bytes = Buffer.from(answer, "latin1");
  const types: string[] = [];
  for (let at = 0; at + FRAME_HEAD_BYTES <= bytes.length; at += FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3)) {
    const type = bytes.readUInt8(at + 3);
    types.push(FRAME_TYPES[type] ?? String(type));
  }
  return types;
}

function withLength(text: string): string {
  return String.fromCharCode(text.length) + text;
}

function frame(type: number, flags: number, stream: number, payload: string): string {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return head.toString("latin1") + payload;
}
