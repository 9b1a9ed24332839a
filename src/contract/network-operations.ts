// Our own operations on what subnets and security groups of VPC connectors stand for, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;
const notFound = [...common, "ResourceNotFoundException"] as const;

export const networkOperations = {
  CreateNetwork: {
    input: "CreateNetworkRequest",
    output: "CreateNetworkResponse",
    errors: [...common, "ServiceQuotaExceededException"],
    says: "Makes a subnet, which stands for a Docker network or ranges of addresses, or a security group.",
  },
  DeleteNetwork: {
    input: "DeleteNetworkRequest",
    output: "DeleteNetworkResponse",
    errors: notFound,
    says: "Takes a subnet or security group away that no VPC connector names.",
  },
  DescribeNetwork: {
    input: "DescribeNetworkRequest",
    output: "DescribeNetworkResponse",
    errors: notFound,
    says: "Tells what a subnet or security group stands for.",
  },
  ListNetworks: {
    input: "ListNetworksRequest",
    output: "ListNetworksResponse",
    errors: common,
    says: "Lists subnets and security groups by name.",
  },
  UpdateNetwork: {
    input: "UpdateNetworkRequest",
    output: "UpdateNetworkResponse",
    errors: [...notFound, "InvalidStateException"],
    says: "Changes what a subnet or security group stands for; instances that run reach the new from then on.",
  },
} as const satisfies OperationModels;

const id = { type: "string", required: true, says: "subnet-… or sg-…" } as const;
const described = { Network: { type: "Network", required: true, says: "as it is now" } } as const;
const content = {
  DockerNetwork: { type: "string", says: "a subnet: the Docker network of this machine that it stands for" },
  Cidrs: { type: "NetworkCidrList", says: "a subnet: IPv4 addresses or ranges; 0.0.0.0/0 is the internet" },
  Rules: { type: "EgressRuleList", says: "a security group: what may be sent" },
} as const;

export const networkShapes = {
  NetworkKind: { kind: "enum", values: ["SUBNET", "SECURITY_GROUP"] },
  NetworkCidrList: { kind: "list", element: "string" },
  EgressProtocol: { kind: "enum", values: ["tcp", "udp", "icmp", "all"] },
  EgressRule: {
    kind: "structure",
    members: {
      Protocol: { type: "EgressProtocol", required: true, says: "of which packets it speaks" },
      FromPort: { type: "integer", says: "lowest port of tcp or udp; all unless given" },
      ToPort: { type: "integer", says: "highest port; FromPort unless given" },
      Cidr: { type: "string", says: "where to; everywhere in the subnets unless given" },
    },
  },
  EgressRuleList: { kind: "list", element: "EgressRule" },
  Network: {
    kind: "structure",
    members: {
      NetworkId: { type: "string", required: true, says: "as VPC connectors name it" },
      NetworkArn: { type: "string", required: true, says: "as policies name it" },
      Name: { type: "string", required: true, says: "what people call it" },
      Kind: { type: "NetworkKind", required: true, says: "whether it is a subnet or a security group" },
      ...content,
      CreatedAt: { type: "timestamp", required: true, says: "when it was made" },
      UpdatedAt: { type: "timestamp", required: true, says: "when it was last changed" },
    },
  },
  NetworkList: { kind: "list", element: "Network" },
  CreateNetworkRequest: {
    kind: "structure",
    members: {
      Name: { type: "string", required: true, says: "what people call it" },
      Kind: { type: "NetworkKind", says: "SUBNET unless given" },
      ...content,
    },
  },
  CreateNetworkResponse: { kind: "structure", members: described },
  DescribeNetworkRequest: { kind: "structure", members: { NetworkId: id } },
  DescribeNetworkResponse: { kind: "structure", members: described },
  DeleteNetworkRequest: { kind: "structure", members: { NetworkId: id } },
  DeleteNetworkResponse: { kind: "structure", members: described },
  UpdateNetworkRequest: { kind: "structure", members: { NetworkId: id, ...content } },
  UpdateNetworkResponse: { kind: "structure", members: described },
  ListNetworksRequest: { kind: "structure", members: {} },
  ListNetworksResponse: {
    kind: "structure",
    members: { Networks: { type: "NetworkList", required: true, says: "all of them" } },
  },
} as const satisfies Shapes;
