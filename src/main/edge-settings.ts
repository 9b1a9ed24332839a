/** What an operator can set about the edge's clients: its part of the settings. */
import { z } from "zod";
import { parseAddressRange } from "../domain/address-range.ts";

const proxiesError = "must be IP addresses or networks such as 10.0.0.0/8, separated by commas";
const countError = "must be a number from 0 (no limit) to 1000000";
const list = (given: unknown) =>
  typeof given === "string" ? given.split(/[\s,]+/).filter((one) => one !== "") : given;

const range = z
  .string({ error: proxiesError })
  .refine((text) => parseAddressRange(text) !== null, proxiesError);

export const edgeSettings = {
  /** Proxies before the edge that are believed who asks (X-Forwarded-For, X-Forwarded-Proto, or the PROXY protocol). */
  edgeProxies: z
    .preprocess(list, z.array(range, { error: proxiesError }).max(100, "must be 100 ranges at most"))
    .default([]),
  /** Whether all of them begin their connections with the PROXY protocol. */
  edgeProxyProtocol: z.stringbool({ error: "must be true or false" }).or(z.boolean()).default(false),
  /** Of one client to each port of the edge; a quarter of all unless given. */
  edgeConnectionsPerAddress: z.coerce
    .number({ error: countError })
    .int({ error: countError })
    .min(0, { error: countError })
    .max(1_000_000, { error: countError })
    .optional(),
} as const;

export const edgeVariables = {
  SLIPWAY_EDGE_PROXIES: "edgeProxies",
  SLIPWAY_EDGE_PROXY_PROTOCOL: "edgeProxyProtocol",
  SLIPWAY_EDGE_CONNECTIONS_PER_ADDRESS: "edgeConnectionsPerAddress",
} as const;
