/** Revisions of auto scaling configurations, as the page shows them. Pure. */
import type { Output } from "../../api/wire.ts";

type Summary =
  Output<"AppRunner.ListAutoScalingConfigurations">["AutoScalingConfigurationSummaryList"][number];
type Described = Output<"AppRunner.DescribeAutoScalingConfiguration">["AutoScalingConfiguration"];

export interface ScalingRevision {
  readonly arn: string;
  readonly name: string;
  readonly revision: number;
  readonly createdAt: number | undefined;
  readonly isDefault: boolean;
  /** Null: not known yet. */
  readonly limits: ScalingLimits | null;
  readonly users: readonly string[];
  /** Arn of the newest revision of the name; null: this is it. */
  readonly newestArn: string | null;
}

export interface ScalingLimits {
  readonly minSize: number;
  readonly maxSize: number;
  readonly maxConcurrency: number;
}

/** `described` and `users` in the order of `summaries`. */
export function revisionsOf(
  summaries: readonly Summary[],
  described: readonly (Described | undefined)[],
  users: readonly (readonly string[] | undefined)[],
): readonly ScalingRevision[] {
  const newest = newestArns(summaries);
  return summaries.map((summary, index) => {
    const arn = summary.AutoScalingConfigurationArn ?? "";
    const name = summary.AutoScalingConfigurationName ?? "";
    const newestArn = newest.get(name);
    return {
      arn,
      name,
      revision: summary.AutoScalingConfigurationRevision ?? 1,
      createdAt: summary.CreatedAt,
      isDefault: summary.IsDefault ?? false,
      limits: limitsOf(described[index]),
      users: users[index] ?? [],
      newestArn: newestArn === undefined || newestArn === arn ? null : newestArn,
    };
  });
}

function newestArns(summaries: readonly Summary[]): ReadonlyMap<string, string> {
  const ascending = summaries.toSorted(
    (one, other) =>
      (one.AutoScalingConfigurationRevision ?? 0) - (other.AutoScalingConfigurationRevision ?? 0),
  );
  return new Map(
    ascending.map((one) => [one.AutoScalingConfigurationName ?? "", one.AutoScalingConfigurationArn ?? ""]),
  );
}

function limitsOf(described: Described | undefined): ScalingLimits | null {
  if (described === undefined) return null;
  const { MinSize: minSize = 1, MaxSize: maxSize = 1, MaxConcurrency: maxConcurrency = 1 } = described;
  return { minSize, maxSize, maxConcurrency };
}

/** `…/web/3/0123…` → `…/web`: names all revisions. */
export function arnOfName(arn: string): string {
  return arn.split("/").slice(0, 2).join("/");
}

export interface ScalingForm {
  readonly name: string;
  readonly minSize: string;
  readonly maxSize: string;
  readonly maxConcurrency: string;
}

export type FormProblem = "badName" | "order" | readonly [least: number, most: number];

const CONCURRENCY = [1, 200] as const;
const MIN_SIZE = [1, 25] as const;
const MAX_SIZE = [1, 1_000_000] as const;

/** What is surely wrong; the API has the last word. */
export function formProblems(form: ScalingForm): Readonly<Partial<Record<keyof ScalingForm, FormProblem>>> {
  const isName = /^[A-Za-z0-9][A-Za-z0-9_-]{3,31}$/.test(form.name);
  return {
    ...(form.name !== "" && !isName && { name: "badName" }),
    ...outside("maxConcurrency", form.maxConcurrency, CONCURRENCY),
    ...outside("minSize", form.minSize, MIN_SIZE),
    ...(Number(form.maxSize) < Number(form.minSize) && { maxSize: "order" }),
    ...outside("maxSize", form.maxSize, MAX_SIZE),
  };
}

function outside(key: keyof ScalingForm, text: string, range: readonly [number, number]) {
  const [least, most] = range;
  const isWithin = /^\d{1,7}$/.test(text) && Number(text) >= least && Number(text) <= most;
  return isWithin ? {} : { [key]: range };
}
