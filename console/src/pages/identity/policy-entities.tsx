/** The users and roles that have a managed policy. */
import Link from "@cloudscape-design/components/link";
import { useReadAll } from "../../api/queries.ts";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { identityTexts } from "../../texts.ts";
import { roleHref, userHref } from "./addresses.ts";
import type { Principal } from "./principal.ts";

const IAM = "AWSIdentityManagementV20100508";
const texts = identityTexts.managed;

/** A page of the answer holds both; each list is read whole. */
export function usePolicyEntities(arn: string) {
  const users = useReadAll(
    `${IAM}.ListEntitiesForPolicy`,
    { PolicyArn: arn, EntityFilter: "User" },
    "PolicyUsers",
  );
  const roles = useReadAll(
    `${IAM}.ListEntitiesForPolicy`,
    { PolicyArn: arn, EntityFilter: "Role" },
    "PolicyRoles",
  );
  const data =
    users.data && roles.data
      ? [
          ...users.data.map(({ UserName = "" }): Principal => ({ kind: "user", name: UserName })),
          ...roles.data.map(({ RoleName = "" }): Principal => ({ kind: "role", name: RoleName })),
        ]
      : undefined;
  return {
    data,
    isPending: users.isPending || roles.isPending,
    error: users.error ?? roles.error,
    refetch: () => Promise.all([users.refetch(), roles.refetch()]),
  };
}

export function PolicyEntities({ arn }: { readonly arn: string }) {
  const list = usePolicyEntities(arn);
  return (
    <ResourceTable<Principal>
      id="policy-entities"
      title={texts.entities}
      list={list}
      keyOf={({ kind, name }) => `${kind}/${name}`}
      sortedBy="name"
      empty={texts.entitiesNone}
      columns={[
        {
          id: "name",
          header: texts.entity,
          text: ({ name }) => name,
          cell: ({ kind, name }) => (
            <Link href={kind === "user" ? userHref(name) : roleHref(name)}>{name}</Link>
          ),
        },
        {
          id: "kind",
          header: identityTexts.policies.kind,
          text: ({ kind }) => texts.entityKinds[kind],
        },
      ]}
    />
  );
}
