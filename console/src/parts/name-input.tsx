/** The name of what is to be made: nothing that a browser remembers or corrects. */
import Input from "@cloudscape-design/components/input";

export interface NameInputProps {
  readonly value: string;
  readonly onChange: (name: string) => void;
}

export function NameInput({ value, onChange }: NameInputProps) {
  return (
    <Input
      value={value}
      autoComplete={false}
      spellcheck={false}
      onChange={({ detail }) => onChange(detail.value)}
    />
  );
}
