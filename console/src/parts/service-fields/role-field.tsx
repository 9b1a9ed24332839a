/** One of the roles that there are. */
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { type FieldTexts, type SectionProps, SelectField } from "./field.tsx";

interface RoleFieldProps extends SectionProps {
  readonly field: "accessRoleArn" | "instanceRoleArn";
  readonly texts: FieldTexts;
}

export function RoleField(props: RoleFieldProps) {
  const roles = useReadAll("AWSIdentityManagementV20100508.ListRoles", {}, "Roles");
  return (
    <SelectField
      {...props}
      isOptional
      none={fields.noRole}
      isLoading={roles.isPending}
      options={(roles.data ?? []).map(({ Arn, RoleName, Description }) => ({
        value: Arn,
        label: RoleName,
        description: Description,
      }))}
    />
  );
}
