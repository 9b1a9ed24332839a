import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { readSmallBody, sendSafely } from "./safe-request.ts";

let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function answerOf(listener: RequestListener) {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { signal } = new AbortController();
  return await sendSafely({ url, method: "GET", headers: {}, rules: { ownPorts: [] }, signal });
}

test("an answer that breaks off is the host's fault", async () => {
  const answer = await answerOf((_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("half", () => response.destroy());
  });
  await expect(readSmallBody(answer, 1_000)).rejects.toMatchObject({
    name: "SourceError",
    problem: "unreachable",
  });
});

test("an answer without end is not read to the end", async () => {
  const answer = await answerOf((_, response) => {
    const more = () => response.write("x".repeat(10_000), more);
    more();
  });
  await expect(readSmallBody(answer, 50_000)).rejects.toMatchObject({ problem: "too-large" });
});
