/**
 * Warns before the session ends because nobody was there, and before its last moment. The control plane alone knows when that is;
 * asking so is no use of the session. Who is at the page keeps it without being asked.
 */
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { checkSession, isSession, readSession, type Session, signOut } from "../api/session.ts";
import { tellTabs } from "../api/tabs.ts";
import { deadlineOf, warningMs } from "./session-deadline.ts";
import { loadPart } from "./load-part.ts";
import { useSession } from "./session-context.tsx";

const SessionWarning = lazy(loadPart(() => import("./session-warning.tsx")));

const LOOKED_EVERY_MS = 5_000;
const TICK_MS = 1_000;

export function SessionTimeout() {
  const { session, setSession } = useSession();
  const deadline = deadlineOf(session);
  const [isDismissed, setDismissed] = useState(false);
  const [nowMs, setNowMs] = useState(() => Date.now());
  const isAsking = useRef(false);
  const ask = useCallback(async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    const found = await readSession().catch(() => null);
    isAsking.current = false;
    if (found !== null && isSession(found)) setSession(found);
  }, [setSession]);
  const leftMs = deadline.endsAtMs - nowMs;
  const isNear = leftMs < warningMs(session);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), isNear ? TICK_MS : LOOKED_EVERY_MS);
    return () => clearInterval(timer);
  }, [isNear]);
  const isOver = leftMs <= 0;
  // What is known here may be older than what the control plane knows: calls went on meanwhile.
  useEffect(() => {
    if (isNear) void ask();
  }, [isNear, ask]);
  useEffect(() => {
    if (isOver) void checkSession();
  }, [isOver]);
  const stay = async () => {
    await ask();
    tellTabs();
  };
  if (!isNear || isOver || isDismissed) return null;
  return (
    <Suspense fallback={null}>
      <SessionWarning
        leftMs={leftMs}
        isFinal={deadline.isFinal}
        onStay={() => void stay()}
        onDismiss={() => (deadline.isFinal ? setDismissed(true) : void stay())}
        onLeave={() => void leave(setSession)}
      />
    </Suspense>
  );
}

async function leave(setSession: (session: Session | null) => void): Promise<void> {
  const onward = await signOut().catch(() => null);
  setSession(null);
  if (onward !== null) window.location.assign(onward);
}
