import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { expect, test } from "vitest";
import { signHeaders } from "./signature.ts";

class Sha256 {
  readonly #hash;

  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }

  update(data: unknown): void {
    this.#hash.update(data as string);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {}
}

const NOW_MS = Date.UTC(2026, 1, 3, 4, 5, 6, 789);

interface Case {
  readonly body: string;
  readonly target: string;
  readonly endpoint: string;
  readonly token: string | undefined;
}

/** AWS's own implementation. */
async function oracle({ body, target, endpoint, token }: Case): Promise<Readonly<Record<string, string>>> {
  const url = new URL(endpoint);
  const signer = new SignatureV4({
    service: "apprunner",
    region: "eu-central-1",
    sha256: Sha256,
    credentials: {
      accessKeyId: "AKID",
      secretAccessKey: "s3cr3t",
      ...(token === undefined ? {} : { sessionToken: token }),
    },
  });
  const request = {
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    path: "/",
    headers: { host: url.host, "content-type": "application/x-amz-json-1.0", "x-amz-target": target },
    body,
  };
  return (await signer.sign(request, { signingDate: new Date(NOW_MS) })).headers;
}

function ours({ body, target, endpoint, token }: Case): Readonly<Record<string, string>> {
  return signHeaders(
    {
      url: new URL(endpoint),
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": target },
      body,
      nowMs: NOW_MS,
    },
    {
      accessKeyId: "AKID",
      secretAccessKey: "s3cr3t",
      ...(token === undefined ? {} : { sessionToken: token }),
    },
    { region: "eu-central-1", service: "apprunner" },
  );
}

test("signs as AWS's own implementation does, whatever the body", async () => {
  const cases = fc.record({
    body: fc.json(),
    target: fc.constantFrom("AppRunner.ListServices", "Slipway.GetInfo"),
    endpoint: fc.constantFrom("http://127.0.0.1:7070", "https://api.example.com", "http://localhost:80"),
    token: fc.option(fc.stringMatching(/^[a-zA-Z0-9+/=]{1,40}$/), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const expected = await oracle(one);
      const signed = ours(one);
      expect(signed["authorization"]).toBe(expected["authorization"]);
      expect(signed["x-amz-date"]).toBe(expected["x-amz-date"]);
      expect(signed["x-amz-content-sha256"]).toBe(expected["x-amz-content-sha256"]);
    }),
    { numRuns: 50 },
  );
});

test("the secret is in no header", () => {
  const headers = ours({ body: "{}", target: "Slipway.GetInfo", endpoint: "http://a", token: undefined });
  expect(JSON.stringify(headers)).not.toContain("s3cr3t");
});
