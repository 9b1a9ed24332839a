/** What the doctor says of traces, and nothing else of what it could look at: the rest starts programs and takes a second. */
import { useRead } from "../api/queries.ts";
import type { ReadOptions } from "../api/read-options.ts";
import type { Output } from "../api/wire.ts";

export type Check = Output<"Slipway.RunDoctor">["Checks"][number];

const CHECK = "traces";

export function useCollectorCheck(options: Pick<ReadOptions, "isEnabled" | "everyMs"> = {}) {
  const { data, ...answer } = useRead("Slipway.RunDoctor", { Names: [CHECK] }, options);
  return { ...answer, check: data?.Checks.find(({ Name }) => Name === CHECK) };
}

/** No collector is named; that is well unless a service is traced. */
export function isOff({ Detail }: Check): boolean {
  return /^off\b/i.test(Detail);
}
