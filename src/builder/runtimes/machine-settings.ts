/**
 * What this machine needs to reach the world: certificates of its own, npm's and pip's registries. The base images get
 * the same, since what runs in them leaves through the same network. Credentials stay behind.
 */
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import type { MachineSettings } from "./base-dockerfile.ts";

const run = promisify(execFile);
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
/** What Debian and its kin ship; a bundle in use is made of these and of the machine's own. */
const DISTRIBUTED = "/usr/share/ca-certificates/**/*.crt";
const NPM_DEADLINE_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

export async function readMachineSettings(environment: Environment): Promise<MachineSettings> {
  return {
    certificates: await readCertificates(environment),
    npmRegistry: withoutCredentials(await npmRegistry(environment)),
    pipIndex: withoutCredentials(environment["PIP_INDEX_URL"]),
  };
}

async function readCertificates(environment: Environment): Promise<readonly string[]> {
  const paths = [environment["NODE_EXTRA_CA_CERTS"], environment["SSL_CERT_FILE"]];
  const bundles = await Promise.all(
    [...new Set(paths)].filter((path) => path !== undefined && path !== "").map(readBundle),
  );
  if (bundles.length === 0) return [];
  return unknownCertificates(bundles.join("\n"), [...rootCertificates, ...(await distributedCertificates())]);
}

async function distributedCertificates(): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const path of glob(DISTRIBUTED)) texts.push(await readBundle(path));
  return texts;
}

/** A file that is not there is the shell's stale setting; programs of this machine ignore it as well. */
async function readBundle(path: string | undefined): Promise<string> {
  try {
    return await readFile(path ?? "", "latin1");
  } catch {
    return "";
  }
}

/** A machine's bundle holds the public roots too: only what is not among them is carried over. */
export function unknownCertificates(bundle: string, publicRoots: readonly string[]): readonly string[] {
  const known = new Set(publicRoots.map(fingerprint));
  const unknown = new Map<string, string>();
  for (const [pem] of bundle.matchAll(CERTIFICATE)) {
    const print = fingerprint(pem);
    if (print !== null && !known.has(print)) unknown.set(print, `${pem}\n`);
  }
  return [...unknown].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pem]) => pem);
}

function fingerprint(pem: string): string | null {
  try {
    return new X509Certificate(pem).fingerprint256;
  } catch {
    return null;
  }
}

/** Asked at the root of the file system, where no project's settings interfere. */
async function npmRegistry(environment: Environment): Promise<string | undefined> {
  const options = { cwd: "/", env: environment, timeout: NPM_DEADLINE_MS };
  try {
    return (await run("npm", ["config", "get", "registry"], options)).stdout.trim();
  } catch {
    return undefined; // no npm here: the images' own default stays
  }
}

function withoutCredentials(url: string | undefined): string | null {
  if (url === undefined || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  return parsed.username === "" && parsed.password === "" ? parsed.href : null;
}
