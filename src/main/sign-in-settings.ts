/** What an operator can set about signing in: its part of the settings. */
import { z } from "zod";

const whole = (minimum: number, maximum: number, error: string) =>
  z.coerce.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
const list = (given: unknown) =>
  typeof given === "string" ? given.split(/[\s,]+/).filter((one) => one !== "") : given;

const proxiesError = "must be IP addresses or networks such as 10.0.0.0/8, separated by commas";
const issuerError =
  "must be an https address without query and fragment; http is for this machine (127.0.0.1, localhost) alone";
const ruleError = "each rule has role (the ARN of a role) or user (a name, or {name}), and not both";

const rule = z
  .strictObject({
    /** Without it the rule is for everybody whom the provider knows. */
    claim: z.string().min(1).optional(),
    value: z.string().min(1).optional(),
    role: z
      .string()
      .regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/, "must be the ARN of a role")
      .optional(),
    user: z.string().min(1).optional(),
  })
  .refine(({ role, user }) => (role === undefined) !== (user === undefined), ruleError)
  .refine(
    ({ claim, value }) => (claim === undefined) === (value === undefined),
    "claim and value go together",
  );

export const signInSettings = {
  /** Proxies before the API that are believed who asks (X-Forwarded-For). */
  apiProxies: z
    .preprocess(
      list,
      z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: proxiesError }), {
        error: proxiesError,
      }),
    )
    .default([]),
  /** After so long without use, and after so long at all, people sign in again. */
  sessionIdleMinutes: whole(1, 1_440, "must be a number of minutes from 1 to 1440").default(30),
  sessionHours: whole(1, 168, "must be a number of hours from 1 to 168").default(12),
  /** An OpenID provider; without it there are passwords and links. */
  oidcIssuer: z.string().refine(isIssuer, issuerError).optional(),
  oidcClientId: z.string().min(1).optional(),
  /** File with the client's secret: secrets have no place in settings. Without it the client is a public one. */
  oidcClientSecretFile: z.string().startsWith("/", "must be the absolute path of a file").optional(),
  oidcScopes: z
    .preprocess(list, z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)))
    .default(["openid", "profile", "email"]),
  /** The claim that is somebody's name here. */
  oidcNameClaim: z.string().min(1).default("preferred_username"),
  /** Who may come in, and as whom: the first that fits; nobody unless one does. */
  oidcRules: z.array(rule, { error: "must be a list of rules" }).default([]),
};

export const signInVariables = {
  SLIPWAY_API_PROXIES: "apiProxies",
  SLIPWAY_SESSION_IDLE_MINUTES: "sessionIdleMinutes",
  SLIPWAY_SESSION_HOURS: "sessionHours",
  SLIPWAY_OIDC_ISSUER: "oidcIssuer",
  SLIPWAY_OIDC_CLIENT_ID: "oidcClientId",
  SLIPWAY_OIDC_CLIENT_SECRET_FILE: "oidcClientSecretFile",
  SLIPWAY_OIDC_SCOPES: "oidcScopes",
  SLIPWAY_OIDC_NAME_CLAIM: "oidcNameClaim",
} as const satisfies Record<string, keyof typeof signInSettings>;

function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.search !== "" || url.hash !== "" || url.username !== "") return false;
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isHere);
}
