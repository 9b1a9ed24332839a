/** The session, for everything that is shown to who is signed in. */
import { createContext, use } from "react";
import type { Session } from "../api/session.ts";

/** Why somebody is asked to sign in. */
export type SignInNotice = "none" | "ended" | "signed-out";

export interface SessionState {
  readonly session: Session;
  /** After a changed password or a look; null: signed out. */
  readonly setSession: (session: Session | null) => void;
}

export const SessionContext = createContext<SessionState | null>(null);

export function useSession(): SessionState {
  const state = use(SessionContext);
  if (state === null) throw new Error("useSession is for what is shown to who is signed in");
  return state;
}
