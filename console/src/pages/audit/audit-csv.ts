/** Records of the audit trail as a table for other programs. */
import { auditTexts } from "../../texts.ts";
import { type AuditEvent, readRecord } from "./audit-record.ts";

export function auditCsv(events: readonly AuditEvent[]): string {
  const rows = events.map((event) => {
    const { principalArn, error, address, client } = readRecord(event);
    return [
      new Date(event.EventTime * 1_000).toISOString(),
      principalArn ?? event.Username ?? "",
      event.EventName,
      event.EventSource,
      error?.code ?? auditTexts.done,
      error?.message ?? "",
      event.Resources.map(({ ResourceName }) => ResourceName).join(" "),
      address,
      client,
      event.EventId,
    ];
  });
  return [auditTexts.columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** What a spreadsheet would take for a formula is kept from being one. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
