import fc from "fast-check";
import { Packet } from "dns2";
import { expect, test } from "vitest";
import { decodeReply, encodeQuestion } from "./dns-message.ts";

const question = { name: "shop.example.com", type: "A", isRecursive: false } as const;
const asked = encodeQuestion(question);

function aReply(change: Partial<Packet["header"]> = {}): Packet {
  const reply = Packet.parse(asked);
  Object.assign(reply.header, { qr: 1, ...change });
  reply.answers = [
    new Packet.Resource({ name: "Shop.example.com", type: 1, class: 1, ttl: 1, address: "192.0.2.1" }),
  ];
  return reply;
}

test("a reply to the question is read", () => {
  expect(decodeReply(aReply().toBuffer(), asked)).toEqual({
    status: "NOERROR",
    isAuthoritative: false,
    isTruncated: false,
    answers: [{ name: "shop.example.com", type: "A", value: "192.0.2.1" }],
    authorities: [],
    additionals: [],
  });
});

test("a reply to something else is none", () => {
  expect(decodeReply(aReply({ id: (asked.readUInt16BE(0) + 1) % 65_536 }).toBuffer(), asked)).toBeNull();
  expect(decodeReply(aReply({ qr: 0 }).toBuffer(), asked)).toBeNull();
  const other = aReply();
  other.questions = [new Packet.Question("other.example.com", 1, 1)];
  expect(decodeReply(other.toBuffer(), asked)).toBeNull();
});

test("whatever bytes come, they are a reply in printable text or none", () => {
  const bytes = [...aReply().toBuffer()];
  const mutated = fc
    .tuple(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map(([changes, tail]) => {
      const changed = Buffer.from(bytes);
      for (const [at, value] of changes) changed[at] = value;
      return Buffer.concat([changed, tail]);
    });
  const random = fc.uint8Array({ maxLength: 300 }).map((tail) => Buffer.concat([asked.subarray(0, 2), tail]));
  fc.assert(
    fc.property(fc.oneof(mutated, random), (message) => {
      const reply = decodeReply(message, asked);
      const records = reply === null ? [] : [...reply.answers, ...reply.authorities, ...reply.additionals];
      expect(records.filter(({ name, value }) => !/^[\x20-\x7e…]*$/.test(name + value))).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});
