/** What can be done with a service, and why not. Pure. */
import type { Action, Output } from "../../../api/wire.ts";
import { service as texts, shared } from "../../../texts.ts";

export type ServiceActionId = "deploy" | "pause" | "resume" | "rollBack" | "delete";

export interface ServiceAction {
  readonly id: ServiceActionId;
  readonly text: string;
  /** Why it cannot be done now; null: it can. */
  readonly reason: string | null;
}

/** What who does it needs. */
export const neededFor = {
  deploy: "apprunner:StartDeployment",
  pause: "apprunner:PauseService",
  resume: "apprunner:ResumeService",
  rollBack: "slipway:RollbackService",
  delete: "apprunner:DeleteService",
} as const satisfies Record<ServiceActionId, Action>;

/** What an action needs to know of a service. */
export type ActionSubject = Pick<
  Output<"Slipway.ListServiceOverviews">["Services"][number],
  "ServiceName" | "ServiceId" | "ServiceArn" | "ServiceUrl" | "Status" | "ReleaseNumber" | "LastOperation"
>;

const { actions: words } = texts;

export function serviceActions(subject: ActionSubject): readonly ServiceAction[] {
  return [
    {
      id: "deploy",
      text: words.deploy,
      reason: busy(subject) ?? unless(subject, "RUNNING", words.nothingDeploys),
    },
    pauseOrResume(subject),
    { id: "rollBack", text: words.rollBack, reason: rollBackReason(subject) },
    { id: "delete", text: words.delete, reason: isOvertakable(subject) ? null : busy(subject) },
  ];
}

function pauseOrResume(subject: ActionSubject): ServiceAction {
  const { Status: status } = subject;
  if (status === "PAUSED") return { id: "resume", text: words.resume, reason: null };
  return {
    id: "pause",
    text: words.pause,
    reason: busy(subject) ?? unless(subject, "RUNNING", words.notRunning),
  };
}

function rollBackReason(subject: ActionSubject): string | null {
  if (subject.ReleaseNumber === undefined) return words.nothingServes;
  return busy(subject) ?? unless(subject, "RUNNING", words.notRunning);
}

function busy({ Status: status, LastOperation: operation }: ActionSubject): string | null {
  if (status !== "OPERATION_IN_PROGRESS") return null;
  if (operation === undefined) return words.busySomehow;
  return words.busy(shared.operationInProgress[operation.Type].toLowerCase());
}

function unless({ Status: status }: ActionSubject, wanted: ActionSubject["Status"], reason: string) {
  return status === wanted ? null : reason;
}

/** A service that is being created may be deleted at any moment. */
function isOvertakable({ LastOperation: operation }: ActionSubject): boolean {
  return operation?.Type === "CREATE_SERVICE" && operation.EndedAt === undefined;
}
