/** `slipway pause`, `resume`, `redeploy` and `rm`: one operation each, followed to its end. */
import { Command } from "commander";
import type { CliContext } from "../context.ts";
import {
  actOnService,
  type CommandFactory,
  confirmDeletion,
  examples,
  type ServiceAct,
  type WaitOption,
  type ConfirmOption,
} from "./shared.ts";

type Verb = Pick<ServiceAct, "doing" | "done" | "start"> & { readonly description: string };

const VERBS = {
  pause: {
    description: "stop a service's instances; its URL answers 503 until it is resumed",
    doing: "Pausing",
    done: "is paused",
    start: async (client, { arn }) =>
      (await client.call("AppRunner.PauseService", { ServiceArn: arn })).OperationId,
  },
  resume: {
    description: "start a paused service again",
    doing: "Resuming",
    done: "is running",
    start: async (client, { arn }) =>
      (await client.call("AppRunner.ResumeService", { ServiceArn: arn })).OperationId,
  },
  redeploy: {
    description: "deploy a service's source again, for instance when its image's tag has moved",
    doing: "Deploying",
    done: "is deployed",
    start: async (client, { arn }) =>
      (await client.call("AppRunner.StartDeployment", { ServiceArn: arn })).OperationId,
  },
} as const satisfies Record<string, Verb>;

function verbCommand(context: CliContext, name: keyof typeof VERBS): Command {
  const { description, ...verb } = VERBS[name];
  return new Command(name)
    .description(description)
    .argument("<service>", "name or ARN")
    .option("--no-wait", "return at once")
    .option("--json", "print JSON: ServiceName, ServiceArn, OperationId")
    .addHelpText("after", examples(`${name} shop`, `${name} shop --no-wait --json`))
    .action((service: string, options: WaitOption, command: Command) =>
      actOnService(context, { name: service, command, options, ...verb }),
    );
}

export const pauseCommand: CommandFactory = (context) => verbCommand(context, "pause");
export const resumeCommand: CommandFactory = (context) => verbCommand(context, "resume");
export const redeployCommand: CommandFactory = (context) => verbCommand(context, "redeploy");

type RemoveOptions = WaitOption & ConfirmOption;

export const rmCommand: CommandFactory = (context) =>
  new Command("rm")
    .alias("delete")
    .description("delete a service: its instances, its URL and its releases")
    .argument("<service>", "name or ARN")
    .option("-y, --yes", "do not ask")
    .option("--no-wait", "return at once")
    .option("--json", "print JSON: ServiceName, ServiceArn, OperationId")
    .addHelpText("after", examples("rm shop", "rm shop --yes"))
    .action(async (name: string, options: RemoveOptions, command: Command) => {
      await actOnService(context, {
        name,
        command,
        options,
        doing: "Deleting",
        done: "is deleted",
        start: async (client, service) => {
          if (options.yes !== true) {
            const { name: named } = service;
            await confirmDeletion(context, named, `It is as it was: \`slipway status ${named}\`.`);
          }
          return (await client.call("AppRunner.DeleteService", { ServiceArn: service.arn })).OperationId;
        },
      });
    });
