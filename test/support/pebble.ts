/** Pebble: a real ACME authority on free ports of this machine, and a DNS server whose answers a test chooses. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { waitFor } from "./wait-for.ts";

export interface PebbleOptions {
  /** `address:port` of the server that it asks for every name. */
  readonly dnsServer: string;
  /** Where it connects for HTTP-01. */
  readonly httpPort: number;
  /** Accounts must be bound to one of these: id → base64url key. */
  readonly externalAccounts?: Readonly<Record<string, string>>;
  /** Changes that will break clients. */
  readonly isStrict?: boolean;
  /** `PEBBLE_…`; it validates without delay and refuses no nonce unless told. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Pebble {
  readonly directoryUrl: string;
  /** To trust when talking to the directory. */
  readonly caFile: string;
  readonly caPem: string;
  /** Of `caPem`, for what stands before it. */
  readonly keyPem: string;
  /** What certificates of this run chain to. */
  rootPem(): Promise<string>;
  /** It takes connections and says nothing, until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const directory = mkdtempSync(join(tmpdir(), "pebble-"));
  const caFile = await makeCertificate(directory);
  const caPem = readFileSync(caFile, "utf8");
  const keyPem = readFileSync(join(directory, "key.pem"), "utf8");
  const [port, managementPort, tlsPort] = [await freePort(), await freePort(), await freePort()];
  const settings = join(directory, "pebble.json");
  writeFileSync(settings, JSON.stringify(settingsOf(options, { directory, port, managementPort, tlsPort })));
  const child = spawn(
    "pebble",
    ["-config", settings, "-dnsserver", options.dnsServer, `-strict=${options.isStrict === true}`],
    {
      stdio: "ignore",
      env: { PATH: process.env["PATH"], PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0", ...options.env },
    },
  );
  const stop = async () => {
    await end(child);
    rmSync(directory, { recursive: true, force: true });
  };
  const directoryUrl = `https://127.0.0.1:${port}/dir`;
  try {
    await waitFor(() => fetchText(directoryUrl, caPem), { what: "pebble" });
  } catch (error) {
    await stop();
    throw error;
  }
  const rootPem = () => fetchText(`https://127.0.0.1:${managementPort}/roots/0`, caPem);
  const pause = () => void child.kill("SIGSTOP");
  const resume = () => void child.kill("SIGCONT");
  return { directoryUrl, caFile, caPem, keyPem, rootPem, pause, resume, stop };
}

export interface ChallengeDns {
  /** `address:port`. Every name has 127.0.0.1 unless told. */
  readonly address: string;
  setText(name: string, value: string): Promise<void>;
  clearText(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** Pebble's own test server, only its DNS. */
export async function startChallengeDns(): Promise<ChallengeDns> {
  const [dnsPort, managementPort] = [await freePort(), await freePort()];
  const address = `127.0.0.1:${dnsPort}`;
  const management = `http://127.0.0.1:${managementPort}`;
  const child = spawn(
    "pebble-challtestsrv",
    ["-dns01", address, "-management", `127.0.0.1:${managementPort}`, "-defaultIPv6", ""].concat([
      "-http01",
      "",
      "-https01",
      "",
      "-tlsalpn01",
      "",
    ]),
    { stdio: "ignore" },
  );
  const ask = async (path: string, body: object) => {
    const reply = await fetch(management + path, { method: "POST", body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  };
  await waitFor(() => fetch(management), { what: "pebble-challtestsrv" });
  return {
    address,
    setText: (name, value) => ask("/set-txt", { host: `${name}.`, value }),
    clearText: (name) => ask("/clear-txt", { host: `${name}.` }),
    stop: () => end(child),
  };
}

/** Self-signed, so that it is its own root. */
async function makeCertificate(directory: string): Promise<string> {
  const file = join(directory, "cert.pem");
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
  ];
  const names = ["-subj", "/CN=pebble", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  await promisify(execFile)("openssl", [
    ...args,
    ...names,
    "-keyout",
    join(directory, "key.pem"),
    "-out",
    file,
  ]);
  return file;
}

function settingsOf(
  { httpPort, externalAccounts }: PebbleOptions,
  at: {
    readonly directory: string;
    readonly port: number;
    readonly managementPort: number;
    readonly tlsPort: number;
  },
): object {
  return {
    pebble: {
      listenAddress: `127.0.0.1:${at.port}`,
      managementListenAddress: `127.0.0.1:${at.managementPort}`,
      certificate: join(at.directory, "cert.pem"),
      privateKey: join(at.directory, "key.pem"),
      httpPort,
      tlsPort: at.tlsPort,
      externalAccountBindingRequired: externalAccounts !== undefined,
      ...(externalAccounts !== undefined && { externalAccountMACKeys: externalAccounts }),
    },
  };
}

function fetchText(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ca, agent: false, timeout: 5_000 }, (reply) => {
      text(reply).then(resolve, reject);
    });
    request.on("error", reject);
    request.on("timeout", () => request.destroy(new Error("no answer")));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
