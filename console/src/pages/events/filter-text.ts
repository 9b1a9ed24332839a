/** What a destination takes, in one line. */
import { eventTexts } from "../../texts.ts";
import type { Destination } from "./destination-draft.ts";

export function filterText({
  DetailTypes = [],
  ServiceNames = [],
  Tag,
  MinimumSeverity,
}: Destination["Filter"]): string {
  const kinds = DetailTypes.map((type) => eventTexts.kinds[type]);
  const tag = Tag === undefined ? [] : [Tag.Value === undefined ? Tag.Key : `${Tag.Key}=${Tag.Value}`];
  const severity =
    MinimumSeverity === undefined || MinimumSeverity === "INFO"
      ? []
      : [`${eventTexts.minimum} ${eventTexts.severities[MinimumSeverity]}`];
  const parts = [kinds.join(", "), ServiceNames.join(", "), ...tag, ...severity].filter((one) => one !== "");
  return parts.length === 0 ? eventTexts.everything : parts.join("; ");
}
