import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { IssuanceError } from "../../ports/certificate-authority.ts";
import { accountName } from "./account.ts";
import type { AcmeAuthority, AcmeOptions } from "./acme-authority.ts";
import { makeCertificate } from "./testing/certificates.ts";
import { Installation } from "./testing/client.ts";
import { acmeProblem, FakeDirectory, type FakeReply } from "./testing/fake-directory.ts";

const DAY_MS = 86_400_000;
let fake: FakeDirectory;
let installation: Installation;
let signal: AbortSignal;

beforeEach(async () => {
  fake = await FakeDirectory.start();
  installation = new Installation();
  signal = AbortSignal.timeout(9_000);
});

afterEach(async () => {
  await fake.stop();
});

function client(options: Partial<AcmeOptions> = {}): AcmeAuthority {
  return installation.client({ directoryUrl: fake.directoryUrl, ...options });
}

function place(authority = client()): Promise<{ readonly orderUrl: string }> {
  return authority.placeOrder({ names: ["shop.example.com"], replacedPem: null }, signal);
}

/** These paths are answered so, all others as by a friendly authority. */
function answer(replies: Readonly<Record<string, FakeReply>>): void {
  fake.script = ({ path }) => replies[path];
}

async function failure(promise: Promise<unknown>): Promise<IssuanceError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(IssuanceError);
  return error as IssuanceError;
}

describe("an authority that is asked too often", () => {
  it.each([
    ["3600", (nowMs: number) => nowMs + 3_600_000],
    [new Date(Date.now() + DAY_MS).toUTCString(), (nowMs: number) => nowMs + DAY_MS],
  ])("is not asked before %s, and not again within", async (retryAfter, expectedMs) => {
    const body = acmeProblem("rateLimited", "too many certificates already issued");
    answer({ "/new-order": { status: 429, headers: { "Retry-After": retryAfter }, body } });
    const { kind, message, retryAtMs } = await failure(place());
    expect({ kind, message }).toEqual({
      kind: "rate-limited",
      message: `${new URL(fake.origin).host}: too many certificates already issued.`,
    });
    expect(Math.abs((retryAtMs ?? 0) - expectedMs(Date.now()))).toBeLessThan(5_000);
    expect(fake.requests.filter(({ path }) => path === "/new-order")).toHaveLength(1);
  });
});

describe("an authority that does not work", () => {
  it("is unavailable with 503, and says until when", async () => {
    answer({ "/new-order": { status: 503, headers: { "Retry-After": "60" }, body: "<html>busy</html>" } });
    const { kind, message, retryAtMs } = await failure(place());
    expect({ kind, message }).toEqual({
      kind: "unavailable",
      message: expect.stringMatching(/^127\.0\.0\.1:\d+: answered with HTTP 503\.$/),
    });
    expect(retryAtMs).toBeGreaterThan(Date.now());
  });

  it("is unavailable when it does not answer in time", async () => {
    fake.script = ({ path }) => (path === "/new-order" ? new Promise<never>(() => {}) : undefined);
    const { kind, message } = await failure(place(client({ exchangeMaxMs: 300 })));
    expect({ kind, message }).toEqual({
      kind: "unavailable",
      message: expect.stringContaining("did not answer within 0.3 s"),
    });
  });

  it("is left when the step is cancelled while it hangs", async () => {
    const cancelled = new AbortController();
    fake.script = ({ path }) => {
      if (path !== "/new-order") return undefined;
      cancelled.abort(new Error("stopped"));
      return new Promise<never>(() => {});
    };
    await expect(
      client().placeOrder({ names: ["shop.example.com"], replacedPem: null }, cancelled.signal),
    ).rejects.toThrow("stopped");
  });

  it("is unavailable when nothing listens", async () => {
    const directoryUrl = `http://127.0.0.1:${await freePort()}/dir`;
    const { kind, message } = await failure(place(client({ directoryUrl })));
    expect({ kind, message }).toEqual({
      kind: "unavailable",
      message: expect.stringMatching(/cannot be asked: nothing listens there\.$/),
    });
  });

  it.each(["<html>\u0007hello", "{", "{}", "[]", '"text"', ""])(
    "is unavailable with a directory of %j",
    async (body) => {
      answer({ "/dir": { body } });
      expect(await failure(place())).toMatchObject({
        kind: "unavailable",
        message: expect.stringContaining("not ACME"),
      });
    },
  );

  it("is unavailable with an order that is none, and may be asked for the directory again", async () => {
    answer({ "/new-order": { status: 201, headers: { Location: "/order/1" }, body: { status: "fine" } } });
    const authority = client();
    expect(await failure(place(authority))).toMatchObject({ kind: "unavailable" });
    fake.script = () => undefined;
    expect(await place(authority)).toEqual({ orderUrl: `${fake.origin}/order/1` });
  });

  it("is not read to the end of an endless answer", async () => {
    answer({ "/dir": { body: "x".repeat(2_000_000) } });
    expect(await failure(place())).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("1048576 bytes"),
    });
  });

  it("is not followed elsewhere", async () => {
    answer({ "/dir": { status: 301, headers: { Location: `${fake.origin}/elsewhere` } } });
    expect(await failure(place())).toMatchObject({
      kind: "other",
      message: expect.stringContaining("Is SLIPWAY_ACME_DIRECTORY the address of its directory?"),
    });
  });

  it.each(["http://[", "//", undefined])("does not make sense with an order at %s", async (location) => {
    const headers = location === undefined ? {} : { Location: location };
    answer({ "/new-order": { status: 201, headers, body: fake.order() } });
    expect(await failure(place())).toMatchObject({ kind: "other" });
    answer({ "/new-account": { status: 201, headers, body: {} } });
    expect(
      await failure(place(new Installation().client({ directoryUrl: fake.directoryUrl }))),
    ).toMatchObject({
      kind: "other",
    });
  });

  it("has no nonce for us for ever: the step ends", async () => {
    answer({ "/new-account": { status: 400, body: acmeProblem("badNonce", "stale") } });
    expect(await failure(place())).toMatchObject({ kind: "unavailable" });
    expect(fake.requests).toHaveLength(31);
  });
});

describe("nonces", () => {
  it("are those of earlier answers where there are some", async () => {
    let asked = 0;
    fake.script = ({ path }) => {
      if (path === "/nonce") asked++;
      return undefined;
    };
    await place();
    expect(asked).toBe(1);
    expect(fake.requests.map(({ header }) => header["nonce"])).toEqual(["nonce-2", "nonce-3"]);
  });

  it.each([
    [{ status: 503, headers: { "Retry-After": "9" } }, "unavailable"],
    [{ status: 429, headers: { "Retry-After": "9" } }, "rate-limited"],
  ])("that are refused with %j are asked for later", async (reply, kind) => {
    answer({ "/nonce": reply });
    const refused = await failure(place());
    expect(refused.kind).toBe(kind);
    expect(refused.retryAtMs).toBeGreaterThan(Date.now());
  });

  it("that do not come make the authority unavailable", async () => {
    answer({ "/nonce": { headers: { "Replay-Nonce": "" } } });
    expect(await failure(place())).toMatchObject({ kind: "unavailable" });
  });
});

describe("the account", () => {
  it("agrees to the terms, and has an email only when there is one", async () => {
    await place();
    await place(new Installation().client({ directoryUrl: fake.directoryUrl, email: "ops@example.com" }));
    const made = fake.requests.filter(({ path }) => path === "/new-account").map(({ payload }) => payload);
    expect(made).toEqual([
      { termsOfServiceAgreed: true },
      { termsOfServiceAgreed: true, contact: ["mailto:ops@example.com"] },
    ]);
  });

  it("is looked for by its key after a restart, without the external account", async () => {
    const externalAccount = { keyId: "kid-1", macKey: "c2VjcmV0LXNlY3JldC1zZWNyZXQ" };
    await place(client({ externalAccount }));
    await place(client({ externalAccount }));
    const [made, found] = fake.requests.filter(({ path }) => path === "/new-account");
    expect(made!.payload).toMatchObject({ externalAccountBinding: { payload: expect.any(String) } });
    expect(found!.payload).toEqual({ onlyReturnExisting: true });
    expect(found!.header["jwk"]).toEqual(made!.header["jwk"]);
  });

  it("is made again when the authority has forgotten it, and the step goes on", async () => {
    const authority = client();
    await place(authority);
    const forgotten = acmeProblem("accountDoesNotExist", "no such account");
    let isKnown = false;
    fake.script = ({ path, payload }) => {
      if (path === "/new-account" && payload?.["onlyReturnExisting"] === true)
        return { status: 400, body: forgotten };
      if (path === "/new-account") isKnown = true;
      return path === "/new-order" && !isKnown ? { status: 400, body: forgotten } : undefined;
    };
    expect(await place(authority)).toEqual({ orderUrl: `${fake.origin}/order/1` });
    isKnown = false;
    expect(await place(client())).toEqual({ orderUrl: `${fake.origin}/order/1` });
  });

  it("that is never known is refused, and not asked for without end", async () => {
    const body = acmeProblem("accountDoesNotExist", "no such account");
    answer({ "/new-order": { status: 400, body } });
    expect(await failure(place())).toMatchObject({ kind: "account" });
    expect(fake.requests.filter(({ path }) => path === "/new-order")).toHaveLength(2);
  });

  it("is refused when it was deactivated", async () => {
    answer({ "/new-account": { status: 403, body: acmeProblem("unauthorized", "account is deactivated") } });
    expect(await failure(place())).toMatchObject({
      kind: "account",
      message: expect.stringContaining("the account was deactivated"),
    });
  });

  it("has one key, also for the first steps at the same time", async () => {
    const authority = client();
    await Promise.all([place(authority), place(authority), place(authority)]);
    expect(fake.requests.filter(({ path }) => path === "/new-account")).toHaveLength(1);
  });

  it("asks for an external account before it sends anything that would be refused", async () => {
    answer({ "/dir": { body: { ...fake.directory(), meta: { externalAccountRequired: true } } } });
    expect(await failure(place())).toMatchObject({
      kind: "account",
      message: expect.stringContaining("SLIPWAY_ACME_EAB_KEY_ID"),
    });
    expect(fake.requests).toEqual([]);
  });

  it("is kept sealed, and useless under another master key", async () => {
    await place();
    expect(installation.accountStore.sealed).not.toContain("PRIVATE KEY");
    const { vault } = new Installation();
    expect(await failure(place(client({ vault })))).toMatchObject({
      kind: "account",
      message: expect.stringContaining("master key"),
    });
  });

  it("has a name of its own for each directory and email", () => {
    const names = [
      accountName("https://a.example/dir", null),
      accountName("https://b.example/dir", null),
      accountName("https://a.example/dir", "ops@example.com"),
    ];
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^acme account [0-9a-f]{32}$/);
    expect(accountName("https://a.example/dir", null)).toBe(names[0]);
  });
});

describe("an order", () => {
  const authorization = (changes: object) => ({
    identifier: { type: "dns", value: "shop.example.com" },
    status: "pending",
    challenges: [],
    ...changes,
  });
  const challenge = (type: string, changes: object = {}) => ({
    type,
    url: `${fake.origin}/challenge/${type}`,
    status: "pending",
    token: "token-1",
    ...changes,
  });
  const read = () => client().readOrder(`${fake.origin}/order/1`, signal);

  it("shows for each kind what proves the name, and null for what is not offered", async () => {
    const challenges = [challenge("dns-01"), challenge("tls-alpn-01"), challenge("dns-account-01")];
    answer({ "/authorization/1": { body: authorization({ challenges, wildcard: true }) } });
    const state = await read();
    expect(state).toEqual({
      status: "pending",
      problem: null,
      challenges: [
        {
          name: "shop.example.com",
          isWildcard: true,
          isAccepted: false,
          http: null,
          dns: { url: `${fake.origin}/challenge/dns-01`, text: expect.stringMatching(/^[\w-]{43}$/) },
        },
      ],
    });
  });

  it("does not take a token that would be more than a name in a path", async () => {
    const challenges = [challenge("http-01", { token: "../../x" }), challenge("dns-01", { token: "" })];
    answer({ "/authorization/1": { body: authorization({ challenges }) } });
    expect(await read()).toMatchObject({ challenges: [{ http: null, dns: null }] });
  });

  it("is read though its authority writes null for what is not there", async () => {
    const nothing = { certificate: null, error: null };
    answer({
      "/order/1": { body: fake.order(nothing) },
      "/authorization/1": {
        body: authorization({ wildcard: null, challenges: [challenge("http-01", { error: null })] }),
      },
    });
    const { challenges } = await read();
    expect(challenges).toMatchObject([{ isWildcard: false, http: { token: "token-1" } }]);
  });

  it("fails with its name, also while it says itself that it is pending", async () => {
    const error = acmeProblem("connection", "Timeout during connect (likely firewall problem)");
    const challenges = [challenge("http-01", { status: "invalid", error })];
    answer({ "/authorization/1": { body: authorization({ status: "invalid", challenges }) } });
    const { status, problem } = await read();
    expect(status).toBe("invalid");
    expect(problem).toMatchObject({
      kind: "validation",
      message: `${new URL(fake.origin).host}: shop.example.com: Timeout during connect (likely firewall problem).`,
    });
  });

  it("is gone when a proof ran out before it was used", async () => {
    answer({ "/authorization/1": { body: authorization({ status: "expired" }) } });
    const { problem } = await read();
    expect(problem).toMatchObject({
      kind: "gone",
      message: expect.stringContaining("shop.example.com (expired)"),
    });
  });

  it("that fails after its names were proven tells why", async () => {
    const error = acmeProblem("caa", "CAA record for shop.example.com prevents issuance");
    answer({
      "/order/1": { body: fake.order({ status: "invalid", error }) },
      "/authorization/1": { body: authorization({ status: "valid" }) },
    });
    expect((await read()).problem).toMatchObject({
      kind: "names",
      message: expect.stringContaining("CAA record"),
    });
  });

  it("is gone when the authority does not know it", async () => {
    answer({ "/order/1": { status: 404, body: acmeProblem("malformed", "No order for ID 1") } });
    expect(await failure(read())).toMatchObject({ kind: "gone" });
  });

  it("asks for no more than four authorizations at once", async () => {
    const authorizations = Array.from({ length: 20 }, (_, index) => `${fake.origin}/authorization/${index}`);
    fake.script = ({ path }) => {
      if (path === "/order/1") return { body: fake.order({ authorizations }) };
      return path.startsWith("/authorization/") ? { body: authorization({ status: "valid" }) } : undefined;
    };
    await read();
    expect(fake.requests.filter(({ path }) => path.startsWith("/authorization/"))).toHaveLength(20);
    expect(fake.connections).toBe(4);
  });

  it("does not go on over http where the directory came over https", async () => {
    const { certificatePem, keyPem } = await makeCertificate({ name: "localhost" });
    const secure = await FakeDirectory.start({ key: keyPem, cert: certificatePem });
    try {
      secure.script = ({ path }) => (path === "/dir" ? { body: fake.directory() } : undefined);
      const authority = client({ directoryUrl: secure.directoryUrl, caPem: certificatePem });
      expect(await failure(place(authority))).toMatchObject({
        kind: "other",
        message: expect.stringContaining(fake.origin),
      });
      expect(fake.requests).toEqual([]);
    } finally {
      await secure.stop();
    }
  });
});

describe("the wish of when to renew", () => {
  const suggestedWindow = { start: "2026-02-01T00:00:00Z", end: "2026-02-02T00:00:00Z" };

  async function certificate(): Promise<string> {
    const issuer = await makeCertificate({ name: "ca.example", isAuthority: true });
    return (await makeCertificate({ name: "shop.example.com", issuer, hasIssuerKey: true })).certificatePem;
  }

  it("is asked for by the certificate's id, without an account", async () => {
    const asked: string[] = [];
    fake.script = ({ path }) => {
      asked.push(path);
      return path.startsWith("/renewal/")
        ? { headers: { "Retry-After": "7200" }, body: { suggestedWindow } }
        : undefined;
    };
    const window = await client().renewalWindow(await certificate(), signal);
    expect(window).toMatchObject({ startMs: Date.UTC(2026, 1, 1), endMs: Date.UTC(2026, 1, 2) });
    expect(Math.abs(window!.askAgainMs - Date.now() - 7_200_000)).toBeLessThan(5_000);
    expect(asked).toEqual(["/dir", expect.stringMatching(/^\/renewal\/[\w-]{27}\.[\w-]+$/)]);
    expect(installation.accountStore.sealed).toBeNull();
  });

  it("comes with what it replaces, which the authority lets pass before others", async () => {
    const replacedPem = await certificate();
    await client().placeOrder({ names: ["shop.example.com"], replacedPem }, signal);
    const orders = () => fake.requests.filter(({ path }) => path === "/new-order");
    const replaces = expect.stringMatching(/^[\w-]{27}\.[\w-]+$/);
    const identifiers = [{ type: "dns", value: "shop.example.com" }];
    expect(orders().map(({ payload }) => payload)).toEqual([{ identifiers, replaces }]);
    answer({ "/dir": { body: { ...fake.directory(), renewalInfo: undefined } } });
    await client().placeOrder({ names: ["shop.example.com"], replacedPem }, signal);
    expect(orders().at(-1)?.payload).toEqual({ identifiers });
  });

  it.each([
    ["alreadyReplaced", 409],
    ["malformed", 400],
    ["unauthorized", 403],
  ])("is ordered like a first one where what it replaces is %s", async (type, status) => {
    fake.script = ({ path, payload }) =>
      path === "/new-order" && payload?.["replaces"] !== undefined
        ? { status, body: acmeProblem(type, "another account's") }
        : undefined;
    const wish = { names: ["shop.example.com"], replacedPem: await certificate() };
    expect((await client().placeOrder(wish, signal)).orderUrl).toBe(`${fake.origin}/order/1`);
  });

  it("is not ordered twice at once when the authority is busy", async () => {
    answer({ "/new-order": { status: 429, body: acmeProblem("rateLimited", "too many") } });
    const wish = { names: ["shop.example.com"], replacedPem: await certificate() };
    expect((await failure(client().placeOrder(wish, signal))).kind).toBe("rate-limited");
    expect(fake.requests.filter(({ path }) => path === "/new-order")).toHaveLength(1);
  });

  it("is null where the authority has none", async () => {
    const chainPem = await certificate();
    answer({ "/dir": { body: { ...fake.directory(), renewalInfo: undefined } } });
    expect(await client().renewalWindow(chainPem, signal)).toBeNull();
    fake.script = ({ path }) => (path.startsWith("/renewal/") ? { status: 404 } : undefined);
    expect(await client().renewalWindow(chainPem, signal)).toBeNull();
  });

  it("is asked for later when the authority is busy", async () => {
    fake.script = ({ path }) =>
      path.startsWith("/renewal/") ? { status: 429, headers: { "Retry-After": "9" } } : undefined;
    const { kind, retryAtMs } = await failure(client().renewalWindow(await certificate(), signal));
    expect(kind).toBe("rate-limited");
    expect(retryAtMs).toBeGreaterThan(Date.now());
  });
});

describe("a directory whose own certificate is of another time", () => {
  async function placeAt(times: { readonly notBeforeMs?: number; readonly notAfterMs?: number }) {
    const { certificatePem, keyPem } = await makeCertificate({ name: "localhost", ...times });
    const secure = await FakeDirectory.start({ key: keyPem, cert: certificatePem });
    try {
      return await failure(place(client({ directoryUrl: secure.directoryUrl, caPem: certificatePem })));
    } finally {
      await secure.stop();
    }
  }

  it("means that our clock is wrong when its clock differs", async () => {
    installation.clockAheadMs = 10 * DAY_MS;
    expect(await placeAt({ notAfterMs: Date.now() - 1000 })).toMatchObject({
      kind: "clock",
      message: expect.stringMatching(
        /has expired by this machine's clock, which says .* 10 days ahead of the authority's/,
      ),
    });
    installation.clockAheadMs = -3 * 3_600_000;
    expect(await placeAt({ notBeforeMs: Date.now() + 3_600_000 })).toMatchObject({
      kind: "clock",
      message: expect.stringMatching(/is not valid yet .* 3 hours behind the authority's/),
    });
  });

  it("is the authority's own fault when the clocks agree", async () => {
    expect(await placeAt({ notAfterMs: Date.now() - 1000 })).toMatchObject({
      kind: "unavailable",
      message: expect.stringContaining("its clock agrees with ours"),
    });
  });
});
