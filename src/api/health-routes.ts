/**
 * Whether this process lives (`/healthz`), whether it can keep services (`/readyz`), and both in one as `slipway up` asks
 * (`/health`). Anybody may ask, so names and paths are for this machine alone, and an answer is kept for a second.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { HealthProblem, OwnHealth } from "../ports/own-health.ts";

export interface HealthRoutesOptions {
  readonly ownHealth: Pick<OwnHealth, "problems">;
  readonly now: () => number;
  /** What services cannot be touched without yet, in one line; null when all is there. */
  readonly waitingFor: () => string | null;
  /** False while services wait for their first instances after a start; 200 all the same. */
  readonly areServicesBack: () => boolean;
}

const KEPT_MS = 1_000;
const OK = 200;
const UNAVAILABLE = 503;

export function addHealthRoutes(app: FastifyInstance, options: HealthRoutesOptions): void {
  const problems = kept(() => options.ownHealth.problems(), options.now);
  app.get("/healthz", (_request, reply) => answer(reply, OK, { status: "ok" }));
  app.get("/readyz", async (request, reply) => {
    const found = await problems();
    if (found.length === 0) return answer(reply, OK, { status: "ready" });
    return answer(reply, UNAVAILABLE, { status: "not ready", problems: shown(found, request) });
  });
  app.get("/health", (_request, reply) => {
    const waitingFor = options.waitingFor();
    const ready = options.areServicesBack() ? { status: "ok" } : { status: "ok", waitingFor: "services" };
    if (waitingFor === null) return answer(reply, OK, ready);
    return answer(reply, UNAVAILABLE, { status: "starting", waitingFor });
  });
}

function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.status(status).header("cache-control", "no-store").send(body);
}

function shown(
  problems: readonly HealthProblem[],
  request: FastifyRequest,
): readonly Partial<HealthProblem>[] {
  const isForwarded = request.headers["x-forwarded-for"] !== undefined;
  return isThisMachine(request.ip) && !isForwarded ? problems : problems.map(({ part }) => ({ part }));
}

export function isThisMachine(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./.test(address);
}

/** Asked again only when the answer is old; who asks meanwhile waits for the same one. */
function kept<Value>(ask: () => Promise<Value>, now: () => number): () => Promise<Value> {
  let askedAtMs = -Infinity;
  let value: Promise<Value> | null = null;
  return async () => {
    const nowMs = now();
    // A clock that went back makes it old, too.
    if (value === null || Math.abs(nowMs - askedAtMs) >= KEPT_MS) {
      askedAtMs = nowMs;
      value = ask();
    }
    return value;
  };
}
