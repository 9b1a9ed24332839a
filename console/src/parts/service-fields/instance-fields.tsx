/** How large an instance is: a processor, and a memory that App Runner offers with it. */
import ColumnLayout from "@cloudscape-design/components/column-layout";
import { fields } from "../../texts.ts";
import { SelectField, type SectionProps } from "./field.tsx";
import { memoriesFor, memoryWith, sizes } from "./sizes.ts";

export function InstanceFields(props: SectionProps) {
  const { draft, onChange } = props;
  return (
    <ColumnLayout columns={2}>
      <SelectField
        {...props}
        field="cpu"
        texts={fields.cpu}
        options={sizes.map(({ cpu }) => ({ value: cpu, label: fields.vcpu(String(Number(cpu) / 1024)) }))}
        onChange={({ cpu = draft.cpu }) => onChange({ cpu, memory: memoryWith(cpu, draft.memory) })}
      />
      <SelectField
        {...props}
        field="memory"
        texts={fields.memory}
        options={memoriesFor(draft.cpu).map((memory) => ({
          value: memory,
          label: fields.gigabytes(String(Number(memory) / 1024)),
        }))}
      />
    </ColumnLayout>
  );
}
