/** Makes spans of requests. */
import { randomBytes } from "node:crypto";
import type { RequestConsumer, ServiceRequest } from "../../ports/request-log.ts";
import { spansOf } from "./request-spans.ts";
import type { SpanExporter } from "./span-exporter.ts";

export class RequestTracer implements RequestConsumer {
  readonly #exporter: Pick<SpanExporter, "add">;

  constructor(exporter: Pick<SpanExporter, "add">) {
    this.#exporter = exporter;
  }

  take(requests: readonly ServiceRequest[]): void {
    const spans = requests.flatMap((request) => spansOf(request, newSpanId));
    if (spans.length > 0) this.#exporter.add(spans);
  }
}

function newSpanId(): string {
  return randomBytes(8).toString("hex");
}
