/** Whether a secret is there, or only waits to be gone. */
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { secretTexts as texts } from "../../texts.ts";

export function SecretState({ deletedAt }: { readonly deletedAt: number | undefined }) {
  return deletedAt === undefined ? (
    <StatusIndicator>{texts.active}</StatusIndicator>
  ) : (
    <StatusIndicator type="warning">{texts.deleted}</StatusIndicator>
  );
}
