/** The command line: `runCli` with the hooks of the composition root. */
export type {
  CliHooks,
  DownOutcome,
  DownRequest,
  Environment,
  LocalCheck,
  ProcessRequest,
  ServeRequest,
  UpOutcome,
} from "./hooks.ts";
export { CliFailure } from "./failure.ts";
export { processIo } from "./io.ts";
export { runCli } from "./run.ts";
