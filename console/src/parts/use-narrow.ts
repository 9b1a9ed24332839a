/** Whether the window is as narrow as a phone's: tables become cards there. */
import { useSyncExternalStore } from "react";

const narrow = window.matchMedia("(max-width: 688px)");

export function useNarrow(): boolean {
  return useSyncExternalStore(listen, () => narrow.matches);
}

function listen(onChange: () => void): () => void {
  narrow.addEventListener("change", onChange);
  return () => narrow.removeEventListener("change", onChange);
}
