/**
 * Asks the operator's own program or service about an image before it goes live: a scanner for known weaknesses, a list of
 * what is allowed. It gets a question as JSON and allows or refuses with a reason.
 */
import { spawn } from "node:child_process";
import { formatImageReference } from "../domain/image-reference.ts";
import { orAborted } from "../domain/or-aborted.ts";
import { type ReleaseCandidate, ReleaseRefused } from "../ports/release-gate.ts";
import { boundedBytes } from "./bounded-bytes.ts";

export interface ReportSettings {
  readonly ask: { readonly command: readonly string[] } | { readonly url: string };
  readonly deadlineMs: number;
  /** Whether an image is let in about which nothing could be learnt. */
  readonly isOpenOnFailure: boolean;
  /** Told of a failure that let an image in. */
  readonly report: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

export interface ReportSubject {
  readonly candidate: ReleaseCandidate;
  /** CycloneDX as JSON text; null when it could not be made. */
  readonly bill: string | null;
}

type Verdict = { readonly isAllowed: true } | { readonly isAllowed: false; readonly reason: string };

const ALLOWED: Verdict = { isAllowed: true };
/** The exit code that refuses; any other but 0 is a failure of the program itself. */
const REFUSED_EXIT_CODE = 1;
const ANSWER_MAX_BYTES = 64 * 1_024;
const REASON_MAX_CHARACTERS = 500;

/** Throws ReleaseRefused. */
export async function askForReport(
  subject: ReportSubject,
  settings: ReportSettings,
  signal: AbortSignal,
): Promise<"allowed" | "unanswered"> {
  const verdict = await verdictOf(subject, settings, signal);
  if (verdict === "unanswered") return verdict;
  if (verdict.isAllowed) return "allowed";
  throw new ReleaseRefused(`The check of images refused it: ${verdict.reason}`);
}

async function verdictOf(
  subject: ReportSubject,
  { ask, deadlineMs, isOpenOnFailure, report }: ReportSettings,
  signal: AbortSignal,
): Promise<Verdict | "unanswered"> {
  const question = JSON.stringify(questionOf(subject));
  const within = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  try {
    return "url" in ask
      ? await askUrl(ask.url, question, within)
      : await askCommand(ask.command, question, within);
  } catch (error) {
    signal.throwIfAborted();
    const problem = within.aborted ? `no answer within ${deadlineMs / 1_000} s` : messageOf(error);
    report("image-report-failed", {
      service: subject.candidate.serviceName,
      problem,
      isAdmitted: isOpenOnFailure,
    });
    if (isOpenOnFailure) return "unanswered";
    throw new ReleaseRefused(
      `The check of images failed (${problem}), and without it nothing is deployed (setting imageCheckOnFailure)`,
    );
  }
}

function questionOf({ candidate, bill }: ReportSubject) {
  const { serviceName, serviceArn, image, digest, imageId } = candidate;
  const sbom = bill === null ? null : (JSON.parse(bill) as unknown);
  const named =
    image === null || digest === null
      ? {}
      : { Image: formatImageReference({ registry: image.registry, repository: image.repository, digest }) };
  return {
    ServiceName: serviceName,
    ServiceArn: serviceArn,
    ...named,
    ImageDigest: digest,
    ImageId: imageId,
    Sbom: sbom,
  };
}

async function askUrl(url: string, question: string, signal: AbortSignal): Promise<Verdict> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: question, redirect: "error", signal });
  if (!answer.ok) throw new Error(`it answered with status ${answer.status}`);
  const text = (await boundedBytes(answer.body, ANSWER_MAX_BYTES)).toString("utf8");
  const { Allow: allow, Reason: reason } = JSON.parse(text) as {
    readonly Allow?: unknown;
    readonly Reason?: unknown;
  };
  if (allow === true) return ALLOWED;
  if (allow !== false) throw new Error('its answer has no "Allow" of true or false');
  return { isAllowed: false, reason: lineOf(typeof reason === "string" ? reason : "") };
}

async function askCommand(
  [program = "", ...args]: readonly string[],
  question: string,
  signal: AbortSignal,
): Promise<Verdict> {
  signal.throwIfAborted();
  // A group of its own, so that what it started ends with it.
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "ignore"],
    env: environmentOf(process.env),
    detached: true,
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  child.stdin.on("error", () => undefined); // one that ends without reading: its exit code tells
  child.stdin.end(question);
  const answer = Promise.all([ended, boundedBytes(child.stdout, ANSWER_MAX_BYTES)]);
  const [exitCode, output] = await orAborted(answer, signal).finally(() => killGroup(child.pid));
  if (exitCode === 0) return ALLOWED;
  if (exitCode !== REFUSED_EXIT_CODE) throw new Error(`${program} ended with exit code ${exitCode}`);
  const lines = output.toString("utf8").trim().split("\n");
  return { isAllowed: false, reason: lineOf(lines[0] ?? "") };
}

/** Settings are not its business, and the master key may be one. */
function environmentOf(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith("SLIPWAY_")));
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

/** One short line for people, whatever came. */
function lineOf(text: string): string {
  const line = text
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, REASON_MAX_CHARACTERS);
  return line === "" ? "it gave no reason" : line;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
