/**
 * Calls of the console: proven by a session's cookie, the token that only pages of this address can read, and where the
 * browser says they come from. Everything else about them is as with signed calls.
 */
import { type ContractOperation, WireError } from "../contract/index.ts";
import type { Principal } from "../domain/identity.ts";
import type { Sessions, SignedIn } from "../ports/sign-in.ts";
import { cookieOf, hasSessionCookie, isCsrfToken } from "./session-cookies.ts";
import { isSecure, originProblem, type PublicUrl } from "./session-origin.ts";
import { authenticate, checkHead, type VerifierOptions } from "./sigv4.ts";
import {
  headerValues,
  type HeaderValues,
  type RequestHead,
  type SignedRequest,
} from "./sigv4/signed-request.ts";

export interface AuthenticationOptions {
  readonly verifier: VerifierOptions;
  readonly sessions: Pick<Sessions, "find" | "look">;
  readonly publicUrl: PublicUrl;
}

export interface Caller {
  readonly principal: Principal;
  /** A session with a password that must be changed may do nothing else. */
  readonly mustChangePassword: boolean;
}

export const CSRF_HEADER = "x-slipway-csrf";
const UNATTENDED_HEADER = "x-slipway-unattended";
const CHANGE_PASSWORD = "iam:ChangePassword";

/** Everything that can be refused without the body; throws WireError. */
export async function checkCaller(head: RequestHead, options: AuthenticationOptions): Promise<void> {
  if (isSessionCall(head)) await sessionCaller(head, options);
  else await checkHead(head, options.verifier);
}

/** Who calls, or throws WireError. */
export async function callerOf(request: SignedRequest, options: AuthenticationOptions): Promise<Caller> {
  if (isSessionCall(request)) return sessionCaller(request, options);
  return { principal: await authenticate(request, options.verifier), mustChangePassword: false };
}

/** For replies that go on: whether the session they were asked for with still holds. Null: there was a signature. */
export function sessionWatch(
  head: RequestHead,
  {
    sessions,
    publicUrl,
  }: Pick<AuthenticationOptions, "publicUrl"> & { readonly sessions: Pick<Sessions, "holds"> },
): (() => Promise<boolean>) | null {
  if (!isSessionCall(head)) return null;
  const headers = headerValues(head.rawHeaders);
  const token = cookieOf("slipway-session", headers, isSecure(headers, publicUrl));
  return async () => token !== null && (await sessions.holds(token));
}

/** Throws AccessDeniedException. */
export function assertMayCall({ mustChangePassword }: Caller, { action }: ContractOperation): void {
  if (!mustChangePassword || action === CHANGE_PASSWORD) return;
  throw new WireError(
    "AccessDeniedException",
    "The password must be changed first: until then nothing but ChangePassword is allowed.",
  );
}

/** Pages read on while nobody is at them, and say so: that keeps no session from ending. */
export function presentSession(
  token: string,
  headers: HeaderValues,
  sessions: Pick<Sessions, "find" | "look">,
): Promise<SignedIn | null> {
  return headers.has(UNATTENDED_HEADER) ? sessions.look(token) : sessions.find(token);
}

/** A signature counts more than a cookie that came along. */
function isSessionCall({ rawHeaders }: RequestHead): boolean {
  const headers = headerValues(rawHeaders);
  return !headers.has("authorization") && hasSessionCookie(headers);
}

async function sessionCaller(
  { rawHeaders }: RequestHead,
  { sessions, publicUrl }: AuthenticationOptions,
): Promise<Caller> {
  const headers = headerValues(rawHeaders);
  const problem = originProblem(headers, publicUrl);
  if (problem !== null)
    throw new WireError("AccessDeniedException", `The console's page did not send this. ${problem}`);
  const token = cookieOf("slipway-session", headers, isSecure(headers, publicUrl));
  const signedIn = token === null ? null : await presentSession(token, headers, sessions);
  if (token === null || signedIn === null) {
    throw new WireError("ExpiredTokenException", "The session has ended. Sign in again.");
  }
  if (!isCsrfToken(headers.get(CSRF_HEADER)?.[0], token)) {
    throw new WireError(
      "AccessDeniedException",
      `The console's page did not send this. ${CSRF_HEADER} is not the session's: GET /session tells it.`,
    );
  }
  return signedIn;
}
