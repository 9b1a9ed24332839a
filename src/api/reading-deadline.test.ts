// A request that does not arrive is answered and cut; what is no API call is not.
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { addReadingDeadline } from "./reading-deadline.ts";

let app: FastifyInstance;
afterEach(() => app.close());

async function start(): Promise<number> {
  app = fastify();
  addReadingDeadline(app, {
    deadlineMs: 50,
    isStreamed: (target) => target.startsWith("/git/"),
    refusal: () => ({ status: 408, headers: { "x-late": "yes" }, body: "late" }),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.post("/*", (request) => `got ${String(request.body)}`);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function post(port: number, target: string, body: string) {
  const socket = connect(port, "127.0.0.1");
  socket.write(`POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nConnection: close\r\n\r\n${body}`);
  return socket;
}

test("half a body is answered when its time is over, and the connection ends", async () => {
  const answer = await text(post(await start(), "/", "half"));
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(answer).toMatch(/x-late: yes[^]*late$/);
});

test("streams have longer, and what came in time is answered as ever", async () => {
  const port = await start();
  const slow = post(port, "/git/shop.git/git-receive-pack", "half");
  expect(await text(post(port, "/", "complete"))).toMatch(/got complete$/);
  // The time of the API call is over, the stream's is not.
  await text(post(port, "/", "half"));
  slow.write("full");
  expect(await text(slow)).toMatch(/got halffull$/);
});
