/** Whether somebody is at the page. What it reads by itself while nobody is must not keep the session from ending. */
const ATTENDED_MS = 60_000;

let actedAtMs = Date.now();

const noteAct = () => {
  actedAtMs = Date.now();
};

for (const kind of ["pointerdown", "pointermove", "keydown", "wheel"]) {
  window.addEventListener(kind, noteAct, { passive: true, capture: true });
}

export function isAttended(): boolean {
  return Date.now() - actedAtMs < ATTENDED_MS;
}
