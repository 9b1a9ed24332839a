/** What a service may do, and the key under which its source and logs lie. The access role stands with the image. */
import SpaceBetween from "@cloudscape-design/components/space-between";
import { fields } from "../../texts.ts";
import type { SectionProps } from "./field.tsx";
import { KeyField } from "./key-field.tsx";
import { RoleField } from "./role-field.tsx";

/** `canChangeKey`: the service is not made yet. */
export function SecurityFields({
  canChangeKey,
  ...props
}: SectionProps & { readonly canChangeKey: boolean }) {
  return (
    <SpaceBetween size="l">
      <RoleField {...props} field="instanceRoleArn" texts={fields.instanceRoleArn} />
      <KeyField {...props} canChange={canChangeKey} />
    </SpaceBetween>
  );
}
