import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { spansOf } from "./request-spans.ts";
import { aRequest, PARENT_ID, SPAN_ID, TRACE_ID } from "./test-support.ts";
import { MEASURED } from "../../../test/support/processor-time.ts";

let count = 0;
const newSpanId = () => (++count).toString(16).padStart(16, "0");
const spans = (change: Parameters<typeof aRequest>[0] = {}) => spansOf(aRequest(change), newSpanId);

describe("a request that is traced", () => {
  it("is one span of a server, with HTTP's attributes", () => {
    expect(spans()).toEqual([
      {
        traceId: TRACE_ID,
        spanId: SPAN_ID,
        parentSpanId: null,
        hasRemoteParent: true,
        kind: "server",
        name: "GET",
        startMs: 1_800_000_000_000,
        endMs: 1_800_000_000_012.5,
        isError: false,
        attributes: {
          "http.request.method": "GET",
          "http.request.method_original": undefined,
          "http.response.status_code": 200,
          "http.response.body.size": 512,
          "url.scheme": "https",
          "url.path": "/orders",
          "server.address": "web1.example.com",
          "client.address": "198.51.100.7",
          "network.protocol.name": "http",
          "error.type": undefined,
          "slipway.service.name": "web1",
          "slipway.service.id": "5".repeat(32),
          "slipway.instance.id": "1".repeat(32),
          "slipway.request.id": "req-1",
          "slipway.cut": undefined,
        },
      },
    ]);
  });

  it("goes on with the client's trace", () => {
    const trace = { traceId: TRACE_ID, spanId: SPAN_ID, parentSpanId: PARENT_ID };
    expect(spans({ trace })).toMatchObject([{ spanId: SPAN_ID, parentSpanId: PARENT_ID }]);
  });

  it("has parts where it waited: at the gate, then in the queue", () => {
    const timings = { heldMs: 900, queuedMs: 40, connectMs: 1, responseMs: 9, totalMs: 950 };
    const [whole, gate, queue, ...others] = spans({ timings });
    expect(others).toEqual([]);
    const part = { traceId: TRACE_ID, parentSpanId: SPAN_ID, hasRemoteParent: false, kind: "internal" };
    const startMs = 1_800_000_000_000;
    expect(gate).toMatchObject({ ...part, name: "gate", startMs, endMs: startMs + 900 });
    expect(queue).toMatchObject({ ...part, name: "queue", startMs: startMs + 900, endMs: startMs + 940 });
    expect(new Set([whole?.spanId, gate?.spanId, queue?.spanId]).size).toBe(3);
  });

  it.each([
    { status: 503, cut: "queue-timeout", isError: true, type: "503" },
    { status: 404, cut: null, isError: false, type: undefined },
    { status: 0, cut: "client-left", isError: false, type: "client-left" },
    { status: 0, cut: "edge-stopped", isError: true, type: "edge-stopped" },
  ] as const)("status $status, cut $cut: an error is $isError", ({ status, cut, isError, type }) => {
    const [span] = spans({ status, cut });
    expect(span?.isError).toBe(isError);
    expect(span?.attributes["error.type"]).toBe(type);
    expect(span?.attributes["slipway.cut"]).toBe(cut ?? undefined);
  });

  it("does not make a name of a method that nobody knows", () => {
    const [span] = spans({ method: "PROPFIND" });
    expect(span?.name).toBe("_OTHER");
    expect(span?.attributes).toMatchObject({ "http.request.method_original": "PROPFIND" });
  });
});

it("spans hold nothing but themselves of what their requests were read from", MEASURED, () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heapBytes = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heapBytes();
  const kept = Array.from({ length: 100 }, (_, index) => {
    const text = `${index}`.padStart(32, "0") + `/${index}/`.padEnd(1_000_000, "x");
    const trace = { traceId: text.slice(0, 32), spanId: text.slice(0, 16), parentSpanId: text.slice(1, 17) };
    const [path, requestId, host] = [text.slice(32), text.slice(0, 20), text.slice(40, 80)];
    return spans({
      trace,
      path,
      requestId,
      host,
      clientAddress: text.slice(0, 15),
      method: text.slice(5, 30),
    });
  });
  expect(heapBytes() - before).toBeLessThan(10_000_000);
  expect(kept).toHaveLength(100);
  expect(kept[0]?.[0]?.attributes["url.path"]).toHaveLength(1024);
});

it("a request that is not traced has no span", () => {
  expect(spans({ trace: null })).toEqual([]);
});
