/** A key of KMS as people call it: by its first alias, by its id where it has none or they may not be read. */
import { useMaySurely } from "../api/permissions.ts";
import { useRead } from "../api/queries.ts";
import { idOfArn } from "./arn.ts";

export function KeyName({ arn }: { readonly arn: string }) {
  const isEnabled = useMaySurely("slipway:ListEncryptionKeys", "*");
  const { data } = useRead(
    "Slipway.ListEncryptionKeys",
    {},
    { topics: ["services", "resources"], isEnabled },
  );
  const aliases = data?.Keys.find(({ KeyArn }) => KeyArn === arn)?.Aliases ?? [];
  return <>{aliases[0] ?? idOfArn(arn)}</>;
}
