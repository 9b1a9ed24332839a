/** One of the roles that trust who is to take it: the others would be refused. An instance role is never taken away again. */
import { useReadAll } from "../../api/queries.ts";
import { fields } from "../../texts.ts";
import { readDocument, trusts } from "../role-trust.ts";
import { type FieldTexts, type SectionProps, SelectField } from "./field.tsx";
import { MakeElsewhere } from "./make-elsewhere.tsx";
import { useNewlyMade } from "./newly-made.ts";

interface RoleFieldProps extends SectionProps {
  readonly field: "accessRoleArn" | "instanceRoleArn";
  readonly texts: FieldTexts;
}

export function RoleField(props: RoleFieldProps) {
  const { field, draft, onChange, serviceArn, texts } = props;
  const roles = useReadAll("AWSIdentityManagementV20100508.ListRoles", {}, "Roles", {
    topics: ["resources"],
  });
  const taker = field === "instanceRoleArn" ? "instances" : "image pulls";
  const fitting = roles.data?.filter(({ AssumeRolePolicyDocument: trust }) =>
    trusts(readDocument(trust), taker),
  );
  const onOpen = useNewlyMade(
    fitting?.map(({ Arn }) => Arn),
    draft[field],
    (arn) => onChange({ [field]: arn }),
  );
  // As with App Runner an update that names no instance role keeps the one that there is.
  const staysForGood = field === "instanceRoleArn" && serviceArn !== undefined && draft[field] !== "";
  return (
    <SelectField
      {...props}
      {...(staysForGood
        ? { texts: { ...texts, hint: fields.instanceRoleArn.kept } }
        : { none: fields.noRole })}
      isOptional={!staysForGood}
      isLoading={roles.isPending}
      unread={roles.error?.message}
      secondary={<MakeElsewhere page="/roles" list="roles" text={fields.makeRole} onOpen={onOpen} />}
      options={(fitting ?? []).map(({ Arn, RoleName, Description }) => ({
        value: Arn,
        label: RoleName,
        description: Description,
      }))}
    />
  );
}
