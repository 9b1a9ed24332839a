/** Managed policies: AWS's that are here, and own ones. */
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Page } from "../../app/page.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts, shell } from "../../texts.ts";
import { policyHref } from "./addresses.ts";
import { kindOf } from "./attached-policies.tsx";
import { CreatePolicy } from "./create-policy.tsx";
import { NEW_POLICY } from "./policy-editor.tsx";

type Policy = NonNullable<Output<"AWSIdentityManagementV20100508.ListPolicies">["Policies"]>[number];
type Scope = keyof typeof texts.scopes;

const texts = identityTexts.managed;
const SCOPES = (Object.keys(texts.scopes) as Scope[]).map((value) => ({ value, label: texts.scopes[value] }));

export default function PoliciesPage() {
  const [isCreating, setCreating] = useState(false);
  const [scope, setScope] = useState<Scope>("All");
  const list = useReadAll("AWSIdentityManagementV20100508.ListPolicies", { Scope: scope }, "Policies");
  const create = (
    <PermittedButton needs="iam:CreatePolicy" variant="primary" onClick={() => setCreating(true)}>
      {texts.create}
    </PermittedButton>
  );
  return (
    <Page title={shell.pages.policies} description={texts.description}>
      <ResourceTable<Policy>
        id="policies"
        title={shell.pages.policies}
        list={list}
        keyOf={({ Arn = "" }) => Arn}
        sortedBy="name"
        empty={{ ...texts.none, action: create }}
        actions={() => create}
        filters={
          <Select
            ariaLabel={texts.scope}
            options={SCOPES}
            selectedOption={SCOPES.find(({ value }) => value === scope) ?? null}
            onChange={({ detail }) => setScope(detail.selectedOption.value as Scope)}
          />
        }
        columns={[
          {
            id: "name",
            header: texts.name,
            text: ({ PolicyName = "" }) => PolicyName,
            cell: ({ PolicyName, Arn = "" }) => <Link href={policyHref(Arn)}>{PolicyName}</Link>,
          },
          {
            id: "kind",
            header: identityTexts.policies.kind,
            text: ({ Arn = "" }) => kindOf(Arn),
          },
          {
            id: "attachments",
            header: texts.attachments,
            text: ({ AttachmentCount = 0 }) => String(AttachmentCount),
            sortBy: ({ AttachmentCount = 0 }) => AttachmentCount,
          },
          {
            id: "description",
            header: identityTexts.description,
            text: ({ Description }) => Description ?? "–",
          },
          {
            id: "updated",
            header: texts.updated,
            text: () => "",
            sortBy: ({ UpdateDate = 0 }) => UpdateDate,
            cell: ({ UpdateDate, Arn = "" }) =>
              kindOf(Arn) === identityTexts.policies.own ? <Moment seconds={UpdateDate} /> : "–",
          },
        ]}
      />
      {isCreating ? <CreatePolicy document={NEW_POLICY} onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}
