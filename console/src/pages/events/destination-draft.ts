/** A destination as its form has it, and as the API takes it. */
import type { Input, Output } from "../../api/wire.ts";

export type Destination = Output<"Slipway.ListEventDestinations">["Destinations"][number];
export type DestinationFilter = NonNullable<Input<"Slipway.CreateEventDestination">["Filter"]>;

export interface DestinationDraft {
  readonly name: string;
  readonly url: string;
  readonly format: Destination["Format"];
  readonly kinds: readonly string[];
  /** Separated by commas. */
  readonly services: string;
  readonly severity: NonNullable<DestinationFilter["MinimumSeverity"]>;
  /** `key` or `key=value`. */
  readonly tag: string;
}

export const emptyDraft: DestinationDraft = {
  name: "",
  url: "",
  format: "eventbridge",
  kinds: [],
  services: "",
  severity: "INFO",
  tag: "",
};

/** Of the address only what may be shown is known, so it is left empty. */
export function draftOf({ Name, Format, Filter }: Destination): DestinationDraft {
  const { Key, Value } = Filter.Tag ?? {};
  return {
    name: Name,
    url: "",
    format: Format,
    kinds: Filter.DetailTypes ?? [],
    services: (Filter.ServiceNames ?? []).join(", "),
    severity: Filter.MinimumSeverity ?? "INFO",
    tag: Key === undefined ? "" : Value === undefined ? Key : `${Key}=${Value}`,
  };
}

export function filterOf({ kinds, services, severity, tag }: DestinationDraft): DestinationFilter {
  const names = services
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const [key = "", ...value] = tag.split("=");
  return {
    ...(kinds.length === 0 ? {} : { DetailTypes: kinds as NonNullable<DestinationFilter["DetailTypes"]> }),
    ...(names.length === 0 ? {} : { ServiceNames: names }),
    ...(key.trim() === ""
      ? {}
      : { Tag: { Key: key.trim(), ...(value.length === 0 ? {} : { Value: value.join("=") }) } }),
    MinimumSeverity: severity,
  };
}
