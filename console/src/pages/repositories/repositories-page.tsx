/** Git repositories hosted here: where to push, and what is built from them. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useReadAll, useReadEach } from "../../api/queries.ts";
import type { ReadOptions } from "../../api/read-options.ts";
import type { Output } from "../../api/wire.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { useAllServices } from "../../parts/all-services.ts";
import { bytesText } from "../../parts/bytes.ts";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { ServiceLinks } from "../../parts/service-links.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { repositories as texts, shell } from "../../texts.ts";
import { CreateRepository } from "./create-repository.tsx";
import { PushDialog, type Repository } from "./push-dialog.tsx";

interface Row {
  readonly repository: Repository;
  /** Empty: nothing was pushed yet. Undefined: not known yet. */
  readonly branches: readonly string[] | undefined;
  readonly users: readonly string[];
  /** Undefined: not known yet. */
  readonly facts: Output<"Slipway.DescribeRepository"> | undefined;
}

type Open =
  | { readonly kind: "create" }
  | { readonly kind: "push" | "delete"; readonly repository: Repository };

const SHORT_COMMIT = 8;
const READ = { topics: ["repositories"] } as const;

export default function RepositoriesPage() {
  const list = useReadAll("Slipway.ListRepositories", {}, "Repositories", READ);
  const all = list.data ?? [];
  const ofOne = (index: number): ReadOptions => ({
    topics: [`repository/${all[index]?.RepositoryName}`],
  });
  const branches = useReadEach(
    "Slipway.ListBranches",
    all.map(({ RepositoryUrl }) => ({ RepositoryUrl })),
    ofOne,
  );
  const facts = useReadEach(
    "Slipway.DescribeRepository",
    all.map(({ RepositoryName }) => ({ RepositoryName })),
    ofOne,
  );
  const { services } = useAllServices();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const rows = all.map((repository, index): Row => {
    const users = services.filter(
      ({ SourceConfiguration: { CodeRepository: code } }) => code?.RepositoryUrl === repository.RepositoryUrl,
    );
    return {
      repository,
      branches: branches.data[index]?.Branches,
      users: users.map(({ ServiceArn }) => ServiceArn),
      facts: facts.data[index],
    };
  });
  return (
    <Page title={shell.pages.repositories} description={texts.description}>
      <ResourceTable<Row>
        id="repositories"
        title={texts.title}
        list={{ ...list, data: list.data && rows }}
        keyOf={({ repository: { RepositoryName } }) => RepositoryName}
        selection="single"
        empty={{ ...texts.empty, action: <CreateButton onOpen={() => setOpen({ kind: "create" })} /> }}
        actions={([selected]) => <Actions selected={selected?.repository} onOpen={setOpen} />}
        columns={[
          { id: "name", header: texts.name, text: ({ repository: { RepositoryName } }) => RepositoryName },
          {
            id: "branches",
            header: texts.branches,
            text: ({ branches = [] }) => branches.join(", "),
            cell: ({ branches }) =>
              branches?.length === 0 ? (
                <Box color="text-body-secondary">{texts.nothingPushed}</Box>
              ) : (
                branches?.join(", ")
              ),
          },
          {
            id: "pushed",
            header: texts.lastPush,
            text: ({ facts: known }) => known?.LastPush?.PrincipalArn ?? "",
            sortBy: ({ facts: known }) => known?.LastPush?.PushedAt ?? 0,
            cell: ({ facts: known }) => <LastPush push={known?.LastPush} />,
          },
          {
            id: "size",
            header: texts.size,
            text: ({ facts: known }) => (known === undefined ? "" : bytesText(known.SizeBytes)),
            sortBy: ({ facts: known }) => known?.SizeBytes ?? 0,
          },
          {
            id: "users",
            header: texts.usedBy,
            text: ({ users }) => users.join(" "),
            cell: ({ users }) => <ServiceLinks arns={users} none={texts.unused} />,
          },
          {
            id: "push",
            header: texts.push,
            text: ({ repository: { PushUrl } }) => PushUrl,
            cell: ({ repository: { PushUrl } }) => <CopyText text={PushUrl} label={texts.push} />,
          },
          {
            id: "source",
            header: texts.source,
            text: ({ repository: { RepositoryUrl } }) => RepositoryUrl,
            cell: ({ repository: { RepositoryUrl } }) => (
              <CopyText text={RepositoryUrl} label={texts.source} />
            ),
            isShown: false,
          },
        ]}
      />
      {open?.kind === "create" ? (
        <CreateRepository onClose={close} onMade={(repository) => setOpen({ kind: "push", repository })} />
      ) : null}
      {open?.kind === "push" ? <PushDialog repository={open.repository} onClose={close} /> : null}
      {open?.kind === "delete" ? <DeleteRepository repository={open.repository} onClose={close} /> : null}
    </Page>
  );
}

/** When, and below it by whom and which commit. */
function LastPush({ push }: { readonly push: Output<"Slipway.DescribeRepository">["LastPush"] }) {
  if (push === undefined) return <>–</>;
  const { PushedAt, PrincipalArn, CommitId = "" } = push;
  return (
    <>
      <Moment seconds={PushedAt} />
      <Box color="text-body-secondary" fontSize="body-s">
        {texts.pushedBy(PrincipalArn.split(/[:/]/).at(-1) ?? "", CommitId.slice(0, SHORT_COMMIT))}
      </Box>
    </>
  );
}

interface ActionsProps {
  readonly selected: Repository | undefined;
  readonly onOpen: (open: Open) => void;
}

function Actions({ selected, onOpen }: ActionsProps) {
  const open = (kind: "push" | "delete") => {
    if (selected !== undefined) onOpen({ kind, repository: selected });
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <PermittedButton
        needs="slipway:DeleteRepository"
        disabled={selected === undefined}
        onClick={() => open("delete")}
      >
        {texts.delete}
      </PermittedButton>
      <Button disabled={selected === undefined} onClick={() => open("push")}>
        {texts.how}
      </Button>
      <CreateButton onOpen={() => onOpen({ kind: "create" })} />
    </SpaceBetween>
  );
}

function CreateButton({ onOpen }: { readonly onOpen: () => void }) {
  return (
    <PermittedButton needs="slipway:CreateRepository" variant="primary" onClick={onOpen}>
      {texts.create}
    </PermittedButton>
  );
}

interface DeleteRepositoryProps {
  readonly repository: Repository;
  readonly onClose: () => void;
}

function DeleteRepository({
  repository: { RepositoryName: name, RepositoryUrl },
  onClose,
}: DeleteRepositoryProps) {
  const notify = useNotify();
  const act = useAct("Slipway.DeleteRepository", {
    takes: (input) => [
      ["Slipway.DescribeRepository", input],
      ["Slipway.ListBranches", { RepositoryUrl }],
    ],
    onDone: () => {
      notify({ type: "success", text: texts.deleted(name) });
      onClose();
    },
  });
  return (
    <ConfirmByName
      title={texts.deleteTitle(name)}
      name={name}
      action={texts.delete}
      isActing={act.isPending}
      error={act.error?.message}
      onConfirm={() => act.mutate({ RepositoryName: name })}
      onCancel={onClose}
    >
      {texts.deleteText}
    </ConfirmByName>
  );
}
