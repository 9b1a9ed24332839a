/** A warning before a change of who may call a service: on top of what asks for it. */
import Alert from "@cloudscape-design/components/alert";
import { service as texts } from "../../texts.ts";
import type { ExposureChange } from "./exposure.ts";

export function ExposureAlert({ change }: { readonly change: ExposureChange | null }) {
  if (change === null) return null;
  const { title, text } = texts.exposure[change];
  return (
    <Alert type="warning" header={title}>
      {text}
    </Alert>
  );
}
