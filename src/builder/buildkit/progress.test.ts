import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeProgress } from "./progress.ts";
import { recordedProgress } from "./progress.recorded.test-support.ts";
import { bytesField, Message, numberField, ProtobufError } from "./protobuf.ts";

const all = recordedProgress.map(decodeProgress);

test("a recorded build is read: steps, output, the failure", () => {
  const vertexes = all.flatMap(({ vertexes }) => vertexes);
  const output = Buffer.concat(all.flatMap(({ logs }) => logs).map(({ bytes }) => bytes));
  expect(output.toString()).toBe("héllo\n1\n2\n3\n");
  expect(new Set(vertexes.map(({ name }) => name))).toContain("[2/2] RUN echo héllo; seq 3; exit 3");
  const last = vertexes.at(-1)!;
  expect(last).toMatchObject({ isStarted: true, isCompleted: true, isCached: false });
  expect(last.error).toBe("executor failed running [/bin/sh -c echo héllo; seq 3; exit 3]: exit code: 3");
});

test("a message cut anywhere is read or refused, never anything else", () => {
  for (const recorded of recordedProgress) {
    const bytes = Buffer.from(recorded, "base64");
    for (let length = 0; length < bytes.length; length++) expectReadOrRefused(bytes.subarray(0, length));
  }
});

test("any bytes are read or refused, never anything else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expectReadOrRefused(Buffer.from(bytes));
    }),
  );
});

function expectReadOrRefused(bytes: Buffer): void {
  expect(["read", "refused"]).toContain(outcomeOf(bytes));
}

function outcomeOf(bytes: Buffer): unknown {
  try {
    decodeProgress(bytes.toString("base64"));
    return "read";
  } catch (error) {
    return error instanceof ProtobufError ? "refused" : error;
  }
}

test("an endless number, a length beyond the message and an unknown type are refused", () => {
  expect(() => Message.read(Buffer.alloc(20, 0xff))).toThrow(ProtobufError);
  expect(() => Message.read(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]))).toThrow(ProtobufError);
  expect(() => Message.read(Buffer.from([0x0b]))).toThrow(ProtobufError);
});

test("what is written can be read", () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), fc.integer({ min: 1, max: 1_000 }), (number, text, field) => {
      const message = Message.read(Buffer.concat([numberField(field, number), bytesField(field + 1, text)]));
      expect(message.number(field)).toBe(number);
      expect(message.text(field + 1)).toBe(Buffer.from(text).toString());
    }),
  );
});
