/** Auto scaling configurations: revisions folded under their name, their numbers as a picture, who uses them. */
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct, useReadAll, useReadEach } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { Page } from "../../app/page.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ResourceTable } from "../../parts/resource-table.tsx";
import { ServiceLinks } from "../../parts/service-links.tsx";
import { PermittedButton, useWhyNot } from "../../parts/permitted-button.tsx";
import { autoScaling as texts, shell } from "../../texts.ts";
import { CreateScalingDialog } from "./create-scaling-dialog.tsx";
import { RangeBar } from "./range-bar.tsx";
import { arnOfName, revisionsOf, type ScalingRevision } from "./scaling-revision.ts";
import { SimulationDialog } from "./simulation-dialog.tsx";

type Open =
  | { readonly kind: "create"; readonly from?: ScalingRevision }
  | { readonly kind: "simulate" | "delete" | "deleteAll"; readonly one: ScalingRevision };

const TOPICS = ["resources", "services"] as const;
const LEAST_SCALE = 25;

export default function AutoScalingPage() {
  const list = useRevisions();
  const notify = useNotify();
  const [open, setOpen] = useState<Open | null>(null);
  const makeDefault = useAct("AppRunner.UpdateDefaultAutoScalingConfiguration", {
    onDone: ({ AutoScalingConfiguration: { AutoScalingConfigurationName: name = "" } }) =>
      notify({ type: "success", text: texts.madeDefault(name) }),
  });
  const setDefault = (one: ScalingRevision) =>
    makeDefault.mutate(
      { AutoScalingConfigurationArn: one.arn },
      { onError: ({ message }) => notify({ type: "error", text: message }) },
    );
  const most = Math.max(LEAST_SCALE, ...(list.data ?? []).map(({ limits }) => limits?.maxSize ?? 0));
  return (
    <Page title={shell.pages.autoScaling} description={texts.description}>
      <ResourceTable<ScalingRevision>
        id="auto-scaling"
        title={texts.title}
        list={list}
        keyOf={({ arn }) => arn}
        parentOf={({ newestArn }) => newestArn}
        selection="single"
        empty={texts.empty}
        actions={([selected]) => <Actions selected={selected} onOpen={setOpen} onDefault={setDefault} />}
        columns={[
          {
            id: "name",
            header: texts.name,
            text: ({ name }) => name,
            cell: ({ name, isDefault }) => (
              <>
                {name} {isDefault ? <Badge color="blue">{texts.isDefault}</Badge> : null}
              </>
            ),
          },
          {
            id: "revision",
            header: texts.revision,
            text: ({ revision }) => String(revision),
            sortBy: ({ revision }) => revision,
          },
          {
            id: "instances",
            header: texts.instances,
            text: ({ limits }) => (limits ? texts.instancesText(limits.minSize, limits.maxSize) : ""),
            sortBy: ({ limits }) => limits?.maxSize ?? 0,
            cell: ({ limits }) =>
              limits && (
                <>
                  <RangeBar min={limits.minSize} max={limits.maxSize} most={most} />
                  {texts.instancesText(limits.minSize, limits.maxSize)}
                </>
              ),
            minWidth: 170,
          },
          {
            id: "concurrency",
            header: texts.concurrency,
            text: ({ limits }) => String(limits?.maxConcurrency ?? ""),
            sortBy: ({ limits }) => limits?.maxConcurrency ?? 0,
          },
          {
            id: "users",
            header: texts.usedBy,
            text: ({ users }) => users.join(" "),
            sortBy: ({ users }) => users.length,
            cell: ({ users }) => <ServiceLinks arns={users} tab="configuration" none={texts.unused} />,
          },
          {
            id: "created",
            header: texts.created,
            text: () => "",
            sortBy: ({ createdAt }) => createdAt ?? 0,
            cell: ({ createdAt }) => <Moment seconds={createdAt} />,
          },
        ]}
      />
      {open?.kind === "create" ? (
        <CreateScalingDialog from={open.from} onClose={() => setOpen(null)} />
      ) : null}
      {open?.kind === "simulate" ? <SimulationDialog one={open.one} onClose={() => setOpen(null)} /> : null}
      {open?.kind === "delete" || open?.kind === "deleteAll" ? (
        <DeleteScaling one={open.one} isWholeName={open.kind === "deleteAll"} onClose={() => setOpen(null)} />
      ) : null}
    </Page>
  );
}

/** All revisions with what only their descriptions and their users tell: there are few of them by quota. */
function useRevisions() {
  const list = useReadAll(
    "AppRunner.ListAutoScalingConfigurations",
    { LatestOnly: false },
    "AutoScalingConfigurationSummaryList",
    { topics: TOPICS },
  );
  const inputs = (list.data ?? []).map(({ AutoScalingConfigurationArn = "" }) => ({
    AutoScalingConfigurationArn,
  }));
  const described = useReadEach("AppRunner.DescribeAutoScalingConfiguration", inputs, { topics: TOPICS });
  const users = useReadEach("AppRunner.ListServicesForAutoScalingConfiguration", inputs, { topics: TOPICS });
  return {
    data:
      list.data &&
      revisionsOf(
        list.data,
        described.data.map((answer) => answer?.AutoScalingConfiguration),
        users.data.map((answer) => answer?.ServiceArnList),
      ),
    isPending: list.isPending,
    error: list.error,
    refetch: list.refetch,
  };
}

interface ActionsProps {
  readonly selected: ScalingRevision | undefined;
  readonly onOpen: (open: Open) => void;
  readonly onDefault: (one: ScalingRevision) => void;
}

const DELETE = "apprunner:DeleteAutoScalingConfiguration";
const NEEDED = ["apprunner:UpdateDefaultAutoScalingConfiguration", DELETE] as const;

function Actions({ selected, onOpen, onDefault }: ActionsProps) {
  const whyNot = useWhyNot(NEEDED, selected?.arn);
  const act = (id: string) => {
    if (selected === undefined) return;
    if (id === "default") onDefault(selected);
    if (id === "delete" || id === "deleteAll") onOpen({ kind: id, one: selected });
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ButtonDropdown
        disabled={selected === undefined}
        items={[
          {
            id: "default",
            text: texts.setDefault,
            disabled: selected?.isDefault === true,
            ...whyNot("apprunner:UpdateDefaultAutoScalingConfiguration"),
          },
          { id: "delete", text: texts.delete, ...whyNot(DELETE) },
          { id: "deleteAll", text: texts.deleteAll, ...whyNot(DELETE) },
        ]}
        onItemClick={({ detail }) => act(detail.id)}
      >
        {texts.more}
      </ButtonDropdown>
      <Button
        disabled={selected === undefined}
        onClick={() => selected && onOpen({ kind: "simulate", one: selected })}
      >
        {texts.simulate}
      </Button>
      <PermittedButton
        needs="apprunner:CreateAutoScalingConfiguration"
        disabled={selected === undefined}
        onClick={() => selected && onOpen({ kind: "create", from: selected })}
      >
        {texts.newRevision}
      </PermittedButton>
      <PermittedButton
        needs="apprunner:CreateAutoScalingConfiguration"
        variant="primary"
        onClick={() => onOpen({ kind: "create" })}
      >
        {texts.create}
      </PermittedButton>
    </SpaceBetween>
  );
}

interface DeleteScalingProps {
  readonly one: ScalingRevision;
  readonly isWholeName: boolean;
  readonly onClose: () => void;
}

function DeleteScaling({ one, isWholeName, onClose }: DeleteScalingProps) {
  const notify = useNotify();
  const what = isWholeName ? one.name : `${one.name}, ${texts.revisionText(one.revision)}`;
  const act = useAct("AppRunner.DeleteAutoScalingConfiguration", {
    onDone: () => {
      notify({ type: "success", text: texts.deleted(what) });
      onClose();
    },
  });
  return (
    <DeleteDialog
      title={texts.deleteTitle(what)}
      isBusy={act.isPending}
      problem={act.error?.message}
      onClose={onClose}
      onDelete={() =>
        act.mutate({
          AutoScalingConfigurationArn: isWholeName ? arnOfName(one.arn) : one.arn,
          ...(isWholeName ? { DeleteAllRevisions: true } : {}),
        })
      }
    >
      <Box>{isWholeName ? texts.deleteAllText : texts.deleteText}</Box>
    </DeleteDialog>
  );
}
