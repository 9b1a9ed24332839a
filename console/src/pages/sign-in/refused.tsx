/** Why signing in did not work, in the API's words; said aloud. */
import Alert from "@cloudscape-design/components/alert";

export function Refused({ text }: { readonly text: string }) {
  return (
    <div role="alert">
      <Alert type="error">{text}</Alert>
    </div>
  );
}
