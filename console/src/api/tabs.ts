/** Other tabs of this browser have the same session: they are told when it began, went on or ended, and look for themselves. */
const KEY = "slipway-session-changed";

export function tellTabs(): void {
  localStorage.setItem(KEY, String(Date.now()));
}

/** Ends with the function that comes back. */
export function onToldByTab(act: () => void): () => void {
  const hear = ({ key }: StorageEvent) => {
    if (key === KEY) act();
  };
  window.addEventListener("storage", hear);
  return () => window.removeEventListener("storage", hear);
}
