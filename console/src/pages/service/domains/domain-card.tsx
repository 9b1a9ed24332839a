/** One custom domain: how far it is, what is missing in plain words, its records, its certificate. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useAct } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { ConfirmByName } from "../../../parts/confirm-by-name.tsx";
import { Moment } from "../../../parts/moment.tsx";
import { useNow } from "../../../parts/now.ts";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { domains as texts } from "../../../texts.ts";
import { DomainCertificate } from "./domain-certificate.tsx";
import { type Domain, isFound, problemKind } from "./domain-facts.ts";
import { DomainRecords } from "./domain-records.tsx";
import { DomainStatus } from "./domain-status.tsx";
import { DomainSteps } from "./domain-steps.tsx";

/** What is nearer than this is told without counting seconds. */
const SOON_MS = 60_000;

export interface DomainCardProps {
  readonly domain: Domain;
  /** There is no other one to find on the page. */
  readonly isOnly: boolean;
}

export function DomainCard({ domain, isOnly }: DomainCardProps) {
  const { DomainName: name, ServiceArn, Status: status, Problem: problem } = domain;
  const notify = useNotify();
  const [isRemoving, setRemoving] = useState(false);
  const check = useAct("Slipway.CheckCustomDomain");
  const isActive = status === "active";
  const isRefused = status === "create_failed";
  const checkNow = (text: string) => (
    <PermittedButton
      needs="slipway:CheckCustomDomain"
      of={ServiceArn}
      iconName="refresh"
      loading={check.isPending}
      onClick={() => check.mutate({ ServiceArn, DomainName: name })}
      ariaLabel={`${text}: ${name}`}
    >
      {text}
    </PermittedButton>
  );
  return (
    <>
      <ExpandableSection
        variant="container"
        defaultExpanded={isOnly || !isActive || problem !== undefined || !isFound(domain)}
        headingTagOverride="h3"
        headerText={name}
        headerInfo={<DomainStatus domain={domain} />}
        headerDescription={domain.EnableWWWSubdomain ? texts.withWww(name) : undefined}
        headerActions={
          <SpaceBetween direction="horizontal" size="xs">
            {checkNow(texts.check)}
            <PermittedButton
              needs="apprunner:DisassociateCustomDomain"
              of={ServiceArn}
              onClick={() => setRemoving(true)}
              ariaLabel={`${texts.remove}: ${name}`}
            >
              {texts.remove}
            </PermittedButton>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <DomainSteps domain={domain} />
          {check.error === null ? null : <Alert type="error">{check.error.message}</Alert>}
          {problem === undefined ? null : (
            <Alert
              type={isRefused ? "error" : "warning"}
              header={texts.problems[problemKind(domain)]}
              action={isRefused ? checkNow(texts.tryAgain) : undefined}
            >
              <SpaceBetween size="xs">
                <div>{problem}</div>
                {isRefused ? <div>{texts.refusedAdvice}</div> : null}
                <Attempts domain={domain} />
              </SpaceBetween>
            </Alert>
          )}
          <DomainRecords domain={domain} />
          <DomainCertificate domain={domain} />
        </SpaceBetween>
      </ExpandableSection>
      {isRemoving ? (
        <RemoveDomain
          domain={domain}
          onClose={() => setRemoving(false)}
          onRemoved={() => notify({ type: "success", text: texts.removed(name) })}
        />
      ) : null}
    </>
  );
}

/** When the authority was asked last, and when it is next. */
function Attempts({ domain }: { readonly domain: Domain }) {
  const { LastAttemptAt: last, NextAttemptAt: next = 0 } = domain;
  const untilNextMs = next * 1_000 - useNow();
  const isLater = untilNextMs > SOON_MS;
  // Of records that are missing: they are looked at every few seconds.
  const isSoon = domain.Status === "create_failed" && untilNextMs > 0 && !isLater;
  if (last === undefined && !isLater && !isSoon) return null;
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {last === undefined ? null : (
        <>
          {texts.lastAttempt} <Moment seconds={last} />.{" "}
        </>
      )}
      {isLater ? (
        <>
          {texts.nextAttempt} <Moment seconds={next} />.
        </>
      ) : null}
      {isSoon ? texts.nextAttemptSoon : null}
    </Box>
  );
}

interface RemoveDomainProps {
  readonly domain: Domain;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

function RemoveDomain({ domain, onClose, onRemoved }: RemoveDomainProps) {
  const { DomainName: name, ServiceArn, ServiceName } = domain;
  const act = useAct("AppRunner.DisassociateCustomDomain", {
    onDone: () => {
      onRemoved();
      onClose();
    },
  });
  return (
    <ConfirmByName
      title={texts.removeTitle(name)}
      name={name}
      action={texts.remove}
      isActing={act.isPending}
      error={act.error?.message}
      onConfirm={() => act.mutate({ ServiceArn, DomainName: name })}
      onCancel={onClose}
    >
      {texts.removeText(name, ServiceName)}
    </ConfirmByName>
  );
}
