/** Whether anybody tampered with the audit trail: checked when somebody asks, for it reads all of it. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { type ApiError, call } from "../../api/call.ts";
import type { Output } from "../../api/wire.ts";
import { CopyText } from "../../parts/copy-text.tsx";
import { exactMoment } from "../../parts/moment.tsx";
import { PermittedButton } from "../../parts/permitted-button.tsx";
import { auditTexts as texts } from "../../texts.ts";

type Verdict = Output<"Slipway.VerifyAuditTrail">;

export function ChainPanel() {
  const verdict = useQuery<{ readonly found: Verdict; readonly atS: number }, ApiError>({
    queryKey: ["audit verdict"],
    queryFn: async ({ signal }) => ({
      found: await call("Slipway.VerifyAuditTrail", {}, signal),
      atS: Date.now() / 1_000,
    }),
    enabled: false,
    staleTime: Infinity,
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <PermittedButton
              needs="slipway:VerifyAuditTrail"
              loading={verdict.isFetching}
              onClick={() => void verdict.refetch()}
            >
              {texts.verify}
            </PermittedButton>
          }
        >
          {texts.chain}
        </Header>
      }
    >
      {verdict.error ? <Alert type="error">{verdict.error.message}</Alert> : null}
      {verdict.data ? (
        <Shown found={verdict.data.found} atS={verdict.data.atS} />
      ) : (
        <StatusIndicator type={verdict.isFetching ? "loading" : "pending"}>
          {verdict.isFetching ? texts.verifying : texts.notVerified}
        </StatusIndicator>
      )}
    </Container>
  );
}

function Shown({ found, atS }: { readonly found: Verdict; readonly atS: number }) {
  const { RecordCount, ProblemCount, Problems, Head } = found;
  const head = Head && `${Head.Sequence} ${Head.Hash}`;
  return (
    <SpaceBetween size="m">
      <Box fontSize="heading-m">
        <StatusIndicator type={ProblemCount === 0 ? "success" : "error"}>
          {ProblemCount === 0 ? texts.whole : texts.broken(ProblemCount)}
        </StatusIndicator>
      </Box>
      <KeyValuePairs
        columns={3}
        items={[
          { label: texts.records, value: RecordCount.toLocaleString("en") },
          { label: texts.checked, value: exactMoment(atS) },
          { label: texts.head, value: head ? <CopyText text={head} label={texts.head} /> : "–" },
        ]}
      />
      <Box color="text-body-secondary">{texts.headHint}</Box>
      {Problems.map(({ Sequence, Detail }) => (
        <Alert key={`${Sequence} ${Detail}`} type="error">
          {texts.problemAt(Sequence, Detail)}
        </Alert>
      ))}
    </SpaceBetween>
  );
}
