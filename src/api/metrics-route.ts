/**
 * `GET /metrics`: for Prometheus. It cannot sign as calls of the API are, so it is for this machine, or for whoever has the
 * token. What came through a proxy is not from this machine, although the proxy may be.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";

export interface MetricsRoute {
  /** Null: none is set, only this machine may ask. */
  readonly token: () => string | null;
  readonly render: (isOpenMetrics: boolean) => Promise<string>;
  /** Each request of this server when it was answered. */
  readonly observe: (status: number, durationMs: number) => void;
}

const PLAIN = "text/plain; version=0.0.4; charset=utf-8";
const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROXY_HEADERS = ["x-forwarded-for", "forwarded", "via", "x-real-ip"];

export function addMetricsRoute(app: FastifyInstance, { token, render, observe }: MetricsRoute): void {
  app.addHook("onResponse", (_request, reply, done) => {
    observe(reply.statusCode, reply.elapsedTime);
    done();
  });
  app.get("/metrics", async (request, reply) => {
    const refusal = refusalFor(request, token());
    if (refusal !== null) {
      if (refusal.status === 401) reply.header("www-authenticate", 'Bearer realm="slipway"');
      return reply.status(refusal.status).type("text/plain; charset=utf-8").send(`${refusal.text}\n`);
    }
    const isOpenMetrics = request.headers.accept?.includes("application/openmetrics-text") ?? false;
    return reply
      .header("content-type", isOpenMetrics ? OPEN_METRICS : PLAIN)
      .header("cache-control", "no-store")
      .send(await render(isOpenMetrics));
  });
}

/** Null: it may. */
function refusalFor(
  request: FastifyRequest,
  token: string | null,
): { readonly status: 401 | 403; readonly text: string } | null {
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given !== undefined && token !== null && isSame(given, token)) return null;
  if (given !== undefined) return { status: 401, text: "The token is not the one of metricsTokenFile." };
  if (isFromHere(request)) return null;
  return token === null
    ? {
        status: 403,
        text: "Metrics are for this machine alone. Set metricsTokenFile to read them from elsewhere.",
      }
    : { status: 401, text: "Metrics need the token of metricsTokenFile: Authorization: Bearer <token>." };
}

function isFromHere({ ip, headers }: FastifyRequest): boolean {
  const isLoopback = ip === "::1" || /^(?:::ffff:)?127\./.test(ip);
  return isLoopback && !PROXY_HEADERS.some((name) => headers[name] !== undefined);
}

function isSame(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}
