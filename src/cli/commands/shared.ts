/** What all commands share: help with examples, waiting, the JSON of a result. */
import type { Command } from "commander";
import type { Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import type { CliIo } from "../io.ts";
import { watchOperation } from "../operation-watch.ts";
import { resolveService, type ServiceReference } from "../service-reference.ts";
import { changeService } from "../service-state.ts";

export interface JsonOption {
  readonly json?: boolean;
}

/** Of what is asked before it is done. */
export interface ConfirmOption {
  readonly yes?: boolean;
}

export interface WaitOption extends JsonOption {
  /** False with `--no-wait`. */
  readonly wait: boolean;
}

export type CommandFactory = (context: CliContext) => Command;

/** The lines below the options of `--help`. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ slipway ${line}`).join("\n")}`;
}

export function printJson(context: CliContext, value: unknown): void {
  context.io.out(JSON.stringify(value, null, 2));
}

/** Throws CliFailure unless a person said yes; `hint` is for one who said no. */
export async function confirmDeletion({ io }: CliContext, what: string, hint: string): Promise<void> {
  if (!io.isInteractive) {
    throw usageFailure("Nothing was deleted: nobody is here to ask.", "Add --yes when you are sure.");
  }
  if (!(await io.confirm(`Delete ${what}? This cannot be undone.`)))
    throw new CliFailure("Nothing was deleted.", { hint });
}

/** The text of the file that an option names. */
export async function readFileOf(io: CliIo, option: string, path: string): Promise<string> {
  return io.readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw usageFailure(`${option}: ${path} cannot be read (${cause.code ?? cause.message}).`);
  });
}

export interface ServiceAct {
  readonly name: string;
  readonly command: Command;
  readonly options: WaitOption;
  /** "Pausing" */
  readonly doing: string;
  /** "is paused" */
  readonly done: string;
  /** Starts the operation; without an id there was nothing to do. */
  readonly start: (client: Client, service: ServiceReference) => Promise<string | undefined>;
}

/** Resolves the service, starts an operation on it and follows it to its end. */
export async function actOnService(context: CliContext, act: ServiceAct): Promise<void> {
  const client = await context.connect(act.command);
  const service = await resolveService(client, act.name);
  const operationId = await changeService({ client, service, nowMs: context.io.now() }, () =>
    act.start(client, service),
  );
  const success = `${service.name} ${act.done}`;
  if (operationId === undefined) context.io.err(`${success} already.`);
  else if (act.options.wait) {
    await watchOperation(context.io, {
      client,
      service,
      operationId,
      title: `${act.doing} ${service.name}`,
      success,
    });
  } else {
    context.io.err(`${act.doing} ${service.name}. Follow it with \`slipway ops ${service.name}\`.`);
  }
  if (act.options.json === true) {
    printJson(context, {
      ServiceName: service.name,
      ServiceArn: service.arn,
      OperationId: operationId ?? null,
    });
  }
}
