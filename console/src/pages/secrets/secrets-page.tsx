/** All secrets, never their values. */
import Badge from "@cloudscape-design/components/badge";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAllServices } from "../../parts/all-services.ts";
import { useReadAll } from "../../api/queries.ts";
import type { Output } from "../../api/wire.ts";
import { ListPage, momentColumn } from "../../parts/list-page.tsx";
import { secretTexts as texts, shell } from "../../texts.ts";
import { secretHref } from "./addresses.ts";
import { CreateSecret } from "./create-secret.tsx";
import { SecretState } from "./secret-state.tsx";
import { usesOf } from "./secret-uses.ts";

type Secret = Output<"secretsmanager.ListSecrets">["SecretList"][number];

export default function SecretsPage() {
  const list = useReadAll("secretsmanager.ListSecrets", { IncludePlannedDeletion: true }, "SecretList");
  const { services } = useAllServices();
  const usedBy = ({ ARN, Name }: Secret) => usesOf(services, { arn: ARN, name: Name });
  return (
    <ListPage<Secret>
      id="secrets"
      title={shell.pages.secrets}
      list={list}
      keyOf={({ ARN }) => ARN}
      description={texts.listDescription}
      none={texts.none}
      create={{ needs: "secretsmanager:CreateSecret", text: texts.create }}
      form={(onClose) => <CreateSecret onClose={onClose} />}
      columns={[
        {
          id: "name",
          header: texts.name,
          text: ({ Name }) => Name,
          cell: ({ Name }) => <Link href={secretHref(Name)}>{Name}</Link>,
        },
        { id: "description", header: texts.description, text: ({ Description }) => Description ?? "–" },
        {
          id: "usedBy",
          header: texts.usedBy,
          text: (secret) => nameUses(usedBy(secret)),
          cell: (secret) => nameUses(usedBy(secret)),
        },
        {
          id: "tags",
          header: texts.tags,
          text: ({ Tags = [] }) => Tags.map(({ Key, Value }) => `${Key}: ${Value}`).join(" "),
          cell: ({ Tags = [] }) => (
            <SpaceBetween direction="horizontal" size="xxs">
              {Tags.map(({ Key, Value }) => (
                <Badge key={Key}>
                  {Key}: {Value}
                </Badge>
              ))}
            </SpaceBetween>
          ),
        },
        momentColumn("changed", texts.changed, ({ LastChangedDate }) => LastChangedDate),
        {
          id: "state",
          header: texts.state,
          text: ({ DeletedDate }) => (DeletedDate === undefined ? texts.active : texts.deleted),
          cell: ({ DeletedDate }) => <SecretState deletedAt={DeletedDate} />,
        },
      ]}
    />
  );
}

function nameUses(uses: ReturnType<typeof usesOf>): string {
  return uses.length === 0 ? "–" : uses.map(({ service }) => service.ServiceName).join(", ");
}
