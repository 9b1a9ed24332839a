/** A service's settings of scaling and its size, as a simulation wants them. */
import type { Client } from "./client.ts";
import { resolveService } from "./service-reference.ts";
import type { NamedSettings } from "./simulation.ts";

export interface ReadScaling extends NamedSettings {
  readonly size: { readonly vcpu: number; readonly memoryGiB: number };
  /** For people: what of it is not simulated. */
  readonly notes: readonly string[];
}

const PREFIX = "slipway:";
const SIMULATED: ReadonlySet<string> = new Set(["scale-to-zero", "warm-zero", "idle"]);
const NOT_SIMULATED: ReadonlySet<string> = new Set(["scale-cpu", "scale-memory"]);

export async function readScaling(client: Client, nameOrArn: string): Promise<ReadScaling> {
  const { arn, name } = await resolveService(client, nameOrArn);
  const [{ Service: service }, { Tags: tags = [] }] = await Promise.all([
    client.call("AppRunner.DescribeService", { ServiceArn: arn }),
    client.call("AppRunner.ListTagsForResource", { ResourceArn: arn }),
  ]);
  const { AutoScalingConfiguration: scaling } = await client.call(
    "AppRunner.DescribeAutoScalingConfiguration",
    {
      AutoScalingConfigurationArn: service.AutoScalingConfigurationSummary.AutoScalingConfigurationArn ?? "",
    },
  );
  const extensions = tags.flatMap(({ Key = "", Value = "" }) =>
    Key.startsWith(PREFIX) ? [[Key.slice(PREFIX.length), Value] as const] : [],
  );
  const settings = [
    ["max-concurrency", scaling.MaxConcurrency],
    ["min-size", scaling.MinSize],
    ["max-size", scaling.MaxSize],
    ...extensions.filter(([key]) => SIMULATED.has(key)),
  ].flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  const { Cpu = "1024", Memory = "2048" } = service.InstanceConfiguration;
  return {
    name,
    settings: settings.join(","),
    size: { vcpu: Number(Cpu) / 1024, memoryGiB: Number(Memory) / 1024 },
    notes: extensions
      .filter(([key]) => NOT_SIMULATED.has(key))
      .map(([key]) => `${PREFIX}${key} is left out: a trace does not tell what requests use.`),
  };
}
