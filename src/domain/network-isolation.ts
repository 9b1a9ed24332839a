/** Where containers of strangers may not go: shared by the rules for instances and for builds. */

/** The host's own addresses need no entry: they are refused on another way (INPUT), all of them. */
export const refusedNetworks = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10", // carrier NAT; Alibaba's metadata
  "127.0.0.0/8",
  "168.63.129.16/32", // Azure's host agent
  "169.254.0.0/16", // link-local: metadata of most clouds
  "172.16.0.0/12",
  "192.0.0.0/24", // Oracle's metadata
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/4",
  "240.0.0.0/4",
] as const;
