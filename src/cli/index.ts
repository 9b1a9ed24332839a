/** The command line: `runCli` with the hooks of the composition root. */
export type { CliHooks, Environment } from "./hooks.ts";
export { processIo } from "./io.ts";
export { runCli } from "./run.ts";
