import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { servedChain } from "./chain.ts";
import { type Made, makeCertificate } from "./testing/certificates.ts";

let root: Made;
let intermediate: Made;
let leaf: Made;

beforeAll(async () => {
  root = await makeCertificate({ name: "root.example", isAuthority: true });
  intermediate = await makeCertificate({ name: "intermediate.example", isAuthority: true, issuer: root });
  leaf = await makeCertificate({ name: "shop.example.com", issuer: intermediate });
});

const pem = (...all: readonly Made[]) => all.map(({ certificatePem }) => certificatePem).join("\r\n");
const fingerprints = (chain: string | null) =>
  (chain?.match(/-----BEGIN[^]*?-----END CERTIFICATE-----\n/g) ?? []).map(
    (one) => new X509Certificate(one).subject,
  );

describe("a chain", () => {
  it("is served without its root", () => {
    const expected = ["CN=shop.example.com", "CN=intermediate.example"];
    expect(fingerprints(servedChain(pem(leaf, intermediate, root)))).toEqual(expected);
    expect(fingerprints(servedChain(pem(leaf, intermediate)))).toEqual(expected);
    expect(fingerprints(servedChain(`# words\n${pem(leaf)}`))).toEqual(["CN=shop.example.com"]);
  });

  it("is none in another order, with parts missing, or without a leaf", () => {
    expect(servedChain(pem(intermediate, leaf))).toBeNull();
    expect(servedChain(pem(leaf, root))).toBeNull();
    expect(servedChain(pem(root))).toBeNull();
    expect(servedChain("")).toBeNull();
    expect(servedChain("<html>")).toBeNull();
    expect(servedChain("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")).toBeNull();
  });
});
