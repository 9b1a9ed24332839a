/** The doctor's look at traces: whether the collector answers, and whether instances reach it. */
import { type DoctorCheck, failed, ok, warning } from "./doctor-check.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { instanceEndpoint, openCollector } from "./trace-parts.ts";

const NAME = "traces";
const TIMEOUT_MS = 3_000;

export async function checkTraces(settings: Settings): Promise<DoctorCheck> {
  const { otlpEndpoint = "" } = settings;
  try {
    const collector = openCollector(settings);
    if (collector === null) return ok(NAME, "off: the setting otlpEndpoint names no collector");
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
