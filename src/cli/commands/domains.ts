/** `slipway domains`: names of one's own for services, with what is missing until they answer over HTTPS. */
import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { describeDomain, statusText, validity } from "../domain-report.ts";
import { type KnownDomain, resolveDomain } from "../domain-reference.ts";
import { watchDomain } from "../domain-watch.ts";
import { CliFailure } from "../failure.ts";
import { domainUrl } from "../service-url.ts";
import { resolveService } from "../service-reference.ts";
import { paint, printable } from "../style.ts";
import { renderTable } from "../table.ts";
import {
  type CommandFactory,
  confirmDeletion,
  examples,
  type JsonOption,
  printJson,
  type ConfirmOption,
} from "./shared.ts";

interface AddOptions extends JsonOption {
  readonly www?: boolean;
  readonly wait?: boolean;
}

type RemoveOptions = JsonOption & ConfirmOption;

export const domainsCommand: CommandFactory = (context) =>
  new Command("domains")
    .alias("domain")
    .description("list custom domains, add, check or remove one")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(addCommand(context))
    .addCommand(checkCommand(context))
    .addCommand(removeCommand(context))
    .addHelpText(
      "after",
      examples("domains", "domains add shop shop.example.com", "domains check shop.example.com"),
    );

function listCommand(context: CliContext): Command {
  return new Command("ls")
    .description("list custom domains, of one service or all")
    .argument("[service]", "name or ARN")
    .option("--json", "print JSON: ListDomains' Domains")
    .addHelpText("after", examples("domains ls", "domains ls shop --json"))
    .action(async (name: string | undefined, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const input = name === undefined ? {} : { ServiceArn: (await resolveService(client, name)).arn };
      const { Domains: domains } = await client.call("Slipway.ListDomains", input);
      if (options.json === true) return printJson(context, domains);
      if (domains.length === 0) {
        return context.io.err("No custom domains yet: `slipway domains add SERVICE DOMAIN` adds one.");
      }
      for (const line of [...table(context, domains), ...problems(domains)]) context.io.out(line);
    });
}

/** Whole, and below: in a column they would make every line of the table as wide. */
function problems(domains: readonly KnownDomain[]): readonly string[] {
  const told = domains.flatMap(({ DomainName, Problem }) =>
    Problem === undefined ? [] : [`${DomainName}: ${printable(Problem)}`],
  );
  return told.length === 0 ? [] : ["", ...told];
}

function table({ io }: CliContext, domains: readonly KnownDomain[]): readonly string[] {
  const title = (text: string): string => paint(io, "dim", text);
  return renderTable(domains, [
    {
      title: title("DOMAIN"),
      cell: ({ DomainName, EnableWWWSubdomain }) => `${DomainName}${EnableWWWSubdomain ? " (and www)" : ""}`,
    },
    { title: title("SERVICE"), cell: ({ ServiceName }) => ServiceName },
    { title: title("STATUS"), cell: statusText },
    {
      title: title("CERTIFICATE"),
      cell: ({ Certificate }) => (Certificate === undefined ? "" : validity(Certificate, io.now())),
    },
  ]);
}

function addCommand(context: CliContext): Command {
  return new Command("add")
    .description("let a name of your own lead to a service, with a certificate")
    .argument("<service>", "name or ARN")
    .argument("<domain>", "for instance shop.example.com, or *.shop.example.com")
    .option("--www", "www.<domain> too")
    .option("--wait", "until it is active, however long DNS takes")
    .option("--json", "print JSON: the Domain as ListDomains has it")
    .addHelpText(
      "after",
      examples("domains add shop shop.example.com", "domains add shop example.com --www --wait"),
    )
    .action(async (name: string, domainName: string, options: AddOptions, command: Command) => {
      const client = await context.connect(command);
      const service = await resolveService(client, name);
      await client.call("AppRunner.AssociateCustomDomain", {
        ServiceArn: service.arn,
        DomainName: domainName,
        EnableWWWSubdomain: options.www === true,
      });
      const domain = await watchDomain(context.io, { client, domainName, isPatient: options.wait === true });
      if (options.json === true) printJson(context, domain);
      else if (domain.Status === "active" && !domain.DomainName.startsWith("*.")) {
        context.io.out(await domainUrl(client, domain.DomainName));
      }
      if (domain.Status === "create_failed") {
        throw new CliFailure(`${domain.DomainName}: ${domain.Problem ?? "no reason was given"}`, {
          hint: `Mend it, then: slipway domains check ${domain.DomainName}`,
        });
      }
    });
}

function checkCommand(context: CliContext): Command {
  return new Command("check")
    .description("look at a domain's records now, and try again what waits for them")
    .argument("<domain>")
    .option("--json", "print JSON: CheckCustomDomain's Domain")
    .addHelpText("after", examples("domains check shop.example.com"))
    .action(async (domainName: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const known = await resolveDomain(client, domainName);
      const { Domain: domain } = await client.call("Slipway.CheckCustomDomain", {
        ServiceArn: known.ServiceArn,
        DomainName: known.DomainName,
      });
      if (options.json === true) printJson(context, domain);
      else for (const line of describeDomain(context.io, domain)) context.io.out(line);
    });
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("let a domain lead nowhere again")
    .argument("<domain>")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON: DisassociateCustomDomain's answer")
    .addHelpText("after", examples("domains rm shop.example.com --yes"))
    .action(async (domainName: string, options: RemoveOptions, command: Command) => {
      const client = await context.connect(command);
      const known = await resolveDomain(client, domainName);
      if (options.yes !== true) {
        await confirmDeletion(
          context,
          `the domain ${known.DomainName} of ${known.ServiceName}`,
          "It is as it was: `slipway domains`.",
        );
      }
      const answer = await client.call("AppRunner.DisassociateCustomDomain", {
        ServiceArn: known.ServiceArn,
        DomainName: known.DomainName,
      });
      if (options.json === true) printJson(context, answer);
      else context.io.err(`${known.DomainName} no longer leads to ${known.ServiceName}.`);
    });
}
