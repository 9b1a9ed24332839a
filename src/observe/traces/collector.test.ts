import { describe, expect, it } from "vitest";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { attributesOf, TestCollector } from "../../../test/support/collector.ts";
import { anOperation } from "../../ports/store.contract.ts";
import { Collector, type CollectorOptions } from "./collector.ts";
import { operationSpans } from "./operation-spans.ts";
import { spansOf } from "./request-spans.ts";
import { toReadable } from "./span.ts";
import { aRequest, aSpan, PARENT_ID, SPAN_ID, TRACE_ID } from "./test-support.ts";

const never = new AbortController().signal;
const source = {
  resource: resourceFromAttributes({ "service.name": "slipway" }),
  scope: { name: "slipway", version: "1" },
};

function send(endpoint: string, options: Partial<CollectorOptions> = {}) {
  const collector = new Collector({ endpoint, protocol: "http/json", headers: {}, ...options });
  const span = aSpan({ parentSpanId: PARENT_ID, isError: true });
  return collector.send([toReadable(span, source)], never).finally(() => collector.close());
}

describe("what a collector gets", () => {
  it("is OTLP in JSON, below the endpoint's path, with the headers", async () => {
    await using server = await TestCollector.listen();
    const headers = { authorization: "Bearer key" };
    expect(await send(`${server.endpoint}/otlp/`, { headers })).toEqual({
      kind: "taken",
      refusedCount: 0,
      problem: null,
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ path: "/otlp/v1/traces", headers });
    expect(JSON.parse(request?.body.toString() ?? "")).toMatchObject({
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "slipway" } }] },
          scopeSpans: [{ scope: { name: "slipway", version: "1" } }],
        },
      ],
    });
  });

  it("is OTLP in protocol buffers", async () => {
    await using server = await TestCollector.listen();
    await send(server.endpoint, { protocol: "http/protobuf" });
    const [request] = server.requests;
    expect(request?.headers["content-type"]).toBe("application/x-protobuf");
    for (const text of ["service.name", "slipway"]) expect(request?.body.includes(text)).toBe(true);
  });

  it.each(["http/json", "http/protobuf"] as const)("is the span, whole, in %s", async (protocol) => {
    await using server = await TestCollector.listen();
    await send(server.endpoint, { protocol });
    const [span, ...others] = server.spans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      parentSpanId: PARENT_ID,
      name: "GET",
      kind: 2,
      startTimeUnixNano: "1800000000000250000",
      endTimeUnixNano: "1800000000012500000",
      status: { code: 2 },
    });
    expect(attributesOf(span!)).toEqual({ "url.path": "/orders", "http.response.status_code": 200 });
  });
});

describe("many spans", () => {
  it.each(["http/json", "http/protobuf"] as const)("say in %s once whose they are", async (protocol) => {
    await using server = await TestCollector.listen();
    const collector = new Collector({ endpoint: server.endpoint, protocol, headers: {} });
    await collector.send(
      Array.from({ length: 5 }, () => toReadable(aSpan({ attributes: {} }), source)),
      never,
    );
    collector.close();
    expect(server.spans()).toHaveLength(5);
    const body = server.requests[0]?.body.toString("latin1") ?? "";
    // The name of the service, and that of the scope.
    expect(body.split("slipway")).toHaveLength(3);
  });
});

describe("what a collector answers", () => {
  it.each([
    [429, "busy"],
    [503, "busy"],
    [400, "refused"],
    [401, "refused"],
    [302, "refused"],
  ])("%d is %s", async (status, kind) => {
    await using server = await TestCollector.listen();
    server.answer = (response) => response.writeHead(status, { "retry-after": "7" }).end("no");
    const problem = `${server.endpoint} answered ${status}`;
    expect(await send(server.endpoint)).toEqual({
      kind,
      problem,
      ...(kind === "busy" && { retryAfterMs: 7000 }),
    });
  });

  it("spans that it refuses out of a batch are counted", async () => {
    await using server = await TestCollector.listen();
    const partialSuccess = { rejectedSpans: "1", errorMessage: "too old" };
    server.answer = (response) => response.end(JSON.stringify({ partialSuccess }));
    const problem = `${server.endpoint} refused spans: too old`;
    expect(await send(server.endpoint)).toEqual({ kind: "taken", refusedCount: 1, problem });
  });

  it("nonsense is taken for a yes, and not read to its end", async () => {
    await using server = await TestCollector.listen();
    server.answer = (response) => response.end("x".repeat(1_000_000));
    expect(await send(server.endpoint)).toMatchObject({ kind: "taken", refusedCount: 0 });
  });

  it("nothing at all, and nobody there, is busy", async () => {
    const server = await TestCollector.listen();
    server.answer = () => undefined;
    const { endpoint } = server;
    expect(await send(endpoint, { timeoutMs: 100 })).toEqual({
      kind: "busy",
      retryAfterMs: null,
      problem: `${endpoint} does not answer in time`,
    });
    await server[Symbol.asyncDispose]();
    expect(await send(endpoint)).toEqual({
      kind: "busy",
      retryAfterMs: null,
      problem: `${endpoint} cannot be reached (ECONNREFUSED)`,
    });
  });
});

describe("attributes without a value", () => {
  it.each(["http/json", "http/protobuf"] as const)("are not in the bytes of %s", async (protocol) => {
    await using server = await TestCollector.listen();
    const collector = new Collector({ endpoint: server.endpoint, protocol, headers: {} });
    const spans = [
      ...spansOf(aRequest(), () => SPAN_ID),
      ...operationSpans(
        anOperation({ serviceId: "1", cause: null, releaseNumber: null, endedAtMs: 2 }),
        [],
        () => SPAN_ID,
      ),
    ];
    await collector.send(
      spans.map((span) => toReadable(span, source)),
      never,
    );
    collector.close();
    const bytes = server.requests[0]?.body ?? Buffer.of();
    for (const key of ["http.request.method_original", "error.type", "slipway.cut", "slipway.release"]) {
      expect(bytes.includes(key)).toBe(false);
    }
    for (const key of ["http.response.status_code", "slipway.operation.status"]) {
      expect(bytes.includes(key)).toBe(true);
    }
  });
});
