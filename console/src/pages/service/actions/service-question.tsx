/** What is asked before something is done to a service that cannot be undone at once. */
import Alert from "@cloudscape-design/components/alert";
import { useAct } from "../../../api/queries.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { ConfirmByName } from "../../../parts/confirm-by-name.tsx";
import { FormDialog } from "../../../parts/form-dialog.tsx";
import { service as texts } from "../../../texts.ts";
import { useIngress } from "../use-ingress.ts";
import { IngressFirst } from "./ingress-first.tsx";
import { RollBackDialog } from "./roll-back-dialog.tsx";
import type { ActionSubject, ServiceActionId } from "./service-action.ts";

const { actions: words } = texts;

export interface Asked {
  readonly id: ServiceActionId;
  readonly subject: ActionSubject;
  /** A rollback: chosen already. */
  readonly releaseNumber?: number | undefined;
}

interface QuestionProps {
  readonly asked: Asked;
  readonly onClose: () => void;
  readonly onDeleted: (() => void) | undefined;
}

export default function ServiceQuestion({
  asked: { id, subject, releaseNumber },
  onClose,
  onDeleted,
}: QuestionProps) {
  if (id === "rollBack") return <RollBackDialog subject={subject} chosen={releaseNumber} onClose={onClose} />;
  if (id === "delete") return <DeleteQuestion subject={subject} onClose={onClose} onDeleted={onDeleted} />;
  return <PauseQuestion subject={subject} onClose={onClose} />;
}

interface OneQuestionProps {
  readonly subject: ActionSubject;
  readonly onClose: () => void;
}

function PauseQuestion({ subject: { ServiceArn, ServiceName: name }, onClose }: OneQuestionProps) {
  const notify = useNotify();
  const pause = useAct("AppRunner.PauseService");
  const confirm = () =>
    pause.mutate(
      { ServiceArn },
      {
        onSuccess: () => {
          notify({ type: "success", text: words.started.pause(name) });
          onClose();
        },
      },
    );
  return (
    <FormDialog
      title={words.pauseTitle(name)}
      act={words.pause}
      onAct={confirm}
      onClose={onClose}
      isBusy={pause.isPending}
      problem={pause.error?.message ?? ""}
    >
      <Alert type="warning">{words.pauseText}</Alert>
    </FormDialog>
  );
}

function DeleteQuestion({
  subject: { ServiceArn, ServiceName: name },
  onClose,
  onDeleted,
}: OneQuestionProps & Pick<QuestionProps, "onDeleted">) {
  const notify = useNotify();
  const remove = useAct("AppRunner.DeleteService", {
    leavesPage: onDeleted !== undefined,
    onDone: () => {
      notify({ type: "success", text: words.started.delete(name) });
      // The question goes with the page that is left: until then it keeps the page from reading.
      (onDeleted ?? onClose)();
    },
  });
  const { ingress } = useIngress(ServiceArn);
  return (
    <ConfirmByName
      title={words.deleteTitle(name)}
      name={name}
      action={words.deleteNow}
      isActing={remove.isPending}
      isBlocked={ingress !== null}
      before={ingress === null ? null : <IngressFirst ingress={ingress} />}
      error={remove.error?.message}
      onConfirm={() => remove.mutate({ ServiceArn })}
      onCancel={onClose}
    >
      {words.deleteText}
    </ConfirmByName>
  );
}
