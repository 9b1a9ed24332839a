/** The page somebody wanted when they were sent to the identity provider: their way back leads to the start. */
const KEY = "slipway-wanted";

export function keepWanted(): void {
  sessionStorage.setItem(KEY, window.location.hash);
}

export function bringWanted(): void {
  const wanted = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (wanted?.startsWith("#/") === true && window.location.hash === "") {
    window.history.replaceState(null, "", wanted);
  }
}
