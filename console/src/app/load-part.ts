/**
 * Loads a part of the console when it is first needed. One that does not come means that the page loads anew: another version is
 * served by now, or the browser dropped what was under way, as Chromium does whenever the machine gets a network interface; on a
 * machine with containers that is all the time.
 */
const KEY = "slipway-loaded-anew";
/** Where it fails for another reason, it is told instead. */
const MOST_RELOADS = 3;
const FORGOTTEN_AFTER_MS = 30_000;

export function loadPart<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => {
    try {
      return await load();
    } catch (error) {
      if (!mayReload()) throw error;
      window.location.reload();
      // Until it is gone, the page waits.
      return new Promise(() => undefined);
    }
  };
}

function mayReload(): boolean {
  const recent = readReloads().filter((atMs) => Date.now() - atMs < FORGOTTEN_AFTER_MS);
  if (recent.length >= MOST_RELOADS) return false;
  sessionStorage.setItem(KEY, JSON.stringify([...recent, Date.now()]));
  return true;
}

function readReloads(): readonly number[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as readonly number[];
  } catch {
    return [];
  }
}
