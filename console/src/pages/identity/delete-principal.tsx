/** Takes a user or a role away, with all that must go first. */
import type { ReactNode } from "react";
import { useTask } from "../../api/queries.ts";
import { useNotify } from "../../app/notifications.tsx";
import { ConfirmByName } from "../../parts/confirm-by-name.tsx";
import { identityTexts } from "../../texts.ts";
import { deletePrincipal, type Principal } from "./principal.ts";

interface Props {
  readonly principal: Principal;
  readonly title: string;
  readonly done: string;
  /** Where to go then: `#/…`. */
  readonly next: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}

export function DeletePrincipal({ principal, title, done, next, children, onClose }: Props) {
  const notify = useNotify();
  const remove = useTask(() => deletePrincipal(principal), {
    leavesPage: true,
    onDone: () => {
      notify({ type: "success", text: done });
      window.location.hash = next;
    },
  });
  return (
    <ConfirmByName
      title={title}
      name={principal.name}
      action={identityTexts.delete}
      isActing={remove.isPending}
      error={remove.error?.message}
      onConfirm={() => remove.mutate(undefined)}
      onCancel={onClose}
    >
      {children}
    </ConfirmByName>
  );
}
