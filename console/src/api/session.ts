/** Who is signed in: `/session` of the control plane. */
import { apiUrl, call, send, sessionHeaders, setCsrfToken, tellSignedOut } from "./call.ts";
import { tellTabs } from "./tabs.ts";

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly kind: string;
  readonly mustChangePassword: boolean;
  /** ISO 8601. Without a call until then the session ends. */
  readonly idleUntil: string;
  readonly endsAt: string;
  /** The same from when the control plane answered: clocks may differ. */
  readonly idleSeconds: number;
  readonly leftSeconds: number;
  /** When it answered, by this browser's clock. */
  readonly readAtMs: number;
  readonly lastSeenAt: string;
  readonly startedAt: string;
  readonly method: string;
  readonly csrfToken: string;
}

/** Nobody is signed in. */
export interface Visitor {
  /** Whether an identity provider may be asked who this is. */
  readonly hasProvider: boolean;
}

/** One of the sessions of who is signed in. */
export interface SessionEntry {
  readonly id: string;
  readonly method: string;
  readonly startedAt: string;
  readonly lastSeenAt: string;
  readonly endsAt: string;
  readonly sourceAddress: string | null;
  readonly userAgent: string | null;
  readonly isThis: boolean;
}

const url = new URL("session", apiUrl);
const startUrl = new URL("console/session", apiUrl);
const allUrl = new URL("session/all", apiUrl);
export const providerUrl = new URL("session/oidc", apiUrl);

export function isSession(found: Session | Visitor): found is Session {
  return "csrfToken" in found;
}

let isLeaving = false;

/** Who signs out may hear from the live stream that the session is over before the answer comes. */
export function hasLeft(): boolean {
  return isLeaving;
}

/** Throws ApiError when the control plane does not answer. */
export async function readSession(signal?: AbortSignal): Promise<Session | Visitor> {
  const { session, hasProvider } = (await send(startUrl, { headers: sessionHeaders(), signal })) as {
    readonly session: Session | null;
    readonly hasProvider?: boolean;
  };
  return session === null ? { hasProvider: hasProvider === true } : keep(session);
}

/** Leads to the sign-in page when the session has ended. What cannot be known now is left as it is. */
export async function checkSession(): Promise<void> {
  const found = await readSession().catch(() => null);
  if (found !== null && !isSession(found)) tellSignedOut();
}

/** Throws ApiError: SignInRefused, TooManyAttempts, LinkExpired. */
export async function signIn(
  wish: { readonly userName: string; readonly password: string } | { readonly link: string },
): Promise<Session> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(wish),
  };
  const session = keep((await send(url, init)) as Session);
  tellTabs();
  return session;
}

/** Where the identity provider wants the browser to go afterwards; null: nowhere. */
export async function signOut(): Promise<string | null> {
  const answer = await leave(url);
  return (answer as { signOutUrl?: string }).signOutUrl ?? null;
}

/** Newest first. */
export async function readSessions(signal?: AbortSignal): Promise<readonly SessionEntry[]> {
  const answer = await send(allUrl, { headers: sessionHeaders(), signal });
  return (answer as { readonly sessions: readonly SessionEntry[] }).sessions;
}

export async function endSession(id: string): Promise<void> {
  await send(new URL(`session/all/${encodeURIComponent(id)}`, apiUrl), {
    method: "DELETE",
    headers: sessionHeaders(),
  });
}

/** This one, too. */
export async function endAllSessions(): Promise<void> {
  await leave(allUrl);
}

async function leave(what: URL): Promise<unknown> {
  isLeaving = true;
  try {
    const answer = await send(what, { method: "DELETE", headers: sessionHeaders() });
    tellTabs();
    return answer;
  } catch (error) {
    isLeaving = false;
    throw error;
  }
}

/** Ends all sessions of the user, and begins a new one. */
export async function changePassword({ name }: Session, before: string, after: string): Promise<Session> {
  await call("AWSIdentityManagementV20100508.ChangePassword", { OldPassword: before, NewPassword: after });
  return signIn({ userName: name, password: after });
}

function keep(session: Omit<Session, "readAtMs">): Session {
  setCsrfToken(session.csrfToken);
  isLeaving = false;
  return { ...session, readAtMs: Date.now() };
}
