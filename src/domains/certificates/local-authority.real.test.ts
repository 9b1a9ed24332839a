// Programs that people have: what they make of the authority, and of a certificate that it had no right to issue.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, get, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeCertificate, type Made } from "./certificate-maker.ts";
import { LocalAuthority } from "./local-authority.ts";

const run = promisify(execFile);
const OWN = "web.us-east-1.apps.example.com";
const FOREIGN = "www.example.org";

let directory: string;
let rootFile: string;
let authority: LocalAuthority;
const servers: Server[] = [];
const ports = new Map<string, number>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-authority-"));
  let kept = "";
  const keeping = {
    load: () => Promise.resolve(null),
    save: (text: string) => Promise.resolve(void (kept = text)),
  };
  authority = await LocalAuthority.open({ domains: ["apps.example.com"], keeping, nowMs: Date.now() });
  rootFile = join(directory, "root.pem");
  await writeFile(rootFile, authority.pem);
  const own = await authority.issue(["*.us-east-1.apps.example.com"], Date.now());
  const foreign = await makeCertificate({
    kind: "server",
    names: [FOREIGN],
    commonName: null,
    issuer: JSON.parse(kept) as Made,
    notBeforeMs: Date.now() - 60_000,
    notAfterMs: Date.now() + 3_600_000,
  });
  await serve(OWN, own.chainPem, own.keyPem);
  await serve(FOREIGN, foreign.certificatePem, foreign.keyPem);
});

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(directory, { recursive: true });
});

async function serve(name: string, cert: string, key: string): Promise<void> {
  const server = createServer({ cert, key }, (_request, response) => response.end("served"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  servers.push(server);
  ports.set(name, (server.address() as AddressInfo).port);
}

async function curl(name: string): Promise<string> {
  const place = `${name}:${ports.get(name)}`;
  const { stdout } = await run("curl", [
    "--silent",
    "--show-error",
    "--max-time",
    "10",
    "--cacert",
    rootFile,
    "--resolve",
    `${place}:127.0.0.1`,
    `https://${place}/`,
  ]);
  return stdout;
}

test("curl trusts it for its own names alone", async () => {
  expect(await curl(OWN)).toBe("served");
  await expect(curl(FOREIGN)).rejects.toThrow(/permitted subtree violation/);
});

function openssl(name: string): Promise<{ readonly stdout: string }> {
  const place = ["-connect", `127.0.0.1:${ports.get(name)}`, "-servername", name, "-verify_hostname", name];
  const running = run(
    "openssl",
    ["s_client", ...place, "-CAfile", rootFile, "-verify_return_error", "-brief"],
    { timeout: 10_000 },
  );
  running.child.stdin?.end();
  return running;
}

test("openssl trusts it for its own names alone", async () => {
  await openssl(OWN);
  await expect(openssl(FOREIGN)).rejects.toThrow(/permitted subtree violation/);
});

function nodeGet(name: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const place = { host: "127.0.0.1", port: ports.get(name), servername: name, headers: { host: name } };
    const request = get({ ...place, ca: authority.pem, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once("error", reject);
  });
}

test("node trusts it for its own names alone", async () => {
  expect(await nodeGet(OWN)).toBe(200);
  await expect(nodeGet(FOREIGN)).rejects.toThrow(/permitted subtree violation/);
});
