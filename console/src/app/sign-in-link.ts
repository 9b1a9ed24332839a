/** The one-time link of `slipway console`: `#link=…`. It is taken out of the address at once, so that no history keeps it. */
const PREFIX = "#link=";

/** Null: the address has none. */
export function takeLink(): string | null {
  const { hash, pathname, search } = window.location;
  if (!hash.startsWith(PREFIX)) return null;
  window.history.replaceState(null, "", pathname + search);
  return hash.slice(PREFIX.length);
}
