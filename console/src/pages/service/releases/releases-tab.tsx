/** The releases of a service: what made each, what differs between two, and the way back. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { call } from "../../../api/call.ts";
import { useReadAll } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { CopyText } from "../../../parts/copy-text.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { type ResourceColumn, ResourceTable } from "../../../parts/resource-table.tsx";
import { saveFile } from "../../../parts/save-file.ts";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { activity as activityTexts, releases as texts, service as serviceTexts } from "../../../texts.ts";
import { ReleaseDiff } from "../actions/release-diff.tsx";
import { serviceActions } from "../actions/service-action.ts";
import { useServiceActions } from "../actions/use-service-actions.tsx";
import { madeFrom, type Release, shortDigest } from "../made-from.ts";
import { ChecksCell, checksText, ServedCell } from "./release-cells.tsx";
import { ServedPicture } from "./served-picture.tsx";
import type { Service, ServiceTabProps } from "../service-tab.ts";
import { type ServiceOverview, useService } from "../use-service.ts";

const { columns: words } = texts;

type Status = keyof typeof texts.statuses;

const LOOKS = {
  active: "success",
  superseded: "stopped",
  deploying: "in-progress",
  failed: "error",
} as const satisfies Record<Status, StatusIndicatorProps.Type>;

export default function ReleasesTab({ service }: ServiceTabProps) {
  const { ServiceArn: arn, ServiceId: id } = service;
  const found = useService(id);
  const overview = found.kind === "found" ? found.overview : undefined;
  const [compared, setCompared] = useState<readonly Release[]>([]);
  const { start, dialog } = useServiceActions();
  const list = useReadAll("Slipway.ListReleases", { ServiceArn: arn }, "Releases", {
    topics: [`service/${id}`, `operations/${id}`],
  });
  const goBack = (number: number) => {
    if (overview !== undefined) start("rollBack", overview, number);
  };
  return (
    <SpaceBetween size="l">
      <ServedPicture releases={list.data ?? []} isPaused={service.Status === "PAUSED"} />
      <ResourceTable<Release>
        id="releases"
        title={texts.title}
        description={texts.compareHint}
        list={list}
        keyOf={({ ReleaseNumber: number }) => String(number)}
        columns={columnsOf(service)}
        sortedBy="-number"
        selection="multi"
        empty={texts.none}
        actions={(selected) => (
          <SpaceBetween direction="horizontal" size="xs">
            <Button disabled={selected.length !== 2} onClick={() => setCompared(selected)}>
              {texts.compare}
            </Button>
            <RollBackButton overview={overview} selected={selected} onRollBack={goBack} />
          </SpaceBetween>
        )}
      />
      {compared.length === 2 ? (
        <Comparison arn={arn} releases={compared} onClose={() => setCompared([])} />
      ) : null}
      {dialog}
    </SpaceBetween>
  );
}

interface RollBackButtonProps {
  readonly overview: ServiceOverview | undefined;
  readonly selected: readonly Release[];
  readonly onRollBack: (number: number) => void;
}

function RollBackButton({ overview, selected, onRollBack }: RollBackButtonProps) {
  const [one] = selected;
  const reason =
    overview === undefined ? "" : serviceActions(overview).find(({ id }) => id === "rollBack")?.reason;
  const isPossible =
    selected.length === 1 && one?.HasServed === true && one.Status !== "active" && reason === null;
  return (
    <PermittedButton
      needs="slipway:RollbackService"
      of={overview?.ServiceArn}
      disabled={!isPossible}
      onClick={() => one && onRollBack(one.ReleaseNumber)}
    >
      {texts.rollBack}
    </PermittedButton>
  );
}

interface ComparisonProps {
  readonly arn: string;
  readonly releases: readonly Release[];
  readonly onClose: () => void;
}

/** The older one first. */
function Comparison({ arn, releases, onClose }: ComparisonProps) {
  const [from = 0, to = 0] = releases.map((one) => one.ReleaseNumber).sort((one, other) => one - other);
  return (
    <Modal
      visible
      size="large"
      header={texts.compareTitle(from, to)}
      closeAriaLabel={texts.close}
      onDismiss={onClose}
    >
      <ReleaseDiff serviceArn={arn} from={from} to={to} />
    </Modal>
  );
}

function columnsOf(service: Service): readonly ResourceColumn<Release>[] {
  return [
    {
      id: "number",
      header: words.number,
      text: ({ ReleaseNumber: number }) => serviceTexts.facts.releaseLine(number),
      sortBy: ({ ReleaseNumber: number }) => number,
      cell: ({ ReleaseNumber: number }) => <b>{serviceTexts.facts.releaseLine(number)}</b>,
    },
    {
      id: "status",
      header: words.status,
      text: ({ Status: status }) => texts.statuses[status as Status],
      sortBy: ({ ServedFrom: from }) => from ?? -1,
      cell: (release) => (
        <>
          <StatusIndicator type={LOOKS[release.Status as Status]}>
            {texts.statuses[release.Status as Status]}
          </StatusIndicator>
          <Box color="text-body-secondary" fontSize="body-s">
            <ServedCell release={release} />
          </Box>
        </>
      ),
      minWidth: 150,
    },
    {
      id: "from",
      header: words.from,
      text: madeFrom,
      cell: (one) => (
        <>
          <span className="breaks">{madeFrom(one)}</span>
          {one.Commit === undefined ? null : (
            <Box color="text-body-secondary" fontSize="body-s">
              {one.Commit.Author}
            </Box>
          )}
        </>
      ),
      minWidth: 200,
    },
    {
      id: "digest",
      header: words.digest,
      // Long, and rarely what one looks for.
      isShown: false,
      text: ({ ImageDigest: digest }) => digest ?? "",
      cell: (one) => <DigestCell release={one} />,
    },
    {
      id: "checks",
      header: words.checks,
      text: checksText,
      cell: (release) => <ChecksCell release={release} />,
      minWidth: 150,
    },
    {
      id: "made",
      header: words.made,
      text: triggerText,
      sortBy: ({ CreatedAt: at }) => at,
      cell: (one) => (
        <>
          <Moment seconds={one.CreatedAt} />
          <Box color="text-body-secondary" fontSize="body-s">
            {triggerText(one)}
          </Box>
        </>
      ),
    },
    {
      id: "bill",
      header: texts.billShort,
      text: () => "",
      cell: ({ ReleaseNumber: number }) => <BillButton service={service} number={number} />,
    },
  ];
}

function DigestCell({ release }: { readonly release: Release }) {
  const { ImageDigest: digest, HasServed: hasServed } = release;
  if (digest === undefined) return <>{hasServed ? texts.noDigest : "–"}</>;
  return (
    <span title={digest}>
      <CopyText text={digest} label={words.digest} isIcon /> {shortDigest(digest)}
    </span>
  );
}

function triggerText({ Trigger: trigger, FromReleaseNumber: from }: Release): string {
  if (from !== undefined) return texts.rollback(from);
  return trigger === undefined ? texts.byHand : activityTexts.triggers[trigger.By];
}

/** It is read from the image when it was not kept, which takes a moment. */
function BillButton({ service, number }: { readonly service: Service; readonly number: number }) {
  const notify = useNotify();
  const [isBusy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const input = { ServiceArn: service.ServiceArn, ReleaseNumber: number };
      const { Sbom: sbom, SignedBy: signer } = await call("Slipway.GetReleaseSbom", input);
      saveFile(`${service.ServiceName}-${number}.cdx.json`, [sbom], "application/vnd.cyclonedx+json");
      notify({ type: "success", text: signatureText(signer) });
    } catch (error) {
      notify({ type: "error", header: texts.billRefused, text: (error as Error).message });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="inline-link"
      iconName="download"
      wrapText={false}
      loading={isBusy}
      ariaLabel={texts.billOf(number)}
      onClick={() => void download()}
    >
      {texts.billShort}
    </Button>
  );
}

function signatureText(signer: string | undefined): string {
  return signer === undefined ? texts.notSigned : `${texts.signedBy} ${signer}`;
}
