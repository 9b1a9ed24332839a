/** The access keys of a user, or of who is signed in. The secret of a new one is shown once. */
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { useAct, useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { accessKeys as texts } from "../../texts.ts";
import { DeleteDialog } from "../delete-dialog.tsx";
import { exactMoment, Moment } from "../moment.tsx";
import { PermittedButton } from "../permitted-button.tsx";
import { ResourceTable } from "../resource-table.tsx";
import { ShownOnce } from "../shown-once.tsx";
import { KeyUse } from "./key-use.tsx";
import { NewKey } from "./new-key.tsx";

const IAM = "AWSIdentityManagementV20100508";
const KEYS_MAX = 2;

type AccessKey = Output<`${typeof IAM}.ListAccessKeys`>["AccessKeyMetadata"][number];

export interface AccessKeysProps {
  /** Whose; left out: one's own. */
  readonly userName?: string;
  /** Of the one who has them. */
  readonly arn: string;
}

export function AccessKeys({ userName, arn }: AccessKeysProps) {
  const notify = useNotify();
  const whose = userName === undefined ? {} : { UserName: userName };
  const list = useReadAll(`${IAM}.ListAccessKeys`, whose, "AccessKeyMetadata", { topics: ["resources"] });
  const [doomed, setDoomed] = useState<string | null>(null);
  const onError = (error: Error) => notify({ type: "error", text: error.message });
  const create = useAct(`${IAM}.CreateAccessKey`);
  const update = useAct(`${IAM}.UpdateAccessKey`);
  const remove = useAct(`${IAM}.DeleteAccessKey`, {
    takes: ({ AccessKeyId }) => [[`${IAM}.GetAccessKeyLastUsed`, { AccessKeyId }]],
    onDone: (_, { AccessKeyId }) => {
      notify({ type: "success", text: texts.deleted(AccessKeyId) });
      setDoomed(null);
    },
  });
  const button = (
    <PermittedButton
      needs="iam:CreateAccessKey"
      of={arn}
      loading={create.isPending}
      onClick={() => create.mutate(whose, { onError })}
      disabled={(list.data?.length ?? 0) >= KEYS_MAX}
      disabledReason={texts.limit}
    >
      {texts.create}
    </PermittedButton>
  );
  const switchTo = (AccessKeyId: string, Status: "Active" | "Inactive") =>
    update.mutate({ ...whose, AccessKeyId, Status }, { onError });
  return (
    <>
      <ResourceTable<AccessKey>
        id="access-keys"
        title={texts.title}
        description={texts.hint}
        list={list}
        keyOf={({ AccessKeyId = "" }) => AccessKeyId}
        empty={texts.none}
        actions={() => button}
        columns={[
          {
            id: "id",
            header: texts.id,
            text: ({ AccessKeyId = "" }) => AccessKeyId,
            cell: ({ AccessKeyId }) => <Box variant="code">{AccessKeyId}</Box>,
          },
          {
            id: "status",
            header: texts.status,
            text: ({ Status = "" }) => Status,
            cell: KeyStatus,
          },
          {
            id: "created",
            header: texts.created,
            text: ({ CreateDate = 0 }) => exactMoment(CreateDate),
            cell: ({ CreateDate }) => <Moment seconds={CreateDate} />,
            sortBy: ({ CreateDate = 0 }) => CreateDate,
          },
          {
            id: "used",
            header: texts.lastUsed,
            text: () => "",
            cell: ({ AccessKeyId = "" }) => <KeyUse id={AccessKeyId} />,
          },
          {
            id: "actions",
            header: texts.actions,
            text: () => "",
            cell: ({ AccessKeyId = "", Status }) => {
              const isActive = Status === "Active";
              const turn = isActive ? texts.deactivate : texts.activate;
              return (
                <SpaceBetween direction="horizontal" size="xs">
                  <PermittedButton
                    needs="iam:UpdateAccessKey"
                    of={arn}
                    variant="inline-link"
                    ariaLabel={`${turn} ${AccessKeyId}`}
                    onClick={() => switchTo(AccessKeyId, isActive ? "Inactive" : "Active")}
                  >
                    {turn}
                  </PermittedButton>
                  <PermittedButton
                    needs="iam:DeleteAccessKey"
                    of={arn}
                    variant="inline-link"
                    ariaLabel={`${texts.delete} ${AccessKeyId}`}
                    onClick={() => setDoomed(AccessKeyId)}
                  >
                    {texts.delete}
                  </PermittedButton>
                </SpaceBetween>
              );
            },
          },
        ]}
      />
      {create.data === undefined ? null : (
        <ShownOnce title={texts.made} size="large" onClose={create.reset}>
          <NewKey id={create.data.AccessKey.AccessKeyId} secret={create.data.AccessKey.SecretAccessKey} />
        </ShownOnce>
      )}
      {doomed === null ? null : (
        <DeleteDialog
          title={texts.deleteTitle(doomed)}
          isBusy={remove.isPending}
          problem={remove.error?.message}
          onDelete={() => remove.mutate({ ...whose, AccessKeyId: doomed })}
          onClose={() => setDoomed(null)}
        >
          {texts.deleteText}
        </DeleteDialog>
      )}
    </>
  );
}

function KeyStatus({ Status }: Pick<AccessKey, "Status">) {
  return (
    <StatusIndicator type={Status === "Active" ? "success" : "stopped"}>
      {Status === "Active" ? texts.active : texts.inactive}
    </StatusIndicator>
  );
}
