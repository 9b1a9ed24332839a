/**
 * NetworkConfiguration, laid over the present one. EgressType and VpcConnectorArn belong together: VPC needs a connector, and
 * DEFAULT has none.
 */
import type * as Wire from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { NetworkConfiguration } from "../../domain/service.ts";
import { notSupportedYet } from "./not-supported-yet.ts";

const EGRESS = "NetworkConfiguration.EgressConfiguration";

export function networkFromWire(
  given: Wire.NetworkConfiguration | undefined,
  present: NetworkConfiguration,
): NetworkConfiguration {
  if (given?.IpAddressType === "DUAL_STACK") {
    throw notSupportedYet(
      "NetworkConfiguration.IpAddressType",
      "choosing IP versions for one service",
      "Use IPV4: the edge listens on the addresses it is configured with, IPv6 too, for all services, and instances have IPv4.",
    );
  }
  const { vpcConnectorArn: _connector, ...rest } = present;
  return {
    ...rest,
    ...egressFromWire(given?.EgressConfiguration, present),
    isPubliclyAccessible: given?.IngressConfiguration?.IsPubliclyAccessible ?? present.isPubliclyAccessible,
  };
}

/** VpcConnectorArn is valid with EgressType VPC only (App Runner API, EgressConfiguration). */
function egressFromWire(
  given: Wire.EgressConfiguration | undefined,
  present: NetworkConfiguration,
): Pick<NetworkConfiguration, "egressType" | "vpcConnectorArn"> {
  const egressType = given?.EgressType ?? present.egressType;
  if (egressType === "DEFAULT") {
    if (given?.VpcConnectorArn === undefined) return { egressType };
    throw invalid("VpcConnectorArn", "is only valid with EgressType VPC");
  }
  const vpcConnectorArn = given?.VpcConnectorArn ?? present.vpcConnectorArn;
  if (vpcConnectorArn !== undefined) return { egressType, vpcConnectorArn };
  throw invalid("VpcConnectorArn", "is required with EgressType VPC; make one with CreateVpcConnector");
}

function invalid(member: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path: `${EGRESS}.${member}`, problem });
}
