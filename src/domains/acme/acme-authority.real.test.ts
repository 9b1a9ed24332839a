/** Against Pebble, a real ACME authority that looks for the proofs itself. */
import { execFile } from "node:child_process";
import { generateKeyPairSync, X509Certificate, createPrivateKey } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type ChallengeDns,
  type Pebble,
  type PebbleOptions,
  startChallengeDns,
  startPebble,
} from "../../../test/support/pebble.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { CertificateAuthority, NameChallenge, OrderState } from "../../ports/certificate-authority.ts";
import { Installation } from "./testing/client.ts";

let signal: AbortSignal;
const answers = new Map<string, string>();
/** Proofs are shown when this is over. */
let answering: Promise<void>;
let http: Server;
let dns: ChallengeDns;
let pebble: Pebble | null = null;

beforeAll(async () => {
  dns = await startChallengeDns();
  http = createServer((request, reply) => {
    const answer = answers.get(request.url?.split("/").at(-1) ?? "");
    void answering.then(() => reply.writeHead(answer === undefined ? 404 : 200).end(answer));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
});

beforeEach(() => {
  signal = AbortSignal.timeout(60_000);
  answering = Promise.resolve();
});

afterEach(async () => {
  await pebble?.stop();
  pebble = null;
  answers.clear();
});

afterAll(async () => {
  await dns.stop();
  await new Promise((resolve) => http.close(resolve));
});

describe("a certificate", () => {
  it("comes by HTTP-01, each step by a client that knows only the order, half of the nonces refused", async () => {
    const authority = await start({ isStrict: true, env: { PEBBLE_WFE_NONCEREJECT: "50" } });
    const names = ["shop.example.com", "www.shop.example.com"];
    const { chainPem, keyPem } = await issue(authority, names, proveByHttp);
    await expectCertified(chainPem, names, keyPem);
  });

  it("comes by DNS-01 for a wildcard beside its domain", async () => {
    const authority = await start();
    const names = ["example.com", "*.example.com"];
    const { chainPem, keyPem } = await issue(authority, names, proveByDns);
    await expectCertified(chainPem, names, keyPem);
  });

  it("comes though two of three nonces are refused", async () => {
    const authority = await start({ env: { PEBBLE_WFE_NONCEREJECT: "66" } });
    const { chainPem } = await issue(authority, ["shop.example.com"], proveByHttp);
    expect(certificates(chainPem)).toHaveLength(2);
  });

  it("comes from an authority that takes its time, and says that it is looking", async () => {
    const authority = await start({ env: { PEBBLE_VA_NOSLEEP: "0", PEBBLE_VA_SLEEPTIME: "1" } });
    const { orderUrl } = await authority().placeOrder(
      { names: ["slow.example.com"], replacedPem: null },
      signal,
    );
    const [challenge] = (await authority().readOrder(orderUrl, signal)).challenges;
    expect(challenge).toMatchObject({ isAccepted: false });
    const held = Promise.withResolvers<void>();
    answering = held.promise;
    const client = authority();
    await proveByHttp(challenge!, client);
    const looking = { status: "pending", challenges: [{ isAccepted: true }] };
    expect(await client.readOrder(orderUrl, signal)).toMatchObject(looking);
    // Pebble does not say that it looks: who was started anew asks once more.
    await authority().acceptChallenge(challenge!.http!.url, signal);
    held.resolve();
    await reach(authority, orderUrl, "ready");
  });

  it("has its chain from leaf to the last intermediate", async () => {
    const authority = await start({ env: { PEBBLE_CHAIN_LENGTH: "3" } });
    const { chainPem } = await issue(authority, ["shop.example.com"], proveByHttp);
    const chain = certificates(chainPem);
    expect(chain.map(({ ca }) => ca)).toEqual([false, true, true, true]);
    expect(new X509Certificate(await pebble!.rootPem()).subject).toBe(chain.at(-1)?.issuer);
  });
});

describe("an order", () => {
  it("has nothing to prove for names that the authority knows to be ours", async () => {
    const authority = await start({ env: { PEBBLE_AUTHZREUSE: "100" } });
    await issue(authority, ["shop.example.com"], proveByHttp);
    const { orderUrl } = await authority().placeOrder(
      { names: ["shop.example.com"], replacedPem: null },
      signal,
    );
    expect(await authority().readOrder(orderUrl, signal)).toMatchObject({ status: "ready", challenges: [] });
  });

  it("asks only for the names that are not proven yet", async () => {
    const authority = await start({ env: { PEBBLE_AUTHZREUSE: "100" } });
    await issue(authority, ["a.example.com"], proveByHttp);
    const { orderUrl } = await authority().placeOrder(
      { names: ["a.example.com", "b.example.com"], replacedPem: null },
      signal,
    );
    const { status, challenges } = await authority().readOrder(orderUrl, signal);
    expect(status).toBe("pending");
    expect(challenges.map(({ name }) => name)).toEqual(["b.example.com"]);
  });

  it("can be accepted and finalized again and again", async () => {
    const authority = await start();
    const { orderUrl } = await authority().placeOrder(
      { names: ["shop.example.com"], replacedPem: null },
      signal,
    );
    const [challenge] = (await authority().readOrder(orderUrl, signal)).challenges;
    await proveByHttp(challenge!, authority());
    await reach(authority, orderUrl, "ready");
    await authority().acceptChallenge(challenge!.http!.url, signal);
    const request = { orderUrl, names: ["shop.example.com"], keyPem: newKey() };
    await authority().finalize(request, signal);
    await authority().finalize(request, signal);
    await reach(authority, orderUrl, "valid");
    await authority().finalize(request, signal);
    const first = await authority().download(orderUrl, signal);
    expect(await authority().download(orderUrl, signal)).toEqual(first);
  });

  it("is invalid with the authority's own words when it finds another answer", async () => {
    const authority = await start();
    const { orderUrl } = await authority().placeOrder(
      { names: ["a.example.com", "b.example.com"], replacedPem: null },
      signal,
    );
    for (const challenge of (await authority().readOrder(orderUrl, signal)).challenges) {
      if (challenge.name === "a.example.com") await proveByHttp(challenge, authority());
      else await authority().acceptChallenge(challenge.http!.url, signal);
    }
    const { problem } = await reach(authority, orderUrl, "invalid");
    expect(problem).toMatchObject({ kind: "validation" });
    expect(problem?.message).toMatch(/^127\.0\.0\.1:\d+: b\.example\.com: .*404/);
    expect(problem?.message).not.toMatch(/a\.example\.com|[\n\r]/);
    await expect(
      authority().finalize({ orderUrl, names: ["a.example.com"], keyPem: newKey() }, signal),
    ).rejects.toMatchObject({ kind: "validation" });
  });

  it("is not finalized before its names are proven", async () => {
    const authority = await start();
    const { orderUrl } = await authority().placeOrder(
      { names: ["shop.example.com"], replacedPem: null },
      signal,
    );
    await expect(
      authority().finalize({ orderUrl, names: ["shop.example.com"], keyPem: newKey() }, signal),
    ).rejects.toMatchObject({ kind: "other", message: expect.stringContaining("not all names") });
    await expect(authority().download(orderUrl, signal)).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("that is unknown or another account's is gone", async () => {
    const authority = await start();
    const { orderUrl } = await authority().placeOrder(
      { names: ["shop.example.com"], replacedPem: null },
      signal,
    );
    await expect(authority().readOrder(`${orderUrl}x`, signal)).rejects.toMatchObject({ kind: "gone" });
    const other = new Installation().client({ directoryUrl: pebble!.directoryUrl, caPem: pebble!.caPem });
    await expect(other.readOrder(orderUrl, signal)).rejects.toMatchObject({ kind: "gone" });
  });

  it("whose step was cancelled goes on with the next", async () => {
    const authority = await start();
    const cancelled = new AbortController();
    const client = authority();
    const placing = client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, cancelled.signal);
    cancelled.abort(new Error("stopped"));
    await expect(placing).rejects.toThrow("stopped");
    await expect(
      client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, cancelled.signal),
    ).rejects.toThrow("stopped");
    const { orderUrl } = await client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, signal);
    expect(await client.readOrder(orderUrl, signal)).toMatchObject({ status: "pending" });
  });

  it("for a name that is none is refused", async () => {
    const authority = await start();
    await expect(
      authority().placeOrder({ names: ["a.*.example.com"], replacedPem: null }, signal),
    ).rejects.toMatchObject({
      kind: "names",
    });
    await expect(
      authority().placeOrder({ names: ["192.0.2.1"], replacedPem: null }, signal),
    ).rejects.toMatchObject({ kind: "names" });
  });
});

describe("the account", () => {
  it("is the same after restarts and for steps at the same time", async () => {
    const authority = await start();
    const client = authority();
    const orders = await Promise.all(
      ["a.example.com", "b.example.com", "c.example.com"].map((name) =>
        client.placeOrder({ names: [name], replacedPem: null }, signal),
      ),
    );
    for (const { orderUrl } of orders) {
      expect(await authority().readOrder(orderUrl, signal)).toMatchObject({ status: "pending" });
    }
  });

  it("is bound to an external one, which is not needed any longer when it exists", async () => {
    const key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
    pebble = await startPebble(settings({ externalAccounts: { "kid-1": key } }));
    const { directoryUrl, caPem } = pebble;
    const installation = new Installation();
    const externalAccount = { keyId: "kid-1", macKey: key };
    const client = installation.client({ directoryUrl, caPem, externalAccount, email: "ops@example.com" });
    const { orderUrl } = await client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, signal);
    const later = installation.client({ directoryUrl, caPem, email: "ops@example.com" });
    expect(await later.readOrder(orderUrl, signal)).toMatchObject({ status: "pending" });
  });

  it("is refused in words that say what is wrong with the external one", async () => {
    const key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
    const wrong = "b10lLJs8l1GPIzsLP0s6pMt8O0XVGnfTaCeROxQM0BIt2XrJMDHJZBM5NuQmQJQH";
    pebble = await startPebble(settings({ externalAccounts: { "kid-1": key } }));
    const { directoryUrl, caPem } = pebble;
    const accounts = [null, { keyId: "kid-1", macKey: wrong }, { keyId: "kid-2", macKey: key }];
    for (const externalAccount of [...accounts, { keyId: "kid-1", macKey: "not base64!" }]) {
      const client = new Installation().client({ directoryUrl, caPem, externalAccount });
      const failure = await client
        .placeOrder({ names: ["shop.example.com"], replacedPem: null }, signal)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: "account" });
      expect((failure as Error).message).toContain("SLIPWAY_ACME_EAB_KEY_FILE");
      expect((failure as Error).message).not.toContain(externalAccount?.macKey ?? key);
    }
  });
});

describe("the directory", () => {
  it("of an internal authority needs its root", async () => {
    await start();
    const client = new Installation().client({ directoryUrl: pebble!.directoryUrl });
    await expect(
      client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, signal),
    ).rejects.toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("SLIPWAY_ACME_CA_FILE"),
    });
  });

  it("is asked directly, whatever proxy the environment has, and no connection keeps the process", async () => {
    await start();
    const script = `
      const { Installation } = await import(${JSON.stringify(join(import.meta.dirname, "testing/client.ts"))});
      const client = new Installation().client(JSON.parse(process.env.CLIENT));
      console.log(await client.placeOrder({ names: ["shop.example.com"], replacedPem: null }, new AbortController().signal));`;
    const proxy = "http://127.0.0.1:9";
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 20_000,
      env: {
        CLIENT: JSON.stringify({ directoryUrl: pebble!.directoryUrl, caPem: pebble!.caPem }),
        HTTPS_PROXY: proxy,
        https_proxy: proxy,
        NODE_USE_ENV_PROXY: "1",
      },
    });
    expect(stdout).toContain("orderUrl");
  });
});

/** Gives new clients of one installation. */
async function start(options: Partial<PebbleOptions> = {}): Promise<() => CertificateAuthority> {
  pebble = await startPebble(settings(options));
  const installation = new Installation();
  const { directoryUrl, caPem } = pebble;
  return () => installation.client({ directoryUrl, caPem });
}

function settings(options: Partial<PebbleOptions>): PebbleOptions {
  return { dnsServer: dns.address, httpPort: (http.address() as AddressInfo).port, ...options };
}

type Prove = (challenge: NameChallenge, client: CertificateAuthority) => Promise<void>;

const proveByHttp: Prove = async ({ http }, client) => {
  answers.set(http!.token, http!.keyAuthorization);
  await client.acceptChallenge(http!.url, signal);
};

const proveByDns: Prove = async ({ name, dns: proof }, client) => {
  await dns.setText(`_acme-challenge.${name}`, proof!.text);
  await client.acceptChallenge(proof!.url, signal);
};

async function issue(authority: () => CertificateAuthority, names: readonly string[], prove: Prove) {
  const { orderUrl } = await authority().placeOrder({ names, replacedPem: null }, signal);
  for (const challenge of (await authority().readOrder(orderUrl, signal)).challenges) {
    await prove(challenge, authority());
  }
  await reach(authority, orderUrl, "ready");
  const keyPem = newKey();
  await authority().finalize({ orderUrl, names, keyPem }, signal);
  await reach(authority, orderUrl, "valid");
  return { ...(await authority().download(orderUrl, signal)), keyPem };
}

function reach(
  authority: () => CertificateAuthority,
  orderUrl: string,
  status: OrderState["status"],
): Promise<OrderState> {
  return waitFor(
    async () => {
      const state = await authority().readOrder(orderUrl, signal);
      return state.status === status && state;
    },
    { what: `an order that is ${status}` },
  );
}

async function expectCertified(chainPem: string, names: readonly string[], keyPem: string): Promise<void> {
  const chain = certificates(chainPem);
  const root = new X509Certificate(await pebble!.rootPem());
  const [leaf, issuer] = chain;
  expect(chain).toHaveLength(2);
  expect(leaf!.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  expect(leaf!.verify(issuer!.publicKey)).toBe(true);
  expect(issuer!.verify(root.publicKey)).toBe(true);
  expect(leaf!.subjectAltName?.split(", ").sort()).toEqual(names.map((name) => `DNS:${name}`).sort());
}

function certificates(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
