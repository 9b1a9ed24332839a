/** What happened to a service, as marks in its charts. Pure. */
import type { ChartMark } from "./chart-mark.ts";

interface Operation {
  readonly Id?: string | undefined;
  readonly Type?: string | undefined;
  readonly Status?: string | undefined;
  readonly StartedAt?: number | undefined;
  readonly EndedAt?: number | undefined;
}

const COLORS: Readonly<Record<string, string>> = {
  SUCCEEDED: "var(--tone-good)",
  FAILED: "var(--tone-bad)",
  ROLLBACK_SUCCEEDED: "var(--tone-warning)",
  ROLLBACK_FAILED: "var(--tone-bad)",
};
const UNDECIDED = "var(--tone-calm)";

/** Where an operation ended: that is when traffic met the new release. One that still runs stands where it began. */
export function deploymentMarks(
  operations: readonly Operation[],
  titleOf: (operation: { readonly type: string; readonly status: string; readonly atMs: number }) => string,
  hrefOf: (operationId: string) => string,
): readonly ChartMark[] {
  return operations.flatMap(({ Id: id, Type: type = "", Status: status = "", StartedAt, EndedAt }) => {
    const seconds = EndedAt ?? StartedAt;
    if (id === undefined || seconds === undefined) return [];
    const atMs = seconds * 1_000;
    return [
      {
        id,
        atMs,
        title: titleOf({ type, status, atMs }),
        color: COLORS[status] ?? UNDECIDED,
        href: hrefOf(id),
      },
    ];
  });
}
