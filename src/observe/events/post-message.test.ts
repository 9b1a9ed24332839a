import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, expect, it } from "vitest";
import { postMessage } from "./post-message.ts";
import { isOwnOrPrivate } from "./target-address.ts";
import { startReceiver } from "./testing/receiver.ts";
import { aCertificate } from "./testing/test-certificates.ts";

const LIMITS = { arePrivateTargetsAllowed: true, deadlineMs: 5_000 };
const never = new AbortController().signal;
const send = (url: string, limits = LIMITS) =>
  postMessage({ url: new URL(url), headers: { "webhook-id": "1" }, body: "{}" }, limits, never);

it("is a success by its status alone", async () => {
  await using receiver = await startReceiver();
  expect(await send(receiver.url)).toEqual({ status: 204, problem: null, retryAfterMs: null });
  expect(receiver.received).toMatchObject([
    { headers: { "webhook-id": "1", "content-length": "2" }, body: "{}" },
  ]);
});

it.each([500, 404, 410, 429])("tells status %d, and nothing of the answer", async (status) => {
  await using receiver = await startReceiver();
  receiver.answer = (response) => response.writeHead(status, { "retry-after": "7" }).end("a secret");
  expect(await send(receiver.url)).toEqual({
    status,
    problem: `answered with status ${status}`,
    retryAfterMs: 7000,
  });
});

it("takes a date to come back by the endpoint's own clock", async () => {
  await using receiver = await startReceiver();
  receiver.answer = (response) => {
    response.sendDate = false;
    response.writeHead(503, {
      date: "Sat, 21 Nov 2026 10:00:00 GMT",
      "retry-after": "Sat, 21 Nov 2026 10:01:30 GMT",
    });
    response.end();
  };
  expect(await send(receiver.url)).toMatchObject({ retryAfterMs: 90_000 });
});

it("follows no redirect", async () => {
  await using other = await startReceiver();
  await using receiver = await startReceiver();
  receiver.answer = (response) => response.writeHead(307, { location: other.url }).end();
  expect((await send(receiver.url)).problem).toContain("redirects are not followed");
  expect(other.received).toEqual([]);
});

it("ends at its deadline when nobody answers", async () => {
  await using receiver = await startReceiver();
  receiver.answer = () => undefined;
  const outcome = await send(receiver.url, { ...LIMITS, deadlineMs: 400 });
  expect(outcome).toMatchObject({ status: null, problem: "no answer within 0.4 s" });
});

it.each([
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  "no HTTP\r\n\r\n",
])("ends when the answer is %j", async (answer) => {
  await using receiver = await startReceiver();
  receiver.answer = (_response, _message, request) => void request.socket.write(answer);
  const outcome = await send(receiver.url, { ...LIMITS, deadlineMs: 400 });
  expect(outcome).toMatchObject({ status: null, problem: expect.any(String) as unknown });
});

it("is taken although the body never ends or is huge", async () => {
  await using receiver = await startReceiver();
  receiver.answer = (response) => void response.writeHead(200).write("slow");
  expect(await send(receiver.url)).toMatchObject({ status: 200, problem: null });
  let sentBytes = 0;
  receiver.answer = (response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) sentBytes += 65_536;
    };
    response.on("drain", more);
    more();
  };
  expect(await send(receiver.url)).toMatchObject({ status: 200, problem: null });
  expect(sentBytes).toBeLessThan(16 * 1_048_576);
});

it("tells connections that are refused or cut", async () => {
  await using receiver = await startReceiver();
  receiver.answer = (_response, _message, request) => void request.socket.destroy();
  expect((await send(receiver.url)).problem).toBe("the connection was closed without an answer");
  await using gone = await startReceiver();
  await gone[Symbol.asyncDispose]();
  expect((await send(gone.url)).problem).toBe("the connection was refused");
});

const ownRoots = getCACertificates("default");
afterEach(() => setDefaultCACertificates(ownRoots));

it("takes a certificate of an authority that was added, for the address's own name", async () => {
  const root = await aCertificate("127.0.0.9", { isAuthority: true });
  await using good = await startReceiver(await aCertificate("127.0.0.1", { issuer: root }));
  await using other = await startReceiver(await aCertificate("127.0.0.2", { issuer: root }));
  // As NODE_EXTRA_CA_CERTS has it from the start.
  setDefaultCACertificates([...ownRoots, root.cert]);
  expect(await send(good.url)).toMatchObject({ status: 204, problem: null });
  expect(await send(other.url)).toMatchObject({
    status: null,
    problem: "its certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)",
  });
  expect(other.received).toEqual([]);
});

it("refuses a certificate that nobody here vouches for, and says what would help", async () => {
  const root = await aCertificate("127.0.0.9", { isAuthority: true });
  await using unknown = await startReceiver(await aCertificate("127.0.0.1", { issuer: root }));
  await using self = await startReceiver(await aCertificate("127.0.0.1"));
  expect((await send(unknown.url)).problem).toMatch(
    /^its certificate is of an authority that is not trusted here: NODE_EXTRA_CA_CERTS .*UNABLE_TO_VERIFY_LEAF/,
  );
  expect((await send(self.url)).problem).toMatch(/^its certificate is signed by nobody but itself: /);
  expect([...unknown.received, ...self.received]).toEqual([]);
});

it.each([
  "http://127.0.0.1:1/",
  "http://localhost:1/",
  "http://a.localhost/",
  "http://2130706433/",
  "http://10.1.2.3/",
  "http://[::1]:1/",
  "http://[::ffff:127.0.0.1]/",
  "http://[64:ff9b::7f00:1]/",
])("refuses %s unless private targets are allowed", async (url) => {
  const outcome = await send(url, { ...LIMITS, arePrivateTargetsAllowed: false });
  expect(outcome.problem).toContain("eventPrivateTargets");
});

it.each([
  "http://169.254.169.254/latest/meta-data",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "http://[fd00:ec2::254]/",
  "http://168.63.129.16/machine?comp=goalstate",
  "http://[fd20:ce::254]/",
  "http://0.0.0.0/",
])("refuses %s whatever is allowed", async (url) => {
  for (const arePrivateTargetsAllowed of [false, true]) {
    const outcome = await send(url, { arePrivateTargetsAllowed, deadlineMs: 50 });
    expect(outcome.problem).toContain("nothing is sent there");
  }
});

it("refuses public addresses of this machine, also as IPv6", () => {
  const own = ["192.0.2.1", "2001:db8::1"];
  const asked = ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8:0::1", "192.0.2.2", "2001:db8::2"];
  expect(asked.map((address) => isOwnOrPrivate(address, own))).toEqual([true, true, true, false, false]);
});

it("does not take a public address for a private one", async () => {
  const outcome = await send("http://192.0.2.1:9/", { arePrivateTargetsAllowed: false, deadlineMs: 50 });
  expect(outcome.problem).not.toContain("eventPrivateTargets");
});
