// What our own operations on networks demand of a value, and where.

export const networkConstraints = {
  NetworkName: {
    source: "own",
    min: 1,
    max: 64,
    pattern: {
      regex: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
      says: "begin with a letter or digit and hold only letters, digits, -, _ and .",
    },
  },
  NetworkId: {
    source: "own",
    min: 1,
    max: 64,
    pattern: {
      regex: /^(?:subnet|sg)-[0-9a-f]{1,17}$/,
      says: "be subnet- or sg- and up to 17 hexadecimal digits, as ListNetworks tells it",
    },
  },
  DockerNetworkName: {
    source: "own",
    min: 1,
    max: 128,
    pattern: {
      regex: /^[A-Za-z0-9][A-Za-z0-9_.-]*$/,
      says: "be the name of a Docker network: letters, digits, -, _ and .",
    },
  },
  NetworkCidr: { source: "own", min: 1, max: 18 },
  NetworkPort: { source: "own", min: 1, max: 65_535 },
} as const;

export const networkMembers = {
  "CreateNetworkRequest.Name": "NetworkName",
  "CreateNetworkRequest.DockerNetwork": "DockerNetworkName",
  "CreateNetworkRequest.Cidrs[]": "NetworkCidr",
  "UpdateNetworkRequest.NetworkId": "NetworkId",
  "UpdateNetworkRequest.DockerNetwork": "DockerNetworkName",
  "UpdateNetworkRequest.Cidrs[]": "NetworkCidr",
  "DescribeNetworkRequest.NetworkId": "NetworkId",
  "DeleteNetworkRequest.NetworkId": "NetworkId",
  "EgressRule.Cidr": "NetworkCidr",
  "EgressRule.FromPort": "NetworkPort",
  "EgressRule.ToPort": "NetworkPort",
} as const;
