/** One key: what it is called, what is under it, and its end. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../api/call.ts";
import { useAct, useRead } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { FACT_MIN_PX } from "../../parts/fact-width.ts";
import { exactMoment, Moment } from "../../parts/moment.tsx";
import { Reading } from "../../parts/reading.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { keyTexts as texts, shell } from "../../texts.ts";
import { KeyAliases } from "./key-aliases.tsx";
import { type EncryptionKey, keyName, serviceNames } from "./key-names.ts";
import { KeyState } from "./key-state.tsx";
import { ScheduleDeletion } from "./schedule-deletion.tsx";

const ABOVE = [{ text: shell.pages.keys, href: "#/keys" }];

export default function KeyPage() {
  const { keyId } = useParams({ from: "/keys/$keyId" });
  const keys = useRead("Slipway.ListEncryptionKeys", {}, { topics: ["services"] });
  const key = keys.data?.Keys.find(({ KeyId }) => KeyId === keyId);
  const missing = new ApiError("NotFoundException", texts.notFoundText(keyId), 404);
  const answer = {
    data: key,
    error: keys.data && key === undefined ? missing : keys.error,
    refetch: keys.refetch,
  };
  return (
    <Page title={key ? keyName(key) : keyId} above={ABOVE} actions={key && <Actions encryptionKey={key} />}>
      <Reading answer={answer} failed={texts.notFound}>
        {(data) => <Facts encryptionKey={data} />}
      </Reading>
    </Page>
  );
}

interface Props {
  readonly encryptionKey: EncryptionKey;
}

function Actions({ encryptionKey }: Props) {
  const { KeyId, KeyState: state } = encryptionKey;
  const name = keyName(encryptionKey);
  const notify = useNotify();
  const [open, setOpen] = useState<"disable" | "delete" | null>(null);
  const told = (text: string) => ({ onDone: () => notify({ type: "success", text }) });
  const enable = useAct("TrentService.EnableKey", told(texts.enabled(name)));
  const cancel = useAct("TrentService.CancelKeyDeletion", told(texts.cancelled(name)));
  const close = () => setOpen(null);
  if (state === "PendingDeletion") {
    return (
      <PermittedButton
        needs="kms:CancelKeyDeletion"
        of={encryptionKey.KeyArn}
        variant="primary"
        loading={cancel.isPending}
        onClick={() => cancel.mutate({ KeyId })}
      >
        {texts.cancel}
      </PermittedButton>
    );
  }
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <PermittedButton
          needs="kms:ScheduleKeyDeletion"
          of={encryptionKey.KeyArn}
          onClick={() => setOpen("delete")}
        >
          {texts.delete}
        </PermittedButton>
        {state === "Enabled" ? (
          <PermittedButton
            needs="kms:DisableKey"
            of={encryptionKey.KeyArn}
            onClick={() => setOpen("disable")}
          >
            {texts.disable}
          </PermittedButton>
        ) : (
          <PermittedButton
            needs="kms:EnableKey"
            of={encryptionKey.KeyArn}
            variant="primary"
            loading={enable.isPending}
            onClick={() => enable.mutate({ KeyId })}
          >
            {texts.enable}
          </PermittedButton>
        )}
      </SpaceBetween>
      {open === "delete" ? <ScheduleDeletion encryptionKey={encryptionKey} onClose={close} /> : null}
      {open === "disable" ? <Disable encryptionKey={encryptionKey} onClose={close} /> : null}
    </>
  );
}

function Disable({ encryptionKey, onClose }: Props & { readonly onClose: () => void }) {
  const notify = useNotify();
  const name = keyName(encryptionKey);
  const services = serviceNames(encryptionKey);
  const disable = useAct("TrentService.DisableKey", {
    onDone: () => {
      notify({ type: "success", text: texts.disabled(name) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={texts.disableTitle(name)}
      act={texts.disable}
      isBusy={disable.isPending}
      problem={disable.error?.message}
      onDelete={() => disable.mutate({ KeyId: encryptionKey.KeyId })}
      onClose={onClose}
    >
      {texts.disableText} {services === "" ? null : texts.deleteServices(services)}
    </DeleteDialog>
  );
}

function Facts({ encryptionKey }: Props) {
  const { KeyId, KeyArn, KeyState: state, CreatedAt, DeletionDate, Description, Services } = encryptionKey;
  return (
    <SpaceBetween size="l">
      {DeletionDate === undefined ? null : (
        <Alert type="warning" header={`${texts.pendingTitle}: ${exactMoment(DeletionDate)}`}>
          {Services.length > 0 ? texts.pending(serviceNames(encryptionKey)) : texts.deleteNobody}
        </Alert>
      )}
      <Container header={<Header variant="h2">{texts.overview}</Header>}>
        <KeyValuePairs
          columns={3}
          minColumnWidth={FACT_MIN_PX}
          items={[
            { label: texts.state, value: <KeyState state={state} /> },
            { label: texts.created, value: <Moment seconds={CreatedAt} /> },
            { label: texts.keyDescription, value: Description === "" ? "–" : Description },
            { label: texts.arn, value: <CopyText text={KeyArn} label={texts.arn} /> },
          ]}
        />
      </Container>
      <ResourceTable<EncryptionKey["Services"][number]>
        id="key-services"
        title={texts.services}
        list={{ data: Services, isPending: false, error: null, refetch: () => undefined }}
        keyOf={({ ServiceArn }) => ServiceArn}
        sortedBy="service"
        empty={texts.noServices}
        columns={[
          {
            id: "service",
            header: texts.service,
            text: ({ ServiceName }) => ServiceName,
            cell: ({ ServiceName, ServiceArn }) => (
              <Link href={`#/services/${ServiceArn.slice(ServiceArn.lastIndexOf("/") + 1)}`}>
                {ServiceName}
              </Link>
            ),
          },
          {
            id: "arn",
            header: texts.arn,
            text: ({ ServiceArn }) => ServiceArn,
            cell: ({ ServiceArn }) => <Box variant="small">{ServiceArn}</Box>,
          },
        ]}
      />
      <KeyAliases arn={KeyArn} keyId={KeyId} aliases={encryptionKey.Aliases} />
    </SpaceBetween>
  );
}
