import { once } from "node:events";
import { createServer, request as sendRequest, type ServerResponse } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endWhenSilent } from "./silent-connection.ts";

const SILENCE_MS = 200;
const server = createServer();

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  server.removeAllListeners("request");
  server.closeAllConnections();
  server.close();
});

const port = (): number => (server.address() as AddressInfo).port;

/** The next request, watched. */
async function watched(
  silenceMs = SILENCE_MS,
): Promise<{ readonly response: ServerResponse; readonly end: AbortController }> {
  const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
  const end = new AbortController();
  endWhenSilent(response, end, silenceMs);
  return { response, end };
}

test("who sends nothing is left", async () => {
  const next = watched();
  const client = sendRequest({ port: port(), method: "POST" }).on("error", () => undefined);
  client.flushHeaders();
  const { response, end } = await next;
  await once(response, "close");
  expect(end.signal.aborted).toBe(true);
});

test("who takes nothing of a long answer is left", async () => {
  const next = watched();
  const client = connect(port(), "127.0.0.1").pause();
  client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const { response, end } = await next;
  response.write(Buffer.alloc(64 * 1024 ** 2));
  await once(response, "close");
  expect(end.signal.aborted).toBe(true);
  client.destroy();
});

test("signs of life keep it", async () => {
  // So long that a machine with other work does not stand still for it.
  const silenceMs = 1_000;
  const next = watched(silenceMs);
  const answer = fetch(`http://127.0.0.1:${port()}`);
  const { response, end } = await next;
  const beganAtMs = performance.now();
  const alive = setInterval(() => {
    response.write(".");
    if (performance.now() - beganAtMs > 3 * silenceMs) response.end();
  }, silenceMs / 40);
  await (await answer).text();
  clearInterval(alive);
  expect(end.signal.aborted).toBe(false);
});
