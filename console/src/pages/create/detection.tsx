/** Looks into the repository when asked, tells what it holds, and fills in how it is built. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQueryClient } from "@tanstack/react-query";
import type { DraftChange, ServiceDraft } from "../../parts/service-fields/draft.ts";
import { sourceOf } from "../../parts/service-fields/draft-from-wire.ts";
import { create } from "../../texts.ts";
import { type Detected, useDetection } from "./use-detection.ts";

const texts = create.detect;

interface DetectionProps {
  readonly draft: ServiceDraft;
  readonly onChange: (change: DraftChange) => void;
}

export function Detection({ draft, onChange }: DetectionProps) {
  const { data, error, isFetching, look } = useFillingDetection(draft, onChange);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button
              iconName="search"
              loading={isFetching}
              loadingText={texts.looking}
              disabled={draft.repositoryUrl === ""}
              onClick={look}
            >
              {texts.look}
            </Button>
          }
        >
          {texts.header}
        </Header>
      }
    >
      {error === null ? null : (
        <Alert type="error" header={texts.failed}>
          {error.message}
        </Alert>
      )}
      {data === undefined && error === null ? <Box color="text-body-secondary">{texts.none}</Box> : null}
      {data === undefined || error !== null ? null : <Found found={data} />}
    </Container>
  );
}

/** `look` asks, and fills in what was found. */
function useFillingDetection(draft: ServiceDraft, onChange: (change: DraftChange) => void) {
  const client = useQueryClient();
  const { data, error, isFetching, refetch } = useDetection(draft);
  const look = async () => {
    const { data: found } = await refetch();
    if (found === undefined) return;
    const filled = filledIn(draft, found);
    onChange(filled);
    // The branch may have become known only now: what was found is its.
    const { RepositoryUrl, SourceCodeVersion, SourceDirectory } = found.CodeRepository;
    const input = {
      RepositoryUrl,
      Branch: SourceCodeVersion.Value,
      ...(SourceDirectory !== undefined && { SourceDirectory }),
      ...(draft.connectionArn !== "" && { ConnectionArn: draft.connectionArn }),
      ShowFile: true,
    };
    client.setQueryData(["looked into", input], found);
  };
  return { data, error, isFetching, look: () => void look() };
}

/** What people have typed already stays: variables, secrets, size. */
function filledIn(draft: ServiceDraft, { CodeRepository, DockerfilePath }: Detected): DraftChange {
  const extensions = DockerfilePath === undefined ? {} : { ...draft.extensions, dockerfile: DockerfilePath };
  const {
    variables = [],
    secrets: _secrets,
    connectionArn: _connection,
    deploysByItself: _trigger,
    ...found
  } = sourceOf({ CodeRepository }, extensions);
  const names = new Set(draft.variables.map(({ name }) => name));
  return {
    ...found,
    ...(DockerfilePath !== undefined && { extensions }),
    variables: [...draft.variables, ...variables.filter(({ name }) => !names.has(name))],
  };
}

function Found({ found }: { readonly found: Detected }) {
  const { CodeRepository, DockerfilePath, Remarks, AppRunnerFile } = found;
  const runtime = CodeRepository.CodeConfiguration?.CodeConfigurationValues?.Runtime;
  const written = DockerfilePath === undefined ? texts.file : texts.dockerfile(DockerfilePath);
  const mistakes = AppRunnerFile?.Problems.length ?? 0;
  return (
    <SpaceBetween size="xs">
      <StatusIndicator type={mistakes > 0 ? "error" : "success"}>
        {mistakes > 0 ? texts.mistakes(mistakes) : runtime === undefined ? written : texts.runtime(runtime)}
      </StatusIndicator>
      {Remarks.map((remark) => (
        <Box key={remark} color="text-body-secondary">
          {remark}
        </Box>
      ))}
      <Box>{mistakes > 0 ? texts.onNextPage : texts.take}</Box>
    </SpaceBetween>
  );
}
