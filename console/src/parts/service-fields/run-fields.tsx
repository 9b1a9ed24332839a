/** How an instance is started, and where it listens. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import { fields } from "../../texts.ts";
import { NumberField, type SectionProps, TextField } from "./field.tsx";

export function RunFields(props: SectionProps) {
  return (
    <ColumnLayout columns={2}>
      <NumberField {...props} field="port" texts={fields.port} />
      <TextField {...props} field="startCommand" texts={fields.startCommand} isOptional />
    </ColumnLayout>
  );
}
