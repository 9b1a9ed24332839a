/** Where the names of VPC ingress connections are called. Pure. */
import type { Output } from "../api/wire.ts";

type Info = Output<"Slipway.GetInfo">;

/** `:7080`, of the listener that takes the scheme of services; empty where it is the scheme's own, or nobody knows yet. */
export function ingressPort(
  info: Pick<Info, "ServiceScheme" | "IngressHttpAddress" | "IngressHttpsAddress"> | undefined,
): string {
  const isHttp = (info?.ServiceScheme ?? "http") === "http";
  const listener = isHttp ? info?.IngressHttpAddress : info?.IngressHttpsAddress;
  return /:\d+$/.exec(listener ?? "")?.[0] ?? "";
}
