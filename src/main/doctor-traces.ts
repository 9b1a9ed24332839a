/** The doctor's look at traces: whether the collector answers, and whether instances reach it. */
import type { Tables } from "../ports/store.ts";
import { type DoctorCheck, failed, ok, warning } from "./doctor-check.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { instanceEndpoint, openCollector } from "./trace-parts.ts";

const NAME = "traces";
const TIMEOUT_MS = 3_000;
/** Of many services the first few. */
const SERVICES_NAMED = 3;

/** `traced`: names of services that have tracing switched on; empty where nobody can tell. */
export async function checkTraces(settings: Settings, traced: readonly string[] = []): Promise<DoctorCheck> {
  const { otlpEndpoint = "" } = settings;
  try {
    const collector = openCollector(settings);
    if (collector === null) return withoutCollector(traced);
    const answer = await collector.send([], AbortSignal.timeout(TIMEOUT_MS)).finally(() => collector.close());
    if (answer.kind !== "taken") {
      return warning(NAME, answer.problem, "Start the collector, or mend otlpEndpoint and otlpHeadersFile.");
    }
  } catch (error) {
    if (error instanceof SettingsError) return failed(NAME, error.message, "Mend the file.");
    return warning(NAME, `${otlpEndpoint} does not answer`, "Start the collector, or mend otlpEndpoint.");
  }
  const ofInstances = instanceEndpoint(settings);
  if (ofInstances !== undefined) {
    return ok(NAME, `spans go to ${otlpEndpoint}, those of instances to ${ofInstances}`);
  }
  return warning(
    NAME,
    `Instances send no spans: they are kept from ${otlpEndpoint}`,
    "Set otlpInstanceEndpoint to an IPv4 address of the collector that they may reach; see docs/traces.md.",
  );
}

/** Names of the services whose release in traffic is traced. */
export async function tracedServices({
  services,
  releases,
}: Pick<Tables, "services" | "releases">): Promise<readonly string[]> {
  const all = await services.listByStatus(["RUNNING", "OPERATION_IN_PROGRESS", "PAUSED"]);
  const names: string[] = [];
  for (const { id, name, configuration, activeReleaseNumber: number } of all) {
    if (configuration.observability?.isEnabled !== true || number === null) continue;
    if ((await releases.get(id, number))?.tracing !== undefined) names.push(name);
  }
  return names;
}

function withoutCollector(traced: readonly string[]): DoctorCheck {
  const why = "the setting otlpEndpoint names no collector";
  if (traced.length === 0) return ok(NAME, `off: ${why}`);
  const named = traced.slice(0, SERVICES_NAMED).join(", ");
  const more = traced.length > SERVICES_NAMED ? ", …" : "";
  return warning(
    NAME,
    `Off, though tracing is switched on for ${named}${more}: ${why}`,
    "Set otlpEndpoint to a collector, see docs/traces.md; or switch tracing off for them.",
  );
}
