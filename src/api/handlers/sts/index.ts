/** Operation → handler, of STS. */
import type { Handlers } from "../../handler.ts";
import { assumeRole } from "./assume-role.ts";
import { getAccessKeyInfo, getCallerIdentity } from "./caller-identity.ts";
import { getSessionToken } from "./session-token.ts";

export const stsHandlers = {
  "AWSSecurityTokenServiceV20110615.AssumeRole": assumeRole,
  "AWSSecurityTokenServiceV20110615.GetAccessKeyInfo": getAccessKeyInfo,
  "AWSSecurityTokenServiceV20110615.GetCallerIdentity": getCallerIdentity,
  "AWSSecurityTokenServiceV20110615.GetSessionToken": getSessionToken,
} satisfies Partial<Handlers>;
