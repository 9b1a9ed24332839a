/** The service's names: its own address, and custom domains from the wish to the first answer over HTTPS. */
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useRead } from "../../../api/queries.ts";
import { PagePending } from "../../../app/page-states.tsx";
import { EmptyList, UnreadList } from "../../../parts/resource-table-states.tsx";
import { PermittedButton } from "../../../parts/permitted-button.tsx";
import { domains as texts } from "../../../texts.ts";
import type { ServiceTabProps } from "../service-tab.ts";
import { AddDomainDialog } from "./add-domain-dialog.tsx";
import { DomainCard } from "./domain-card.tsx";
import { isMoving } from "./domain-facts.ts";
import { OwnAddress } from "./own-address.tsx";

/** What the live stream tells comes sooner; handshakes and authorities are not on it. */
const MOVING_MS = 2_000;
const STILL_MS = 30_000;

export default function DomainsTab({ service }: ServiceTabProps) {
  const { ServiceArn, ServiceId } = service;
  const [wasMoving, setWasMoving] = useState(false);
  const list = useRead(
    "Slipway.ListDomains",
    { ServiceArn },
    { topics: [`domains/${ServiceId}`], everyMs: wasMoving ? MOVING_MS : STILL_MS },
  );
  const [isAdding, setAdding] = useState(false);
  const domains = list.data?.Domains;
  const moves = domains?.some(isMoving) ?? false;
  if (moves !== wasMoving) setWasMoving(moves);
  const add = (
    <PermittedButton
      needs="apprunner:AssociateCustomDomain"
      of={ServiceArn}
      variant="primary"
      onClick={() => setAdding(true)}
    >
      {texts.add}
    </PermittedButton>
  );
  return (
    <SpaceBetween size="l">
      <OwnAddress service={service} />
      <SpaceBetween size="m">
        <Header
          variant="h2"
          description={texts.description}
          counter={domains && `(${domains.length})`}
          actions={add}
        >
          {texts.title}
        </Header>
        {list.error === null ? null : domains === undefined ? (
          <UnreadList title={texts.title} list={list} />
        ) : (
          <Alert type="warning">{list.error.message}</Alert>
        )}
        {list.isPending ? <PagePending /> : null}
        {domains?.length === 0 ? (
          <Container>
            <EmptyList
              {...texts.empty}
              action={
                <PermittedButton
                  needs="apprunner:AssociateCustomDomain"
                  of={ServiceArn}
                  onClick={() => setAdding(true)}
                >
                  {texts.add}
                </PermittedButton>
              }
            />
          </Container>
        ) : null}
        {domains?.map((domain) => (
          <DomainCard key={domain.DomainName} domain={domain} isOnly={domains.length === 1} />
        ))}
      </SpaceBetween>
      {isAdding ? <AddDomainDialog service={service} onClose={() => setAdding(false)} /> : null}
    </SpaceBetween>
  );
}
