/** The vault's master key, and its rotation. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { keyTexts } from "../../texts.ts";

type VaultState = Output<"Slipway.GetVaultStatus">;

const texts = keyTexts.vault;

export function VaultPanel() {
  const notify = useNotify();
  const [isAsking, setAsking] = useState(false);
  const vault = useRead("Slipway.GetVaultStatus", {});
  const rotate = useAct("Slipway.RotateMasterKey", {
    onDone: () => {
      notify({ type: "success", text: texts.done });
      setAsking(false);
    },
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={texts.description}
          actions={
            <PermittedButton needs="slipway:RotateMasterKey" onClick={() => setAsking(true)}>
              {texts.rotate}
            </PermittedButton>
          }
        >
          {texts.title}
        </Header>
      }
    >
      <Reading answer={vault} failed={texts.failed}>
        {(state) => <Facts state={state} />}
      </Reading>
      {isAsking ? (
        <DeleteDialog
          title={texts.rotateTitle}
          act={texts.rotate}
          isBusy={rotate.isPending}
          problem={rotate.error?.message}
          onDelete={() => rotate.mutate({})}
          onClose={() => setAsking(false)}
        >
          {texts.rotateText}
        </DeleteDialog>
      ) : null}
    </Container>
  );
}

function Facts({ state }: { readonly state: VaultState }) {
  const { Origin, MasterKeyId, NextMasterKeyId, DataKeys, RotatedAt, OldFiles } = state;
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={4}
        items={[
          { label: texts.origin, value: texts.origins[Origin] },
          { label: texts.id, value: MasterKeyId },
          { label: texts.dataKeys, value: DataKeys },
          {
            label: texts.rotated,
            value: RotatedAt === undefined ? texts.never : <Moment seconds={RotatedAt} />,
          },
          ...(NextMasterKeyId === undefined ? [] : [{ label: texts.next, value: NextMasterKeyId }]),
        ]}
      />
      {OldFiles.length === 0 ? null : (
        <Alert type="info" header={`${texts.oldFiles}: ${OldFiles.join(", ")}`}>
          {texts.oldFilesNote}
        </Alert>
      )}
    </SpaceBetween>
  );
}
