/**
 * How git reaches one remote: what its processes get in the environment, and files that live as long as the work does.
 * A credential goes to the host it is meant for and to no other. It is in no argument and no address; only an ssh key is
 * in a file, readable by us alone and removed at the end.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { GitCredential } from "../../ports/git-credentials.ts";
import { SourceError } from "../../ports/source-code.ts";
import { gitEnvironment } from "./git-environment.ts";
import { resolveHost, type NetworkRules } from "./network-rules.ts";
import type { Programs } from "./programs.ts";
import type { RepositoryAddress } from "./repository-address.ts";

export interface RemoteAccess extends AsyncDisposable {
  readonly environment: NodeJS.ProcessEnv;
}

export interface AccessContext {
  /** `home/`, `private/` and `known-hosts/` are below it. */
  readonly directory: string;
  readonly programs: Programs;
  readonly rules: NetworkRules;
}

/** Of this process. What else is in `private/` was left by one that was killed. */
const inUse = new Set<string>();

/** Removes the ssh keys that a killed process left on the disk. */
export async function removeForgottenKeys(directory: string): Promise<void> {
  const parent = join(directory, "private");
  for (const name of await readdir(parent).catch(() => [])) {
    if (!inUse.has(join(parent, name))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

export async function openAccess(
  address: RepositoryAddress,
  credential: GitCredential | null,
  context: AccessContext,
): Promise<RemoteAccess> {
  const addresses = await resolveHost(address.host, address.port, context.rules);
  return address.scheme === "ssh"
    ? openSsh({ ...address, address: addresses[0] }, credential, context)
    : openHttp(address, { credential, addresses }, context);
}

/** Whether the credential may be shown to this host. */
export function isMeantFor(credential: GitCredential, address: RepositoryAddress): boolean {
  if (credential.kind === "ssh-key")
    return address.scheme === "ssh" && withPort(credential.host) === `${address.host}:${address.port}`;
  return (
    address.scheme !== "ssh" &&
    URL.canParse(credential.origin) &&
    new URL(credential.origin).origin === address.origin
  );
}

function openHttp(
  address: RepositoryAddress,
  way: { readonly credential: GitCredential | null; readonly addresses: readonly string[] },
  { directory, programs }: AccessContext,
): RemoteAccess {
  // git connects to the addresses that were checked, whatever the name resolves to by then.
  const pin = `${address.host}:${address.port}:${way.addresses.map(bracketed).join(",")}`;
  const settings = {
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    ...(isIP(address.host) === 0 ? { "http.curloptResolve": pin } : {}),
  };
  const variables = {
    GIT_ALLOW_PROTOCOL: address.scheme,
    ...passwordVariables(address, way.credential, programs),
  };
  const environment = gitEnvironment({ home: join(directory, "home"), settings, variables });
  return { environment, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function passwordVariables(
  address: RepositoryAddress,
  credential: GitCredential | null,
  { askpass }: Programs,
): Record<string, string> {
  if (credential?.kind !== "password" || !isMeantFor(credential, address)) return {};
  return {
    GIT_ASKPASS: askpass,
    SLIPWAY_GIT_SCHEME: address.scheme,
    SLIPWAY_GIT_AUTHORITY: address.origin.slice(`${address.scheme}://`.length),
    SLIPWAY_GIT_USERNAME: credential.username,
    SLIPWAY_GIT_PASSWORD: credential.password,
  };
}

async function openSsh(
  remote: { readonly host: string; readonly port: number; readonly address: string } & RepositoryAddress,
  credential: GitCredential | null,
  { directory, programs }: AccessContext,
): Promise<RemoteAccess> {
  if (credential?.kind !== "ssh-key" || !isMeantFor(credential, remote))
    throw new SourceError(
      "unauthorized",
      `${remote.url} needs an ssh key: use a connection with a key for ${remote.host}:${remote.port}.`,
    );
  const parent = join(directory, "private");
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const own = join(parent, `ssh-${randomUUID()}`);
  inUse.add(own);
  const close = async (): Promise<void> => {
    await rm(own, { recursive: true, force: true });
    inUse.delete(own);
  };
  try {
    await mkdir(own, { mode: 0o700 });
    const knownHosts = await writeKnownHosts(own, directory, { ...credential, port: remote.port });
    await writeFile(join(own, "key"), `${credential.privateKey.trim()}\n`, { mode: 0o600, flag: "wx" });
    const isPinned = credential.knownHosts !== null;
    const lines = sshConfiguration({ ...remote, keyFile: join(own, "key"), knownHosts, isPinned });
    await writeFile(join(own, "config"), lines, { mode: 0o600 });
  } catch (error) {
    await close();
    throw error;
  }
  const variables = {
    GIT_ALLOW_PROTOCOL: "ssh",
    GIT_SSH: programs.ssh,
    GIT_SSH_VARIANT: "ssh",
    SLIPWAY_SSH_CONFIGURATION: join(own, "config"),
  };
  return {
    environment: gitEnvironment({ home: join(directory, "home"), variables }),
    [Symbol.asyncDispose]: close,
  };
}

/** Given lines count for this connection alone; what is learnt at first use is kept for each host. */
async function writeKnownHosts(
  own: string,
  directory: string,
  {
    host,
    knownHosts,
    port,
  }: { readonly host: string; readonly knownHosts: string | null; readonly port: number },
): Promise<string> {
  if (knownHosts !== null) {
    await writeFile(join(own, "known_hosts"), `${knownHosts.trim()}\n`, { mode: 0o600 });
    return join(own, "known_hosts");
  }
  await mkdir(join(directory, "known-hosts"), { recursive: true, mode: 0o700 });
  return join(directory, "known-hosts", `${encodeURIComponent(host.replace(/:\d+$/, ""))}_${port}`);
}

function sshConfiguration(options: {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly keyFile: string;
  readonly knownHosts: string;
  readonly isPinned: boolean;
}): string {
  const alias = options.port === 22 ? options.host : `[${options.host}]:${options.port}`;
  return `${[
    "Host *",
    // The address that was checked; the key is looked up under the name.
    `HostName ${options.address}`,
    `HostKeyAlias ${alias}`,
    `IdentityFile ${sshQuoted(options.keyFile)}`,
    "IdentitiesOnly yes",
    "IdentityAgent none",
    `UserKnownHostsFile ${sshQuoted(options.knownHosts)}`,
    "GlobalKnownHostsFile /dev/null",
    `StrictHostKeyChecking ${options.isPinned ? "yes" : "accept-new"}`,
    "UpdateHostKeys no",
    "CheckHostIP no",
    "BatchMode yes",
    "PreferredAuthentications publickey",
    "ForwardAgent no",
    "ForwardX11 no",
    "ClearAllForwardings yes",
    "PermitLocalCommand no",
    "ProxyCommand none",
    "ControlMaster no",
    "ControlPath none",
    "RequestTTY no",
    "ConnectTimeout 20",
    "ServerAliveInterval 15",
    "ServerAliveCountMax 2",
    "LogLevel ERROR",
  ].join("\n")}\n`;
}

/** ssh replaces `%` in paths. */
function sshQuoted(path: string): string {
  return `"${path.replaceAll("%", "%%")}"`;
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:22`;
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
