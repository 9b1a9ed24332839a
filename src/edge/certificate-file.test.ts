import { createPrivateKey } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { EdgeCertificate } from "../ports/edge-tls.ts";
import { certificateFile, parseCertificateFile } from "./certificate-file.ts";
import { makeAuthority, makeCertificate, type TestCertificate } from "./testing/certificates.ts";

let shop: TestCertificate;
let other: TestCertificate;
beforeAll(async () => {
  shop = await makeCertificate(["shop.test", "*.shop.test"], { issuer: await makeAuthority() });
  other = await makeCertificate(["other.test"]);
});

const refusal = (change: Partial<EdgeCertificate>): string => {
  try {
    certificateFile({ ...shop, ...change }, 1);
    return "accepted";
  } catch (error) {
    return String(error).replace("SlipwayError: EdgeCertificate.", "");
  }
};

it("keeps chain and key alone, whatever stands around them, and reads what it wrote", () => {
  const chainPem = `Bag Attributes\n  friendlyName: shop\n${shop.chainPem.replaceAll("\n", "\r\n")}\n\n`;
  const keyPem = `\n${shop.keyPem}\n\n`;
  const file = certificateFile(
    { ...shop, names: ["shop.test", "*.shop.test", "shop.test"], chainPem, keyPem },
    7,
  );
  expect(file.text).toBe(`# ${shop.id} 7 *.shop.test shop.test\n${shop.chainPem}${shop.keyPem}`);
  expect(file.fingerprint).toBe(shop.fingerprint);
  expect(file.fileName).toMatch(new RegExp(`^${shop.id}-[0-9a-f]{16}[.]pem$`));
  expect(parseCertificateFile(file.fileName, file.text)).toEqual(file);
});

it("gives what HAProxy loads another name when anything of it changes, and not for other names", () => {
  const nameOf = (change: Partial<EdgeCertificate>): string =>
    certificateFile({ ...shop, ...change }, 1).fileName;
  const leafAlone = shop.chainPem.slice(0, shop.chainPem.indexOf("-----END") + 26);
  expect(nameOf({ chainPem: leafAlone })).not.toBe(nameOf({}));
  expect(nameOf({ names: ["a.test"] })).toBe(nameOf({}));
});

describe("refuses", () => {
  it("a key of another certificate, without a word of the key", () => {
    const message = refusal({ keyPem: other.keyPem });
    expect(message).toBe("keyPem: does not belong to the first certificate");
  });

  it("what is no key, has a passphrase, or is two", () => {
    const how = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" } as const;
    const encrypted = createPrivateKey(shop.keyPem).export(how).toString();
    expect(refusal({ keyPem: encrypted })).toBe("keyPem: is not a private key in PEM without a passphrase");
    expect(refusal({ keyPem: "secret" })).toBe("keyPem: has to be one private key in PEM");
    expect(refusal({ keyPem: shop.keyPem + other.keyPem })).toBe("keyPem: has to be one private key in PEM");
  });

  it("a chain that is none, is damaged, out of order, or has a key in it", () => {
    expect(refusal({ chainPem: "" })).toBe("chainPem: has no certificate in PEM");
    expect(refusal({ chainPem: shop.chainPem.replace("MII", "MIA") })).toBe(
      "chainPem: has a certificate that cannot be read",
    );
    expect(refusal({ chainPem: shop.chainPem + other.chainPem })).toBe(
      "chainPem: is out of order: certificate 3 did not issue the one before it",
    );
    expect(refusal({ chainPem: shop.chainPem + shop.keyPem })).toBe(
      'chainPem: has a part "PRIVATE KEY", only certificates belong there',
    );
  });

  it("keys and signatures that OpenSSL under HAProxy takes for weak", async () => {
    const rsa = { name: "RSASSA-PKCS1-v1_5", publicExponent: new Uint8Array([1, 0, 1]) };
    const short = { ...rsa, modulusLength: 1_024, hash: "SHA-256" };
    const outdated = { ...rsa, modulusLength: 2_048, hash: "SHA-1" };
    expect(refusal(await makeCertificate(["weak.test"], { algorithm: short }))).toBe(
      "chainPem: has a certificate whose key is none of RSA from 2,048 bits, ECDSA on P-256, P-384 or P-521, or Ed25519",
    );
    const issuer = await makeAuthority(outdated);
    expect(refusal(await makeCertificate(["weak.test"], { issuer }))).toBe(
      "chainPem: has a certificate that is signed with sha1WithRSAEncryption, which is too weak",
    );
  });

  it("must-staple", async () => {
    const certificate = await makeCertificate(["staple.test"], { isMustStaple: true });
    expect(refusal(certificate)).toMatch(/^chainPem: demands a stapled OCSP response/);
  });

  it("ids and names that are none: they become part of files and commands", () => {
    expect(refusal({ id: "../x" })).toBe("id: is not 32 hexadecimal digits");
    expect(refusal({ names: [] })).toBe("names: is empty");
    for (const name of [
      "",
      "a b.test",
      "a.test\nb.test",
      "!a.test",
      "*",
      "*a.test",
      "a.*.test",
      "A.test",
      "a;b.test",
    ])
      expect(refusal({ names: ["a.test", name] })).toBe(`names: "${name}" is not a host name`);
  });

  it("more than a command to HAProxy may hold", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `name-${index}.example.test`);
    expect(refusal({ names: many })).toBe("names: are 1000; 1000 with 12000 bytes are the most");
    const short = Array.from({ length: 1_001 }, (_, index) => `${index}.test`);
    expect(refusal({ names: short })).toBe("names: are 1001; 1000 with 12000 bytes are the most");
    expect(refusal({ names: short.slice(1) })).toBe("accepted");
  });
});

it("takes no file that is not exactly as it is written", () => {
  const { fileName, text } = certificateFile(shop, 3);
  expect(parseCertificateFile(fileName.replace("-", "-0"), text)).toBeNull();
  expect(parseCertificateFile(fileName, text.replace(" 3 ", " x "))).toBeNull();
  expect(parseCertificateFile(fileName, text.slice(0, -40))).toBeNull();
  expect(parseCertificateFile(fileName, `${text}\n`)).toBeNull();
  expect(parseCertificateFile(fileName, text.replace(/\n.{64}\n/, "\n"))).toBeNull();
  expect(parseCertificateFile(fileName, "")).toBeNull();
});
