/** The command tree. Nothing here does anything: each command is a file of its own. */
import { Command } from "commander";
import { alarmsCommand } from "./commands/alarms.ts";
import { auditCommand } from "./commands/audit.ts";
import { certsCommand } from "./commands/certs.ts";
import { connectCommand } from "./commands/connect.ts";
import { consoleCommand } from "./commands/console.ts";
import { deployCommand } from "./commands/deploy.ts";
import { destinationsCommand } from "./commands/destinations.ts";
import { domainsCommand } from "./commands/domains.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { eventsCommand } from "./commands/events.ts";
import { infoCommand } from "./commands/info.ts";
import { nodesCommand } from "./commands/nodes.ts";
import { keysCommand } from "./commands/keys.ts";
import { pauseCommand, redeployCommand, resumeCommand, rmCommand } from "./commands/lifecycle.ts";
import { logLevelCommand } from "./commands/log-level.ts";
import { logsCommand } from "./commands/logs.ts";
import { lsCommand } from "./commands/ls.ts";
import { metricsCommand } from "./commands/metrics.ts";
import { networkCommand } from "./commands/network.ts";
import { opsCommand } from "./commands/ops.ts";
import { downCommand, serveCommand, upCommand } from "./commands/processes.ts";
import { sbomCommand } from "./commands/sbom.ts";
import { cancelCommand, releasesCommand, rollbackCommand } from "./commands/releases.ts";
import { reposCommand } from "./commands/repos.ts";
import { runtimesCommand } from "./commands/runtimes.ts";
import { secretsCommand } from "./commands/secrets.ts";
import { type CommandFactory, examples } from "./commands/shared.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { statusCommand } from "./commands/status.ts";
import { trustCommand } from "./commands/trust.ts";
import { policiesCommand } from "./commands/policies.ts";
import { rolesCommand } from "./commands/roles.ts";
import { usageCommand } from "./commands/usage.ts";
import { usersCommand } from "./commands/users.ts";
import { whoamiCommand } from "./commands/whoami.ts";
import { vaultCommand } from "./commands/vault.ts";
import { webhookCommand } from "./commands/webhook.ts";
import { whyCommand } from "./commands/why.ts";
import type { CliContext } from "./context.ts";

const GROUPS: readonly (readonly [string, readonly CommandFactory[]])[] = [
  [
    "Services:",
    [
      deployCommand,
      lsCommand,
      statusCommand,
      whyCommand,
      logsCommand,
      metricsCommand,
      opsCommand,
      releasesCommand,
      sbomCommand,
      usageCommand,
    ],
  ],
  [
    "Life of a service:",
    [redeployCommand, rollbackCommand, cancelCommand, pauseCommand, resumeCommand, rmCommand],
  ],
  ["Events:", [eventsCommand, destinationsCommand, alarmsCommand]],
  ["Names, certificates, networks:", [domainsCommand, certsCommand, networkCommand]],
  ["People and what they may do:", [usersCommand, rolesCommand, policiesCommand, whoamiCommand]],
  ["Secrets and keys:", [secretsCommand, keysCommand, vaultCommand]],
  ["Source code:", [connectCommand, reposCommand, webhookCommand, runtimesCommand]],
  [
    "Slipway itself:",
    [
      upCommand,
      downCommand,
      serveCommand,
      infoCommand,
      nodesCommand,
      consoleCommand,
      doctorCommand,
      auditCommand,
      logLevelCommand,
      trustCommand,
      simulateCommand,
    ],
  ],
];

export function buildProgram(context: CliContext): Command {
  const { io, hooks } = context;
  const program = new Command("slipway")
    .description("AWS App Runner on your own machines: source code or a container image in, a URL out.")
    .version(hooks.version, "-V, --version", "print the version")
    .option("--state-dir <directory>", "where Slipway keeps its state (SLIPWAY_STATE_DIR)")
    .option("--endpoint <url>", "where the API listens (SLIPWAY_ENDPOINT)")
    .option(
      "--aws-env",
      "sign with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead of the state directory's key",
    )
    .addHelpCommand(
      new Command("help")
        .argument("[command]")
        .description("show how a command is used")
        .helpGroup("Slipway itself:"),
    )
    .addHelpText(
      "after",
      examples("up", "deploy .", "deploy --image shop:latest --port 3000", "ls", "logs shop -f"),
    )
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      // Reported by runCli, in one line with the next thing to do.
      outputError: () => undefined,
    })
    .exitOverride();
  for (const [group, factories] of GROUPS) {
    for (const factory of factories) {
      program.addCommand(inherit(program, factory(context)).helpGroup(group));
    }
  }
  return program;
}

/** Commander hands settings on only to commands it makes itself. */
function inherit(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const below of command.commands) inherit(command, below);
  return command;
}
