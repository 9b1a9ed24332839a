/** A text that somebody has as a file: chosen, or pasted. The file is read here; nothing is sent before the form is. */
import Box from "@cloudscape-design/components/box";
import FileInput from "@cloudscape-design/components/file-input";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import TokenGroup from "@cloudscape-design/components/token-group";
import { type ReactNode, useState } from "react";
import { certificates } from "../texts.ts";

const { pem } = certificates;
/** Beyond this it is something else. */
const MAX_BYTES = 65_536;

export interface TextFileFieldProps {
  readonly label: ReactNode;
  /** `label` as a text, for who hears the page. */
  readonly name: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly errorText?: string | undefined;
  readonly placeholder?: string;
  readonly rows?: number;
  readonly accept?: string;
}

export function TextFileField(props: TextFileFieldProps) {
  const { label, name, description, value, onChange, errorText, rows = 5 } = props;
  const [file, setFile] = useState<File | null>(null);
  const [problem, setProblem] = useState<string>();
  const choose = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    if (chosen.size > MAX_BYTES) return setProblem(pem.tooLarge(chosen.name));
    setProblem(undefined);
    setFile(chosen);
    onChange(await chosen.text());
  };
  const forget = () => {
    setFile(null);
    onChange("");
  };
  return (
    <FormField
      label={label}
      description={description}
      errorText={problem ?? errorText}
      constraintText={file === null ? pem.orPaste : undefined}
      stretch
    >
      <SpaceBetween size="xs">
        {file === null ? (
          <Textarea
            value={value}
            rows={rows}
            spellcheck={false}
            disableBrowserAutocorrect
            placeholder={props.placeholder}
            onChange={({ detail }) => onChange(detail.value)}
          />
        ) : (
          <Box padding={{ top: "xxs" }}>
            <TokenGroup
              items={[
                {
                  label: pem.chosen(file.name, file.size),
                  iconName: "file",
                  dismissLabel: pem.remove(file.name),
                },
              ]}
              onDismiss={forget}
            />
          </Box>
        )}
        <FileInput
          value={[]}
          accept={props.accept ?? ".pem,.crt,.cer,.key,.txt"}
          ariaLabel={pem.chooseFor(name)}
          onChange={({ detail }) => void choose(detail.value[0])}
        >
          {pem.choose}
        </FileInput>
      </SpaceBetween>
    </FormField>
  );
}
