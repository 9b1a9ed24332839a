/** What lies over the list of destinations: the form, questions before something is lost, a secret that is shown once. */
import { useAct } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { DeleteDialog } from "../../parts/delete-dialog.tsx";
import { CopyText } from "../../parts/copy-text.tsx";
import { ShownOnce } from "../../parts/shown-once.tsx";
import { eventTexts } from "../../texts.ts";
import type { Destination } from "./destination-draft.ts";
import { DestinationForm } from "./destination-form.tsx";

export type OpenDialog =
  | { readonly kind: "create" }
  | { readonly kind: "edit" | "delete" | "rotate"; readonly destination: Destination }
  | { readonly kind: "secret"; readonly name: string; readonly secret: string };

interface DestinationDialogsProps {
  readonly open: OpenDialog;
  readonly setOpen: (open: OpenDialog | null) => void;
}

export function DestinationDialogs({ open, setOpen }: DestinationDialogsProps) {
  const notify = useNotify();
  const close = () => setOpen(null);
  const remove = useAct("Slipway.DeleteEventDestination", {
    takes: (input) => [
      ["Slipway.DescribeEventDestination", input],
      ["Slipway.ListDeadLetters", input],
    ],
    onDone: (_, { Name }) => {
      close();
      notify({ type: "success", text: eventTexts.deleted(Name) });
    },
  });
  const rotate = useAct("Slipway.RotateEventDestinationSecret", {
    onDone: ({ Secret }, { Name }) => setOpen({ kind: "secret", name: Name, secret: Secret }),
  });
  return (
    <>
      {open.kind === "create" || open.kind === "edit" ? (
        <DestinationForm
          destination={open.kind === "edit" ? open.destination : null}
          onClose={close}
          onDone={(name, secret) => {
            if (secret === null) {
              close();
              notify({ type: "success", text: eventTexts.changed(name) });
            } else setOpen({ kind: "secret", name, secret });
          }}
        />
      ) : null}
      {open.kind === "delete" ? (
        <DeleteDialog
          title={eventTexts.deleteTitle(open.destination.Name)}
          isBusy={remove.isPending}
          problem={remove.error?.message}
          onDelete={() => remove.mutate({ Name: open.destination.Name })}
          onClose={close}
        >
          {eventTexts.deleteWhat}
        </DeleteDialog>
      ) : null}
      {open.kind === "rotate" ? (
        <DeleteDialog
          title={eventTexts.rotateTitle(open.destination.Name)}
          act={eventTexts.rotate}
          isBusy={rotate.isPending}
          problem={rotate.error?.message}
          onDelete={() => rotate.mutate({ Name: open.destination.Name })}
          onClose={close}
        >
          {eventTexts.rotateWhat}
        </DeleteDialog>
      ) : null}
      {open.kind === "secret" ? (
        <ShownOnce title={eventTexts.secretTitle(open.name)} onClose={close}>
          <CopyText text={open.secret} label={eventTexts.secret} />
          {eventTexts.secretUse}
        </ShownOnce>
      ) : null}
    </>
  );
}
