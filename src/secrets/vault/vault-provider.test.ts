/** Against a fake Vault: none is installed here. It answers as the documentation of the HTTP API says. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExternalPlace } from "../../domain/secret-reference.ts";
import { withNumbersAsWritten } from "../json-numbers.ts";
import { FakeVault } from "../testing/fake-vault.ts";
import { VaultClient, type VaultClientOptions } from "./vault-client.ts";
import { VaultProvider } from "./vault-provider.ts";
import { type VaultLogin, VaultToken } from "./vault-token.ts";

const run = promisify(execFile);
const TOKEN = "hvs.canary-of-the-token";
const VALUE = "hunter2-canary";

let directory: string;
let vault: FakeVault;
let tokenFile: string;
let nowMs: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "slipway-vault-"));
  tokenFile = join(directory, "token");
  writeFileSync(tokenFile, `${TOKEN}\n`);
  vault = await FakeVault.start();
  vault.tokens.set(TOKEN, { ttl: 0, renewable: false });
  vault.put("secret/shop/db", { password: VALUE, port: 5432 });
  nowMs = 0;
});
afterEach(async () => {
  await vault.stop();
  rmSync(directory, { recursive: true });
});

function build(
  options: Partial<VaultClientOptions> = {},
  login: VaultLogin = { kind: "token", file: tokenFile },
) {
  const address = `http://127.0.0.1:${vault.port}`;
  const client = new VaultClient({ address, namespace: null, ca: null, deadlineMs: 5_000, ...options });
  const token = new VaultToken(client, login, { now: () => nowMs });
  return { token, provider: new VaultProvider(client, token) };
}

const place = (change: Partial<ExternalPlace> = {}): ExternalPlace => ({
  mount: "secret",
  path: "shop/db",
  key: "password",
  version: undefined,
  ...change,
});

/** Tells nothing that it must not. */
async function problemOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown as Error,
  );
  expect(error?.name).toBe("SecretUnavailable");
  const told = `${error?.message} ${String(error?.cause)} ${error?.stack}`;
  expect(told).not.toContain(TOKEN);
  expect(told).not.toContain(VALUE);
  return error?.message ?? "";
}

describe("a value", () => {
  it("is of the version that was found, also after newer ones", async () => {
    const { provider } = build();
    const first = await provider.resolve(place());
    expect(first).toEqual({ versionId: "1", createdAtMs: Date.parse("2026-05-01T12:00:00.123Z") });
    vault.put("secret/shop/db", { password: "newer" });
    expect(await provider.read(place(), first)).toBe(VALUE);
    const second = await provider.resolve(place());
    expect(await provider.read(place(), second)).toBe("newer");
    expect((await provider.resolve(place({ version: "1" }))).versionId).toBe("1");
  });

  it("is a member, or all of them as JSON", async () => {
    const { provider } = build();
    const version = await provider.resolve(place());
    expect(await provider.read(place({ key: "port" }), version)).toBe("5432");
    expect(JSON.parse(await provider.read(place({ key: undefined }), version))).toEqual({
      password: VALUE,
      port: 5432,
    });
    const numbers = '{"number":12345678901234567890,"share":0.5}';
    vault.put("secret/shop/account", JSON.parse(numbers, withNumbersAsWritten) as object);
    const account = place({ path: "shop/account", key: undefined });
    expect(await provider.read(account, await provider.resolve(account))).toBe(numbers);
    expect(await problemOf(provider.read(place({ key: "nosuch" }), version))).toContain(
      'has no key "nosuch"',
    );
  });

  it("is not one of a place that was deleted and made anew, nor a deleted one", async () => {
    const { provider } = build();
    const version = await provider.resolve(place());
    vault.deleteVersion("secret/shop/db", 1);
    expect(await problemOf(provider.read(place(), version))).toContain(
      "was deleted in version 1: undelete it",
    );
    vault.drop("secret/shop/db");
    expect(await problemOf(provider.read(place(), version))).toContain("has nothing at this path");
    vault.put("secret/shop/db", { password: "another" }, "2026-07-01T00:00:00Z");
    expect(await problemOf(provider.read(place(), version))).toContain("made anew: deploy again");
  });
});

describe("what Vault refuses is told clearly", () => {
  it.each([
    [{ path: "nosuch" }, "has nothing at this path"],
    [{ mount: "forbidden" }, "refuses the read: its token has no policy for this path"],
    [{ mount: "old" }, "only KV version 2"],
  ])("%j", async (change, problem) => {
    expect(await problemOf(build().provider.resolve(place(change)))).toContain(problem);
  });

  it("sealed, of another namespace, silent or away", async () => {
    const { provider } = build();
    vault.isSealed = true;
    expect(await problemOf(provider.resolve(place()))).toContain("is sealed");
    vault.isSealed = false;
    vault.namespace = "team";
    expect(await problemOf(provider.resolve(place()))).toContain("has nothing at this path");
    expect((await build({ namespace: "team" }).provider.resolve(place())).versionId).toBe("1");
    vault.namespace = null;
    vault.isSilent = true;
    const { provider: hasty } = build({ deadlineMs: 300 });
    expect(await problemOf(hasty.resolve(place()))).toContain("does not answer in time");
    const { provider: nobody } = build({ address: "http://127.0.0.1:1" });
    expect(await problemOf(nobody.resolve(place()))).toContain("cannot be reached");
  });

  it("a credential that is not there", async () => {
    const { provider } = build({}, { kind: "token", file: "/nonexistent" });
    expect(await problemOf(provider.resolve(place()))).toContain("/nonexistent cannot be read (ENOENT)");
  });
});

describe("a server that is no Vault", () => {
  const metadata = { version: 1, created_time: "2026-05-01T12:00:00Z" };
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    "sends without end": (response) => {
      const more = () => response.write("x".repeat(65_536), (error) => error ?? more());
      more();
    },
    "sends drop by drop": (response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(timer));
    },
    "leads elsewhere": (response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${vault.port}/v1/secret/data/shop/db` }).end();
    },
    "breaks off": (response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      response.destroy();
    },
    "nests without end": (response) => {
      const deep = "[".repeat(100_000) + "]".repeat(100_000);
      response.end(`{"data":{"data":{"password":${deep}},"metadata":${JSON.stringify(metadata)}}}`);
    },
    "says nothing that is meant": (response) => {
      response.end('{"data":{"data":["x"],"metadata":{"version":1,"created_time":{"toString":1}}}}');
    },
  };

  it.each(Object.keys(answers))("and %s gives no value, and no other error than that", async (kind) => {
    const server = createServer((request, response) => {
      if (request.url?.endsWith("lookup-self") === true) response.end('{"data":{"ttl":{"valueOf":1}}}');
      else answers[kind]?.(response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { provider } = build({ address, deadlineMs: 500 });
    const read = async () => provider.read(place(), await provider.resolve(place()));
    try {
      await problemOf(read());
      expect(vault.calls).toEqual([]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

it("its certificate must be trusted, by an authority that is named", async () => {
  const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
  const subject = ["-subj", "/CN=vault", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = [
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    key,
    "-out",
    cert,
  ];
  await run("openssl", ["req", "-x509", "-days", "2", ...made, ...subject]);
  const pem = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  const secure = await FakeVault.start(pem);
  try {
    secure.tokens.set(TOKEN, { ttl: 0, renewable: false });
    secure.put("secret/shop/db", { password: VALUE });
    const address = `https://127.0.0.1:${secure.port}`;
    expect(await problemOf(build({ address }).provider.resolve(place()))).toContain(
      "a certificate that is not trusted",
    );
    expect((await build({ address, ca: pem.cert }).provider.resolve(place())).versionId).toBe("1");
  } finally {
    await secure.stop();
  }
});

describe("a token", () => {
  it("is read again from its file when Vault refuses it", async () => {
    const { provider } = build();
    await provider.resolve(place());
    vault.tokens.delete(TOKEN);
    expect(await problemOf(provider.resolve(place()))).toContain("refuses the read");
    vault.tokens.set("hvs.next", { ttl: 0, renewable: false });
    writeFileSync(tokenFile, "hvs.next");
    expect((await provider.resolve(place())).versionId).toBe("1");
  });

  it("comes from AppRole, is renewed when two thirds of its time are over, and fetched anew at its end", async () => {
    const secretIdFile = join(directory, "secret-id");
    writeFileSync(secretIdFile, "secret\n");
    const { provider, token } = build(
      {},
      { kind: "approle", mount: "approle", roleId: "role", secretIdFile },
    );
    await provider.resolve(place());
    const count = (path: string) => vault.calls.filter((call) => call.endsWith(path)).length;
    await token.renewWhenDue();
    expect(count("renew-self")).toBe(0);
    nowMs = 2_500_000;
    await token.renewWhenDue();
    await token.renewWhenDue();
    expect(count("renew-self")).toBe(1);
    vault.tokens.clear();
    expect((await provider.resolve(place())).versionId).toBe("1");
    expect(count("login")).toBe(2);
    writeFileSync(secretIdFile, "wrong");
    vault.tokens.clear();
    expect(await problemOf(provider.resolve(place()))).toContain("answers with an error");
  });

  it("is not fetched anew for what its policies do not allow", async () => {
    const secretIdFile = join(directory, "secret-id");
    writeFileSync(secretIdFile, "secret\n");
    const { provider } = build({}, { kind: "approle", mount: "approle", roleId: "role", secretIdFile });
    for (const path of ["a", "b", "c"]) {
      const call = provider.resolve(place({ mount: "forbidden", path }));
      expect(await problemOf(call)).toContain("has no policy for this path");
    }
    expect(vault.calls.filter((call) => call.endsWith("login"))).toHaveLength(1);
  });

  it("is renewed from a file too", async () => {
    vault.tokens.set(TOKEN, { ttl: 60, renewable: true });
    const { token } = build();
    await token.renewWhenDue();
    nowMs = 41_000;
    await token.renewWhenDue();
    expect(vault.calls).toContain("POST /v1/auth/token/renew-self");
  });
});
