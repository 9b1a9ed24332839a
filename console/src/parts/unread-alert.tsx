/** Says why something could not be read: what went wrong, or which right is missing and who can give it. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { permissions, shell } from "../texts.ts";
import { missingPermission } from "./missing-permission.ts";

export interface UnreadAlertProps {
  /** Of what is missing, for example `Users could not be read`. */
  readonly failed: string;
  readonly message: string;
  readonly onRetry: () => unknown;
}

export function UnreadAlert({ failed, message, onRetry }: UnreadAlertProps) {
  const missing = missingPermission(message);
  const retry = (
    <Button formAction="none" onClick={() => void onRetry()}>
      {shell.tryAgain}
    </Button>
  );
  if (missing === null) {
    return (
      <Alert type="error" header={failed} action={retry}>
        {message}
      </Alert>
    );
  }
  return (
    <Alert type="info" header={permissions.unreadable} action={retry}>
      {permissions.missing(missing.action, missing.resource)}
    </Alert>
  );
}
