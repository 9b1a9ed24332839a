import "reflect-metadata";
import { createPrivateKey, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { isSlipwayError } from "../../domain/error.ts";
import type { CertificateDescription, GivenCertificate, KeyedChain } from "../certificate-tools.ts";
import { checkCertificate, describeChain } from "./certificate-check.ts";
import {
  clientAuthentication,
  type Issued,
  issue,
  makeAuthorities,
  NOW_MS,
  serverAuthentication,
  type Wish,
} from "./testing/issue.ts";

const NAMES = ["shop.example.com", "*.shop.example.com"];
const DAY_MS = 86_400_000;

let root: Issued;
let intermediate: Issued;
let leaf: Issued;

beforeAll(async () => {
  ({ root, intermediate } = await makeAuthorities());
  leaf = await issue({ names: NAMES, issuer: intermediate, usages: [serverAuthentication] });
});

function check(change: Partial<GivenCertificate> = {}): KeyedChain & CertificateDescription {
  const given = { certificatePem: leaf.pem, privateKeyPem: leaf.keyPem, chainPem: intermediate.pem };
  const checked = checkCertificate({ ...given, ...change }, NOW_MS);
  return { ...checked, ...describeChain(checked.chainPem) };
}

/** The message of what is thrown; it must be one of the catalogue. */
function problem(change: Partial<GivenCertificate>): string {
  try {
    check(change);
  } catch (error) {
    if (isSlipwayError(error, "InvalidParameter")) return error.message;
    throw error;
  }
  throw new Error("it was accepted");
}

async function problemWith(wish: Wish, issuers = intermediate.pem): Promise<string> {
  const bad = await issue({ names: NAMES, issuer: intermediate, ...wish });
  return problem({ certificatePem: bad.pem, privateKeyPem: bad.keyPem, chainPem: issuers });
}

test("tells what a certificate is, its chain without the root", () => {
  const checked = check({ chainPem: intermediate.pem + root.pem });
  expect(checked).toMatchObject({
    names: NAMES,
    fingerprint: new X509Certificate(leaf.pem).fingerprint256.replaceAll(":", "").toLowerCase(),
    issuer: "CN=Test Intermediate",
    notBeforeMs: NOW_MS - DAY_MS,
    notAfterMs: NOW_MS + 90 * DAY_MS,
  });
  expect(subjects(checked.chainPem)).toEqual(["CN=shop.example.com", "CN=Test Intermediate"]);
  expect(createPrivateKey(checked.keyPem).asymmetricKeyType).toBe("ec");
});

function subjects(pem: string): readonly (string | undefined)[] {
  return pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter(Boolean)
    .map((one) => new X509Certificate(one).subject);
}

test("any order, in one text or two, doubled or with text between, comes out the same", () => {
  const { chainPem } = check();
  const texts = [leaf.pem, intermediate.pem, root.pem];
  fc.assert(
    fc.property(
      fc.shuffledSubarray([...texts, intermediate.pem, "Bag Attributes\r\n  friendlyName: x\n"], {
        minLength: 5,
      }),
      fc.nat(5),
      (shuffled, at) => {
        const [first, second] = [shuffled.slice(0, at).join(""), shuffled.slice(at).join("")];
        const [certificatePem, rest] = first.includes("BEGIN") ? [first, second] : [first + second, ""];
        expect(check({ certificatePem, chainPem: rest.includes("BEGIN") ? rest : null }).chainPem).toBe(
          chainPem,
        );
      },
    ),
    { numRuns: 50 },
  );
});

test("line ends of other systems are no matter", () => {
  const given = {
    certificatePem: leaf.pem.replaceAll("\n", "\r\n"),
    privateKeyPem: leaf.keyPem.replaceAll("\n", "\r\n"),
  };
  expect(check(given).chainPem).toBe(check().chainPem);
});

test("names are lower case, international ones as A-labels, odd ones left out", async () => {
  const names = [
    "SHOP.Example.com",
    "xn--bcher-kva.example",
    "*.Example.com",
    "a*.example.com",
    "with space.example.com",
    "shop.example.com",
  ];
  const odd = await issue({
    names: [...names, 'quote",DNS:evil.example.com'],
    issuer: intermediate,
  });
  expect(check({ certificatePem: odd.pem, privateKeyPem: odd.keyPem }).names).toEqual([
    "shop.example.com",
    "xn--bcher-kva.example",
    "*.example.com",
  ]);
});

test.each(["P-256", "P-384", "RSA 2048"] as const)("a key of %s is taken", async (key) => {
  const one = await issue({ names: NAMES, issuer: intermediate, key });
  expect(check({ certificatePem: one.pem, privateKeyPem: one.keyPem }).names).toEqual(NAMES);
});

test("a certificate signed by itself is taken when it is no authority", async () => {
  const own = await issue({ names: NAMES });
  expect(check({ certificatePem: own.pem, privateKeyPem: own.keyPem, chainPem: null }).issuer).toBe(
    "CN=shop.example.com",
  );
});

test("of a cross-signed issuer the intermediate is served, and its root is no stranger", async () => {
  const otherRoot = await issue({ subject: "CN=Other Root", isAuthority: true });
  const crossed = await issue({
    subject: "CN=Test Root",
    isAuthority: true,
    keys: root.keys,
    issuer: otherRoot,
  });
  const chain = [root.pem, crossed.pem, intermediate.pem, otherRoot.pem].join("");
  expect(subjects(check({ chainPem: chain }).chainPem)).toEqual([
    "CN=shop.example.com",
    "CN=Test Intermediate",
    "CN=Test Root",
  ]);
});

describe("refuses, and says what would be right:", () => {
  test.each(["P-521", "Ed25519", "RSA 1024"] as const)("a key of %s", async (key) => {
    expect(await problemWith({ key })).toMatch(
      /^PrivateKey: its kind \(.*\) is not what all clients take\. Use RSA/,
    );
  });

  test("a key of another certificate", async () => {
    const other = await issue({ names: NAMES });
    expect(problem({ privateKeyPem: other.keyPem })).toBe(
      "PrivateKey: it does not belong to the certificate (CN=shop.example.com). Give the key it was issued for.",
    );
  });

  test("no key, two keys, a damaged key, an encrypted key", () => {
    expect(problem({ privateKeyPem: leaf.pem })).toMatch(/^PrivateKey: it holds no private key/);
    expect(problem({ privateKeyPem: leaf.keyPem + leaf.keyPem })).toMatch(
      /^PrivateKey: it holds several keys/,
    );
    const damaged = leaf.keyPem.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA");
    expect(problem({ privateKeyPem: damaged })).toMatch(/^PrivateKey: it is damaged/);
    const key = createPrivateKey(leaf.keyPem);
    const protection = { format: "pem", cipher: "aes-256-cbc", passphrase: "geheim" } as const;
    for (const type of ["pkcs8", "sec1"] as const) {
      const encrypted = String(key.export({ type, ...protection }));
      expect(problem({ privateKeyPem: encrypted })).toMatch(/^PrivateKey: it is encrypted\. .*openssl pkey/);
    }
  });

  test("a key where it is no secret", () => {
    expect(problem({ certificatePem: leaf.pem + leaf.keyPem })).toMatch(
      /^Certificate: it holds a private key/,
    );
    expect(problem({ chainPem: leaf.keyPem })).toMatch(/^CertificateChain: it holds a private key/);
  });

  test("no certificate, a damaged one, a great many, a long text", () => {
    expect(problem({ certificatePem: "MIIB" })).toMatch(
      /^Certificate: it holds no certificate\. Give PEM, .*-inform der/,
    );
    expect(problem({ chainPem: "" })).toMatch(/^CertificateChain: it holds no certificate/);
    expect(problem({ certificatePem: leaf.pem.replace("MII", "MIJ") })).toMatch(
      /^Certificate: certificate 1 in it is damaged/,
    );
    expect(problem({ chainPem: intermediate.pem.repeat(11) })).toMatch(
      /^CertificateChain: it holds 11 certificates/,
    );
    expect(problem({ certificatePem: " ".repeat(65_537) })).toMatch(/^Certificate: it is longer than 64 KiB/);
    expect(problem({ privateKeyPem: "-----BEGIN ".repeat(10_000) })).toMatch(/^PrivateKey: it is longer/);
  });

  test("more than the edge can take", async () => {
    const names = Array.from({ length: 600 }, (_, index) => `a-long-name-${index}.shop.example.com`);
    const large = await issue({ names, issuer: intermediate, usages: [serverAuthentication] });
    expect(problem({ certificatePem: large.pem, privateKeyPem: large.keyPem })).toMatch(
      /^Certificate: it, its chain and its key have \d+ bytes, 15000 are the most/,
    );
  });

  test("a certificate of the chain that signed none of the others", async () => {
    const stranger = await issue({ subject: "CN=Stranger", isAuthority: true, issuer: root });
    expect(problem({ chainPem: stranger.pem })).toBe(
      "CertificateChain: CN=Stranger signed none of the others. Give the certificates between this one and its root: " +
        "the next is CN=Test Intermediate.",
    );
  });

  test("an issuer of the right name that did not sign it", async () => {
    const impostor = await issue({ subject: "CN=Test Intermediate", isAuthority: true });
    expect(problem({ chainPem: impostor.pem })).toMatch(
      /^CertificateChain: CN=Test Intermediate signed none/,
    );
  });

  test("no chain where a public authority issued it", async () => {
    const aia = new x509.AuthorityInfoAccessExtension({
      caIssuers: "http://ca.example.com/intermediate.crt",
    });
    const publicOne = await issue({ names: NAMES, issuer: intermediate, extensions: [aia] });
    expect(problem({ certificatePem: publicOne.pem, privateKeyPem: publicOne.keyPem, chainPem: null })).toBe(
      "CertificateChain: the certificate of the issuer (CN=Test Intermediate) is missing. Give the chain, too: " +
        "authorities offer it as fullchain or bundle.",
    );
    expect(check({ certificatePem: publicOne.pem, privateKeyPem: publicOne.keyPem }).names).toEqual(NAMES);
  });

  test("two certificates of one key", async () => {
    const renewed = await issue({ names: NAMES, issuer: intermediate, keys: leaf.keys });
    expect(problem({ certificatePem: leaf.pem + renewed.pem })).toMatch(
      /^Certificate: there are two different certificates/,
    );
  });

  test("an authority", async () => {
    expect(await problemWith({ isAuthority: true })).toMatch(/^Certificate: it is one of an authority/);
    const own = await issue({ names: NAMES, isAuthority: true });
    expect(problem({ certificatePem: own.pem, privateKeyPem: own.keyPem, chainPem: null })).toContain(
      "basicConstraints=critical,CA:FALSE",
    );
  });

  test("an issuer that is no authority", async () => {
    const server = await issue({ subject: "CN=Server", names: ["a.example.com"], issuer: root });
    const below = await issue({ names: NAMES, issuer: server });
    expect(problem({ certificatePem: below.pem, privateKeyPem: below.keyPem, chainPem: server.pem })).toMatch(
      /^CertificateChain: CN=Server may not sign others/,
    );
  });

  test("no names", async () => {
    const message = await problemWith({ names: [], subject: "CN=shop.example.com" });
    expect(message).toMatch(/^Certificate: it has no DNS names \(subjectAltName\)/);
  });

  test("one for clients only", async () => {
    expect(await problemWith({ usages: [clientAuthentication] })).toMatch(/^Certificate: .*serverAuth/);
  });

  test("one that demands stapling", async () => {
    const mustStaple = new x509.Extension("1.3.6.1.5.5.7.1.24", false, new Uint8Array([0x30, 3, 2, 1, 5]));
    expect(await problemWith({ extensions: [mustStaple] })).toMatch(/^Certificate: it demands OCSP stapling/);
  });

  test("one that ended, or did not begin", async () => {
    expect(await problemWith({ notAfterMs: NOW_MS })).toBe(
      "Certificate: CN=shop.example.com ended on 2026-11-21. Give one that is valid.",
    );
    expect(await problemWith({ notBeforeMs: NOW_MS + DAY_MS })).toMatch(
      /^Certificate: CN=shop.example.com begins on 2026-11-22/,
    );
    const old = await issue({ subject: "CN=Old", isAuthority: true, issuer: root, notAfterMs: NOW_MS - 1 });
    const below = await issue({ names: NAMES, issuer: old });
    expect(problem({ certificatePem: below.pem, privateKeyPem: below.keyPem, chainPem: old.pem })).toMatch(
      /^CertificateChain: CN=Old ended/,
    );
  });

  test("one that is signed with SHA-1", async () => {
    const key = "RSA 2048 that signs with SHA-1";
    const rsa = await issue({ subject: "CN=RSA", isAuthority: true, key, issuer: root });
    expect(await problemWith({ issuer: rsa }, rsa.pem)).toMatch(/^Certificate: .*SHA1.*SHA-256/i);
  });
});

test("an empty subject is no matter, as authorities issue them now", async () => {
  const bare = await issue({ names: NAMES, subject: "", issuer: intermediate });
  expect(check({ certificatePem: bare.pem, privateKeyPem: bare.keyPem }).names).toEqual(NAMES);
  const other = await issue({ names: NAMES });
  expect(problem({ certificatePem: bare.pem, privateKeyPem: other.keyPem })).toMatch(
    /^PrivateKey: it does not belong/,
  );
});

test("whatever texts come, it is a problem of the catalogue and nothing of the key is in it", () => {
  const secret = leaf.keyPem.split("\n").slice(1, -2);
  const pieces = [
    leaf.pem,
    intermediate.pem,
    leaf.keyPem,
    leaf.keyPem.replace("A", "B"),
    "-----BEGIN CERTIFICATE-----",
    "\u0000",
    "x",
  ];
  const text = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 4 })
    .map((parts) => parts.join("\n"));
  fc.assert(
    fc.property(text, text, fc.option(text), (certificatePem, privateKeyPem, chainPem) => {
      const told = whatIsTold({ certificatePem, privateKeyPem, chainPem });
      expect(secret.filter((line) => told.includes(line.slice(0, 16)))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

/** Empty when it is accepted. */
function whatIsTold(given: GivenCertificate): string {
  try {
    checkCertificate(given, NOW_MS);
    return "";
  } catch (error) {
    if (!isSlipwayError(error, "InvalidParameter")) throw error;
    return `${error.message} ${String(error.cause)}`;
  }
}
