/** The label of a field that may be left empty. */
import { fields } from "../texts.ts";

export function OptionalLabel({ text }: { readonly text: string }) {
  return (
    <>
      {text} <i>- {fields.optional}</i>
    </>
  );
}
