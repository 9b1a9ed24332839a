/** InstanceConfiguration: size and role of an instance. */
import type * as Wire from "../../contract/index.ts";
import { assertSizePair, normalizeCpu, normalizeMemory } from "../../domain/instance-size.ts";
import type { InstanceConfiguration } from "../../domain/service.ts";

export function instanceFromWire(
  given: Wire.InstanceConfiguration | undefined,
  present: InstanceConfiguration,
): InstanceConfiguration {
  if (given === undefined) return present;
  const cpu = given.Cpu === undefined ? present.cpu : normalizeCpu(given.Cpu);
  const memory = given.Memory === undefined ? present.memory : normalizeMemory(given.Memory);
  assertSizePair(cpu, memory);
  const instanceRoleArn = given.InstanceRoleArn ?? present.instanceRoleArn;
  return { cpu, memory, ...(instanceRoleArn !== undefined && { instanceRoleArn }) };
}
