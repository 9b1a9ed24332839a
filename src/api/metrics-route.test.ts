import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { addMetricsRoute } from "./metrics-route.ts";

const TOKEN = "a-long-token-of-the-test";

function ask(
  token: string | null,
  headers: Readonly<Record<string, string>> = {},
  remoteAddress = "127.0.0.1",
) {
  const app = fastify();
  const observed: number[] = [];
  addMetricsRoute(app, {
    token: () => token,
    render: async (isOpenMetrics) => (isOpenMetrics ? "open" : "plain"),
    observe: (status) => observed.push(status),
  });
  return app.inject({ method: "GET", url: "/metrics", headers, remoteAddress }).then((reply) => {
    return { status: reply.statusCode, body: reply.body, headers: reply.headers, observed };
  });
}

describe("GET /metrics", () => {
  it("answers this machine, in the format that is asked for", async () => {
    const plain = await ask(null);
    expect(plain).toMatchObject({ status: 200, body: "plain", observed: [200] });
    expect(plain.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    const open = await ask(null, { accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5" });
    expect(open).toMatchObject({ status: 200, body: "open" });
    expect((await ask(null, {}, "::1")).status).toBe(200);
  });

  it("refuses other machines, also behind a proxy on this one, and says what to do", async () => {
    for (const [headers, address] of [
      [{}, "10.0.0.7"],
      [{ "x-forwarded-for": "10.0.0.7" }, "127.0.0.1"],
      [{ via: "1.1 proxy" }, "::1"],
    ] as const) {
      expect(await ask(null, headers, address)).toMatchObject({
        status: 403,
        body: expect.stringContaining("metricsTokenFile"),
      });
      const challenged = await ask(TOKEN, headers, address);
      expect(challenged.status).toBe(401);
      expect(challenged.headers["www-authenticate"]).toContain("Bearer");
    }
  });

  it("answers whoever has the token, and nobody with another", async () => {
    const elsewhere = "10.0.0.7";
    expect((await ask(TOKEN, { authorization: `Bearer ${TOKEN}` }, elsewhere)).status).toBe(200);
    expect((await ask(TOKEN, { authorization: `Bearer ${TOKEN}x` }, elsewhere)).status).toBe(401);
    expect((await ask(TOKEN, { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await ask(null, { authorization: "Bearer null" }, elsewhere)).status).toBe(401);
  });
});
