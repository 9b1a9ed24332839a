/**
 * `POST /webhooks/<service id>`: deliveries of Git hosts and registries. Not signed as calls of the API are, so anybody
 * can send one: few bodies are held at the same time, and a stranger soon waits. Polling makes up for what is refused.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AuditedCall } from "../domain/audit.ts";
import type { WebhookReceiver } from "../ports/source-watching.ts";
import type { Auditor } from "./audit/auditor.ts";
import type { ApiLogger } from "./dispatch.ts";

export interface WebhookOptions {
  readonly webhooks: WebhookReceiver;
  readonly logger: ApiLogger;
  readonly auditor: Pick<Auditor, "recordOther">;
  readonly now: () => number;
  readonly newRequestId: () => string;
}

/** Who signed with a service's own secret. */
const WEBHOOK_PRINCIPAL = "slipway:webhook";
const FIRST_REFUSED = 400;
const SERVICE_ID_LENGTH = 32;
/** 1 MiB each at most. */
const BODIES_AT_ONCE = 16;
/** A push to a repository of many services calls once for each. */
const BURST = 60;
const PER_SECOND = 10;

interface Params {
  readonly serviceId: string;
}

export function addWebhookRoute(app: FastifyInstance, options: WebhookOptions): void {
  const { webhooks, logger, auditor, now, newRequestId } = options;
  const admission = new WebhookAdmission(now);
  app.post<{ Params: Params }>(
    "/webhooks/:serviceId",
    { onRequest: (request, reply) => admit(admission, request, reply) },
    async (request, reply) => {
      const { serviceId } = request.params;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { status, result } = await webhooks.receive({ serviceId, headers: request.headers, body });
      await auditor.recordOther(
        auditedDelivery({ request, status, result, nowMs: now(), requestId: newRequestId() }),
      );
      logger.info({ event: "api.webhook", serviceId: serviceId.slice(0, 32), status }, "webhook");
      return reply.status(status).header("cache-control", "no-store").send({ result });
    },
  );
}

interface Delivery {
  readonly request: FastifyRequest<{ Params: Params }>;
  readonly status: number;
  readonly result: string;
  readonly nowMs: number;
  readonly requestId: string;
}

/** Nobody is known by a key here: its signature is the webhook's. What is not genuine counts as a stranger's call. */
function auditedDelivery({ request, status, result, nowMs, requestId }: Delivery): AuditedCall {
  const isRefused = status >= FIRST_REFUSED;
  const serviceId = request.params.serviceId.slice(0, SERVICE_ID_LENGTH);
  return {
    atMs: nowMs,
    requestId,
    eventSource: "slipway",
    eventName: "ReceiveWebhook",
    isReadOnly: false,
    principalArn: isRefused ? null : WEBHOOK_PRINCIPAL,
    accessKeyId: null,
    sourceAddress: request.ip,
    userAgent: request.headers["user-agent"]?.slice(0, 256) ?? null,
    resources: [],
    errorCode: isRefused ? "AccessDeniedException" : null,
    errorMessage: isRefused ? result : null,
    durationMs: 0,
    parameters: { serviceId },
    response: isRefused ? null : { result },
    changedMembers: null,
  };
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
