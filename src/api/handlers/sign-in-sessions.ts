/** Where users are signed in to the console, for who looks after them. One's own sessions are at `/session/all`. */
import { type OutputOf, WireError } from "../../contract/index.ts";
import type { SessionOwner, SignInSession } from "../../domain/sign-in-session.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { toDate } from "../wire/time.ts";

export const listSignInSessions: Handler<"ListSignInSessions"> = async ({ UserName }, context) => {
  const sessions = await context.signIn.sessions.listOf(await ownerOf(UserName, context));
  return { Sessions: sessions.map(toWireSession) };
};

export const endSignInSessions: Handler<"EndSignInSessions"> = async ({ UserName, SessionId }, context) => {
  const { sessions } = context.signIn;
  const owner = await ownerOf(UserName, context);
  if (SessionId === undefined) await sessions.endAll(owner);
  else if (!(await sessions.end(owner, SessionId))) {
    throw notFound(`The user ${UserName} has no such session; it may have ended.`);
  }
  return {};
};

function toWireSession(session: SignInSession): OutputOf<"ListSignInSessions">["Sessions"][number] {
  const { sourceAddress, userAgent } = session;
  return {
    SessionId: session.id,
    Method: session.method,
    StartedAt: toDate(session.startedAtMs),
    LastSeenAt: toDate(session.lastSeenAtMs),
    EndsAt: toDate(session.endsAtMs),
    ...(sourceAddress !== null && { SourceAddress: sourceAddress }),
    ...(userAgent !== null && { UserAgent: userAgent }),
  };
}

async function ownerOf(name: string, { store }: HandlerContext): Promise<SessionOwner> {
  const user = await store.users.findByName(name);
  if (user === null) throw notFound(`There is no user with the name ${name}.`);
  return { kind: "user", userArn: user.arn, userId: user.id };
}

function notFound(message: string): WireError {
  return new WireError("ResourceNotFoundException", message);
}
