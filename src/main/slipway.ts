/** The `slipway` program: the command line, with what only the composition root can do. */
import { readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { problemOfService } from "../api/index.ts";
import { type CliHooks, type Environment, processIo, runCli } from "../cli/index.ts";
import type { Check } from "../contract/slipway-operations.ts";
import { findEscapingLink } from "../sources/git/escaping-link.ts";
import { configurationFileProblems } from "./configuration-file-check.ts";
import { type DoctorCheck, runChecks } from "./doctor-check.ts";
import { doctorChecks } from "./doctor.ts";
import { startInBackground } from "./process-control.ts";
import { serve } from "./serve.ts";
import { readSettings, type Settings, stateDirectory, unknownVariables } from "./settings.ts";
import { runSimulation } from "./simulation.ts";
import { CREDENTIALS_FILE, parseCredentials, statePath } from "./state-directory.ts";
import { stopEverything } from "./stop.ts";
import { VERSION } from "./version.ts";

const hooks: CliHooks = {
  version: VERSION,
  stateDirectory,
  async serve({ environment }) {
    await serve(settingsOf(environment));
    return 0;
  },
  async up({ environment, report }) {
    for (const line of unknownVariables(environment)) report(line);
    const settings = settingsOf(environment);
    const started = await startInBackground(settings, process.argv[1] ?? "", report);
    const { wasRunning, isFirstStart, pid, differences } = started;
    const outcome = wasRunning ? "running" : "started";
    if (!isFirstStart) return { outcome, pid, differences };
    const file = statePath(settings.stateDirectory, CREDENTIALS_FILE);
    return { outcome, pid, newKey: { ...parseCredentials(readFileSync(file, "utf8")), file } };
  },
  async down({ environment, keepServing, purge, report, timeoutMs }) {
    const signal = AbortSignal.timeout(timeoutMs);
    const request = { keepServing, purge, report };
    const { wasRunning, ...stopped } = await stopEverything(settingsOf(environment), request, signal);
    return { outcome: wasRunning ? "stopped" : "not-running", ...stopped };
  },
  configurationFileProblems,
  findEscapingLink,
  serviceProblem: problemOfService,
  async doctorLocal({ environment }) {
    return (await runChecks(doctorChecks(settingsOf(environment), null))).map(toWire);
  },
  simulate: runSimulation,
};

function toWire({ name, status, detail, remedy }: DoctorCheck): Check {
  const check = { Name: name, Status: status, Detail: detail };
  return remedy === undefined ? check : { ...check, Remedy: remedy };
}

function settingsOf(environment: Environment): Settings {
  return readSettings(environment);
}

// Now rather than at the end: a control plane that `up` starts finds what was compiled here, and what was read is given back.
flushCompileCache();
process.exitCode = await runCli({ args: process.argv.slice(2), io: processIo(), hooks });
