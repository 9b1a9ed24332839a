/** Environment variables: rows, or a whole .env file pasted over them. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { fields } from "../../texts.ts";
import { FormDialog } from "../form-dialog.tsx";
import type { DraftEntry } from "./draft.ts";
import { EntriesEditor } from "./entries-editor.tsx";
import { parseEnvFile, withEntries } from "./env-file.ts";
import type { SectionProps } from "./field.tsx";

const texts = fields.variables;

export function VariablesFields({ draft, onChange, problems }: SectionProps) {
  const [isPasting, setPasting] = useState(false);
  return (
    <SpaceBetween size="s">
      <Box color="text-body-secondary">{texts.help}</Box>
      <EntriesEditor
        list="variables"
        rows={draft.variables}
        onChange={(variables) => onChange({ variables })}
        problems={problems}
        texts={texts}
      />
      <Button iconName="file" variant="inline-link" onClick={() => setPasting(true)}>
        {texts.paste}
      </Button>
      {isPasting ? (
        <PasteDialog
          onClose={() => setPasting(false)}
          onTake={(entries) => onChange({ variables: withEntries(draft.variables, entries) })}
        />
      ) : null}
    </SpaceBetween>
  );
}

interface PasteDialogProps {
  readonly onTake: (entries: readonly DraftEntry[]) => void;
  readonly onClose: () => void;
}

function PasteDialog({ onTake, onClose }: PasteDialogProps) {
  const [text, setText] = useState("");
  const { entries, wrongLines } = parseEnvFile(text);
  return (
    <FormDialog
      title={texts.pasteTitle}
      act={texts.pasteAct(entries.length)}
      canAct={entries.length > 0 && wrongLines.length === 0}
      isBusy={false}
      onClose={onClose}
      onAct={() => {
        onTake(entries);
        onClose();
      }}
    >
      <FormField
        label={texts.pasteLabel}
        description={texts.pasteHelp}
        errorText={wrongLines.length > 0 && texts.wrongLines(wrongLines)}
        stretch
      >
        <Textarea
          value={text}
          rows={12}
          spellcheck={false}
          onChange={({ detail }) => setText(detail.value)}
        />
      </FormField>
    </FormDialog>
  );
}
