/** Names the process that listens on a TCP port, from /proc. Other users' processes are only visible to root. */
import { readdir, readFile, readlink } from "node:fs/promises";

const LISTEN = "0A";

/** For example `nginx (pid 812)`; null when it cannot be found. */
export async function describePortHolder(port: number): Promise<string | null> {
  const sockets = await listenersOf(port);
  if (sockets.size === 0) return null;
  const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    if (!(await holdsSocket(pid, sockets))) continue;
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "a process");
    return `${name.trim()} (pid ${pid})`;
  }
  return null;
}

/** Whether a process listens there; true also where its descriptors are not to be seen. */
export async function isHolding(pid: number, port: number): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return descriptors.length === 0 || holdsSocket(String(pid), await listenersOf(port));
}

async function listenersOf(port: number): Promise<ReadonlySet<string>> {
  return new Set([...(await listeningInodes("tcp", port)), ...(await listeningInodes("tcp6", port))]);
}

async function listeningInodes(table: string, port: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/net/${table}`, "utf8").catch(() => "");
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  return rows
    .filter((row) => row[1]?.endsWith(suffix) === true && row[3] === LISTEN)
    .map((row) => `socket:[${row[9]}]`);
}

async function holdsSocket(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => "");
    if (sockets.has(target)) return true;
  }
  return false;
}
