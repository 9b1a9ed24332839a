/** Managed policies: AWS's that are here, and own ones. */
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import { useState } from "react";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { Moment } from "../../parts/moment.tsx";
import { ListPage } from "../../parts/list-page.tsx";
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
  const [scope, setScope] = useState<Scope>("All");
  const list = useReadAll("AWSIdentityManagementV20100508.ListPolicies", { Scope: scope }, "Policies");
  return (
    <ListPage<Policy>
      id="policies"
      title={shell.pages.policies}
      list={list}
      keyOf={({ Arn = "" }) => Arn}
      description={texts.description}
      none={texts.none}
      create={{ needs: "iam:CreatePolicy", text: texts.create }}
      form={(onClose) => <CreatePolicy document={NEW_POLICY} onClose={onClose} />}
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
  );
}
