/**
 * The configuration: every section as it is, edited in place. Edits lie over what the service has now: what somebody else changes
 * meanwhile shows through where it was not edited here, is carried over into lists that were, and is told.
 */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useRead } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { PagePending } from "../../../app/page-states.tsx";
import { useAddressWords } from "../../../parts/address.ts";
import { serviceHref } from "../../../parts/arn.ts";
import type { DraftChange, ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { draftOf } from "../../../parts/service-fields/draft-from-wire.ts";
import { refusalOf } from "../../../parts/service-fields/problems.ts";
import { missingOf, problemsOf } from "../../../parts/service-fields/rules.ts";
import { UnreadAlert } from "../../../parts/unread-alert.tsx";
import { configuration as texts } from "../../../texts.ts";
import type { ServiceTabProps } from "../service-tab.ts";
import { type DiffRow, diffOf, openChanges } from "./draft-diff.ts";
import { DiffTable } from "./diff-table.tsx";
import { changedByOthers, mergedChanges } from "./merge-changes.ts";
import { ReviewDialog } from "./review-dialog.tsx";
import { SectionView } from "./section-view.tsx";
import { extensionsIn, type Section, sectionsOf } from "./sections.tsx";
import { UnappliedBar } from "./unapplied-bar.tsx";

export default function ConfigurationTab({ service }: ServiceTabProps) {
  const tags = useRead(
    "AppRunner.ListTagsForResource",
    { ResourceArn: service.ServiceArn },
    { topics: [`service/${service.ServiceId}`, "resources"] },
  );
  if (tags.error !== null)
    return <UnreadAlert failed={texts.unread} message={tags.error.message} onRetry={tags.refetch} />;
  if (tags.data === undefined) return <PagePending />;
  return <Editor service={service} current={draftOf(service, tags.data.Tags ?? [])} />;
}

interface EditorProps extends ServiceTabProps {
  readonly current: ServiceDraft;
}

function Editor({ service, current }: EditorProps) {
  const notify = useNotify();
  const { changes, setChanges, others, forgetOthers } = useChanges(current);
  const wanted = useAddressWords().get("edit");
  const [editing, setEditing] = useState<ReadonlySet<string>>(wanted === null ? NONE : new Set([wanted]));
  const [isReviewing, setReviewing] = useState(false);
  const [refused, setRefused] = useState("");
  const edited = useMemo(() => ({ ...current, ...openChanges(current, changes) }), [current, changes]);
  const rows = diffOf(current, edited);
  const problems = new Map([
    ...problemsOf(edited),
    ...missingOf(edited),
    ...refusalOf(refused, edited).fields,
  ]);
  const change = (part: DraftChange) => {
    setRefused("");
    setChanges((before) => openChanges(current, { ...before, ...part }));
  };
  const toggle = (id: string, isOpen: boolean) =>
    setEditing((open) => new Set(isOpen ? [...open, id] : [...open].filter((one) => one !== id)));
  const reset = () => {
    setChanges({});
    forgetOthers();
    setEditing(NONE);
    setReviewing(false);
    setRefused("");
  };
  const undo = (section: Section) => {
    change(undone(section, current, edited));
    toggle(section.id, false);
  };
  const applied = (operationId: string | null) => {
    reset();
    notify({ type: "success", text: operationId === null ? texts.applied : texts.deploying });
    if (operationId !== null) window.location.assign(serviceHref(service.ServiceArn, "activity"));
  };
  return (
    <>
      <SpaceBetween size="l">
        {service.Status === "PAUSED" ? <Alert type="info">{texts.paused}</Alert> : null}
        {service.Status === "OPERATION_IN_PROGRESS" ? <Alert type="info">{texts.busy}</Alert> : null}
        {others.length === 0 || rows.length === 0 ? null : (
          <ChangedByOthers rows={others} onReload={reset} onKeep={forgetOthers} />
        )}
        {sectionsOf(current).map((section) => (
          <SectionView
            key={section.id}
            section={section}
            serviceArn={service.ServiceArn}
            draft={edited}
            problems={problems}
            isEditing={editing.has(section.id)}
            isWanted={section.id === wanted}
            changedCount={countIn(section, current, edited)}
            onChange={change}
            onEdit={() => toggle(section.id, true)}
            onDone={() => toggle(section.id, false)}
            onUndo={() => undo(section)}
          />
        ))}
        {isReviewing ? (
          <ReviewDialog
            serviceArn={service.ServiceArn}
            current={current}
            edited={edited}
            others={others}
            onApplied={applied}
            onRefused={setRefused}
            onClose={() => setReviewing(false)}
          />
        ) : null}
      </SpaceBetween>
      <UnappliedBar
        serviceArn={service.ServiceArn}
        rows={rows}
        canReview={problems.size === 0}
        onReview={() => setReviewing(true)}
        onDiscard={reset}
      />
    </>
  );
}

const NONE: ReadonlySet<string> = new Set();

/** What was edited, over the service as it is now, and what somebody else changed since the first edit. */
function useChanges(current: ServiceDraft) {
  const [{ base, changes, others }, setState] = useState({
    base: current,
    changes: NO_CHANGES,
    others: NOBODYS,
  });
  const isEdited = Object.keys(changes).length > 0;
  if (diffOf(base, current).length > 0) {
    setState({
      base: current,
      changes: openChanges(current, mergedChanges({ base, current, changes })),
      others: isEdited ? changedByOthers({ base, current, changes }, others) : NOBODYS,
    });
  }
  const setChanges = (change: DraftChange | ((before: DraftChange) => DraftChange)) =>
    setState((before) => ({
      ...before,
      changes: typeof change === "function" ? change(before.changes) : change,
    }));
  const forgetOthers = () => setState((before) => ({ ...before, others: NOBODYS }));
  return { changes, setChanges, others: isEdited ? others : NOBODYS, forgetOthers };
}

const NOBODYS: readonly DiffRow[] = [];
const NO_CHANGES: DraftChange = {};

interface ChangedByOthersProps {
  readonly rows: readonly DiffRow[];
  readonly onReload: () => void;
  readonly onKeep: () => void;
}

function ChangedByOthers({ rows, onReload, onKeep }: ChangedByOthersProps) {
  return (
    <Alert
      type="warning"
      header={texts.elsewhere}
      action={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={onReload}>{texts.takeTheirs}</Button>
          <Button onClick={onKeep}>{texts.keepBoth}</Button>
        </SpaceBetween>
      }
    >
      {texts.merged}
      <DiffTable rows={rows} label={texts.elsewhere} words={texts.theirs} />
    </Alert>
  );
}

/** The section's members as the service has them, and what other sections changed as it is. */
function undone(section: Section, current: ServiceDraft, edited: ServiceDraft): DraftChange {
  const own = new Set<string>(extensionsIn(section));
  const others = Object.entries(edited.extensions).filter(([name]) => !own.has(name));
  const former = Object.entries(current.extensions).filter(([name]) => own.has(name));
  const members = Object.fromEntries(section.keys.map((key) => [key, current[key]]));
  return own.size === 0 ? members : { ...members, extensions: Object.fromEntries([...others, ...former]) };
}

/** With the other sections' members as they are, what is left is this one's. */
function countIn(section: Section, current: ServiceDraft, edited: ServiceDraft): number {
  return diffOf({ ...edited, ...undone(section, current, edited) }, edited).length;
}
