/**
 * Signing in and out of the console: `/session`. Answers and takes JSON alone, which no form of another site can send, and
 * only from pages of this address.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { NewSession, PasswordOutcome, SignIn, SignInClient } from "../ports/sign-in.ts";
import { Refusal, refuse, sessionHeaders, sessionReply, sessionToWire } from "./session-answer.ts";
import { HIDDEN_NAME, recordSession, type SessionAuditOptions, type SessionEvent } from "./session-audit.ts";
import { cookieOf, cookieText } from "./session-cookies.ts";
import type { PublicUrl } from "./session-origin.ts";
import { assertOwnPage, mustBeSignedIn, type PasswordWish, readHead, readWish } from "./session-request.ts";

export interface SessionRoutesOptions extends SessionAuditOptions {
  readonly signIn: SignIn;
  readonly publicUrl: PublicUrl;
}

const BODY_MAX_BYTES = 4_096;
const DEVICE_MAX_AGE_SECONDS = 90 * 24 * 60 * 60;

type Options = SessionRoutesOptions;

export function addSessionRoutes(app: FastifyInstance, options: Options): void {
  const route = (work: (request: FastifyRequest, reply: FastifyReply) => Promise<object>) => {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      reply.headers(sessionHeaders);
      try {
        return await reply.send(await work(request, reply));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return refuse(reply, error);
      }
    };
  };
  app.post(
    "/session",
    { bodyLimit: BODY_MAX_BYTES },
    route((request, reply) => begin(request, reply, options)),
  );
  app.get(
    "/session",
    route(async (request) => {
      const { token, signedIn } = await mustBeSignedIn(request, options);
      return sessionReply(token, signedIn, options.now());
    }),
  );
  app.get(
    "/console/session",
    route((request) => startOf(request, options)),
  );
  app.delete(
    "/session",
    route((request, reply) => signOut(request, reply, options)),
  );
  app.get(
    "/session/all",
    route(async (request) => {
      const { signedIn } = await mustBeSignedIn(request, options);
      const sessions = await options.signIn.sessions.listOf(signedIn.session.owner);
      return { sessions: sessions.map((session) => sessionToWire(session, signedIn.session.id)) };
    }),
  );
  app.delete(
    "/session/all",
    route((request, reply) => endAll(request, reply, options)),
  );
  app.delete<{ Params: { readonly id: string } }>("/session/all/:id", (request, reply) =>
    route(() => endOne(request, request.params.id, options))(request, reply),
  );
}

/** Sets the cookie of a session that has begun; one that this browser had before ends. */
export async function giveSession(
  request: FastifyRequest,
  reply: FastifyReply,
  { token, signedIn }: NewSession,
  options: Options,
): Promise<void> {
  const { headers, isSecure: secure } = readHead(request, options);
  const before = cookieOf("slipway-session", headers, secure);
  const replaced = before === null ? null : await options.signIn.sessions.find(before);
  if (replaced !== null) await options.signIn.sessions.end(replaced.session.owner, replaced.session.id);
  reply.header("set-cookie", cookieText("slipway-session", token, { isSecure: secure }));
  await record(request, options, {
    eventName: "ConsoleLogin",
    principalArn: signedIn.principal.arn,
    parameters: { method: signedIn.session.method },
    error: null,
  });
}

export function clientOf(request: FastifyRequest): SignInClient {
  return { sourceAddress: request.ip, userAgent: request.headers["user-agent"] ?? null };
}

/** For the audit trail, with where it came from. */
export async function record(
  request: FastifyRequest,
  options: SessionAuditOptions,
  event: Omit<SessionEvent, keyof SignInClient>,
): Promise<void> {
  await recordSession({ ...event, ...clientOf(request) }, options);
}

async function begin(request: FastifyRequest, reply: FastifyReply, options: Options): Promise<object> {
  assertOwnPage(readHead(request, options).headers, options);
  const wish = readWish(request);
  const session =
    "link" in wish
      ? await byLink(request, wish.link, options)
      : await byPassword(request, reply, wish, options);
  await giveSession(request, reply, session, options);
  return sessionReply(session.token, session.signedIn, options.now());
}

async function byLink(request: FastifyRequest, link: string, options: Options): Promise<NewSession> {
  const session = await options.signIn.withLink(link, clientOf(request));
  if (session !== null) return session;
  const message =
    "This link was used already, or is older than a minute. Ask for a new one: slipway console.";
  return fail(request, options, { userName: null, refusal: new Refusal(401, "LinkExpired", message) });
}

async function byPassword(
  request: FastifyRequest,
  reply: FastifyReply,
  { userName, password }: PasswordWish,
  options: Options,
): Promise<NewSession> {
  const { headers, isSecure: secure } = readHead(request, options);
  const deviceToken = cookieOf("slipway-device", headers, secure);
  const attempt = { userName, password, deviceToken, ...clientOf(request) };
  const outcome = await options.signIn.withPassword(attempt);
  if (outcome.kind !== "signed in") {
    const known = outcome.kind === "refused" && outcome.isKnown;
    return fail(request, options, {
      userName: known ? userName : HIDDEN_NAME,
      refusal: refusalOf(outcome),
    });
  }
  reply.header(
    "set-cookie",
    cookieText("slipway-device", outcome.deviceToken, {
      isSecure: secure,
      maxAgeSeconds: DEVICE_MAX_AGE_SECONDS,
    }),
  );
  return outcome.session;
}

function refusalOf(outcome: Exclude<PasswordOutcome, { readonly kind: "signed in" }>): Refusal {
  if (outcome.kind === "refused") {
    return new Refusal(401, "SignInRefused", "The user name or the password is not right.");
  }
  const seconds = Math.ceil(outcome.retryAfterMs / 1000);
  const message = `Too many attempts. Try again in ${seconds === 1 ? "a second" : `${seconds} seconds`}.`;
  return new Refusal(429, "TooManyAttempts", message, outcome.retryAfterMs);
}

async function fail(
  request: FastifyRequest,
  options: Options,
  { userName, refusal }: { readonly userName: string | null; readonly refusal: Refusal },
): Promise<never> {
  const { code } = refusal;
  await record(request, options, {
    eventName: "ConsoleLogin",
    principalArn: null,
    parameters: userName === null ? { method: "link" } : { method: "password", userName },
    error: { code, message: code === "TooManyAttempts" ? "Too many attempts" : "Failed authentication" },
  });
  throw refusal;
}

/** For the console's start, where it is no error that nobody is signed in; then it tells which ways in there are. */
async function startOf(request: FastifyRequest, options: Options): Promise<object> {
  try {
    const { token, signedIn } = await mustBeSignedIn(request, options);
    return { session: sessionReply(token, signedIn, options.now()) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { session: null, hasProvider: options.signIn.provider !== null };
  }
}

async function signOut(request: FastifyRequest, reply: FastifyReply, options: Options): Promise<object> {
  const { signedIn } = await mustBeSignedIn(request, options, "changes");
  const { session, principal } = signedIn;
  await options.signIn.sessions.end(session.owner, session.id);
  forgetCookie(request, reply, options);
  await record(request, options, done("ConsoleLogout", principal.arn, { sessionId: session.id }));
  const signOutUrl = session.method === "oidc" ? await options.signIn.provider?.signOutUrl() : undefined;
  return typeof signOutUrl === "string" ? { signOutUrl } : {};
}

async function endAll(request: FastifyRequest, reply: FastifyReply, options: Options): Promise<object> {
  const { signedIn } = await mustBeSignedIn(request, options, "changes");
  await options.signIn.sessions.endAll(signedIn.session.owner);
  forgetCookie(request, reply, options);
  await record(request, options, done("RevokeAllSessions", signedIn.principal.arn, null));
  return {};
}

async function endOne(request: FastifyRequest, id: string, options: Options): Promise<object> {
  const { signedIn } = await mustBeSignedIn(request, options, "changes");
  if (!(await options.signIn.sessions.end(signedIn.session.owner, id))) {
    throw new Refusal(404, "NoSuchSession", "You have no such session; it may have ended.");
  }
  await record(request, options, done("RevokeSession", signedIn.principal.arn, { sessionId: id }));
  return {};
}

function done(
  eventName: SessionEvent["eventName"],
  principalArn: string,
  parameters: SessionEvent["parameters"],
) {
  return { eventName, principalArn, parameters, error: null };
}

function forgetCookie(request: FastifyRequest, reply: FastifyReply, options: Options): void {
  const { isSecure: secure } = readHead(request, options);
  reply.header("set-cookie", cookieText("slipway-session", "", { isSecure: secure, maxAgeSeconds: 0 }));
}
