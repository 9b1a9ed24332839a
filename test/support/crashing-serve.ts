/**
 * A control plane that kills itself (SIGKILL: no handler, no flush) at its n-th journal event.
 * CRASH_AT=3 dies when the third event of this life happens; an event is a step's begin or its end.
 * CRASH_STEP=pullImage:started dies when a step of this name begins, CRASH_STEP=pullImage:done when it has ended.
 * CRASH_STEP_FILE=path: the same with the step that the file names, which may change while it runs.
 */
import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { serve } from "../../src/main/serve.ts";
import { readSettings } from "../../src/main/settings.ts";

const crashAt = Number(process.env["CRASH_AT"]);
const crashStep = process.env["CRASH_STEP"];
const crashStepFile = process.env["CRASH_STEP_FILE"];
let events = 0;

await serve(readSettings(process.env), {
  onJournal({ step, status }) {
    events++;
    const wanted = crashStepFile === undefined ? crashStep : readFileSync(crashStepFile, "utf8");
    if (events !== crashAt && `${step}:${status}` !== wanted) return;
    // The next life begins sooner. Writes nothing that was written before.
    flushCompileCache();
    process.kill(process.pid, "SIGKILL");
  },
});
