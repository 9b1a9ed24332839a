/** What the filter finds, as a file. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import type { Input } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { useWhyNot } from "../../parts/permitted-button.tsx";
import { saveFile } from "../../parts/save-file.ts";
import { auditTexts as texts } from "../../texts.ts";
import { auditCsv } from "./audit-csv.ts";
import { readAllEvents } from "./audit-pages.ts";

const READS = ["slipway:LookupEvents"] as const;

export function AuditDownload({ lookup }: { readonly lookup: Input<"Slipway.LookupEvents"> }) {
  const notify = useNotify();
  const whyNot = useWhyNot(READS);
  const [isReading, setReading] = useState(false);
  const save = async (format: string) => {
    const { events, isCut } = await readAllEvents(lookup);
    if (format === "csv") saveFile("audit.csv", [auditCsv(events)], "text/csv");
    else {
      const records = events.map(({ CloudTrailEvent }) => CloudTrailEvent).join(",\n");
      saveFile("audit.json", [`{"Records":[\n${records}\n]}\n`], "application/json");
    }
    const count = events.length;
    notify(
      isCut
        ? { type: "warning", text: texts.cut(count) }
        : { type: "success", text: texts.downloaded(count) },
    );
  };
  const start = (format: string) => {
    setReading(true);
    save(format)
      .catch((error: Error) => notify({ type: "error", text: error.message }))
      .finally(() => setReading(false));
  };
  return (
    <ButtonDropdown
      {...whyNot("slipway:LookupEvents")}
      loading={isReading}
      loadingText={texts.downloading}
      items={[
        { id: "csv", text: texts.csv },
        { id: "json", text: texts.json },
      ]}
      onItemClick={({ detail }) => start(detail.id)}
    >
      {texts.download}
    </ButtonDropdown>
  );
}
