/** InstanceConfiguration: size and role of an instance. */
import type * as Wire from "../../contract/index.ts";
import { assertSizePair, normalizeCpu, normalizeMemory } from "../../domain/instance-size.ts";
import type { InstanceConfiguration } from "../../domain/service.ts";
import { notSupportedYet } from "./not-supported-yet.ts";

export function instanceFromWire(
  given: Wire.InstanceConfiguration | undefined,
  present: InstanceConfiguration,
): InstanceConfiguration {
  if (given === undefined) return present;
  if (given.InstanceRoleArn !== undefined) {
    throw notSupportedYet(
      "InstanceConfiguration.InstanceRoleArn",
      "giving an application the credentials of a role",
      "Leave it out; an application that calls AWS can get an access key in its environment variables.",
    );
  }
  const cpu = given.Cpu === undefined ? present.cpu : normalizeCpu(given.Cpu);
  const memory = given.Memory === undefined ? present.memory : normalizeMemory(given.Memory);
  assertSizePair(cpu, memory);
  return { ...present, cpu, memory };
}
