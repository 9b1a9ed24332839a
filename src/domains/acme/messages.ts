/** What an authority answers, as far as we read it (RFC 8555, section 7.1; RFC 9773, section 4.2). */
import { z } from "zod";
import { problemSchema } from "./problem.ts";

const address = z.url({ protocol: /^https?$/ });
// What may be missing counts as missing, too, where authorities write null, "" or nonsense.

export const directorySchema = z.object({
  newNonce: address,
  newAccount: address,
  newOrder: address,
  renewalInfo: address.optional().catch(undefined),
  meta: z
    .object({
      externalAccountRequired: z.boolean().optional(),
      caaIdentities: z.array(z.string()).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
export type Directory = z.output<typeof directorySchema>;

export const orderSchema = z.object({
  status: z.enum(["pending", "ready", "processing", "valid", "invalid"]),
  authorizations: z.array(address).max(1000),
  finalize: address,
  certificate: address.optional().catch(undefined),
  error: problemSchema.optional().catch(undefined),
});
export type Order = z.output<typeof orderSchema>;

export const challengeSchema = z.object({
  type: z.string(),
  url: address,
  status: z.enum(["pending", "processing", "valid", "invalid"]),
  /** Becomes part of a path: only what RFC 8555 allows. */
  token: z
    .string()
    .regex(/^[\w-]{1,256}$/)
    .optional()
    .catch(undefined),
  error: problemSchema.optional().catch(undefined),
});
export type Challenge = z.output<typeof challengeSchema>;

export const authorizationSchema = z.object({
  identifier: z.object({ type: z.string(), value: z.string() }),
  status: z.enum(["pending", "valid", "invalid", "deactivated", "expired", "revoked"]),
  wildcard: z.boolean().optional().catch(undefined),
  challenges: z.array(challengeSchema),
});
export type Authorization = z.output<typeof authorizationSchema>;

export const renewalInfoSchema = z.object({
  suggestedWindow: z.object({
    start: z.iso.datetime({ offset: true }),
    end: z.iso.datetime({ offset: true }),
  }),
});
