/**
 * A control plane that kills itself (SIGKILL: no handler, no flush) at its n-th journal event.
 * CRASH_AT=3 dies when the third event of this life happens; an event is a step's begin or its end.
 * CRASH_STEP=pullImage:started dies when a step of this name begins, CRASH_STEP=pullImage:done when it has ended.
 */
import { serve } from "../../src/main/serve.ts";
import { readSettings } from "../../src/main/settings.ts";

const crashAt = Number(process.env["CRASH_AT"]);
const crashStep = process.env["CRASH_STEP"];
let events = 0;

await serve(readSettings(process.env), {
  onJournal({ step, status }) {
    events++;
    if (events === crashAt || `${step}:${status}` === crashStep) process.kill(process.pid, "SIGKILL");
  },
});
