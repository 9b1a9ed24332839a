import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { eventTexts } from "../../texts.ts";

const TYPES = { INFO: "info", WARN: "warning", ERROR: "error" } as const;

export function Severity({ severity }: { readonly severity: keyof typeof TYPES }) {
  return <StatusIndicator type={TYPES[severity]}>{eventTexts.severities[severity]}</StatusIndicator>;
}
