// A request that does not arrive is answered and cut, whatever was answered before; what is no API call is not.
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { afterEach, expect, test } from "vitest";
import { addReadingDeadline, liftReadingDeadline } from "./reading-deadline.ts";

let app: FastifyInstance;
afterEach(() => app.close());

async function start(): Promise<number> {
  app = fastify({
    frameworkErrors: (_error, _request, reply) => void refuse(reply),
  });
  addReadingDeadline(app.server, {
    deadlineMs: 50,
    refusal: () => ({ status: 408, headers: { "x-late": "yes" }, body: "late" }),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.get("/health", () => "fine");
  app.post("/git", { onRequest: async ({ raw }) => liftReadingDeadline(raw) }, (request) => request.body);
  app.post("/", (request) => `got ${String(request.body)}`);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const address = app.server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.status(400).send("no such address");
}

function send(port: number, line: string, body: string) {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${line} HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 8\r\n\r\n${body}`);
  return socket;
}

test.each(["POST /", "PUT /", "PUT /git", "POST /git/nobody"])(
  "half a body for %s is answered when its time is over, and the connection ends",
  async (line) => {
    const answer = await text(send(await start(), line, "half"));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toMatch(/x-late: yes[^]*late$/);
  },
);

test.each([
  ["GET /health", 200],
  ["POST /%zz", 400],
  ["PROPFIND /git", 404],
])("who sends on after an answer to %s is cut as well", async (line, status) => {
  const answer = await text(send(await start(), line, "half"));
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).not.toContain("x-late");
});

test("streams have longer, and what came in time is answered as ever", async () => {
  const port = await start();
  const slow = send(port, "POST /git", "half");
  const whole = send(port, "POST /", "complete");
  // The time of an API call is over, the stream's is not.
  await text(send(port, "POST /", "half"));
  slow.end("full");
  expect(await text(slow)).toMatch(/halffull$/);
  whole.end();
  expect(await text(whole)).toMatch(/got complete$/);
});
