/** Does what people ask of a service: at once where it can be undone, after a question where not. */
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useAct } from "../../../api/queries.ts";
import { loadPart } from "../../../app/load-part.ts";
import { useNotify } from "../../../app/notifications.tsx";
import { service as texts } from "../../../texts.ts";
import type { ActionSubject, ServiceActionId } from "./service-action.ts";
import type { Asked } from "./service-question.tsx";

// Lists of services come before anybody asks for anything.
const ServiceQuestion = lazy(loadPart(() => import("./service-question.tsx")));

const { actions: words } = texts;

export interface ServiceActions {
  readonly start: (id: ServiceActionId, subject: ActionSubject, releaseNumber?: number) => void;
  /** The question that is asked at the moment; to be rendered. */
  readonly dialog: ReactNode;
}

export function useServiceActions({ onDeleted }: { readonly onDeleted?: () => void } = {}): ServiceActions {
  const [asked, setAsked] = useState<Asked | null>(null);
  const notify = useNotify();
  const deploy = useAct("AppRunner.StartDeployment");
  const resume = useAct("AppRunner.ResumeService");
  const close = () => setAsked(null);
  const start: ServiceActions["start"] = (id, subject, releaseNumber) => {
    const { ServiceArn, ServiceName: name } = subject;
    if (id !== "deploy" && id !== "resume") return setAsked({ id, subject, releaseNumber });
    const act = id === "deploy" ? deploy : resume;
    act.mutate(
      { ServiceArn },
      {
        onSuccess: () => notify({ type: "success", text: words.started[id](name) }),
        onError: ({ message }) => notify({ type: "error", header: words.refused[id], text: message }),
      },
    );
  };
  const dialog = asked && (
    <Suspense fallback={null}>
      <ServiceQuestion asked={asked} onClose={close} onDeleted={onDeleted} />
    </Suspense>
  );
  return { start, dialog };
}
