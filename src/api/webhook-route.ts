/**
 * `POST /webhooks/<service id>`: deliveries of Git hosts and registries. Not signed as calls of the API are, so anybody
 * can send one: few bodies are held at the same time, and a stranger soon waits. Polling makes up for what is refused.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { WebhookReceiver } from "../ports/source-watching.ts";
import type { ApiLogger } from "./dispatch.ts";

export interface WebhookOptions {
  readonly webhooks: WebhookReceiver;
  readonly logger: ApiLogger;
  readonly now: () => number;
}

/** 1 MiB each at most. */
const BODIES_AT_ONCE = 16;
/** A push to a repository of many services calls once for each. */
const BURST = 60;
const PER_SECOND = 10;

interface Params {
  readonly serviceId: string;
}

export function addWebhookRoute(app: FastifyInstance, { webhooks, logger, now }: WebhookOptions): void {
  const admission = new WebhookAdmission(now);
  app.post<{ Params: Params }>(
    "/webhooks/:serviceId",
    { onRequest: (request, reply) => admit(admission, request, reply) },
    async (request, reply) => {
      const { serviceId } = request.params;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { status, result } = await webhooks.receive({ serviceId, headers: request.headers, body });
      logger.info({ event: "api.webhook", serviceId: serviceId.slice(0, 32), status }, "webhook");
      return reply.status(status).header("cache-control", "no-store").send({ result });
    },
  );
}

async function admit(
  admission: WebhookAdmission,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  if (admission.enter()) {
    reply.raw.once("close", () => admission.leave());
    return undefined;
  }
  // Unread as it is, the body must not be taken for the next request.
  return reply
    .status(429)
    .headers({ "retry-after": "10", connection: "close" })
    .send({ result: "Too many deliveries at once. Send it again later." });
}

/** A bucket that fills by the second, and a number of places. */
class WebhookAdmission {
  readonly #now: () => number;
  #tokens = BURST;
  #filledAtMs: number;
  #inside = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#filledAtMs = now();
  }

  enter(): boolean {
    this.#fill();
    if (this.#inside >= BODIES_AT_ONCE || this.#tokens < 1) return false;
    this.#tokens -= 1;
    this.#inside += 1;
    return true;
  }

  leave(): void {
    this.#inside -= 1;
  }

  #fill(): void {
    const nowMs = this.#now();
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#tokens = Math.min(BURST, this.#tokens + (passedMs * PER_SECOND) / 1000);
    this.#filledAtMs = nowMs;
  }
}
