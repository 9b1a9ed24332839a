import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WireError } from "../contract/index.ts";
import { CredentialExpired } from "../ports/credentials.ts";
import { authenticate, type VerifierOptions } from "./sigv4.ts";
import { headerValues } from "./sigv4/signed-request.ts";
import { call, sign, type Signed, type SigningOptions, toSignedRequest } from "./testing/signed-request.ts";

const now = Date.UTC(2026, 0, 31, 23, 59, 0);
const key = { id: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const principal = { kind: "root", arn: "arn:aws:iam::000000000000:root", accessKeyId: key.id } as const;

const verifier: VerifierOptions = {
  region: "us-east-1",
  credentials: {
    find: (id, token) => {
      if (token === "expired") return Promise.reject(new CredentialExpired());
      const isKnown = id === key.id && (token === null || token === "good");
      return Promise.resolve(isKnown ? { secret: key.secret, principal } : null);
    },
    used: () => undefined,
  },
  now: () => now,
};

const listServices = call("AppRunner.ListServices", { MaxResults: 5 });

function signNow(unsigned = listServices, options: Partial<SigningOptions> = {}): Promise<Signed> {
  return sign(unsigned, { ...key, signingDate: new Date(now), ...options });
}

async function codeOf(signed: Signed): Promise<string> {
  return authenticate(toSignedRequest(signed), verifier).then(
    () => "accepted",
    (error: unknown) => (error instanceof WireError ? error.code : `thrown: ${String(error)}`),
  );
}

function withHeader(signed: Signed, name: string, value: string | null): Signed {
  const { [name]: _old, ...others } = signed.headers;
  return { ...signed, headers: value === null ? others : { ...others, [name]: value } };
}

/** Rewrites a part of the Authorization header. */
function withAuthorization(signed: Signed, pattern: RegExp | string, replacement: string): Signed {
  const present = signed.headers["authorization"] ?? "";
  expect(present).toMatch(pattern);
  return withHeader(signed, "authorization", present.replace(pattern, replacement));
}

describe("what AWS's own signer signs is accepted", () => {
  test("a plain call, and the principal is the key's", async () => {
    expect(await authenticate(toSignedRequest(await signNow()), verifier)).toEqual(principal);
  });

  test.each([
    ["an empty body", { ...listServices, body: "" }],
    ["a body of bytes that are no text", { ...listServices, body: randomBytes(1000) }],
    ["query keys that repeat", { ...listServices, query: { b: ["2", "1"], a: "x y", B: "" } }],
    [
      "query keys and values that need encoding",
      { ...listServices, query: { "ä/?": "a+b=c&d%", "*'()!": "~-_." } },
    ],
    ["a path with blanks and dots", { ...listServices, path: "/a b/./c/../d*e" }],
    ["a path that is percent-encoded already", { ...listServices, path: "/a%20b/" }],
    [
      "header values with many blanks",
      { ...listServices, headers: { ...listServices.headers, "x-note": " a   b " } },
    ],
  ])("%s", async (_name, unsigned) => {
    expect(await codeOf(await signNow(unsigned))).toBe("accepted");
  });

  test("a session token that belongs to the key", async () => {
    expect(await codeOf(await signNow(listServices, { sessionToken: "good" }))).toBe("accepted");
  });

  test("any header values, queries and bodies", async () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from("abc XYZ019-_.~!*'()/+&=%äß€😀")) });
    const ascii = fc.string({ unit: fc.constantFrom(...Array.from("abc XYZ019-_.~!*'()/+&=%;,")) });
    const property = fc.asyncProperty(fc.dictionary(text, text), ascii, text, async (query, header, body) => {
      const headers = { ...listServices.headers, "x-note": header };
      expect(await codeOf(await signNow({ headers, query, body }))).toBe("accepted");
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test.each([-5 * 60_000, 5 * 60_000])("a date %i ms off, the limit of the skew", async (skewMs) => {
    const signed = await signNow(listServices, { signingDate: new Date(now + skewMs) });
    expect(await codeOf(signed)).toBe("accepted");
  });

  test("an ordinary header that is not signed may change on its way", async () => {
    expect(await codeOf(withHeader(await signNow(), "user-agent", "proxy"))).toBe("accepted");
  });
});

describe("a request that was changed after signing is refused", () => {
  const changes: readonly [string, (signed: Signed) => Signed][] = [
    [
      "the body",
      (signed) => withHeader({ ...signed, body: Buffer.from("{}") }, "x-amz-content-sha256", null),
    ],
    ["the method", (signed) => ({ ...signed, method: "PUT" })],
    ["the path", (signed) => ({ ...signed, target: "/x" })],
    ["the query", (signed) => ({ ...signed, target: "/?a=1" })],
    ["the operation", (signed) => withHeader(signed, "x-amz-target", "AppRunner.DeleteService")],
    ["the host", (signed) => withHeader(signed, "host", "example.com")],
    ["the content type", (signed) => withHeader(signed, "content-type", "application/json")],
    ["the second of the date", (signed) => withHeader(signed, "x-amz-date", "20260131T235901Z")],
    ["one digit of the signature", (signed) => withAuthorization(signed, /.$/, "x")],
    [
      "the order of signed headers",
      (signed) => withAuthorization(signed, "content-type;host", "host;content-type"),
    ],
    ["a header left out of the signed ones", (signed) => withAuthorization(signed, "content-type;", "")],
    ["the host left out of the signed ones", (signed) => withAuthorization(signed, ";host", "")],
    ["the target left out of the signed ones", (signed) => withAuthorization(signed, ";x-amz-target", "")],
    ["an unsigned x-amz- header added", (signed) => withHeader(signed, "x-amz-meta", "1")],
    ["a signed header taken away", (signed) => withHeader(signed, "host", null)],
    ["the date taken away", (signed) => withHeader(signed, "x-amz-date", null)],
    ["the hash of the body", (signed) => withHeader(signed, "x-amz-content-sha256", "0".repeat(64))],
    ["an unsigned payload", (signed) => withHeader(signed, "x-amz-content-sha256", "UNSIGNED-PAYLOAD")],
    [
      "a streamed payload",
      (signed) => withHeader(signed, "x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    ],
  ];
  test.each(changes)("%s", async (_name, change) => {
    expect(await codeOf(change(await signNow()))).toMatch(
      /^(InvalidSignatureException|IncompleteSignature)$/,
    );
  });

  test("a signed body that was exchanged together with its hash", async () => {
    const other = await signNow(call("AppRunner.ListServices", {}));
    const signed = { ...(await signNow()), body: other.body };
    const swapped = withHeader(signed, "x-amz-content-sha256", other.headers["x-amz-content-sha256"] ?? "");
    expect(await codeOf(swapped)).toBe("InvalidSignatureException");
  });

  test("a header that is sent twice", async () => {
    const request = toSignedRequest(await signNow());
    for (const name of ["Authorization", "X-Amz-Target", "Host", "X-Amz-Date"]) {
      const value = headerValues(request.rawHeaders).get(name.toLowerCase())?.[0] ?? "";
      const doubled = { ...request, rawHeaders: [...request.rawHeaders, name, value] };
      await expect(authenticate(doubled, verifier)).rejects.toMatchObject({ code: "IncompleteSignature" });
    }
  });
});

describe("a request signed by the wrong one, for another place or at another time is refused", () => {
  test.each([
    ["another secret", { secret: "x".repeat(40) }, "InvalidSignatureException"],
    ["an unknown key", { id: "AKIAAAAAAAAAAAAAAAAA" }, "UnrecognizedClientException"],
    ["a key id that cannot be", { id: "../../etc/passwd" }, "IncompleteSignature"],
    ["a session token of nobody's", { sessionToken: "token" }, "UnrecognizedClientException"],
    ["a session token that is over", { sessionToken: "expired" }, "ExpiredTokenException"],
    ["another region", { region: "eu-west-1" }, "InvalidSignatureException"],
    ["another service", { service: "s3" }, "InvalidSignatureException"],
    ["six minutes ago", { signingDate: new Date(now - 360_000) }, "InvalidSignatureException"],
    ["in six minutes", { signingDate: new Date(now + 360_000) }, "InvalidSignatureException"],
  ])("%s", async (_name, options, code) => {
    expect(await codeOf(await signNow(listServices, options))).toBe(code);
  });

  test("who has no active key is told that it may have been made inactive", async () => {
    const unknown = await signNow(listServices, { id: "AKIAAAAAAAAAAAAAAAAA" });
    await expect(authenticate(toSignedRequest(unknown), verifier)).rejects.toThrow(
      "no active access key has this id. It may have been made inactive or deleted",
    );
  });

  test("the refusal of an old date says so in AWS's words, for SDKs correct their clock by it", async () => {
    const old = await signNow(listServices, { signingDate: new Date(now - 360_000) });
    await expect(authenticate(toSignedRequest(old), verifier)).rejects.toThrow(
      "Signature expired: 20260131T235300Z is now earlier than 20260131T235400Z (20260131T235900Z - 5 min.)",
    );
  });

  test("a wrong date in the credential scope, a wrong terminator", async () => {
    const signed = await signNow();
    expect(await codeOf(withAuthorization(signed, "/20260131/", "/20260130/"))).toBe(
      "InvalidSignatureException",
    );
    expect(await codeOf(withAuthorization(signed, "aws4_request", "aws5_request"))).toBe(
      "InvalidSignatureException",
    );
  });

  test("no refusal repeats the signature that would have been right", async () => {
    const signed = await signNow();
    const right = /Signature=(\w+)/.exec(signed.headers["authorization"] ?? "")?.[1] ?? "";
    const altered = withAuthorization(signed, right, "0".repeat(64));
    const error: unknown = await authenticate(toSignedRequest(altered), verifier).catch(
      (refusal: unknown) => refusal,
    );
    expect(String(error)).not.toContain(right);
  });
});

describe("a request without a complete Authorization header is refused", () => {
  test("none at all", async () => {
    expect(await codeOf(withHeader(await signNow(), "authorization", null))).toBe(
      "MissingAuthenticationTokenException",
    );
  });

  test("a presigned URL", async () => {
    const signed = withHeader(await signNow(), "authorization", null);
    const target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00";
    expect(await codeOf({ ...signed, target })).toBe("IncompleteSignature");
  });

  test.each([
    "Basic YWRtaW46YWRtaW4=",
    "Bearer token",
    "AWS4-HMAC-SHA256",
    "AWS4-HMAC-SHA256 Credential=a",
    `AWS4-HMAC-SHA256 Credential=${key.id}/20260131/us-east-1/apprunner, SignedHeaders=host, Signature=${"0".repeat(64)}`,
    `AWS4-HMAC-SHA256 Credential=${key.id}/20260131/us-east-1/apprunner/aws4_request, SignedHeaders=host`,
    `AWS4-HMAC-SHA256 Credential=${key.id}/20260131/us-east-1/apprunner/aws4_request, SignedHeaders=host, Signature=00`,
    `AWS4-ECDSA-P256-SHA256 Credential=${key.id}/20260131/apprunner/aws4_request, SignedHeaders=host, Signature=00`,
    ",".repeat(100_000),
  ])("%.60s", async (header) => {
    expect(await codeOf(withHeader(await signNow(), "authorization", header))).toBe("IncompleteSignature");
  });
});
