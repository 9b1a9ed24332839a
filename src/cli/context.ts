/** What every command gets: the world, the hooks, and a client once it asks for one. */
import type { Command } from "commander";
import { type Client, createClient } from "./client.ts";
import { findConnection } from "./connection.ts";
import type { CliHooks, Environment } from "./hooks.ts";
import type { CliIo } from "./io.ts";

export interface CliContext {
  readonly io: CliIo;
  readonly hooks: CliHooks;
  /** Reads `--state-dir`, `--endpoint` and `--aws-env` from the command it is called for. */
  connect(command: Command): Promise<Client>;
  /** The caller's environment with the global options laid over it. */
  environmentFor(command: Command): Environment;
}

interface GlobalOptions {
  readonly stateDir?: string;
  readonly endpoint?: string;
  readonly awsEnv?: boolean;
}

export function createContext(io: CliIo, hooks: CliHooks): CliContext {
  const environmentFor = (command: Command): Environment => {
    const options = command.optsWithGlobals<GlobalOptions>();
    return {
      ...io.environment,
      ...(options.stateDir === undefined ? {} : { SLIPWAY_STATE_DIR: options.stateDir }),
      ...(options.endpoint === undefined ? {} : { SLIPWAY_ENDPOINT: options.endpoint }),
    };
  };
  return {
    io,
    hooks,
    environmentFor,
    async connect(command) {
      const environment = environmentFor(command);
      const connection = await findConnection(
        { environment, readFile: (path) => io.readFile(path) },
        {
          stateDirectory: hooks.stateDirectory(environment),
          usesAwsEnvironment: command.optsWithGlobals<GlobalOptions>().awsEnv === true,
        },
      );
      return createClient(io, connection);
    },
  };
}
