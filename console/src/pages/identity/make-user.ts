/** A new user with what belongs to them, one call after the other. */
import { ApiError, call } from "../../api/call.ts";
import type { Output } from "../../api/wire.ts";
import { attachPolicy } from "./principal.ts";

export type NewKey = Output<"AWSIdentityManagementV20100508.CreateAccessKey">["AccessKey"];

export interface UserWish {
  readonly name: string;
  /** Empty: none. */
  readonly password: string;
  readonly mustChange: boolean;
  readonly hasKey: boolean;
  readonly policyArns: readonly string[];
}

export interface MadeUser {
  readonly key: NewKey | null;
  /** The user is there, but not all of the rest; null: it is. */
  readonly problem: string | null;
}

const IAM = "AWSIdentityManagementV20100508";
const CHANGES_PASSWORD = "arn:aws:iam::aws:policy/IAMUserChangePassword";

/** Throws ApiError when the user could not be made. */
export async function makeUser(wish: UserWish): Promise<MadeUser> {
  await call(`${IAM}.CreateUser`, { UserName: wish.name });
  try {
    return { key: await equip(wish), problem: null };
  } catch (error) {
    if (error instanceof ApiError) return { key: null, problem: error.message };
    throw error;
  }
}

async function equip({ name, password, mustChange, hasKey, policyArns }: UserWish): Promise<NewKey | null> {
  const arns = new Set(policyArns);
  if (password !== "") {
    const PasswordResetRequired = mustChange;
    await call(`${IAM}.CreateLoginProfile`, { UserName: name, Password: password, PasswordResetRequired });
    if (mustChange) arns.add(CHANGES_PASSWORD);
  }
  for (const arn of arns) await attachPolicy({ kind: "user", name }, arn);
  return hasKey ? (await call(`${IAM}.CreateAccessKey`, { UserName: name })).AccessKey : null;
}

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
const PASSWORD_LENGTH = 20;

/** Without letters that look like others. */
export function newPassword(): string {
  let password = "";
  while (password.length < PASSWORD_LENGTH) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // Above the last whole multiple some letters would come more often.
    if (byte < 256 - (256 % LETTERS.length)) password += LETTERS[byte % LETTERS.length];
  }
  return password;
}
