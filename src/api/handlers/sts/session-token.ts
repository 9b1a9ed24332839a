import type { IdentityType } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { TemporaryCredentials } from "../../../ports/credentials.ts";
import type { Handler } from "../../handler.ts";
import { toDate } from "../../wire/identity-to-wire.ts";

const OWN_SECONDS = 43_200;

/** Temporary credentials of who signs, with all that they may do; not from temporary ones, or they would never end. AWS asks
 * for no permission either; but here they end with the access key. */
export const getSessionToken: Handler<"AWSSecurityTokenServiceV20110615.GetSessionToken"> = async (
  { DurationSeconds = OWN_SECONDS, SerialNumber, TokenCode },
  { issuer },
  caller,
) => {
  if (SerialNumber !== undefined || TokenCode !== undefined) {
    throw refused("TokenCode", "there is no second factor here");
  }
  const ownKeyId = caller.accessKeyId ?? "";
  if (caller.kind === "role" || !ownKeyId.startsWith("AKIA")) {
    throw refused("AccessKeyId", "sign with an access key of a user; temporary credentials make no others");
  }
  const userId = caller.kind === "user" ? caller.userId : null;
  const issued = issuer.issueForOwner({ principalArn: caller.arn, userId, ownKeyId }, DurationSeconds);
  return { Credentials: credentialsToWire(issued) };
};

export function credentialsToWire(issued: TemporaryCredentials): IdentityType<"StsCredentials"> {
  return {
    AccessKeyId: issued.accessKeyId,
    SecretAccessKey: issued.secret,
    SessionToken: issued.sessionToken,
    Expiration: toDate(issued.expiresAtMs),
  };
}

export function refused(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidIdentityRequest", { path, problem });
}
