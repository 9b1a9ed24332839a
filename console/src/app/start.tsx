/**
 * What is loaded first: it looks who is signed in and brings the sign-in page or the console. It is small, and so is the sign-in
 * page: neither carries the console with it. The address stays as it is, so that signing in leads where one wanted to go.
 */
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { whenSignedOut } from "../api/call.ts";
import { hasLeft, isSession, readSession, type Session, type Visitor } from "../api/session.ts";
import { onToldByTab } from "../api/tabs.ts";
import { start } from "../texts.ts";
import { bringWanted } from "./wanted-page.ts";
import { loadPart } from "./load-part.ts";
import { SessionContext, type SignInNotice } from "./session-context.tsx";
import { takeLink } from "./sign-in-link.ts";

type State =
  | { readonly kind: "looking" }
  | { readonly kind: "unreachable"; readonly message: string }
  | { readonly kind: "visitor"; readonly visitor: Visitor; readonly notice: SignInNotice }
  | { readonly kind: "signed in"; readonly session: Session };

const WAS_HERE = "slipway-was-here";
const RETRY_MS = 3_000;
const loadConsole = loadPart(() => import("./app.tsx"));
const Console = lazy(loadConsole);
const loadSignIn = loadPart(() => import("../pages/sign-in/sign-in-page.tsx"));
const SignInPage = lazy(async () => {
  const page = await loadSignIn();
  // While somebody types a password, the console comes. Nothing is loaded anew for it: what was typed would be gone.
  void import("./app.tsx").catch(() => undefined);
  return page;
});

// Who was here before is likely to be still signed in: the console comes while that is found out.
if (localStorage.getItem(WAS_HERE) !== null) void loadConsole().catch(() => undefined);

export function Start() {
  const [state, setState] = useState<State>({ kind: "looking" });
  const [link, setLink] = useState(takeLink);
  const look = useCallback((notice: SignInNotice) => {
    void readSession()
      .catch((error: Error) => error.message)
      .then((found) => setState((before) => stateAfter(before, found, notice)));
  }, []);
  const setSession = useCallback(
    (session: Session | null) => {
      if (session === null) look("signed-out");
      else setState({ kind: "signed in", session });
    },
    [look],
  );
  useEffect(() => {
    look("none");
    whenSignedOut(() => look(hasLeft() ? "signed-out" : "ended"));
    return onToldByTab(() => look("ended"));
  }, [look]);
  useEffect(() => {
    const takeNext = () => setLink((present) => takeLink() ?? present);
    window.addEventListener("hashchange", takeNext);
    return () => window.removeEventListener("hashchange", takeNext);
  }, []);
  useEffect(() => {
    if (state.kind !== "unreachable") return undefined;
    const retry = window.setTimeout(() => look("none"), RETRY_MS);
    return () => clearTimeout(retry);
  }, [state, look]);
  const session = state.kind === "signed in" ? state.session : null;
  const context = useMemo(() => (session === null ? null : { session, setSession }), [session, setSession]);
  useEffect(() => {
    if (session === null) localStorage.removeItem(WAS_HERE);
    else localStorage.setItem(WAS_HERE, "1");
  }, [session]);
  if (state.kind === "looking") return <Waiting />;
  if (state.kind === "unreachable") return <Unreachable message={state.message} />;
  if (context === null || link !== null || context.session.mustChangePassword) {
    return (
      <Suspense fallback={<Waiting />}>
        <SignInPage
          session={session}
          visitor={state.kind === "visitor" ? state.visitor : null}
          notice={state.kind === "visitor" ? state.notice : "none"}
          link={link}
          onLinkDone={() => setLink(null)}
          onSession={setSession}
        />
      </Suspense>
    );
  }
  bringWanted();
  return (
    <SessionContext value={context}>
      <Suspense fallback={<Waiting />}>
        <Console key={context.session.arn} />
      </Suspense>
    </SessionContext>
  );
}

/** What is on the page stays while the control plane does not answer; a notice stays until somebody signs in. */
function stateAfter(before: State, found: Session | Visitor | string, notice: SignInNotice): State {
  if (typeof found === "string") {
    return before.kind === "signed in" ? before : { kind: "unreachable", message: found };
  }
  if (isSession(found)) return { kind: "signed in", session: found };
  if (before.kind === "visitor") return { ...before, visitor: found };
  return { kind: "visitor", visitor: found, notice: before.kind === "signed in" ? notice : "none" };
}

function Waiting() {
  return (
    <output className="start-waiting">
      <span className="start-mark" />
      <span className="heard-only">{start.waiting}</span>
    </output>
  );
}

function Unreachable({ message }: { readonly message: string }) {
  return (
    <main className="start-waiting" role="alert">
      <span className="start-mark" />
      <h1>{start.unreachable}</h1>
      <p>{message}</p>
      <p>{start.triesAgain}</p>
    </main>
  );
}
