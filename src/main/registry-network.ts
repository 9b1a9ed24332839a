/** Where registries may be, as the settings say: what the operator named, and what of this machine is none. */
import type { RegistryNetwork } from "../supply/registry-place.ts";
import type { Settings } from "./settings.ts";

/** Where engines listen that are reached by TCP. */
export const ENGINE_PORTS = [2_375, 2_376];

export type NetworkSettings = Pick<
  Settings,
  "registries" | "imageMappings" | "apiPort" | "ingressPort" | "ingressHttpsPort" | "internalPort"
>;

/** The edge's public ports are open: anybody may ask there, and a registry may be a service of ours. */
export function registryNetwork(settings: NetworkSettings): RegistryNetwork {
  const { registries, imageMappings, apiPort, ingressPort, ingressHttpsPort, internalPort } = settings;
  const mapped = Object.values(imageMappings).flatMap(registryOf);
  return {
    configured: new Set([...registries.map(({ host }) => host), ...mapped]),
    closedPorts: [...ENGINE_PORTS, apiPort, ingressPort, ingressHttpsPort, internalPort],
  };
}

/** What stands in a mapping is the beginning of a name: `registry.example.com/team/`. */
function registryOf(prefix: string): readonly string[] {
  const [head = ""] = prefix.split("/");
  return /[.:]|^localhost$/.test(head) ? [head] : [];
}
