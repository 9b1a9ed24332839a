import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { SealBroken } from "../../ports/vault.ts";
import type { GivenCertificate } from "../certificate-tools.ts";
import { checkCertificate, describeChain } from "./certificate-check.ts";
import { type AuthorityKeeping, LocalAuthority, makeSelfSigned } from "./local-authority.ts";

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 21);

interface World extends AuthorityKeeping {
  text: string | null;
  saves: number;
}

function aWorld(text: string | null = null): World {
  return {
    text,
    saves: 0,
    load() {
      return Promise.resolve(this.text);
    },
    save(saved) {
      this.text = saved;
      this.saves++;
      return Promise.resolve();
    },
  };
}

function open(
  keeping: AuthorityKeeping,
  { domains = ["apps.example.com"], nowMs = NOW_MS } = {},
): Promise<LocalAuthority> {
  return LocalAuthority.open({ domains, keeping, nowMs });
}

/** What an import of it would make of it. */
function checkedOf(given: GivenCertificate) {
  const { chainPem } = checkCertificate(given, NOW_MS);
  return { chainPem, ...describeChain(chainPem) };
}

test("an authority is made once, and is the same after a restart", async () => {
  const world = aWorld();
  const authority = await open(world);
  const again = await open(world, { nowMs: NOW_MS + 2000 * DAY_MS });
  expect(world.saves).toBe(1);
  expect(again.pem).toBe(authority.pem);
  expect(again.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const { subject, ca, validFromDate, validToDate } = authority.certificate;
  expect(subject).toMatch(/^CN=Slipway local authority [0-9a-f]{8}$/);
  expect(ca).toBe(true);
  expect(validFromDate.getTime()).toBe(NOW_MS - 3_600_000);
  expect(validToDate.getTime()).toBe(NOW_MS + 3652 * DAY_MS);
});

test("one that was kept signs on: what it issues after a restart is of the same root", async () => {
  const world = aWorld();
  const root = new X509Certificate((await open(world)).pem);
  const { chainPem } = await (await open(world)).issue(["web.apps.example.com"], NOW_MS);
  expect(new X509Certificate(chainPem).verify(root.publicKey)).toBe(true);
});

const changes: readonly (readonly [string, { domains?: string[]; nowMs?: number }])[] = [
  ["another base domain", { domains: ["other.example.com"] }],
  ["its last year", { nowMs: NOW_MS + 3300 * DAY_MS }],
];
test.each(changes)("a new one is made for %s", async (_what, change) => {
  const world = aWorld();
  const authority = await open(world);
  expect((await open(world, change)).fingerprint).not.toBe(authority.fingerprint);
  expect(world.saves).toBe(2);
});

test.each(["", "{", "null", '{"certificatePem":"x","keyPem":"y","domains":[]}'])(
  "a new one is made where %j was kept",
  async (text) => {
    const world = aWorld(text);
    await open(world);
    expect(world.saves).toBe(1);
  },
);

test("a new one is made when the master key is another one; a store that fails is no reason", async () => {
  const world = aWorld();
  await open({
    ...world,
    load: () => Promise.reject(new SealBroken("another key")),
    save: (text) => world.save(text),
  });
  expect(world.saves).toBe(1);
  await expect(open({ ...world, load: () => Promise.reject(new Error("disk")) })).rejects.toThrow("disk");
});

test("it issues for its own names alone: 90 days, good to be served", async () => {
  const authority = await open(aWorld());
  const names = ["*.us-east-1.apps.example.com", "us-east-1.apps.example.com", "apps.example.com"];
  const { chainPem, keyPem } = await authority.issue(names, NOW_MS);
  const checked = checkedOf({ certificatePem: chainPem, privateKeyPem: keyPem, chainPem: authority.pem });
  expect(checked).toMatchObject({
    names,
    chainPem,
    notBeforeMs: NOW_MS - 3_600_000,
    notAfterMs: NOW_MS + 90 * DAY_MS,
  });
  expect(checked.issuer).toBe(authority.certificate.subject);
});

test("it refuses names that clients would not believe it for", async () => {
  const authority = await open(aWorld());
  expect(authority.mayCertify("*.apps.example.com")).toBe(true);
  for (const name of ["example.com", "*.example.com", "xapps.example.com", "apps.example.com.evil.test"]) {
    expect(authority.mayCertify(name), name).toBe(false);
    await expect(authority.issue(["apps.example.com", name], NOW_MS)).rejects.toThrow(name);
  }
  await expect(authority.issue([], NOW_MS)).rejects.toThrow(RangeError);
});

test("serial numbers differ and are positive", async () => {
  const authority = await open(aWorld());
  const issued = await Promise.all(
    Array.from({ length: 8 }, () => authority.issue(["apps.example.com"], NOW_MS)),
  );
  const serials = issued.map(({ chainPem }) => new X509Certificate(chainPem).serialNumber);
  expect(new Set(serials).size).toBe(8);
  expect(serials.every((serial) => /^[4-7][0-9A-F]{31}$/.test(serial))).toBe(true);
});

test("a long list of domains is encoded as it should be", async () => {
  for (const count of [1, 2, 4, 40]) {
    const domains = Array.from({ length: count }, (_, index) => `domain-number-${index}.example.com`);
    const authority = await open(aWorld(), { domains });
    expect(authority.certificate.raw.includes(Buffer.from(domains.at(-1) ?? ""))).toBe(true);
    expect((await authority.issue(domains, NOW_MS)).chainPem).toContain("BEGIN CERTIFICATE");
  }
});

test("for other names there is one that nobody vouches for", async () => {
  const { chainPem, keyPem } = await makeSelfSigned(["shop.corp", "www.shop.corp"], NOW_MS);
  const checked = checkedOf({ certificatePem: chainPem, privateKeyPem: keyPem, chainPem: null });
  expect(checked).toMatchObject({
    names: ["shop.corp", "www.shop.corp"],
    issuer: "CN=self-signed by Slipway",
  });
});
