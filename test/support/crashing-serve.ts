/**
 * A control plane that kills itself (SIGKILL: no handler, no flush) at its n-th journal event.
 * CRASH_AT=3 dies when the third event of this life happens; an event is a step's begin or its end.
 */
import { serve } from "../../src/main/serve.ts";
import { readSettings } from "../../src/main/settings.ts";

const crashAt = Number(process.env["CRASH_AT"]);
let events = 0;

await serve(readSettings(process.env), {
  onJournal() {
    events++;
    if (events === crashAt) process.kill(process.pid, "SIGKILL");
  },
});
