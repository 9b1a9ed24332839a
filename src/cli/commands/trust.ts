/** `slipway trust`: lets this machine trust the installation's own authority, or gives its certificate for others. */
import { X509Certificate } from "node:crypto";
import { Command } from "commander";
import type { Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

interface TrustOptions extends JsonOption {
  readonly export?: string;
  readonly remove?: boolean;
}

const PREFIX = "slipway-";
const ID_CHARACTERS = 8;

export const trustCommand: CommandFactory = (context) =>
  new Command("trust")
    .description("let this machine trust the certificates of Slipway's own authority (as root)")
    .option(
      "--export <file>",
      "write the authority's certificate (PEM) to a file instead; - for standard output",
    )
    .option("--remove", "trust it no longer")
    .option("--json", "print JSON: Action, File, Fingerprint; with --export - also Certificate")
    .addHelpText(
      "after",
      examples(
        "trust",
        "trust --export slipway.pem",
        "trust --export - | ssh web1 tee slipway.pem",
        "trust --remove",
      ) + "\n\nIt is trusted for names below the base domain only, whoever has its key.",
    )
    .action(async (options: TrustOptions, command: Command) => {
      if (options.remove === true && options.export !== undefined) {
        throw usageFailure("--remove and --export do not go together.");
      }
      if (options.remove === true) return remove(context, command, options);
      const authority = await authorityOf(await context.connect(command));
      if (options.export !== undefined) await exportTo(context, options.export, { authority, options });
      else await install(context, { authority, options });
    });

interface Authority {
  readonly pem: string;
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  /** As its file is called. */
  readonly name: string;
}

interface Wish {
  readonly authority: Authority;
  readonly options: TrustOptions;
}

/** What is trusted, where, and what people compare, all of the one certificate: whatever else the answer says. */
async function authorityOf(client: Client): Promise<Authority> {
  const { Certificate: text } = await client.call("Slipway.GetLocalAuthority", {});
  const certificate = readAuthority(text);
  const fingerprint = certificate.fingerprint256.replaceAll(":", "").toLowerCase();
  const name = `${PREFIX}${fingerprint.slice(0, ID_CHARACTERS)}`;
  return { pem: certificate.toString(), fingerprint, name };
}

function readAuthority(text: string): X509Certificate {
  const certificate = parseCertificate(text);
  if (certificate?.ca === true) return certificate;
  throw new CliFailure("What Slipway gave is not the certificate of an authority.", {
    hint: "See whether this is Slipway: `slipway doctor`.",
  });
}

function parseCertificate(text: string): X509Certificate | null {
  try {
    return new X509Certificate(text);
  } catch {
    return null;
  }
}

async function exportTo(context: CliContext, file: string, { authority, options }: Wish): Promise<void> {
  const { io } = context;
  const { pem, fingerprint } = authority;
  const result = { Action: "exported", File: file, Fingerprint: fingerprint };
  if (file === "-") {
    if (options.json === true) return printJson(context, { ...result, Certificate: pem });
    return io.out(pem.trimEnd());
  }
  const path = io.resolvePath(file);
  await io.writeFile(path, pem).catch((cause: NodeJS.ErrnoException) => {
    throw usageFailure(`--export: ${file} cannot be written (${cause.code ?? cause.message}).`);
  });
  if (options.json === true) return printJson(context, { ...result, File: path });
  io.out(`${path}: SHA-256 ${forPeople(fingerprint)}`);
}

async function install(context: CliContext, { authority, options }: Wish): Promise<void> {
  const { io } = context;
  const { name, pem, fingerprint } = authority;
  await io.trustStore.install(name, pem);
  const file = io.trustStore.fileOf(name);
  if (options.json === true)
    return printJson(context, { Action: "installed", File: file, Fingerprint: fingerprint });
  io.out(`This machine trusts Slipway's authority now (${file}).`);
  io.out(`SHA-256 ${forPeople(fingerprint)}`);
  for (const line of elsewhere(name, file)) io.err(line);
}

/** Works without a control plane, too: an installation that is gone must not stay trusted. */
async function remove(context: CliContext, command: Command, options: TrustOptions): Promise<void> {
  const { io } = context;
  const name = await nameToRemove(context, command);
  const file = io.trustStore.fileOf(name);
  const action = (await io.trustStore.remove(name)) ? "removed" : "absent";
  if (options.json === true) return printJson(context, { Action: action, File: file });
  if (action === "absent") return io.err(`It was not trusted: there is no ${file}.`);
  io.out(`This machine does not trust Slipway's authority any longer (${file} is gone).`);
  io.err(`Where you gave it to browsers: certutil -d sql:$HOME/.pki/nssdb -D -n ${name}`);
}

async function nameToRemove(context: CliContext, command: Command): Promise<string> {
  const { io } = context;
  try {
    return (await authorityOf(await context.connect(command))).name;
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    const names = await io.trustStore.list(PREFIX);
    const [name, second] = names;
    if (name !== undefined && second === undefined) return name;
    const found = names.length === 0 ? "none is trusted" : `trusted are ${names.join(", ")}`;
    throw new CliFailure(`Which authority is meant cannot be told: Slipway does not answer, and ${found}.`, {
      hint:
        names.length === 0
          ? "There is nothing to do."
          : `Remove one with: sudo rm ${io.trustStore.fileOf(names[0] ?? "")} && sudo update-ca-certificates --fresh`,
      cause: error,
    });
  }
}

/** Programs with a store of their own. */
function elsewhere(name: string, file: string): readonly string[] {
  return [
    "",
    "Browsers and some runtimes have stores of their own:",
    `  Chromium  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n ${name} -i ${file}   (from libnss3-tools)`,
    `  Firefox   Settings → Certificates → Authorities → Import: ${file}`,
    `  Node      NODE_EXTRA_CA_CERTS=${file}, or node --use-system-ca`,
  ];
}

function forPeople(fingerprint: string): string {
  return fingerprint.toUpperCase().match(/../g)?.join(":") ?? fingerprint;
}
