/** Tags that mean something to people: Slipway's own are fields of their own. */
import { fields } from "../../texts.ts";
import { EntriesEditor } from "./entries-editor.tsx";
import type { SectionProps } from "./field.tsx";

export function TagsFields({ draft, onChange, problems }: SectionProps) {
  return (
    <EntriesEditor
      list="tags"
      rows={draft.tags}
      onChange={(tags) => onChange({ tags })}
      problems={problems}
      texts={{ ...fields.tags, name: fields.tags.key }}
    />
  );
}
