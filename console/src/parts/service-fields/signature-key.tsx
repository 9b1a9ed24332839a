/** The key that must have signed a service's image: what the installation asks for, or one of its keys. */
import Select from "@cloudscape-design/components/select";
import { useRead } from "../../api/queries.ts";
import { extensionFields, signatureKey as texts } from "../../texts.ts";

export interface SignatureKeyProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export function SignatureKey({ value, onValue }: SignatureKeyProps) {
  const { data: info, isPending } = useRead("Slipway.GetInfo", {});
  const usual = {
    value: "",
    label: texts.usual,
    description: info && texts.usualHelp(info.RequiredSignatureKey),
  };
  const keys = (info?.SignatureKeys ?? []).map((name) => ({
    value: name,
    label: name,
    description: texts.keyHelp,
  }));
  const options = [usual, ...keys];
  // One that the installation does not have stays as it was written.
  const chosen = options.find((option) => option.value === value) ?? {
    value,
    label: value,
    description: info && texts.unknown,
  };
  return (
    <Select
      selectedOption={chosen}
      options={options}
      triggerVariant="option"
      ariaLabel={extensionFields["verify-signature"].label}
      statusType={isPending ? "loading" : "finished"}
      filteringType={options.length > 8 ? "auto" : "none"}
      onChange={({ detail }) => onValue(detail.selectedOption.value ?? "")}
    />
  );
}
