/** `slipway certs`: certificates, and bringing one's own. */
import { Command } from "commander";
import type { Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import type { KnownDomain } from "../domain-reference.ts";
import { validity } from "../domain-report.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { paint, printable } from "../style.ts";
import { renderTable } from "../table.ts";
import {
  type CommandFactory,
  confirmDeletion,
  examples,
  type JsonOption,
  printJson,
  readFileOf,
  type ConfirmOption,
} from "./shared.ts";

interface ImportOptions extends JsonOption {
  readonly cert: string;
  readonly key: string;
  readonly chain?: string;
  readonly replace?: string;
}

type RemoveOptions = JsonOption & ConfirmOption;

export const certsCommand: CommandFactory = (context) =>
  new Command("certs")
    .alias("certificates")
    .description("list certificates, bring one of your own, or remove it")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(importCommand(context))
    .addCommand(removeCommand(context))
    .addHelpText("after", examples("certs", "certs import --cert shop.pem --key shop.key"));

function listCommand(context: CliContext): Command {
  return new Command("ls")
    .description("list certificates, the newest first")
    .option("--json", "print JSON: ListCertificates' Certificates")
    .addHelpText("after", examples("certs ls", "certs ls --json"))
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Certificates: certificates } = await client.call("Slipway.ListCertificates", {});
      if (options.json === true) return printJson(context, certificates);
      if (certificates.length === 0) return context.io.err("No certificates yet.");
      const { Domains: domains } = await client.call("Slipway.ListDomains", {});
      const title = (text: string): string => paint(context.io, "dim", text);
      const lines = renderTable(certificates, [
        { title: title("ID"), cell: ({ CertificateId }) => shortId(CertificateId, certificates) },
        { title: title("ORIGIN"), cell: ({ Origin }) => Origin },
        { title: title("NAMES"), cell: ({ Names }) => Names.join(", ") },
        { title: title("USED BY"), cell: ({ CertificateId }) => usersOf(CertificateId, domains) },
        { title: title("VALIDITY"), cell: (row) => validity(row, context.io.now()) },
        { title: title("ISSUER"), cell: ({ Issuer }) => printable(Issuer) },
      ]);
      for (const line of lines) context.io.out(line);
    });
}

const SHORT_ID = 8;

/** As much of it as no other begins with. */
function shortId(id: string, all: readonly { readonly CertificateId: string }[]): string {
  const others = all.filter(({ CertificateId }) => CertificateId !== id);
  let length = SHORT_ID;
  while (length < id.length && others.some((one) => one.CertificateId.startsWith(id.slice(0, length))))
    length += 1;
  return id.slice(0, length);
}

function usersOf(id: string, domains: readonly KnownDomain[]): string {
  return domains
    .filter(({ Certificate }) => Certificate?.CertificateId === id)
    .map(({ DomainName, ServiceName }) => `${DomainName} (${ServiceName})`)
    .join(", ");
}

/** The start of an id becomes all of it; what begins none is left to the API. */
async function wholeId(client: Client, text: string): Promise<string> {
  const { Certificates: certificates } = await client.call("Slipway.ListCertificates", {});
  const found = certificates.filter(({ CertificateId }) => CertificateId.startsWith(text.toLowerCase()));
  const [only, other] = found;
  if (other !== undefined) {
    throw usageFailure(
      `${found.length} certificates begin with ${text}.`,
      "Write more of the id: `slipway certs`.",
    );
  }
  if (only === undefined)
    throw new CliFailure(`No certificate begins with ${text}.`, { hint: "See `slipway certs`." });
  return only.CertificateId;
}

function importCommand(context: CliContext): Command {
  return new Command("import")
    .description("serve a certificate of your own for the custom domains it covers")
    .requiredOption("--cert <file>", "certificate in PEM; its chain may follow in the same file")
    .requiredOption("--key <file>", "private key in PEM, without a passphrase")
    .option("--chain <file>", "certificates of the issuers in PEM")
    .option("--replace <id>", "an imported certificate that this one replaces, see `slipway certs`")
    .option("--json", "print JSON: the certificate as ListCertificates has it")
    .addHelpText(
      "after",
      examples(
        "certs import --cert fullchain.pem --key privkey.pem",
        "certs import --cert a.pem --key a.key --replace <id>",
      ),
    )
    .action(async (options: ImportOptions, command: Command) => {
      const client = await context.connect(command);
      const { Certificate: certificate } = await client.call("Slipway.ImportCertificate", {
        Certificate: await readFileOf(context.io, "--cert", options.cert),
        PrivateKey: await readFileOf(context.io, "--key", options.key),
        ...(options.chain !== undefined && {
          CertificateChain: await readFileOf(context.io, "--chain", options.chain),
        }),
        ...(options.replace !== undefined && { CertificateId: await wholeId(client, options.replace) }),
      });
      if (options.json === true) return printJson(context, certificate);
      const { Names: names, CertificateId: id } = certificate;
      context.io.err(
        `Imported ${id} for ${names.join(", ")}, ${validity(certificate, context.io.now())}. It is served for custom domains of these names.`,
      );
    });
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("remove an imported certificate")
    .argument("<id>", "see `slipway certs`; the start of it is enough")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON: DeleteCertificate's answer")
    .addHelpText("after", examples("certs rm <id> --yes"))
    .action(async (text: string, options: RemoveOptions, command: Command) => {
      const client = await context.connect(command);
      const id = await wholeId(client, text);
      if (options.yes !== true) {
        await confirmDeletion(context, `the certificate ${id}`, "It is as it was: `slipway certs`.");
      }
      const answer = await client.call("Slipway.DeleteCertificate", { CertificateId: id });
      if (options.json === true) printJson(context, answer);
      else context.io.err(`The certificate ${id} is removed.`);
    });
}
