/** Handlers of subnets and security groups. */
import type { Handlers } from "../../handler.ts";
import { createNetwork } from "./create-network.ts";
import { deleteNetwork } from "./delete-network.ts";
import { describeNetwork } from "./describe-network.ts";
import { listNetworks } from "./list-networks.ts";
import { updateNetwork } from "./update-network.ts";

export const networkHandlers = {
  CreateNetwork: createNetwork,
  DeleteNetwork: deleteNetwork,
  DescribeNetwork: describeNetwork,
  ListNetworks: listNetworks,
  UpdateNetwork: updateNetwork,
} satisfies Partial<Handlers>;
