import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import { call, sendRaw, sign, type SigningOptions, type Unsigned } from "./testing/signed-request.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;
const sockets: Socket[] = [];

beforeEach(async () => {
  slipway = await startTestApi();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await slipway.close();
});

const large: Unsigned = { ...call("AppRunner.ListServices", {}), body: `{}${" ".repeat(1_000_000)}` };

/** Sends the head of a request alone and stays on the line; `text` is what has come back, `isClosed` how it stands. */
async function sendHead(options: Partial<SigningOptions> = {}, drop?: string) {
  const { headers, body } = await sign(large, { ...slipway.key, ...options });
  const lines = Object.entries({ ...headers, "content-length": body.length })
    .filter(([name]) => name !== drop)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const { hostname, port } = new URL(slipway.endpoint);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  const answer = { text: "", isClosed: false };
  socket.on("data", (chunk: Buffer) => (answer.text += chunk.toString()));
  socket.on("close", () => (answer.isClosed = true));
  socket.on("error", () => undefined);
  socket.write(`POST / HTTP/1.1\r\n${lines.join("")}\r\n`);
  return { socket, answer };
}

describe("what the headers condemn is refused without its body, and the connection ends", () => {
  test.each([
    ["no signature", {}, "authorization", "MissingAuthenticationTokenException"],
    ["an unknown key", { id: "AKIAAAAAAAAAAAAAAAAA" }, undefined, "UnrecognizedClientException"],
    ["another region", { region: "eu-west-1" }, undefined, "InvalidSignatureException"],
    ["another service", { service: "s3" }, undefined, "InvalidSignatureException"],
    ["an old date", { signingDate: new Date(0) }, undefined, "InvalidSignatureException"],
    ["no date", {}, "x-amz-date", "IncompleteSignature"],
  ])("%s", async (_name, options, drop, type) => {
    const { answer } = await sendHead(options, drop);
    await waitFor(() => answer.text.includes(type), { what: "the refusal", timeoutMs: 5000 });
    expect(answer.text).toMatch(/^HTTP\/1\.1 403 [\s\S]*connection: close/);
    await waitFor(() => answer.isClosed, { what: "the end of the connection", timeoutMs: 5000 });
    expect(slipway.log).toMatchObject([{ fields: { event: "api.request", code: type } }]);
  });

  test("a client that sends its whole body first reads the refusal too", async () => {
    const signed = await sign(large, { ...slipway.key, id: "AKIAAAAAAAAAAAAAAAAA" });
    const answer = await sendRaw(slipway.endpoint, signed);
    expect([answer.status, answer.text]).toEqual([
      403,
      expect.stringContaining("UnrecognizedClientException"),
    ]);
  });
});

test("only so many large bodies are held at once; small calls pass, and room comes back", async () => {
  const status = async (unsigned: Unsigned) => {
    const { status: code, text } = await sendRaw(slipway.endpoint, await sign(unsigned, slipway.key));
    return `${code} ${/ThrottlingException/.exec(text)?.[0] ?? ""}`.trim();
  };
  const held = await Promise.all(Array.from({ length: 32 }, () => sendHead()));
  await waitFor(async () => (await status(large)) === "400 ThrottlingException", {
    what: "all places to be taken",
    timeoutMs: 5000,
  });
  expect(await status(call("AppRunner.ListServices", {}))).toBe("200");
  for (const { socket } of held) socket.destroy();
  await waitFor(async () => (await status(large)) === "200", { what: "room", timeoutMs: 5000 });
});
