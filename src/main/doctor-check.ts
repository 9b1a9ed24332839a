/** What the doctor says, and how it looks: programs and the engine are asked, nothing is changed. */
import { execFile } from "node:child_process";
import { request } from "node:http";
import { promisify } from "node:util";

export interface DoctorCheck {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  readonly detail: string;
  /** What to do; absent when all is well. */
  readonly remedy?: string;
}

export const GIB = 1024 ** 3;
/** An image and its logs fit in this; below it builds and pulls start to fail. */
export const FREE_WARNING_BYTES = 5 * GIB;
const COMMAND_TIMEOUT_MS = 5_000;

const run = promisify(execFile);

export const ok = (name: string, detail: string): DoctorCheck => ({ name, status: "ok", detail });
export const warning = (name: string, detail: string, remedy: string): DoctorCheck => ({
  name,
  status: "warning",
  detail,
  remedy,
});
export const failed = (name: string, detail: string, remedy: string): DoctorCheck => ({
  name,
  status: "failed",
  detail,
  remedy,
});

export type NamedCheck = readonly [name: string, check: () => Promise<DoctorCheck>];

/** A check that breaks has failed. */
export function runChecks(checks: readonly NamedCheck[]): Promise<readonly DoctorCheck[]> {
  return Promise.all(
    checks.map(([name, check]) =>
      check().catch((error: unknown) => failed(name, String(error), "See the detail.")),
    ),
  );
}

/**
 * All of them, or those of the names. `further` are looks that tell only afterwards which names they have: they are not taken when
 * everything that was named is among the checks.
 */
export async function findingsOf(
  checks: readonly NamedCheck[],
  further: readonly (() => Promise<readonly DoctorCheck[]>)[],
  names: ReadonlySet<string> | null,
): Promise<readonly DoctorCheck[]> {
  const isWanted = (name: string) => names === null || names.has(name);
  const wanted = checks.filter(([name]) => isWanted(name));
  const isComplete = names !== null && wanted.length === names.size;
  const [found, more] = await Promise.all([
    runChecks(wanted),
    Promise.all(isComplete ? [] : further.map((look) => look())),
  ]);
  return [...found, ...more.flat().filter(({ name }) => isWanted(name))];
}

/** Standard output. Throws what execFile throws: code "ENOENT" for a program that is not there. */
export async function outputOf(
  program: string,
  args: readonly string[],
  path = process.env["PATH"],
): Promise<string> {
  const environment = { ...process.env, PATH: path };
  const { stdout } = await run(program, [...args], { timeout: COMMAND_TIMEOUT_MS, env: environment });
  return stdout;
}

/** Whether it can be started, however it ends. */
export async function isInstalled(program: string, path = process.env["PATH"]): Promise<boolean> {
  try {
    await outputOf(program, ["--version"], path);
    return true;
  } catch (error) {
    return !["ENOENT", "EACCES"].includes(String((error as NodeJS.ErrnoException).code));
  }
}

/** Compares dotted numbers; what follows them does not count. */
export function isOlder(version: string, minimum: string): boolean {
  const [ours, wanted] = [numbersOf(version), numbersOf(minimum)];
  const different = wanted.findIndex((number, index) => number !== (ours[index] ?? 0));
  return different !== -1 && (ours[different] ?? 0) < (wanted[different] ?? 0);
}

function numbersOf(version: string): readonly number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? "0").split(".").map(Number);
}

/** One call to the engine's API. */
export function engineGet(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(COMMAND_TIMEOUT_MS);
    const call = request({ socketPath, path, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        } catch (error) {
          reject(new Error("the engine's answer is not JSON", { cause: error }));
        }
      });
    });
    call.on("error", reject);
    call.end();
  });
}
