/** A Git host that is reached over ssh: a real sshd on a loopback port, for the user the tests run as. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../../test/support/free-port.ts";
import { waitFor } from "../../../test/support/wait-for.ts";

const run = promisify(execFile);

export interface SshServer extends AsyncDisposable {
  readonly port: number;
  readonly user: string;
  /** Permitted to log in. */
  readonly privateKey: string;
  /** For a known_hosts file. */
  readonly hostKeyLine: string;
}

/** Files go below the directory. The same directory gives the same user key and, unless it is removed, host key. */
export async function startSshServer(directory: string, hostKeyName = "host"): Promise<SshServer> {
  await mkdir(directory, { recursive: true });
  const hostKey = join(directory, hostKeyName);
  const userKey = join(directory, "user");
  for (const path of [hostKey, userKey]) await makeKey(path);
  const port = await freePort();
  const configuration = join(directory, "sshd_config");
  const lines = [
    `ListenAddress 127.0.0.1:${port}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${userKey}.pub`,
    "PermitRootLogin prohibit-password",
    "StrictModes no",
    "UsePAM no",
    "PidFile none",
  ];
  await writeFile(configuration, `${lines.join("\n")}\n`);
  // Where sshd puts its unprivileged part; Debian's service makes it.
  await mkdir("/run/sshd", { recursive: true });
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", configuration], { stdio: "ignore" });
  await waitFor(() => isListening(port), { what: "sshd" });
  const [type = "", key = ""] = (await readFile(`${hostKey}.pub`, "utf8")).split(" ");
  return {
    port,
    user: userInfo().username,
    privateKey: await readFile(userKey, "utf8"),
    hostKeyLine: `[127.0.0.1]:${port} ${type} ${key}`,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

async function makeKey(path: string): Promise<void> {
  const exists = await readFile(path).then(
    () => true,
    () => false,
  );
  if (!exists) await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).then((isOpen) => {
    socket.destroy();
    return isOpen === true;
  });
}
