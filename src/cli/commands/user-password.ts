/** `slipway users password`: a password for the console, typed unseen or read from standard input, never an argument. */
import { Command } from "commander";
import { ApiError, type Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { usageFailure } from "../failure.ts";
import { examples } from "./shared.ts";

interface PasswordOptions {
  readonly mustChange?: boolean;
  readonly remove?: boolean;
}

export function passwordCommand(context: CliContext): Command {
  return new Command("password")
    .description("give a user a password for the console, or take it away; all sessions of the user end")
    .argument("<user>", "name")
    .option("--must-change", "it must be changed before anything else is done")
    .option("--remove", "the user signs in with a password no more")
    .addHelpText(
      "after",
      examples(
        "users password ann --must-change",
        "users password ann < password.txt",
        "users password ann --remove",
      ),
    )
    .action(async (name: string, options: PasswordOptions, command: Command) => {
      const client = await context.connect(command);
      if (options.remove === true) {
        await client.call("AWSIdentityManagementV20100508.DeleteLoginProfile", { UserName: name });
        return context.io.err(`${name} has no password any more.`);
      }
      const password = (await context.io.readSecret("Password:")).replace(/\r?\n$/, "");
      if (password === "")
        throw usageFailure("The password is empty.", "Type it, or give it over standard input.");
      await setPassword(client, name, { password, mustChange: options.mustChange === true });
      context.io.err(`${name} has a new password.`);
    });
}

interface Wish {
  readonly password: string;
  readonly mustChange: boolean;
}

async function setPassword(client: Client, UserName: string, { password, mustChange }: Wish): Promise<void> {
  const profile = { UserName, Password: password, PasswordResetRequired: mustChange };
  try {
    await client.call("AWSIdentityManagementV20100508.CreateLoginProfile", profile);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "EntityAlreadyExists") throw error;
    await client.call("AWSIdentityManagementV20100508.UpdateLoginProfile", profile);
  }
}
