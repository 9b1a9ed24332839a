/** A certificate that ends soon, as an event: once a week, with the row that says when it was warned of. */
import type { Tables } from "../ports/store.ts";
import type { SubjectFacts } from "./subject-facts.ts";

export async function tellWarning(
  tx: Tables,
  { subject, domain, names, chosen }: SubjectFacts,
  { problem, nowMs }: { readonly problem: string; readonly nowMs: number },
): Promise<void> {
  const service = domain === null ? null : await tx.services.get(domain.serviceId);
  await tx.events.appendOnce(`certificate:${subject}:${chosen?.id ?? "none"}`, {
    atMs: nowMs,
    detailType: "Slipway Certificate Warning",
    serviceId: service?.id ?? null,
    resources: service === null ? [] : [service.arn],
    severity: "WARN",
    message: problem,
    detail: {
      ...(service !== null && { serviceName: service.name, serviceId: service.id }),
      names: names.join(","),
      ...(chosen !== null && {
        certificateId: chosen.id,
        notAfter: new Date(chosen.notAfterMs).toISOString(),
      }),
      message: problem,
      severity: "WARN",
    },
  });
}
