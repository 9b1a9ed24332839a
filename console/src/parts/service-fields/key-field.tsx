/** The key of KMS under which a service's source and logs lie: chosen once. */
import { useRead } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { type SectionProps, SelectField } from "./field.tsx";
import { MakeElsewhere } from "./make-elsewhere.tsx";

export function KeyField({ canChange, ...props }: SectionProps & { readonly canChange: boolean }) {
  const { data, isPending, error } = useRead(
    "Slipway.ListEncryptionKeys",
    {},
    { topics: ["services", "resources"] },
  );
  return (
    <SelectField
      {...props}
      field="kmsKeyArn"
      texts={fields.kmsKeyArn}
      none={fields.kmsKeyArn.own}
      isLoading={isPending}
      unread={error?.message}
      isDisabled={!canChange}
      secondary={canChange ? <MakeElsewhere page="/keys" text={fields.kmsKeyArn.make} /> : null}
      options={(data?.Keys ?? []).map(({ KeyArn, KeyId, KeyState, Aliases, Description }) => ({
        value: KeyArn,
        label: Aliases[0] ?? KeyId,
        description: Description,
        disabled: KeyState !== "Enabled",
        disabledReason: fields.kmsKeyArn.unusable,
      }))}
    />
  );
}
