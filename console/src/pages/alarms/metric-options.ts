/** What can be chosen of services, metrics and statistics. */
import type { SelectProps } from "@cloudscape-design/components/select";
import { useReadAll } from "../../api/queries.ts";

export function options(names: Readonly<Record<string, string>>): readonly SelectProps.Option[] {
  return Object.entries(names).map(([value, label]) => ({ value, label }));
}

export function useServiceOptions(): readonly SelectProps.Option[] {
  const { data = [] } = useReadAll("AppRunner.ListServices", {}, "ServiceSummaryList", {
    topics: ["services"],
  });
  return data.map(({ ServiceName: label = "", ServiceId: value = "" }) => ({ label, value }));
}
