/** apprunner.yaml as the repository has it, with what no build would take at its place. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { CodeView } from "../../parts/code-view.tsx";
import type { ServiceDraft } from "../../parts/service-fields/draft.ts";
import { create } from "../../texts.ts";
import { useDetection } from "./use-detection.ts";

const texts = create.file;

export function AppRunnerFile({ draft }: { readonly draft: ServiceDraft }) {
  const { data, error, isFetching, refetch } = useDetection(draft);
  const file = data?.AppRunnerFile;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button
              iconName={data === undefined ? "search" : "refresh"}
              loading={isFetching}
              loadingText={create.detect.looking}
              onClick={() => void refetch()}
            >
              {data === undefined ? texts.show : texts.again}
            </Button>
          }
        >
          {file?.Path ?? texts.name}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {error === null ? null : <Alert type="error">{error.message}</Alert>}
        {data === undefined && error === null ? (
          <Box color="text-body-secondary">{texts.notLooked}</Box>
        ) : null}
        {data !== undefined && file === undefined ? <Alert type="warning">{texts.missing}</Alert> : null}
        {file === undefined ? null : (
          <>
            {file.Problems.length > 0 ? (
              <Alert type="error">{create.detect.mistakes(file.Problems.length)}</Alert>
            ) : null}
            <CodeView
              text={file.Text}
              label={file.Path}
              problems={file.Problems.map(({ Line, Column, Message }) => ({
                line: Line,
                column: Column,
                text: Message,
              }))}
            />
          </>
        )}
      </SpaceBetween>
    </Container>
  );
}
