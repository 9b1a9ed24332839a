import { describe, expect, it } from "vitest";
import { type Asked, issuanceError, plainLine, type Problem } from "./problem.ts";

function refusal(
  type: string,
  { asked = "resource", status = 400, ...problem }: { asked?: Asked; status?: number | null } & Problem = {},
) {
  return issuanceError({
    host: "ca.example",
    asked,
    status,
    problem: { type: `urn:ietf:params:acme:error:${type}`, ...problem },
    retryAtMs: null,
  });
}

describe("a problem", () => {
  it.each([
    ["rateLimited", "rate-limited"],
    ["serverInternal", "unavailable"],
    ["badNonce", "unavailable"],
    ["caa", "names"],
    ["rejectedIdentifier", "names"],
    ["unsupportedIdentifier", "names"],
    ["dns", "validation"],
    ["connection", "validation"],
    ["tls", "validation"],
    ["incorrectResponse", "validation"],
    ["accountDoesNotExist", "account"],
    ["externalAccountRequired", "account"],
    ["invalidContact", "account"],
    ["userActionRequired", "account"],
    ["badSignatureAlgorithm", "account"],
    ["badCSR", "other"],
    ["inventedYesterday", "other"],
  ])("%s is %s", (type, kind) => {
    expect(refusal(type, { detail: "No." })).toMatchObject({
      kind,
      message: expect.stringMatching(/^ca\.example: No\./),
    });
  });

  it.each([
    ["challenge", "validation"],
    ["account", "account"],
    ["new-order", "account"],
    ["resource", "gone"],
  ] as const)("unauthorized of %s is %s", (asked, kind) => {
    expect(refusal("unauthorized", { asked })).toMatchObject({ kind });
  });

  it.each([
    ["account", "account"],
    ["new-order", "names"],
    ["resource", "other"],
  ] as const)("malformed of %s is %s", (asked, kind) => {
    expect(refusal("malformed", { asked })).toMatchObject({ kind });
  });

  it("is about the key only where the account was asked for", () => {
    expect(refusal("badPublicKey", { asked: "account" })).toMatchObject({ kind: "account" });
    expect(refusal("badPublicKey", { asked: "resource" })).toMatchObject({ kind: "other" });
  });

  it.each([
    [404, "gone"],
    [410, "gone"],
    [429, "rate-limited"],
    [503, "unavailable"],
    [408, "unavailable"],
    [302, "other"],
  ])("with status %i and no words is %s", (status, kind) => {
    const found = issuanceError({
      host: "ca.example",
      asked: "resource",
      status,
      problem: {},
      retryAtMs: null,
    });
    expect(found).toMatchObject({ kind, message: `ca.example: answered with HTTP ${status}.` });
  });

  it("of several names is told with each of them", () => {
    const found = refusal("malformed", {
      asked: "new-order",
      detail: "Some of the identifiers requested were rejected",
      subproblems: [
        {
          type: "urn:ietf:params:acme:error:caa",
          detail: "CAA forbids it",
          identifier: { value: "a.example" },
        },
        {
          type: "urn:ietf:params:acme:error:rejectedIdentifier",
          detail: "On a list",
          identifier: { value: "b.example" },
        },
      ],
    });
    expect(found).toMatchObject({
      kind: "names",
      message: expect.stringMatching(/^ca\.example: a\.example: CAA forbids it; b\.example: On a list\./),
    });
  });

  it("of several names is of the first kind that we understand", () => {
    const subproblems = [
      { type: "urn:example:other" },
      { type: "urn:ietf:params:acme:error:dns", detail: "SERVFAIL" },
    ];
    expect(refusal("compound", { asked: "challenge", status: null, subproblems })).toMatchObject({
      kind: "validation",
    });
  });

  it("says where a person can agree to new terms", () => {
    expect(
      refusal("userActionRequired", { detail: "Terms changed", instance: "https://ca.example/terms" })
        .message,
    ).toBe("ca.example: Terms changed (https://ca.example/terms).");
  });

  it("of the directory asks whether it is one", () => {
    expect(
      issuanceError({ host: "ca.example", asked: "directory", status: 404, problem: {}, retryAtMs: null })
        .message,
    ).toBe("ca.example: answered with HTTP 404. Is SLIPWAY_ACME_DIRECTORY the address of its directory?");
  });

  it("of a CAA record says what would be right, with the authority's own names", () => {
    const caa = {
      host: "ca.example",
      asked: "resource",
      status: 403,
      problem: { type: "urn:ietf:params:acme:error:caa", detail: "CAA prevents issuance" },
      retryAtMs: null,
    } as const;
    expect(issuanceError({ ...caa, caaIdentities: ["ca.example", "old.example"] }).message).toBe(
      'ca.example: CAA prevents issuance. CAA records of the name, or of the domain above it, have to name this authority (0 issue "ca.example" or 0 issue "old.example") or be taken away.',
    );
    expect(issuanceError(caa).message).toContain("have to name this authority or be taken away.");
  });

  it("of a name that is not certified says what else there is", () => {
    expect(refusal("rejectedIdentifier", { asked: "new-order", detail: "On a list" }).message).toBe(
      "ca.example: On a list. It does not certify such a name: take another name or authority, or import a certificate of your own.",
    );
  });

  it("keeps when to come again", () => {
    expect(
      issuanceError({ host: "ca.example", asked: "new-order", status: 429, problem: {}, retryAtMs: 5 }),
    ).toMatchObject({ kind: "rate-limited", retryAtMs: 5 });
  });
});

describe("words of others", () => {
  it("become one line without control characters", () => {
    expect(plainLine(" a\r\nb\u0000\u001B[31mc\u2028d\u202Ee\tf ")).toBe("a b [31mc d e f");
  });

  it("are cut, and never within a character", () => {
    expect(plainLine("😀".repeat(1000))).toBe(`${"😀".repeat(399)}…`);
    expect(refusal("dns", { detail: "x".repeat(100_000) }).message.length).toBeLessThan(450);
  });
});
