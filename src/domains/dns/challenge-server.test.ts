// Over real sockets, asked by node's resolver, by raw bytes and by whatever fast-check thinks of.
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { Packet } from "dns2";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import { answerMessage } from "./challenge-answer.ts";
import { ChallengeServer } from "./challenge-server.ts";

const ZONE = "acme.apps.example.com";
const LABEL = "0123456789abcdef0123456789abcdef";
const NAME = `${LABEL}.${ZONE}`;
const { TYPE, CLASS, RCODE } = Packet;

let zone: ChallengeServer;
let port: number;
let end: AbortController;

beforeEach(async () => {
  end = new AbortController();
  zone = aZone();
  port = await zone.start(end.signal);
});

afterEach(() => end.abort());

/** A problem of the server is an error that nobody caught: vitest fails. */
function aZone(change: { readonly host?: string; readonly port?: number } = {}): ChallengeServer {
  const onProblem = (problem: string): never => {
    throw new Error(problem);
  };
  return new ChallengeServer({
    zone: `${ZONE.toUpperCase()}.`,
    host: "127.0.0.1",
    port: 0,
    onProblem,
    ...change,
  });
}

function resolver(): Resolver {
  const one = new Resolver({ timeout: 1000, tries: 2 });
  one.setServers([`127.0.0.1:${port}`]);
  return one;
}

function aQuestion(name: string, type: number = TYPE.TXT, change: Partial<Packet["header"]> = {}): Packet {
  const packet = new Packet(new Packet.Header({ id: 4711, rd: 1, ...change }));
  packet.questions = [new Packet.Question(name, type, CLASS.IN)];
  return packet;
}

/** What the zone says to a message; the texts of the test are one. */
function answerTo(message: Buffer, texts: readonly string[] = ["proof"]): Packet {
  const reply = answerMessage(aContent(texts), message, "udp");
  if (reply === null) throw new Error("no reply");
  return Packet.parse(reply);
}

function aContent(texts: readonly string[]) {
  return { zone: ZONE, nameServer: `ns-${ZONE}`, serial: 1, texts: new Map([[LABEL, texts]]) };
}

/** The bytes that come back over UDP. */
async function overUdp(message: Buffer): Promise<Buffer> {
  const socket = createSocket("udp4");
  try {
    socket.send(message, port, "127.0.0.1");
    const [reply] = (await once(socket, "message", { signal: AbortSignal.timeout(5000) })) as [Buffer];
    return reply;
  } finally {
    socket.close();
  }
}

test("texts of a label are answered while they are there", async () => {
  zone.put(LABEL, "first");
  zone.put(LABEL, "second");
  zone.put(LABEL, "second");
  expect(zone.nameOf(LABEL)).toBe(NAME);
  expect((await resolver().resolveTxt(NAME)).flat().toSorted()).toEqual(["first", "second"]);
  zone.remove(LABEL, "first");
  expect(await resolver().resolveTxt(NAME)).toEqual([["second"]]);
  zone.remove(LABEL, "second");
  await expect(resolver().resolveTxt(NAME)).rejects.toMatchObject({ code: "ENOTFOUND" });
});

test("the zone itself has a start of authority and a name server, and can hold texts", async () => {
  zone.put("", "of the zone");
  expect(zone.nameOf("")).toBe(ZONE);
  expect(await resolver().resolveNs(ZONE)).toEqual([`ns-${ZONE}`]);
  expect(await resolver().resolveSoa(ZONE)).toMatchObject({ nsname: `ns-${ZONE}`, minttl: 1 });
  expect(await resolver().resolveTxt(ZONE)).toEqual([["of the zone"]]);
});

test("each change gives the zone another serial", async () => {
  const { serial } = await resolver().resolveSoa(ZONE);
  zone.put(LABEL, "one");
  expect((await resolver().resolveSoa(ZONE)).serial).toBeGreaterThan(serial);
});

test("what is not there is denied with the start of authority, briefly to be remembered", () => {
  const missing = answerTo(aQuestion(`nothing.${ZONE}`).toBuffer());
  expect(missing.header).toMatchObject({ rcode: RCODE.NXDOMAIN, aa: 1, ra: 0 });
  expect(missing.authorities).toMatchObject([{ type: TYPE.SOA, name: ZONE, ttl: 1, minimum: 1 }]);
  const otherType = answerTo(aQuestion(NAME, TYPE.A).toBuffer());
  expect(otherType.header).toMatchObject({ rcode: RCODE.NOERROR, aa: 1 });
  expect(otherType.answers).toEqual([]);
  expect(otherType.authorities).toMatchObject([{ type: TYPE.SOA }]);
});

test("a name between the zone and a text exists: resolvers that ask step by step go on", () => {
  const content = { ...aContent([]), texts: new Map([["_acme-challenge.us-east-1", ["proof"]]]) };
  const between = answerMessage(content, aQuestion(`us-east-1.${ZONE}`, TYPE.A).toBuffer(), "udp");
  expect(Packet.parse(between ?? Buffer.alloc(0)).header.rcode).toBe(RCODE.NOERROR);
  const beside = answerMessage(content, aQuestion(`east-1.${ZONE}`, TYPE.A).toBuffer(), "udp");
  expect(Packet.parse(beside ?? Buffer.alloc(0)).header.rcode).toBe(RCODE.NXDOMAIN);
});

test.each(["example.com", "other.example.com", `x${ZONE}`, "com", ""])(
  "%j is not ours: refused, without recursion",
  (name) => {
    const { header, answers, authorities } = answerTo(aQuestion(name, TYPE.A).toBuffer());
    expect(header).toMatchObject({ rcode: RCODE.REFUSED, aa: 0, ra: 0 });
    expect([...answers, ...authorities]).toEqual([]);
  },
);

test("nobody gets all there is", () => {
  for (const type of [TYPE.ANY, TYPE.AXFR, 251]) {
    const message = aQuestion(NAME, type).toBuffer();
    const reply = answerTo(message);
    expect(reply.header.rcode).toBe(RCODE.REFUSED);
    expect(reply.toBuffer().length).toBeLessThanOrEqual(message.length);
  }
});

test("other classes are refused, other acts are not implemented", () => {
  const chaos = aQuestion("version.bind");
  chaos.questions = [new Packet.Question(NAME, TYPE.TXT, CLASS.CH)];
  expect(answerTo(chaos.toBuffer()).header.rcode).toBe(RCODE.REFUSED);
  expect(answerTo(aQuestion(NAME, TYPE.TXT, { opcode: 5 }).toBuffer()).header).toMatchObject({
    rcode: RCODE.NOTIMP,
    opcode: 5,
    id: 4711,
  });
});

test("the name comes back in the letters it was asked in", () => {
  const asked = NAME.replaceAll(/[a-f]/g, (letter) => letter.toUpperCase()).replace("example", "eXaMpLe");
  const reply = answerTo(aQuestion(asked).toBuffer());
  expect(reply.questions[0]?.name).toBe(asked);
  expect(reply.answers).toMatchObject([{ name: asked, data: ["proof"], ttl: 1 }]);
});

test("what does not fit is cut to nothing and says so; over TCP it is whole", async () => {
  const texts = Array.from({ length: 12 }, (_, index) => `${"x".repeat(60)}${index}`);
  const plain = answerTo(aQuestion(NAME).toBuffer(), texts);
  expect(plain.header).toMatchObject({ tc: 1, rcode: RCODE.NOERROR });
  expect(plain.answers).toEqual([]);
  const wide = aQuestion(NAME);
  wide.additionals = [Packet.Resource.EDNS([], { udpPayloadSize: 4096, doFlag: true })];
  const reply = answerTo(wide.toBuffer(), texts);
  expect(reply.header.tc).toBe(0);
  expect(reply.answers).toHaveLength(12);
  expect(reply.additionals).toMatchObject([{ type: TYPE.EDNS, class: 1232, doFlag: true, version: 0 }]);
  const tooMany = answerTo(
    wide.toBuffer(),
    Array.from({ length: 40 }, (_, index) => `${"y".repeat(60)}${index}`),
  );
  expect(tooMany.header.tc).toBe(1);
  // Node's resolver goes over to TCP by itself.
  for (const text of texts) zone.put(LABEL, text);
  expect((await resolver().resolveTxt(NAME)).flat().toSorted()).toEqual(texts.toSorted());
});

test("a version of EDNS that is not known is told, and two OPT records are an error", () => {
  const newer = aQuestion(NAME);
  newer.additionals = [Packet.Resource.EDNS([], { version: 1 })];
  const reply = answerTo(newer.toBuffer());
  expect(reply.header.rcode).toBe(RCODE.BADVERS);
  expect(reply.answers).toEqual([]);
  newer.additionals = [Packet.Resource.EDNS([]), Packet.Resource.EDNS([])];
  expect(answerTo(newer.toBuffer()).header.rcode).toBe(RCODE.FORMERR);
});

test("a name that the codec would write otherwise is refused as malformed", () => {
  const dotted = aQuestion(`a.${ZONE}`).toBuffer();
  const header = dotted.subarray(0, 12);
  const question = Buffer.concat([Buffer.from([3]), Buffer.from("a.b"), dotted.subarray(14)]);
  const reply = answerTo(Buffer.concat([header, question]));
  expect(reply.header.rcode).toBe(RCODE.FORMERR);
  const none = aQuestion(NAME);
  none.questions = [];
  expect(answerTo(none.toBuffer()).header.rcode).toBe(RCODE.FORMERR);
});

test("replies and fragments get no reply: nothing goes round for ever", () => {
  expect(
    answerMessage(aContent(["proof"]), aQuestion(NAME, TYPE.TXT, { qr: 1 }).toBuffer(), "udp"),
  ).toBeNull();
  expect(answerMessage(aContent(["proof"]), Buffer.alloc(11), "udp")).toBeNull();
});

test("whatever bytes come: a reply to the same id or none, never an exception, never large", () => {
  const valid = aQuestion(NAME);
  valid.additionals = [Packet.Resource.EDNS([], { udpPayloadSize: 1232 })];
  const bytes = [...valid.toBuffer()];
  const mutated = fc
    .tuple(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }),
      fc.nat(bytes.length),
      fc.uint8Array({ maxLength: 40 }),
    )
    .map(([changes, length, tail]) => {
      const changed = Buffer.from(bytes);
      for (const [at, value] of changes) changed[at] = value;
      return Buffer.concat([changed.subarray(0, length), tail]);
    });
  const random = fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(fc.oneof(random, mutated), (message) => {
      const reply = answerMessage(aContent(["proof"]), message, "udp");
      if (reply === null) return;
      expect(reply.subarray(0, 2)).toEqual(message.subarray(0, 2));
      expect(reply.length).toBeLessThanOrEqual(512);
      expect(Packet.parse(reply).header.qr).toBe(1);
    }),
    { numRuns: 5000 },
  );
});

test("pointers that lead around, and counts that promise more, are malformed", () => {
  const message = aQuestion(NAME).toBuffer();
  const circle = Buffer.concat([message.subarray(0, 12), Buffer.from([0xc0, 12, 0, 16, 0, 1])]);
  expect(answerTo(circle).header.rcode).toBe(RCODE.FORMERR);
  message.writeUInt16BE(65_535, 10);
  expect(answerTo(message).header.rcode).toBe(RCODE.FORMERR);
});

test("records that no question has are refused unread: their names could cost much to follow", () => {
  for (const at of [6, 8]) {
    const message = aQuestion(NAME).toBuffer();
    message.writeUInt16BE(1, at);
    expect(answerTo(message).header.rcode).toBe(RCODE.FORMERR);
  }
  const many = aQuestion(NAME);
  const record = { name: "", type: TYPE.A, class: CLASS.IN, ttl: 1, address: "192.0.2.1" };
  many.additionals = Array.from({ length: 3 }, () => new Packet.Resource(record));
  expect(answerTo(many.toBuffer()).header.rcode).toBe(RCODE.FORMERR);
});

test("the server lives on after garbage over both transports", async () => {
  const udp = createSocket("udp4");
  for (let length = 0; length < 200; length++) udp.send(Buffer.alloc(length, length), port, "127.0.0.1");
  udp.close();
  for (const garbage of [
    Buffer.from([255, 255, 1]),
    Buffer.from([0, 5, 1, 2, 3, 4, 5]),
    Buffer.from("GET / HTTP/1.1\r\n\r\n"),
  ]) {
    const connection = connect(port, "127.0.0.1").on("error", () => undefined);
    connection.end(garbage);
    await once(connection.resume(), "close");
  }
  zone.put(LABEL, "still here");
  expect(await resolver().resolveTxt(NAME)).toEqual([["still here"]]);
});

test("several questions over one connection are answered in turn, also in pieces", async () => {
  zone.put(LABEL, "proof");
  const message = aQuestion(NAME).toBuffer();
  const framed = Buffer.concat([Buffer.from([0, message.length]), message]);
  const connection = connect(port, "127.0.0.1");
  let received = Buffer.alloc(0);
  connection.on("data", (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
  connection.write(Buffer.concat([framed, framed.subarray(0, 9)]));
  const length = await waitFor(() => received.length > 2 && received.readUInt16BE(0));
  connection.write(framed.subarray(9));
  await waitFor(() => received.length === 2 * (length + 2));
  connection.destroy();
  expect(Packet.parse(received.subarray(2, 2 + length)).answers).toMatchObject([{ data: ["proof"] }]);
});

test("connections are few: those beyond the limit are closed, and UDP answers on", async () => {
  const connections = Array.from({ length: 80 }, () =>
    connect(port, "127.0.0.1").on("error", () => undefined),
  );
  await waitFor(() => connections.filter(({ closed }) => closed).length >= 16);
  expect(connections.filter(({ closed }) => !closed).length).toBeLessThanOrEqual(64);
  expect(Packet.parse(await overUdp(aQuestion(NAME).toBuffer())).header.rcode).toBe(RCODE.NXDOMAIN);
  // Nobody speaks: they all go by themselves.
  await waitFor(() => connections.every(({ closed }) => closed), { timeoutMs: 8000 });
});

test("a port that is taken is told with what to do", async () => {
  const second = aZone({ port });
  await expect(second.start(end.signal)).rejects.toThrow(
    /another program listens there.*systemd-resolved.*SLIPWAY_DNS_PORT/,
  );
  const elsewhere = aZone({ host: "192.0.2.1" });
  await expect(elsewhere.start(end.signal)).rejects.toThrow(/does not have that address/);
});

test("a port that is taken for UDP alone is told too, and TCP is given back", async () => {
  // A port that nobody has for TCP either.
  const free = createServer().listen(0, "127.0.0.1");
  await once(free, "listening");
  const { port: udpPort } = free.address() as AddressInfo;
  const taken = createSocket("udp4");
  taken.bind(udpPort, "127.0.0.1");
  await once(taken, "listening");
  free.close();
  await once(free, "close");
  await expect(aZone({ port: udpPort }).start(end.signal)).rejects.toThrow(/cannot listen on 127.0.0.1 port/);
  taken.close();
  const server = createServer().listen(udpPort, "127.0.0.1");
  await once(server, "listening");
  server.close();
});

test("on all addresses it answers over both versions of IP", async () => {
  const everywhere = aZone({ host: "*" });
  port = await everywhere.start(end.signal);
  everywhere.put(LABEL, "proof");
  expect(await resolver().resolveTxt(NAME)).toEqual([["proof"]]);
  const six = new Resolver({ timeout: 1000 });
  six.setServers([`[::1]:${port}`]);
  expect(await six.resolveTxt(NAME)).toEqual([["proof"]]);
});

test("aborted, it gives its port back, with connections open", async () => {
  const connection = connect(port, "127.0.0.1").on("error", () => undefined);
  await once(connection, "connect");
  end.abort();
  await once(connection, "close");
  end = new AbortController();
  expect(await aZone({ port }).start(end.signal)).toBe(port);
});

test("a text that no record can hold is refused when it is put", () => {
  expect(() => zone.put(LABEL, "x".repeat(256))).toThrow(RangeError);
});
