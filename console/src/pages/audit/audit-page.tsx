/** Who did what: found by filters, page by page, newest first. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { Page } from "../../app/page.tsx";
import { UnreadAlert } from "../../parts/unread-alert.tsx";
import { auditTexts as texts, shell } from "../../texts.ts";
import { AuditDetail } from "./audit-detail.tsx";
import { AuditDownload } from "./audit-download.tsx";
import { type AuditFilter, initialFilter, toLookup } from "./audit-filter.ts";
import { AuditForm } from "./audit-form.tsx";
import { useAuditPages } from "./audit-pages.ts";
import type { AuditEvent } from "./audit-record.ts";
import { AuditTable } from "./audit-table.tsx";
import { ChainPanel } from "./chain-panel.tsx";

export default function AuditPage() {
  const [filter, setFilter] = useState<AuditFilter>(initialFilter);
  const [readAtS, setReadAtS] = useState(nowS);
  const [open, setOpen] = useState<AuditEvent | null>(null);
  const lookup = useMemo(() => toLookup(filter, readAtS), [filter, readAtS]);
  const pages = useAuditPages(lookup);
  const events = (pages.data ?? []).flatMap((page) => page.events);
  const change = (next: AuditFilter) => {
    if (JSON.stringify(next) === JSON.stringify(filter)) return;
    setFilter(next);
    setReadAtS(nowS());
  };
  return (
    <Page title={shell.pages.audit} description={texts.description}>
      <SpaceBetween size="l">
        <ChainPanel />
        <Container
          header={
            <Header
              variant="h2"
              counter={pages.data && texts.count(events.length, !pages.hasNextPage)}
              actions={
                <SpaceBetween direction="horizontal" size="xs">
                  <Button
                    iconName="refresh"
                    ariaLabel={texts.refresh}
                    loading={pages.isFetching && !pages.isFetchingNextPage}
                    onClick={() => setReadAtS(nowS())}
                  />
                  <AuditDownload lookup={lookup} />
                </SpaceBetween>
              }
            >
              {texts.title}
            </Header>
          }
        >
          <SpaceBetween size="m">
            <AuditForm filter={filter} onChange={change} />
            {pages.error ? (
              <UnreadAlert failed={texts.failed} message={pages.error.message} onRetry={pages.refetch} />
            ) : null}
            {/* That nothing was found is told only where it was looked for. */}
            {pages.error && events.length === 0 ? null : (
              <AuditTable events={events} isLoading={pages.isPending} onOpen={setOpen} />
            )}
            <Box textAlign="center">
              {pages.hasNextPage ? (
                <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                  {texts.older}
                </Button>
              ) : null}
              {events.length > 0 && !pages.hasNextPage ? (
                <Box color="text-body-secondary">{texts.all}</Box>
              ) : null}
            </Box>
          </SpaceBetween>
        </Container>
      </SpaceBetween>
      {open === null ? null : <AuditDetail event={open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

/** What came after is read when somebody asks again: the pages below would move. */
function nowS(): number {
  return Math.ceil(Date.now() / 1_000);
}
