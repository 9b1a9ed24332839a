/** Passwords of users for the console. Hashing waits for a turn, so it happens outside of transactions. */
import { WireError, type IdentityType } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Login, User } from "../../../domain/identity.ts";
import { PasswordsBusy } from "../../../ports/passwords.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { findUser, notFound, ownUser } from "../../resources/identity.ts";
import { toDate } from "../../wire/identity-to-wire.ts";

export const createLoginProfile: Handler<"AWSIdentityManagementV20100508.CreateLoginProfile"> = async (
  { UserName, Password, PasswordResetRequired = false },
  context,
  caller,
) => {
  const { name } = await ownUser(UserName, caller, context.store);
  const passwordHash = await hashed(Password, name, context);
  const nowMs = context.clock.now();
  const login: Login = {
    passwordHash,
    mustChange: PasswordResetRequired,
    createdAtMs: nowMs,
    changedAtMs: nowMs,
    lastUsedAtMs: null,
  };
  await context.store.transaction(async (tx) => {
    const user = await findUser(name, tx);
    if (user.login !== null)
      throw new SlipwayError("IdentityExists", { what: `Login Profile for user ${name}` });
    await tx.users.save({ ...user, login });
  });
  return { LoginProfile: profileToWire(name, login) };
};

export const getLoginProfile: Handler<"AWSIdentityManagementV20100508.GetLoginProfile"> = async (
  { UserName },
  { store },
  caller,
) => {
  const user = await ownUser(UserName, caller, store);
  return { LoginProfile: profileToWire(user.name, loginOf(user)) };
};

export const updateLoginProfile: Handler<"AWSIdentityManagementV20100508.UpdateLoginProfile"> = async (
  { UserName, Password, PasswordResetRequired },
  context,
) => {
  loginOf(await findUser(UserName, context.store));
  const passwordHash = Password === undefined ? undefined : await hashed(Password, UserName, context);
  await changeLogin(UserName, context, (login) => ({
    ...login,
    ...(passwordHash !== undefined && { passwordHash, changedAtMs: context.clock.now() }),
    mustChange: PasswordResetRequired ?? login.mustChange,
  }));
  return {};
};

export const deleteLoginProfile: Handler<"AWSIdentityManagementV20100508.DeleteLoginProfile"> = async (
  { UserName },
  { store },
  caller,
) => {
  await store.transaction(async (tx) => {
    const user = await ownUser(UserName, caller, tx);
    loginOf(user);
    await tx.users.save({ ...user, login: null });
  });
  return {};
};

export const changePassword: Handler<"AWSIdentityManagementV20100508.ChangePassword"> = async (
  { OldPassword, NewPassword },
  context,
  caller,
) => {
  if (caller.kind !== "user") throw new SlipwayError("OnlyUsersHavePasswords");
  const user = await ownUser(undefined, caller, context.store);
  const answer = await context.signIn.confirmPassword(user, OldPassword);
  if (answer.kind === "later")
    throw new WireError("ThrottlingException", "Too many attempts. Try again later.");
  if (answer.kind === "wrong")
    throw new WireError("AccessDeniedException", "The old password was incorrect.");
  if (NewPassword === OldPassword) {
    throw new SlipwayError("PasswordRefused", { problem: "The new password must be another one." });
  }
  const passwordHash = await hashed(NewPassword, user.name, context);
  await changeLogin(user.name, context, (login) => {
    if (login.passwordHash !== user.login?.passwordHash) {
      throw new WireError("AccessDeniedException", "The password was changed meanwhile.");
    }
    return { ...login, passwordHash, mustChange: false, changedAtMs: context.clock.now() };
  });
  return {};
};

async function changeLogin(
  userName: string,
  { store }: HandlerContext,
  change: (present: Login) => Login,
): Promise<void> {
  await store.transaction(async (tx: Tables) => {
    const user = await findUser(userName, tx);
    await tx.users.save({ ...user, login: change(loginOf(user)) });
  });
}

async function hashed(password: string, userName: string, { passwords }: HandlerContext): Promise<string> {
  const problem = passwords.problemOf(password, userName);
  if (problem !== null) throw new SlipwayError("PasswordRefused", { problem });
  return busyAsThrottling(() => passwords.hash(password));
}

async function busyAsThrottling<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof PasswordsBusy)) throw error;
    throw new WireError(
      "ThrottlingException",
      "Too many passwords are being checked; try again in a moment.",
    );
  }
}

function loginOf({ login, name }: User): Login {
  return login ?? notFound(`Login Profile for User ${name}`);
}

function profileToWire(userName: string, login: Login): IdentityType<"IamLoginProfile"> {
  return {
    UserName: userName,
    CreateDate: toDate(login.createdAtMs),
    PasswordResetRequired: login.mustChange,
  };
}
