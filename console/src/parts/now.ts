/** The time, for what shows how long ago something was: one clock for the page, which ticks while somebody looks. */
import { useSyncExternalStore } from "react";

const TICK_MS = 1_000;

let nowMs = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<() => void>();

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  ticking ??= setInterval(tick, TICK_MS);
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

function tick(): void {
  if (document.hidden) return;
  nowMs = Date.now();
  for (const watcher of watchers) watcher();
}

/** Rounded down to `stepMs`, so that what changes once a minute is drawn once a minute. */
export function useNow(stepMs = TICK_MS): number {
  return useSyncExternalStore(watch, () => Math.floor(nowMs / stepMs) * stepMs);
}
