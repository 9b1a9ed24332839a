/** The vault with its master key, and keys of one's own for logs of services. */
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useRead } from "../../api/queries.ts";
import { Page } from "../../app/page.tsx";
import { useCreateForm } from "../../parts/create-form.ts";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { keyTexts as texts, shell } from "../../texts.ts";
import { CreateKey } from "./create-key.tsx";
import { type EncryptionKey, keyHref, keyName, serviceNames } from "./key-names.ts";
import { KeyState } from "./key-state.tsx";
import { VaultPanel } from "./vault-panel.tsx";

export default function KeysPage() {
  const creating = useCreateForm("keys");
  const answer = useRead("Slipway.ListEncryptionKeys", {}, { topics: ["services"] });
  const create = (
    <PermittedButton needs="kms:CreateKey" variant="primary" onClick={creating.open}>
      {texts.create}
    </PermittedButton>
  );
  return (
    <Page title={shell.pages.keys} description={texts.description}>
      <SpaceBetween size="l">
        <ResourceTable<EncryptionKey>
          id="keys"
          title={shell.pages.keys}
          list={{ ...answer, data: answer.data?.Keys }}
          keyOf={({ KeyId }) => KeyId}
          sortedBy="name"
          empty={{ ...texts.none, action: create }}
          actions={() => create}
          columns={[
            {
              id: "name",
              header: texts.name,
              text: keyName,
              cell: (key) => <Link href={keyHref(key.KeyId)}>{keyName(key)}</Link>,
            },
            {
              id: "state",
              header: texts.state,
              text: ({ KeyState: state }) => texts.states[state],
              cell: ({ KeyState: state }) => <KeyState state={state} />,
            },
            { id: "services", header: texts.services, text: (key) => serviceNames(key) || "–" },
            {
              id: "description",
              header: texts.keyDescription,
              text: ({ Description }) => (Description === "" ? "–" : Description),
            },
            {
              id: "created",
              header: texts.created,
              text: () => "",
              sortBy: ({ CreatedAt }) => CreatedAt,
              cell: ({ CreatedAt }) => <Moment seconds={CreatedAt} />,
            },
            { id: "arn", header: texts.arn, text: ({ KeyArn }) => KeyArn, isShown: false },
          ]}
        />
        <VaultPanel />
      </SpaceBetween>
      {creating.isOpen ? <CreateKey onClose={creating.close} /> : null}
    </Page>
  );
}
