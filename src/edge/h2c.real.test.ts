/** Instances that speak HTTP/2, as gRPC servers do, behind real HAProxy. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "./testing/client.ts";
import { answerOf, Http2Client } from "./testing/http2-client.ts";
import { type Http2Origin, startHttp2Origin } from "./testing/http2-origin.ts";
import { serverOf, signal, Workbench } from "./testing/workbench.ts";

const HOST = "grpc.us-east-1.slipway.test";
const NAME = "grpc.test";
const CALL = { ":method": "POST", "content-type": "application/grpc", te: "trailers" };

let bench: Workbench;
let origin: Http2Origin;

beforeAll(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  origin = await startHttp2Origin("grpc");
  await bench.edge.addServer(1, serverOf(origin, { protocol: "h2c" }), signal);
  await bench.route(HOST, 1);
  await bench.name(NAME, HOST);
});
afterAll(async () => {
  await bench.dispose();
  await origin.close();
});

describe.each([
  { what: "over TLS", scheme: "https", host: NAME },
  { what: "without TLS, by prior knowledge", scheme: "http", host: HOST },
])("gRPC $what", ({ scheme, host }) => {
  const connect = async (): Promise<Http2Client> =>
    scheme === "https" ? Http2Client.connect(bench.tlsPort, host) : Http2Client.connect(bench.port);

  it("makes single calls, whose outcome is in the trailers", async () => {
    const client = await connect();
    const call = client.open(host, "/unary", CALL);
    call.end("x".repeat(200_000));
    expect(await answerOf(call)).toMatchObject({
      status: 200,
      body: "200000",
      headers: { "content-type": "application/grpc", "x-te": "trailers" },
      trailers: { "grpc-status": "0", "grpc-message": scheme },
    });
    await client.close();
  });

  it("streams both ways, each message as it comes, trailers at the end", async () => {
    const client = await connect();
    const call = client.open(host, "/stream", CALL);
    const answer = answerOf(call);
    let received = "";
    call.on("data", (chunk: Buffer) => (received += chunk.toString()));
    for (const message of ["one", "two", "three"]) {
      call.write(message);
      await until(() => received.endsWith(`<${message}>`), `the echo of ${message}`);
    }
    call.end();
    expect(await answer).toMatchObject({ trailers: { "grpc-status": "0" } });
    await client.close();
  });

  it("passes an answer of nothing but trailers", async () => {
    const client = await connect();
    const call = client.open(host, "/refuse", CALL);
    call.end();
    expect(await answerOf(call)).toMatchObject({ body: "", headers: { "grpc-status": "7" } });
    await client.close();
  });

  it("makes a hundred calls at once on one connection", async () => {
    const client = await connect();
    const calls = Array.from({ length: 100 }, () => {
      const call = client.open(host, "/unary", CALL);
      call.end("call");
      return answerOf(call);
    });
    for (const { body, trailers } of await Promise.all(calls))
      expect([body, trailers["grpc-status"]]).toEqual(["4", "0"]);
    await client.close();
  });
});

it("is told of the client in headers of their own, also of clients with HTTP/1 and behind a gate", async () => {
  const client = await Http2Client.connect(bench.tlsPort, NAME);
  const plain = await Http2Client.connect(bench.port);
  const headers = { "x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "gopher" };
  for (const gate of ["open", "watched"] as const) {
    await bench.gate(HOST, 1, gate);
    const answers = {
      https: [await client.get(NAME, "/headers", headers), await bench.getTls(NAME, "/headers", { headers })],
      http: [await plain.get(HOST, "/headers", headers), await bench.get(HOST, "/headers", { headers })],
    };
    for (const [scheme, port] of [
      ["https", bench.tlsPort],
      ["http", bench.port],
    ] as const)
      for (const { body } of answers[scheme])
        expect(JSON.parse(body)).toEqual({
          "x-forwarded-for": "127.0.0.1",
          "x-forwarded-host": scheme === "https" ? NAME : HOST,
          "x-forwarded-port": String(port),
          "x-forwarded-proto": scheme,
          "x-request-id": expect.stringMatching(/^\d+-\d+-\d+$/) as string,
        });
  }
  await bench.gate(HOST, 1, "open");
  await client.close();
  await plain.close();
});

it("follows a service from HTTP/1 to HTTP/2 and back with its slots", async () => {
  await bench.serve(3, await bench.origin("before"));
  await bench.route("changing.test", 3);
  expect((await bench.get("changing.test")).body).toBe("before");
  await bench.edge.addServer(4, serverOf(origin, { protocol: "h2c" }), signal);
  await bench.route("changing.test", 4);
  expect(await bench.get("changing.test", "/headers")).toMatchObject({ status: 200 });
  expect((await bench.get("changing.test", "/unary", { method: "POST", body: "abc" })).body).toBe("3");
  await bench.route("changing.test", 3);
  expect((await bench.get("changing.test")).body).toBe("before");
});

it("answers HTTP/1 clients from such an instance too", async () => {
  expect(await bench.get(HOST, "/unary", { method: "POST", body: "hello" })).toMatchObject({
    status: 200,
    body: "5",
  });
  expect(await bench.getTls(NAME, "/unary", { method: "POST", body: "hello" })).toMatchObject({ body: "5" });
});

it("waits at a closed gate, and ends on the new worker after a reload", async () => {
  await bench.gate(HOST, 1, "closed");
  const client = await Http2Client.connect(bench.tlsPort, NAME);
  const call = client.open(NAME, "/unary", CALL);
  call.end("held");
  await bench.edge.prepare({ minimumSlots: 12 }, signal);
  await bench.gate(HOST, 1, "open");
  expect(await answerOf(call)).toMatchObject({ body: "4", trailers: { "grpc-status": "0" } });
  await client.close();
});

it("is checked by HTTP/2, out of it and back, and by the exact probe", async () => {
  const checked = await startHttp2Origin("checked");
  const healthCheck = { protocol: "HTTP", intervalS: 1, timeoutS: 1, unhealthyThreshold: 1 } as const;
  const server = serverOf(checked, { protocol: "h2c", healthCheck });
  await bench.edge.addServer(2, server, signal);
  const health = async (): Promise<unknown> => (await bench.slot(2)).servers[0]?.health;
  await until(() => checked.checks() >= 2, "two checks");
  expect(await health()).toBe("up");
  expect(await bench.edge.probe(server, signal)).toEqual({ isHealthy: true });
  checked.setCheckStatus(500);
  await until(async () => (await health()) === "down", "the check to fail");
  expect(await bench.edge.probe(server, signal)).toMatchObject({ isHealthy: false, status: 500 });
  checked.setCheckStatus(204);
  await until(async () => (await health()) === "up", "the check to pass");
  await bench.edge.removeServer(2, "checked", signal);
  await checked.close();
});

it("is known for what it is after a crash", async () => {
  const { worker } = await bench.pids();
  process.kill(worker, "SIGKILL");
  await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
  await bench.anotherEdge().prepare({ minimumSlots: 12 }, signal);
  const client = await Http2Client.connect(bench.tlsPort, NAME);
  const call = client.open(NAME, "/unary", CALL);
  call.end("again");
  expect(await answerOf(call)).toMatchObject({ status: 200, body: "5" });
  await client.close();
});
