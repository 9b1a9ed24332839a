/** `slipway repos`: the Git repositories that Slipway hosts, and deleting one that no service is built from. */
import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { paint } from "../style.ts";
import { renderTable } from "../table.ts";
import {
  type CommandFactory,
  confirmDeletion,
  examples,
  type JsonOption,
  printJson,
  type ConfirmOption,
} from "./shared.ts";

type RemoveOptions = JsonOption & ConfirmOption;

export const reposCommand: CommandFactory = (context) =>
  new Command("repos")
    .description("list the Git repositories hosted here, or delete one")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(removeCommand(context))
    .addHelpText("after", examples("repos", "repos rm shop"));

function listCommand(context: CliContext): Command {
  return new Command("ls")
    .description("list the Git repositories hosted here")
    .option("--json", "print JSON: ListRepositories' Repositories")
    .addHelpText("after", examples("repos ls", "repos ls --json"))
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Repositories: repositories } = await client.call("Slipway.ListRepositories", {});
      if (options.json === true) return printJson(context, repositories);
      if (repositories.length === 0)
        return context.io.err("No repositories yet: `slipway deploy .` makes one.");
      const lines = renderTable(repositories, [
        { title: paint(context.io, "dim", "REPOSITORY"), cell: ({ RepositoryName }) => RepositoryName },
        { title: paint(context.io, "dim", "SOURCE"), cell: ({ RepositoryUrl }) => RepositoryUrl },
        { title: paint(context.io, "dim", "PUSH TO"), cell: ({ PushUrl }) => PushUrl },
      ]);
      for (const line of lines) context.io.out(line);
    });
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("delete a repository with all that was pushed; not while a service is built from it")
    .argument("<repository>", "name")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON: DeleteRepository's answer")
    .addHelpText("after", examples("repos rm shop", "repos rm shop --yes"))
    .action(async (name: string, options: RemoveOptions, command: Command) => {
      const client = await context.connect(command);
      if (options.yes !== true) {
        await confirmDeletion(context, `the repository ${name}`, "It is as it was: `slipway repos`.");
      }
      const answer = await client.call("Slipway.DeleteRepository", { RepositoryName: name });
      if (options.json === true) printJson(context, answer);
      else context.io.err(`The repository ${name} is deleted.`);
    });
}
