/** What stands where a page would: not there yet, not there at all, broken. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Spinner from "@cloudscape-design/components/spinner";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { shell } from "../texts.ts";
import { isNewVersion } from "./new-version.ts";
import { Page } from "./page.tsx";

export function PagePending() {
  return (
    <Box textAlign="center" padding="xxl">
      <Spinner size="large" />
    </Box>
  );
}

export function NotFoundPage() {
  return (
    <Page title={shell.notFound}>
      <Alert type="warning">
        {shell.notFoundText} <Link href="#/services">{shell.toServices}</Link>
      </Alert>
    </Page>
  );
}

export function PageError({ error, reset }: ErrorComponentProps) {
  const [isOutdated, setOutdated] = useState(false);
  // After an update the files of pages that were not opened yet are gone.
  useEffect(() => void isNewVersion().then(setOutdated), []);
  if (isOutdated) {
    return (
      <Box padding="xxl">
        <Alert
          type="info"
          header={shell.newVersion}
          action={<Button onClick={() => window.location.reload()}>{shell.reload}</Button>}
        />
      </Box>
    );
  }
  return (
    <Box padding="xxl">
      <Alert
        type="error"
        header={shell.pageBroken}
        action={<Button onClick={reset}>{shell.tryAgain}</Button>}
      >
        {error instanceof Error ? error.message : String(error)}
      </Alert>
    </Box>
  );
}
