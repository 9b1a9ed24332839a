import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import type { Output } from "../../api/wire.ts";
import { health } from "../../texts.ts";

type Check = Output<"Slipway.RunDoctor">["Checks"][number];

/** Something that the doctor found wrong, with what to do. */
export function Finding({ check }: { readonly check: Check }) {
  return (
    <Alert type={check.Status === "failed" ? "error" : "warning"} header={check.Name}>
      <Box variant="p">{check.Detail}</Box>
      {check.Remedy === undefined ? null : (
        <Box variant="p">
          <Box variant="strong">{health.whatToDo}:</Box> {check.Remedy}
        </Box>
      )}
    </Alert>
  );
}
