/** The versions of a managed policy. */
import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useAct, useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { identityTexts } from "../../texts.ts";

type Version = NonNullable<Output<"AWSIdentityManagementV20100508.ListPolicyVersions">["Versions"]>[number];

const IAM = "AWSIdentityManagementV20100508";
const texts = identityTexts.managed;

export function PolicyVersions({ arn }: { readonly arn: string }) {
  const notify = useNotify();
  const list = useReadAll(`${IAM}.ListPolicyVersions`, { PolicyArn: arn }, "Versions");
  const choose = useAct(`${IAM}.SetDefaultPolicyVersion`, {
    onDone: (_, { VersionId }) => notify({ type: "success", text: texts.madeDefault(VersionId) }),
  });
  const remove = useAct(`${IAM}.DeletePolicyVersion`, {
    onDone: (_, { VersionId }) => notify({ type: "success", text: texts.versionDeleted(VersionId) }),
  });
  const problem = choose.error ?? remove.error;
  return (
    <SpaceBetween size="s">
      {problem === null ? null : <Alert type="error">{problem.message}</Alert>}
      <ResourceTable<Version>
        id="policy-versions"
        title={texts.versions}
        list={list}
        keyOf={({ VersionId = "" }) => VersionId}
        sortedBy="-version"
        empty={{ title: texts.versions }}
        columns={[
          { id: "version", header: texts.version, text: ({ VersionId = "" }) => VersionId },
          {
            id: "state",
            header: texts.inForce,
            text: ({ IsDefaultVersion }) => (IsDefaultVersion === true ? texts.inForce : ""),
            cell: ({ IsDefaultVersion }) =>
              IsDefaultVersion === true ? <StatusIndicator>{texts.inForce}</StatusIndicator> : "–",
          },
          {
            id: "created",
            header: identityTexts.created,
            text: () => "",
            sortBy: ({ CreateDate = 0 }) => CreateDate,
            cell: ({ CreateDate }) => <Moment seconds={CreateDate} />,
          },
          {
            id: "act",
            header: identityTexts.action,
            text: () => "",
            cell: ({ VersionId = "", IsDefaultVersion }) =>
              IsDefaultVersion === true ? null : (
                <SpaceBetween direction="horizontal" size="xs">
                  <PermittedButton
                    needs="iam:SetDefaultPolicyVersion"
                    of={arn}
                    variant="inline-link"
                    onClick={() => choose.mutate({ PolicyArn: arn, VersionId })}
                  >
                    {texts.makeDefault}
                  </PermittedButton>
                  <PermittedButton
                    needs="iam:DeletePolicyVersion"
                    of={arn}
                    variant="inline-link"
                    onClick={() => remove.mutate({ PolicyArn: arn, VersionId })}
                  >
                    {texts.deleteVersion}
                  </PermittedButton>
                </SpaceBetween>
              ),
          },
        ]}
      />
    </SpaceBetween>
  );
}
