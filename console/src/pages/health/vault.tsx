/** Under which master key the vault is, and putting it under another. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useRead } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { health } from "../../texts.ts";

export function Vault() {
  const answer = useRead("Slipway.GetVaultStatus", {});
  const notify = useNotify();
  const [isAsking, setAsking] = useState(false);
  const rotate = useAct("Slipway.RotateMasterKey", {
    onDone: () => {
      setAsking(false);
      notify({ type: "success", text: health.rotatedDone });
    },
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={health.vaultHint}
          actions={
            <PermittedButton needs="slipway:RotateMasterKey" onClick={() => setAsking(true)}>
              {health.rotate}
            </PermittedButton>
          }
        >
          {health.vault}
        </Header>
      }
    >
      <Reading answer={answer} failed={health.vaultUnread}>
        {(state) => <VaultFacts state={state} />}
      </Reading>
      {isAsking ? (
        <DeleteDialog
          title={health.rotateTitle}
          act={health.rotate}
          isBusy={rotate.isPending}
          problem={rotate.error?.message}
          onDelete={() => rotate.mutate({})}
          onClose={() => {
            rotate.reset();
            setAsking(false);
          }}
        >
          {health.rotateWhat}
        </DeleteDialog>
      ) : null}
    </Container>
  );
}

function VaultFacts({ state }: { readonly state: Output<"Slipway.GetVaultStatus"> }) {
  return (
    <SpaceBetween size="m">
      {state.NextMasterKeyId === undefined ? null : <Alert type="info">{health.nextKeyWaits}</Alert>}
      <KeyValuePairs
        columns={4}
        minColumnWidth={FACT_MIN_PX}
        items={[
          { label: health.origin, value: health.origins[state.Origin] },
          { label: health.masterKey, value: <CopyText text={state.MasterKeyId} label={health.masterKey} /> },
          { label: health.dataKeys, value: String(state.DataKeys) },
          {
            label: health.rotated,
            value: state.RotatedAt === undefined ? health.never : <Moment seconds={state.RotatedAt} />,
          },
          ...(state.NextMasterKeyId === undefined
            ? []
            : [{ label: health.nextKey, value: state.NextMasterKeyId }]),
          ...(state.OldFiles.length === 0
            ? []
            : [{ label: health.oldFiles, value: `${state.OldFiles.join(", ")}. ${health.oldFilesHint}` }]),
        ]}
      />
    </SpaceBetween>
  );
}
