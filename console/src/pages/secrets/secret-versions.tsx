/** The versions of a secret, and the way back to an older one. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { secretTexts as texts } from "../../texts.ts";
import type { SecretFacts } from "./secret-facts.ts";

type Version = Output<"secretsmanager.ListSecretVersionIds">["Versions"][number];

const CURRENT = "AWSCURRENT";

export function SecretVersions({ secret }: { readonly secret: SecretFacts }) {
  const [wished, setWished] = useState<Version | null>(null);
  const versions = useReadAll(
    "secretsmanager.ListSecretVersionIds",
    { SecretId: secret.ARN, IncludeDeprecated: true },
    "Versions",
  );
  const current = versions.data?.find((version) => isCurrent(version));
  return (
    <>
      <ResourceTable<Version>
        id="secret-versions"
        title={texts.versions}
        list={versions}
        keyOf={({ VersionId = "" }) => VersionId}
        sortedBy="-created"
        empty={{ title: texts.versions }}
        columns={[
          {
            id: "version",
            header: texts.version,
            text: ({ VersionId = "" }) => VersionId,
            cell: ({ VersionId = "" }) => <Box variant="code">{VersionId}</Box>,
          },
          {
            id: "stages",
            header: texts.stages,
            text: ({ VersionStages = [] }) => VersionStages.join(" "),
            cell: ({ VersionStages = [] }) => <Stages names={VersionStages} />,
          },
          {
            id: "created",
            header: texts.createdAt,
            text: () => "",
            sortBy: ({ CreatedDate = 0 }) => CreatedDate,
            cell: ({ CreatedDate }) => <Moment seconds={CreatedDate} />,
          },
          {
            id: "act",
            header: texts.actions,
            text: () => "",
            cell: (version) =>
              isCurrent(version) || secret.DeletedDate !== undefined ? (
                "–"
              ) : (
                <PermittedButton
                  needs="secretsmanager:UpdateSecretVersionStage"
                  of={secret.ARN}
                  variant="inline-link"
                  onClick={() => setWished(version)}
                >
                  {texts.makeCurrent}
                </PermittedButton>
              ),
          },
        ]}
      />
      {wished?.VersionId === undefined ? null : (
        <MakeCurrent
          secretId={secret.ARN}
          to={wished.VersionId}
          from={current?.VersionId}
          onClose={() => setWished(null)}
        />
      )}
    </>
  );
}

function Stages({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return <Box color="text-body-secondary">{texts.noStage}</Box>;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {names.map((name) => (
        <Badge key={name} color={name === CURRENT ? "green" : "grey"}>
          {name}
        </Badge>
      ))}
    </SpaceBetween>
  );
}

interface MakeCurrentProps {
  readonly secretId: string;
  readonly to: string;
  readonly from: string | undefined;
  readonly onClose: () => void;
}

function MakeCurrent({ secretId, to, from, onClose }: MakeCurrentProps) {
  const notify = useNotify();
  const move = useAct("secretsmanager.UpdateSecretVersionStage", {
    onDone: () => {
      notify({ type: "success", text: texts.madeCurrent });
      onClose();
    },
  });
  return (
    <FormDialog
      title={texts.makeCurrentTitle}
      act={texts.makeCurrent}
      isBusy={move.isPending}
      problem={move.error?.message ?? ""}
      onAct={() =>
        move.mutate({
          SecretId: secretId,
          VersionStage: CURRENT,
          MoveToVersionId: to,
          ...(from !== undefined && { RemoveFromVersionId: from }),
        })
      }
      onClose={onClose}
    >
      <Box>{texts.makeCurrentText(to)}</Box>
    </FormDialog>
  );
}

function isCurrent({ VersionStages = [] }: Version): boolean {
  return VersionStages.includes(CURRENT);
}
