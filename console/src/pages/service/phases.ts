/** An operation as steps: those it went through, the one it is at, those to come. Pure. */
import type { Output } from "../../api/wire.ts";
import { service as texts } from "../../texts.ts";

export type Operation = Output<"Slipway.DescribeOperation">["Operation"];
export type Phase = keyof typeof texts.phases;

export interface OperationStep {
  /** Tells it apart from another of the same phase. */
  readonly key: string;
  readonly phase: Phase;
  readonly state: "done" | "now" | "failed" | "cancelled" | "later";
  /** Null: not begun, or nobody knows. */
  readonly durationMs: number | null;
}

const DEPLOYING: readonly Phase[] = ["provision", "health-check", "routing"];
const TO_COME: Readonly<Record<Operation["Type"], readonly Phase[]>> = {
  CREATE_SERVICE: DEPLOYING,
  UPDATE_SERVICE: DEPLOYING,
  START_DEPLOYMENT: DEPLOYING,
  RESUME_SERVICE: DEPLOYING,
  PAUSE_SERVICE: ["routing", "draining"],
  DELETE_SERVICE: ["cleanup"],
};

/** Without the wait for its turn where that was over at once, and without "done", which is an end and no step. */
const WAIT_SEEN_MS = 1_000;

export function stepsOf(operation: Operation, nowMs: number): readonly OperationStep[] {
  const visited = visitedSteps(operation, nowMs);
  if (operation.EndedAt !== undefined || operation.Cause !== undefined) return visited;
  const last = visited.at(-1)?.phase;
  const order = TO_COME[operation.Type];
  const rest = order.slice(last === undefined ? 0 : order.indexOf(last) + 1);
  const later = rest.filter((phase) => phase !== last);
  return [
    ...visited,
    ...later.map((phase) => ({ key: phase, phase, state: "later", durationMs: null }) as const),
  ];
}

function visitedSteps(operation: Operation, nowMs: number): readonly OperationStep[] {
  const { Phases: phases = [], EndedAt: endedAt, Cause: cause } = operation;
  const endMs = endedAt === undefined ? nowMs : endedAt * 1_000;
  // Who cancels ends the phase that goes on, and what is told of it is the one that clears up.
  const cancelledAt = isCancelled(operation)
    ? phases.findLastIndex(({ Phase: phase }) => phase !== "cleanup" && phase !== "done")
    : -1;
  return phases
    .map(({ Phase: phase, StartedAt: startedAt }, index): OperationStep => {
      const next = phases[index + 1];
      const untilMs = next === undefined ? endMs : next.StartedAt * 1_000;
      const isLast = next === undefined && endedAt === undefined;
      const isFailed = cancelledAt === -1 && cause?.Phase === phase;
      const isCancelledHere = index === cancelledAt;
      return {
        key: `${phase} ${startedAt}`,
        phase: phase as Phase,
        state: isCancelledHere ? "cancelled" : isFailed ? "failed" : isLast ? "now" : "done",
        durationMs: Math.max(0, untilMs - startedAt * 1_000),
      };
    })
    .filter(({ phase, state, durationMs }) => {
      if (phase === "done") return false;
      return phase !== "waiting" || state === "now" || (durationMs ?? 0) >= WAIT_SEEN_MS;
    });
}

export function isCancelled({ Cause: cause }: Pick<Operation, "Cause">): boolean {
  return cause?.Class === "cancelled";
}

/** How long it takes, or took. */
export function durationMsOf(operation: Pick<Operation, "StartedAt" | "EndedAt">, nowMs: number): number {
  const endMs = operation.EndedAt === undefined ? nowMs : operation.EndedAt * 1_000;
  return Math.max(0, endMs - operation.StartedAt * 1_000);
}

export function phaseText(phase: string | undefined): string {
  return texts.phases[(phase ?? "waiting") as Phase] ?? phase;
}

/** As CancelOperation has it: a deployment that has begun, has not failed, and does not switch yet. */
export function isCancellable({ Type: type, Status: status, Cause: cause, EndedAt: endedAt }: Operation) {
  const deploys = type === "CREATE_SERVICE" || type === "UPDATE_SERVICE" || type === "START_DEPLOYMENT";
  return deploys && status === "IN_PROGRESS" && cause === undefined && endedAt === undefined;
}
