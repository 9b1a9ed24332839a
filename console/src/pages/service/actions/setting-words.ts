/** What the settings of a release are called where the console's forms have a name for them. Pure; all others keep the API's. */
import { fields } from "../../../texts.ts";

const HEALTH = "HealthCheckConfiguration";
const PUBLIC = "NetworkConfiguration › IngressConfiguration › IsPubliclyAccessible";

const NAMES: ReadonlyMap<string, string> = new Map([
  [PUBLIC, fields.isPublic.label],
  ["NetworkConfiguration › EgressConfiguration › VpcConnectorArn", fields.vpcConnectorArn.label],
  ["InstanceConfiguration › Cpu", fields.cpu.label],
  ["InstanceConfiguration › Memory", fields.memory.label],
  ["InstanceConfiguration › InstanceRoleArn", fields.instanceRoleArn.label],
  ["AutoScalingConfigurationArn", fields.sections.scaling],
  ["MinSize", fields.minSize.label],
  ["MaxSize", fields.maxSize.label],
  ["MaxConcurrency", fields.maxConcurrency.label],
  ...(
    [
      ["Path", fields.healthPath],
      ["Protocol", fields.healthProtocol],
      ["Interval", fields.healthInterval],
      ["Timeout", fields.healthTimeout],
      ["HealthyThreshold", fields.healthyThreshold],
      ["UnhealthyThreshold", fields.unhealthyThreshold],
    ] as const
  ).map(([member, { label }]) => [`${HEALTH} › ${member}`, `${fields.sections.health}: ${label}`] as const),
]);

export function settingName(setting: string): string {
  return NAMES.get(setting) ?? setting;
}

/** Null: not set. */
export function valueText(setting: string, value: string | null): string | null {
  if (setting !== PUBLIC || value === null) return value;
  return value === "true" ? fields.isPublic.public : fields.isPublic.private;
}
