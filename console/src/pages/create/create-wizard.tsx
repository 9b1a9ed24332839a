/** The wizard itself: its draft, which step is shown, what is wrong, and the act at the end. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Wizard from "@cloudscape-design/components/wizard";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { ApiError } from "../../api/call.ts";
import { useMay } from "../../api/permissions.ts";
import { queryClient } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { useSession } from "../../app/session-context.tsx";
import { type DraftChange, emptyDraft, type ServiceDraft } from "../../parts/service-fields/draft.ts";
import {
  hasProblem,
  mergedProblems,
  noProblems,
  type Problems,
  refusalOf,
} from "../../parts/service-fields/problems.ts";
import { missingOf, problemsOf } from "../../parts/service-fields/rules.ts";
import { create, permissions } from "../../texts.ts";
import { createService } from "./create-service.ts";
import { dropDraft, keepDraft, type KeptDraft } from "./kept-draft.ts";
import { ReviewStep } from "./review-step.tsx";
import { stepsOf } from "./wizard-steps.tsx";

interface CreateWizardProps {
  readonly initial: KeptDraft;
  readonly wasKept: boolean;
  /** Name of the service whose settings these are. */
  readonly copiedFrom: string | null;
}

export function CreateWizard({ initial, wasKept, copiedFrom }: CreateWizardProps) {
  const wizard = useWizard(initial);
  const { draft, steps, stepIndex } = wizard;
  const mayCreate = useMay("apprunner:CreateService");
  const shown = mergedProblems(wizard.problems, wizard.refused);
  return (
    <SpaceBetween size="l">
      {mayCreate ? null : (
        <Alert type="warning" header={permissions.mayNotCreate}>
          {permissions.missing("apprunner:CreateService", "*")}
        </Alert>
      )}
      <Beginnings wasKept={wasKept} copiedFrom={copiedFrom} onStartAnew={wizard.startAnew} />
      <Wizard
        activeStepIndex={Math.min(stepIndex, steps.length)}
        allowSkipTo
        submitButtonText={create.submit}
        isLoadingNextStep={wizard.isBusy}
        onNavigate={({ detail }) => wizard.goTo(detail.requestedStepIndex)}
        onCancel={wizard.leave}
        onSubmit={() => void wizard.submit()}
        steps={[
          ...steps.map(({ id, isOptional, Content }) => ({
            title: create.steps[id],
            isOptional,
            description: create.stepHelp[id],
            content: (
              <WithRefusal text={wizard.refusal}>
                <Content draft={draft} onChange={wizard.change} problems={shown} />
              </WithRefusal>
            ),
          })),
          {
            title: create.steps.review,
            description: create.stepHelp.review,
            content: (
              <WithRefusal text={wizard.refusal}>
                <ReviewStep
                  draft={draft}
                  onEdit={(id) => wizard.goTo(steps.findIndex((step) => step.id === id))}
                />
              </WithRefusal>
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
}

interface BeginningsProps {
  readonly wasKept: boolean;
  readonly copiedFrom: string | null;
  readonly onStartAnew: () => void;
}

function Beginnings({ wasKept, copiedFrom, onStartAnew }: BeginningsProps) {
  const [isSeen, setSeen] = useState(!wasKept && copiedFrom === null);
  if (isSeen) return null;
  const startAnew = () => {
    setSeen(true);
    onStartAnew();
  };
  return (
    <Alert
      type="info"
      dismissible
      onDismiss={() => setSeen(true)}
      action={<Button onClick={startAnew}>{create.startAnew}</Button>}
    >
      {copiedFrom === null ? create.kept : create.copyOf(copiedFrom)}
    </Alert>
  );
}

function WithRefusal({ text, children }: { readonly text: string | null; readonly children: ReactNode }) {
  return (
    <SpaceBetween size="l">
      {text === null ? null : (
        <Alert type="error" header={create.refused}>
          {text}
        </Alert>
      )}
      {children}
    </SpaceBetween>
  );
}

function useWizard(initial: KeptDraft) {
  const { session } = useSession();
  const notify = useNotify();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<ServiceDraft>(initial.draft);
  const [stepIndex, setStepIndex] = useState(initial.stepIndex);
  /** Steps that somebody wanted to leave: there also what is missing is shown. */
  const [tried, setTried] = useState<ReadonlySet<string>>(new Set());
  const [refused, setRefused] = useState<Problems>(noProblems);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const steps = stepsOf(draft);
  const wrong = problemsOf(draft);
  const missing = missingOf(draft);
  const shownMissing = [...missing].filter(([field]) =>
    steps.some(({ id, fields }) => tried.has(id) && fields.includes(field)),
  );
  const keep = (kept: KeptDraft) => keepDraft(session.arn, kept);

  const change = (part: DraftChange) => {
    const next = { ...draft, ...part };
    setDraft(next);
    // What the API said was about what stood there before.
    setRefused(
      (former) =>
        new Map([...former].filter(([field]) => !Object.hasOwn(part, field.split(/[.[]/)[0] ?? ""))),
    );
    keep({ draft: next, stepIndex });
  };
  const show = (index: number) => {
    setStepIndex(index);
    keep({ draft, stepIndex: index });
    window.scrollTo({ top: 0 });
  };
  /** Forward only over steps where all is well; back always. */
  const goTo = (index: number) => {
    const passed = steps.slice(0, index);
    setTried(new Set([...tried, ...passed.map(({ id }) => id)]));
    const stuck = passed.findIndex(({ fields }) => hasProblem(mergedProblems(missing, wrong), fields));
    show(stuck === -1 ? index : stuck);
  };
  const startAnew = () => {
    setDraft(emptyDraft);
    setStepIndex(0);
    setTried(new Set());
    dropDraft(session.arn);
  };
  const leave = () => {
    dropDraft(session.arn);
    void navigate({ to: "/services" });
  };
  const submit = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const { ServiceName = draft.name, ServiceId = "" } = await createService(draft);
      dropDraft(session.arn);
      void queryClient.invalidateQueries();
      notify({ type: "success", text: create.made(ServiceName) });
      await navigate({
        to: "/services/$serviceId/$tab",
        params: { serviceId: ServiceId, tab: "activity" },
      });
    } catch (error) {
      const { fields, rest } = refusalOf((error as ApiError).message, draft);
      setRefused(fields);
      setRefusal(rest);
      const at = steps.findIndex((step) => hasProblem(fields, step.fields));
      if (at !== -1) show(at);
      else if (fields.size > 0) setRefusal((error as ApiError).message);
    } finally {
      setBusy(false);
    }
  };
  const problems = mergedProblems(new Map(shownMissing), wrong);
  return {
    draft,
    steps,
    stepIndex,
    problems,
    refused,
    refusal,
    isBusy,
    change,
    goTo,
    startAnew,
    leave,
    submit,
  };
}
