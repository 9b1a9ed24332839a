/** NetworkConfiguration. Only the public default has an effect today; the rest is refused by name. */
import type * as Wire from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { NetworkConfiguration } from "../../domain/service.ts";
import { notSupportedYet } from "./not-supported-yet.ts";

export function networkFromWire(
  given: Wire.NetworkConfiguration | undefined,
  present: NetworkConfiguration,
): NetworkConfiguration {
  refuseEgress(given?.EgressConfiguration);
  if (given?.IngressConfiguration?.IsPubliclyAccessible === false) {
    throw notSupportedYet(
      "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible",
      "a private service",
      "Set it to true or leave it out.",
    );
  }
  if (given?.IpAddressType === "DUAL_STACK") {
    throw notSupportedYet(
      "NetworkConfiguration.IpAddressType",
      "choosing IP versions for one service",
      "Use IPV4; the edge listens on the addresses it is configured with.",
    );
  }
  return present;
}

/** VpcConnectorArn is valid with EgressType VPC only (App Runner API, EgressConfiguration). */
function refuseEgress(given: Wire.EgressConfiguration | undefined): void {
  if (given?.EgressType === "VPC") {
    throw notSupportedYet(
      "NetworkConfiguration.EgressConfiguration.EgressType",
      "egress through a VPC connector",
      "Use DEFAULT.",
    );
  }
  if (given?.VpcConnectorArn !== undefined) {
    throw new SlipwayError("InvalidParameter", {
      path: "NetworkConfiguration.EgressConfiguration.VpcConnectorArn",
      problem: "is only valid with EgressType VPC",
    });
  }
}
