/**
 * Brings the certificates of a running HAProxy to what is on disk, without a reload: new handshakes get the new ones, running
 * connections go on. Adding one costs two commands of about 1 ms, however many there are.
 */
import { basename } from "node:path";
import type { CertificateFiles } from "./certificate-files.ts";
import { formatEntry, loadedCommands, parseLoaded } from "./certificate-list.ts";
import { type CertificateAddition, type CertificatePlan, planCertificates } from "./certificate-plan.ts";
import { execute, repeat } from "./convergence.ts";
import type { EdgeLayout } from "./layout.ts";
import { runCommand, runCommands, splitReplies } from "./runtime-socket.ts";
import type { PlannedCommand } from "./slot-plan.ts";

/** What HAProxy says of a certificate, rather than of its own state. */
const REFUSAL = /unable to load|can't load the payload|inconsistencies|no private key/i;

export interface CertificateConvergence {
  readonly layout: EdgeLayout;
  readonly files: CertificateFiles;
}

/** A certificate that HAProxy refuses is given up: it would not start with it either. */
export async function convergeCertificates(
  options: CertificateConvergence,
  signal: AbortSignal,
): Promise<void> {
  const { layout, files } = options;
  await repeat(signal, async () => {
    const replies = await runCommands(layout.runtimeSocket, loadedCommands(layout), signal);
    const plan = planCertificates(files.names, parseLoaded(layout, replies));
    if (plan.abandoned !== null) await abort(layout, plan.abandoned, signal);
    for (const addition of plan.added) {
      const problem = await add(options, addition, signal);
      if (problem !== null) return problem;
    }
    return execute(layout, removals(layout, plan), signal);
  });
}

/** Names lead to the certificate afterwards. The first problem, or null when all went well. */
async function add(
  { layout, files }: CertificateConvergence,
  { path, names, state }: CertificateAddition,
  signal: AbortSignal,
): Promise<string | null> {
  const entry = `add ssl crt-list ${layout.certificateList} <<\n${formatEntry(path, names)}\n`;
  if (state === "loaded") return command(layout, entry, signal);
  const [id = ""] = basename(path).split("-");
  const file = await files.read(id);
  if (file === null) return `${path} is gone`;
  const problem =
    (await upload(layout, { path, pem: file.pem, isNew: state === "nothing" }, signal)) ??
    (await command(layout, `commit ssl cert ${path}`, signal)) ??
    (await command(layout, entry, signal));
  if (problem !== null && REFUSAL.test(problem)) await files.giveUp(id, `is refused by HAProxy: ${problem}`);
  return problem;
}

/** A transaction with the certificate is open afterwards. HAProxy has one at most and takes what comes for that one. */
async function upload(
  layout: EdgeLayout,
  { path, pem, isNew }: { readonly path: string; readonly pem: string; readonly isNew: boolean },
  signal: AbortSignal,
): Promise<string | null> {
  const text = `${isNew ? `new ssl cert ${path};` : ""}set ssl cert ${path} <<\n${pem}`;
  const replies = splitReplies(await runCommand(layout.runtimeSocket, text, signal));
  const last = lineOf(replies.at(-1) ?? "");
  if (last === `Transaction created for certificate ${path}!`) return null;
  await abort(layout, path, signal);
  return last;
}

async function abort(layout: EdgeLayout, path: string, signal: AbortSignal): Promise<void> {
  await runCommand(layout.runtimeSocket, `abort ssl cert ${path}`, signal);
}

async function command(layout: EdgeLayout, text: string, signal: AbortSignal): Promise<string | null> {
  const reply = lineOf(await runCommand(layout.runtimeSocket, text, signal));
  return reply.endsWith("Success!") ? null : reply;
}

function removals(layout: EdgeLayout, { removedEntries, removedPaths }: CertificatePlan): PlannedCommand[] {
  return [
    ...removedEntries.map(({ path, line }) => ({
      text: `del ssl crt-list ${layout.certificateList} ${path}:${line}`,
      expected: "Entry ",
    })),
    ...removedPaths.map((path) => ({ text: `del ssl cert ${path}`, expected: "Certificate " })),
  ];
}

function lineOf(reply: string): string {
  return reply.trim().replaceAll(/\s*\n\s*/g, " ");
}
