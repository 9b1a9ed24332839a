/** The store of authorities that the programs of this machine trust, where Debian and Ubuntu keep it. Changing it needs root. */
import { execFile } from "node:child_process";
import { access, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CliFailure } from "./failure.ts";

export interface TrustStore {
  /** Where an authority of this name is, or would be. */
  fileOf(name: string): string;
  /** Names of what begins with this. */
  list(prefix: string): Promise<readonly string[]>;
  /** Throws CliFailure that says how to do it by hand, for instance as root. */
  install(name: string, pem: string): Promise<void>;
  /** False when it is not there. */
  remove(name: string): Promise<boolean>;
}

export interface TrustStorePlace {
  /** Of local authorities: `*.crt`. */
  readonly directory: string;
  /** Makes the store of it. */
  readonly program: string;
  readonly arguments: readonly string[];
}

export const debianTrustStore: TrustStorePlace = {
  directory: "/usr/local/share/ca-certificates",
  program: "/usr/sbin/update-ca-certificates",
  arguments: [],
};

const run = promisify(execFile);
const DEADLINE_MS = 120_000;
const EXPORT = "slipway trust --export";

export function systemTrustStore(place: TrustStorePlace): TrustStore {
  const fileOf = (name: string) => join(place.directory, `${name}.crt`);
  return {
    fileOf,
    async list(prefix) {
      const files = await readdir(place.directory).catch(() => []);
      return files
        .filter((file) => file.startsWith(prefix) && file.endsWith(".crt"))
        .map((file) => file.slice(0, -4));
    },
    async install(name, pem) {
      await assertThere(place);
      const file = fileOf(name);
      try {
        // Whole before it has its name: a run of the program at this moment sees all of it or nothing.
        await writeFile(`${file}.new`, pem, { mode: 0o644 });
        await rename(`${file}.new`, file);
      } catch (cause) {
        const byHand = `${EXPORT} - | sudo tee ${file} > /dev/null && sudo ${place.program}`;
        throw notAllowed(`${file} cannot be written`, byHand, cause);
      }
      await update(place, name);
    },
    async remove(name) {
      const file = fileOf(name);
      try {
        await rm(file);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
        throw notAllowed(
          `${file} cannot be removed`,
          `sudo rm ${file} && sudo ${place.program} --fresh`,
          cause,
        );
      }
      await update(place, name);
      return true;
    },
  };
}

async function assertThere({ program, directory }: TrustStorePlace): Promise<void> {
  for (const path of [program, directory]) {
    await access(path).catch((cause: unknown) => {
      throw new CliFailure(
        `This system's store of authorities is not where Debian keeps it: there is no ${path}.`,
        {
          hint: `On Debian or Ubuntu: sudo apt install ca-certificates. Elsewhere: \`${EXPORT} slipway.pem\`, and import that file.`,
          cause,
        },
      );
    });
  }
}

async function update({ program, arguments: given }: TrustStorePlace, name: string): Promise<void> {
  try {
    // Fresh, or links to what was removed stay.
    await run(program, [...given, "--fresh"], { timeout: DEADLINE_MS });
  } catch (cause) {
    const { stderr = "" } = cause as { readonly stderr?: string };
    throw new CliFailure(`${program} failed; ${name} may be trusted or not.`, {
      details: stderr.trim().split("\n").slice(-5),
      hint: `Run \`sudo ${program}\` and see what it says.`,
      cause,
    });
  }
}

function notAllowed(problem: string, byHand: string, cause: unknown): CliFailure {
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown error";
  const why = code === "EACCES" || code === "EPERM" ? "that takes root" : code;
  return new CliFailure(`${problem}: ${why}.`, { hint: `Do it with: ${byHand}`, cause });
}
