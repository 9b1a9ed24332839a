// An output that goes on: messages of application/vnd.amazon.eventstream, each an event with a JSON body. The first one
// says that the operation was accepted, as clients of AWS's JSON protocols expect.
import { EventStreamCodec } from "@smithy/eventstream-codec";
import { shapeOf } from "./operations.ts";
import type { EventStreamShape, StructureShape } from "./shape.ts";
import { toWireValue, type WriteTime } from "./wire-value.ts";

/** As the handler gives it. */
interface StreamedEvent {
  /** The name of an event or of an exception, which ends the stream. */
  readonly event: string;
  readonly value: unknown;
}

export const eventStreamType = "application/vnd.amazon.eventstream";

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

/** The name and shape of the member that is a stream of events; null where an output is a whole. */
export function streamedMember(
  output: string,
): { readonly name: string; readonly shape: EventStreamShape } | null {
  const { members } = shapeOf(output) as StructureShape;
  for (const [name, { type }] of Object.entries(members)) {
    const shape = shapeOf(type);
    if (shape?.kind === "eventStream") return { name, shape };
  }
  return null;
}

export async function* writeEvents(
  events: AsyncIterable<StreamedEvent>,
  shape: EventStreamShape,
  writeTime: WriteTime,
): AsyncIterable<Uint8Array> {
  yield message({ kind: "event", name: "initial-response" }, {});
  for await (const { event, value } of events) {
    const exception = shape.exceptions[event];
    const type = exception ?? shape.events[event];
    if (type === undefined) throw new TypeError(`the stream has no event ${event}`);
    const kind = exception === undefined ? "event" : "exception";
    yield message({ kind, name: event }, toWireValue(type, value, writeTime));
  }
}

function message(
  { kind, name }: { readonly kind: "event" | "exception"; readonly name: string },
  value: unknown,
): Uint8Array {
  const header = (text: string) => ({ type: "string" as const, value: text });
  return codec.encode({
    headers: {
      ":message-type": header(kind),
      [`:${kind}-type`]: header(name),
      ":content-type": header("application/json"),
    },
    body: Buffer.from(JSON.stringify(value), "utf8"),
  });
}
