/** Whether a key can be used. */
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { keyTexts as texts } from "../../texts.ts";
import type { EncryptionKey } from "./key-names.ts";

type State = EncryptionKey["KeyState"];

const SIGNS: Readonly<Record<State, StatusIndicatorProps.Type>> = {
  Enabled: "success",
  Disabled: "stopped",
  PendingDeletion: "warning",
};

export function KeyState({ state }: { readonly state: State }) {
  return <StatusIndicator type={SIGNS[state]}>{texts.states[state]}</StatusIndicator>;
}
