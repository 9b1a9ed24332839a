/**
 * Writes requests of services that want it to their access logs, one JSON object a line. Under overload a sample: each line
 * says what it stands for, and one line a second says that it is so.
 */
import type { RequestConsumer, ServiceRequest } from "../../ports/request-log.ts";
import type { AccessLogWriter, LogLine, LogOwner } from "../../ports/service-log.ts";

/** Lines in a second. */
const SERVICE_LIMIT = 2_000;
const TOTAL_LIMIT = 10_000;
/** Beyond its limit a service has one line in so many. */
const SAMPLE = 20;
const SECOND_MS = 1_000;

interface Second {
  count: number;
  left: number;
}

export class AccessLog implements RequestConsumer {
  readonly #writer: AccessLogWriter;
  readonly #now: () => number;
  #secondAtMs = 0;
  #total = 0;
  #services = new Map<string, Second>();

  constructor(writer: AccessLogWriter, now: () => number) {
    this.#writer = writer;
    this.#now = now;
  }

  take(requests: readonly ServiceRequest[]): void {
    const nowMs = this.#now();
    if (nowMs - this.#secondAtMs >= SECOND_MS || nowMs < this.#secondAtMs) this.#beginSecond(nowMs);
    const lines = new Map<string, { readonly owner: LogOwner; readonly lines: LogLine[] }>();
    for (const request of requests) {
      if (request.service === null || !request.isForAccessLog) continue;
      const { id, name } = request.service;
      const found = lines.get(id) ?? { owner: { serviceId: id, serviceName: name }, lines: [] };
      lines.set(id, found);
      this.#add(request, id, found.lines, nowMs);
    }
    for (const { owner, lines: some } of lines.values()) {
      if (some.length > 0) void this.#writer.writeAccess(owner, some);
    }
  }

  #beginSecond(nowMs: number): void {
    this.#secondAtMs = nowMs;
    this.#total = 0;
    this.#services = new Map();
  }

  #add(request: ServiceRequest, serviceId: string, lines: LogLine[], nowMs: number): void {
    const second = this.#services.get(serviceId) ?? { count: 0, left: 0 };
    this.#services.set(serviceId, second);
    const isOver = second.count >= SERVICE_LIMIT || this.#total >= TOTAL_LIMIT;
    if (isOver && second.left === 0) lines.push({ timestampMs: nowMs, text: OVERLOAD });
    if (isOver) second.left += 1;
    if (isOver && second.left % SAMPLE !== 1) return;
    second.count += 1;
    this.#total += 1;
    const sampled = request.weight * (isOver ? SAMPLE : 1);
    lines.push({ timestampMs: nowMs, text: JSON.stringify(lineOf(request, sampled)) });
  }
}

const OVERLOAD = JSON.stringify({
  message: `More requests than the access log takes: of those that follow in this second, one in ${SAMPLE} is written, with "sampled": ${SAMPLE}.`,
});

/** Members that do not apply are left out. */
export function lineOf(request: ServiceRequest, sampled: number): Readonly<Record<string, unknown>> {
  const { timings } = request;
  return {
    time: new Date(request.startedAtMs).toISOString(),
    method: request.method,
    path: request.path,
    status: request.status,
    bytes: request.responseBytes,
    durationMs: timings.totalMs,
    heldMs: timings.heldMs ?? undefined,
    queuedMs: timings.queuedMs ?? undefined,
    connectMs: timings.connectMs ?? undefined,
    responseMs: timings.responseMs ?? undefined,
    instance: request.instanceId ?? undefined,
    requestId: request.requestId,
    client: request.clientAddress,
    host: request.host ?? undefined,
    scheme: request.scheme,
    cut: request.cut ?? undefined,
    traceId: request.trace?.traceId,
    sampled: sampled === 1 ? undefined : sampled,
  };
}
