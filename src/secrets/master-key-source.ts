/**
 * A master key from the environment or from a command (age, a KMS client, tpm2_unseal): what it prints is the key. Nothing of its
 * output reaches an error or a log.
 */
import { execFile } from "node:child_process";
import { SealBroken } from "../ports/vault.ts";
import { parseMasterKey } from "./master-key.ts";

const DEADLINE_MS = 30_000;
const OUTPUT_BYTES_MAX = 4096;

export interface MasterKeySource {
  readonly origin: "environment" | "command";
  /** Throws SealBroken. */
  read(): Promise<Buffer>;
}

export function keyFromText(text: string, variable: string): MasterKeySource {
  return { origin: "environment", read: async () => parseMasterKey(Buffer.from(text), variable) };
}

export function keyFromCommand(
  command: readonly string[],
  setting: string,
  deadlineMs = DEADLINE_MS,
): MasterKeySource {
  return {
    origin: "command",
    read: async () => parseMasterKey(await outputOf(command, setting, deadlineMs), `what ${setting} prints`),
  };
}

function outputOf(command: readonly string[], setting: string, deadlineMs: number): Promise<Buffer> {
  const [program = "", ...args] = command;
  const limits = { timeout: deadlineMs, killSignal: "SIGKILL", maxBuffer: OUTPUT_BYTES_MAX } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { ...limits, encoding: "buffer" }, (error, stdout) => {
      if (error === null) return resolve(stdout);
      // The error itself quotes what the program wrote, and is no cause of ours.
      reject(new SealBroken(`${setting} (${program}) gives no master key: ${problemOf(error, deadlineMs)}`));
    });
    child.stdin?.end();
  });
}

function problemOf(
  { code, killed }: { readonly code?: string | number | null; readonly killed?: boolean },
  deadlineMs: number,
): string {
  if (code === "ENOENT") return "there is no such program";
  if (code === "EACCES") return "it may not be run";
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return "it prints more than a key";
  if (killed === true) return `it did not end within ${deadlineMs / 1000} seconds`;
  return `it ended with ${code ?? "a signal"}; run it by hand to see why`;
}
