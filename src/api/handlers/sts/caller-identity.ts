import { SlipwayError } from "../../../domain/error.ts";
import type { Principal } from "../../../domain/identity.ts";
import type { Handler } from "../../handler.ts";

/** Whoever signs may know who they are. */
export const getCallerIdentity: Handler<"AWSSecurityTokenServiceV20110615.GetCallerIdentity"> = async (
  _input,
  { scope },
  caller,
) => ({ UserId: userIdOf(caller, scope.account), Account: scope.account, Arn: caller.arn });

/** As aws:userid in conditions. */
function userIdOf(caller: Principal, account: string): string {
  if (caller.kind === "root") return account;
  return caller.kind === "user" ? caller.userId : `${caller.roleId}:${caller.sessionName}`;
}

/** Of the keys that are here; others belong to accounts that nobody here knows. */
export const getAccessKeyInfo: Handler<"AWSSecurityTokenServiceV20110615.GetAccessKeyInfo"> = async (
  { AccessKeyId },
  { store, scope },
) => {
  if ((await store.accessKeys.get(AccessKeyId)) !== null) return { Account: scope.account };
  throw new SlipwayError("InvalidIdentityRequest", {
    path: "AccessKeyId",
    problem: "there is no access key with this id; temporary ones are not kept",
  });
};
