/** The key of KMS under which a service's source and logs lie: chosen once. */
import { useRead } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { type SectionProps, SelectField } from "./field.tsx";
import { MakeElsewhere } from "./make-elsewhere.tsx";
import { useNewlyMade } from "./newly-made.ts";

export function KeyField({ canChange, ...props }: SectionProps & { readonly canChange: boolean }) {
  const { data, isPending, error } = useRead(
    "Slipway.ListEncryptionKeys",
    {},
    { topics: ["services", "resources"] },
  );
  const usable = data?.Keys.filter(({ KeyState }) => KeyState === "Enabled");
  const onOpen = useNewlyMade(
    usable?.map(({ KeyArn }) => KeyArn),
    props.draft.kmsKeyArn,
    (kmsKeyArn) => props.onChange({ kmsKeyArn }),
  );
  const make = <MakeElsewhere page="/keys" list="keys" text={fields.kmsKeyArn.make} onOpen={onOpen} />;
  return (
    <SelectField
      {...props}
      field="kmsKeyArn"
      texts={fields.kmsKeyArn}
      none={fields.kmsKeyArn.own}
      isLoading={isPending}
      unread={error?.message}
      isDisabled={!canChange}
      secondary={canChange ? make : null}
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
