// Over real sockets: scripted servers on addresses of their own play the resolver of the system and those of the zones.
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import type { RecordCheck } from "../../domain/record-check.ts";
import type { RecordWish } from "../../ports/domain-lookup.ts";
import { AuthoritativeLookup, type AuthoritativeLookupOptions } from "./authoritative-lookup.ts";
import { type RecordLine, type Script, type ScriptedDns, startDns } from "./testing/scripted-dns.ts";
import { MEASURED } from "../../../test/support/processor-time.ts";

const SERVFAIL = 2;
const TARGET = "x.us-east-1.apps.example.net";
const PROOF = "0123.acme.apps.example.net";
const signal = new AbortController().signal;

const running: ScriptedDns[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one[Symbol.asyncDispose]();
});

async function start(
  script: Script,
  at: { readonly address?: string; readonly port?: number } = {},
): Promise<ScriptedDns> {
  const dns = await startDns(script, at);
  running.push(dns);
  return dns;
}

function lookup(change: Partial<AuthoritativeLookupOptions>): AuthoritativeLookup {
  return new AuthoritativeLookup({ dnsServer: null, publicAddresses: [], acmeHttpPort: 80, ...change });
}

/** One server that is asked for everything. */
async function lookupOf(
  records: readonly RecordLine[],
  change: Partial<Script & AuthoritativeLookupOptions> = {},
) {
  const dns = await start({ zone: "com", records, ...change });
  return lookup({ dnsServer: `127.0.0.1:${dns.port}`, ...change });
}

const validation: RecordWish = {
  purpose: "validation",
  domainName: "shop.example.com",
  recordName: "_acme-challenge.shop.example.com",
  target: PROOF,
};
const traffic: RecordWish = { purpose: "traffic", domainName: "shop.example.com", target: TARGET };

async function checkOne(one: AuthoritativeLookup, wish: RecordWish): Promise<RecordCheck> {
  const [check] = await one.check([wish], signal);
  if (check === undefined) throw new Error("no check");
  return check;
}

describe("the record that proves a name", () => {
  test("is right when it leads to our zone, whatever its letters", async () => {
    const one = await lookupOf([`_acme-challenge.shop.example.com CNAME ${PROOF.toUpperCase()}.`]);
    expect(await checkOne(one, { ...validation, target: `${PROOF}.` })).toEqual({
      domainName: "shop.example.com",
      purpose: "validation",
      recordName: "_acme-challenge.shop.example.com",
      type: "CNAME",
      expected: `${PROOF}.`,
      seen: [`CNAME ${PROOF}`],
      verdict: "right",
      problem: null,
    });
  });

  test("may lead there by way of another name", async () => {
    const one = await lookupOf([
      "_acme-challenge.shop.example.com CNAME proofs.example.com",
      `proofs.example.com CNAME ${PROOF}`,
    ]);
    expect(await checkOne(one, validation)).toMatchObject({
      verdict: "right",
      seen: ["CNAME proofs.example.com", `CNAME ${PROOF}`],
    });
  });

  test("is missing", async () => {
    expect(await checkOne(await lookupOf([]), validation)).toMatchObject({
      verdict: "missing",
      seen: ["NXDOMAIN"],
      problem: `Set CNAME _acme-challenge.shop.example.com to ${PROOF}; there is no such record now.`,
    });
  });

  test("is a text instead", async () => {
    const one = await lookupOf(["_acme-challenge.shop.example.com TXT by-hand"]);
    expect(await checkOne(one, validation)).toMatchObject({
      verdict: "wrong",
      seen: ["TXT by-hand"],
      problem: `Set CNAME _acme-challenge.shop.example.com to ${PROOF}; now it is TXT by-hand.`,
    });
  });

  test("leads elsewhere", async () => {
    const one = await lookupOf(["_acme-challenge.shop.example.com CNAME old.example.com"]);
    expect(await checkOne(one, validation)).toMatchObject({
      verdict: "wrong",
      seen: ["CNAME old.example.com", "NXDOMAIN"],
      problem: `Set CNAME _acme-challenge.shop.example.com to ${PROOF}; now it is CNAME old.example.com, NXDOMAIN.`,
    });
  });

  test("leads in a circle", async () => {
    const one = await lookupOf([
      "_acme-challenge.shop.example.com CNAME a.example.com",
      "a.example.com CNAME b.example.com",
      "b.example.com CNAME a.example.com",
    ]);
    const check = await checkOne(one, validation);
    expect(check).toMatchObject({ verdict: "loop", seen: expect.arrayContaining(["CNAME b.example.com"]) });
    expect(check.problem).toMatch(/circle.*set CNAME/);
  });

  test("leads in a circle that a resolver only fails at", async () => {
    const one = await lookupOf(
      ["shop.example.com CNAME a.example.com", "a.example.com CNAME shop.example.com"],
      {
        codes: Object.fromEntries(
          ["shop", "a"].flatMap((name) =>
            ["A", "AAAA"].map((type) => [`${name}.example.com ${type}`, SERVFAIL]),
          ),
        ),
      },
    );
    expect(await checkOne(one, traffic)).toMatchObject({
      verdict: "loop",
      seen: ["CNAME a.example.com", "CNAME shop.example.com"],
    });
  });

  test("leads from name to name without end", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}.example.com`);
    const lines = names.map((name, index): RecordLine => `${name} CNAME n${index + 1}.example.com`);
    const one = await lookupOf(["_acme-challenge.shop.example.com CNAME n0.example.com", ...lines]);
    expect((await checkOne(one, validation)).verdict).toBe("loop");
  });

  test("cannot be seen: the server fails", async () => {
    const one = await lookupOf([], { codes: { "_acme-challenge.shop.example.com": SERVFAIL } });
    const check = await checkOne(one, validation);
    expect(check).toMatchObject({ verdict: "unreachable", seen: ["SERVFAIL"] });
    expect(check.problem).toContain("The name server 127.0.0.1 gave no answer");
  });

  test("cannot be seen: the port is closed", async () => {
    const check = await checkOne(lookup({ dnsServer: `127.0.0.1:${await freePort()}` }), validation);
    expect(check).toMatchObject({ verdict: "unreachable", seen: ["connection refused"] });
  });

  test("comes over TCP when UDP is too small", async () => {
    const one = await lookupOf([`_acme-challenge.shop.example.com CNAME ${PROOF}`], { isCut: true });
    expect((await checkOne(one, validation)).verdict).toBe("right");
  });

  test("cannot be seen: the reply is longer than any that makes sense", async () => {
    const records = Array.from(
      { length: 60 },
      (_, index): RecordLine =>
        `_acme-challenge.shop.example.com CNAME ${"x".repeat(60)}.${"y".repeat(60)}.n${index}.com`,
    );
    const check = await checkOne(await lookupOf(records, { isCut: true }), validation);
    expect(check).toMatchObject({ verdict: "unreachable", seen: ["a reply that is too long"] });
  });

  test("what a stranger's server says is made printable", async () => {
    const one = await lookupOf(["_acme-challenge.shop.example.com TXT \u001b[31mred"]);
    expect((await checkOne(one, validation)).seen).toEqual(["TXT ?[31mred"]);
  });
});

describe("the record that brings requests", () => {
  test("is a CNAME to the service's own host", async () => {
    const one = await lookupOf([`shop.example.com CNAME ${TARGET}`]);
    expect(await checkOne(one, traffic)).toMatchObject({
      verdict: "right",
      type: "CNAME",
      expected: TARGET,
      problem: null,
    });
  });

  test("is an address where the service's own host is, too", async () => {
    const one = await lookupOf(
      [
        "shop.example.com A 192.0.2.7",
        "shop.example.com AAAA 2001:DB8::7",
        `${TARGET} A 192.0.2.7`,
        `${TARGET} AAAA 2001:db8:0::7`,
      ],
      { zone: "" },
    );
    expect(await checkOne(one, traffic)).toMatchObject({
      verdict: "right",
      type: "A or AAAA",
      expected: "192.0.2.7, 2001:db8::7",
      seen: ["A 192.0.2.7", "AAAA 2001:db8::7"],
    });
  });

  test("is one of the addresses that the operator named, at the end of foreign names", async () => {
    const one = await lookupOf(["shop.example.com CNAME cdn.example.com", "cdn.example.com A 203.0.113.9"], {
      publicAddresses: ["203.0.113.9"],
    });
    expect(await checkOne(one, traffic)).toMatchObject({
      verdict: "right",
      seen: ["CNAME cdn.example.com", "A 203.0.113.9"],
    });
  });

  test("is another address", async () => {
    const one = await lookupOf(["shop.example.com A 192.0.2.1"], { publicAddresses: ["203.0.113.9"] });
    expect(await checkOne(one, traffic)).toMatchObject({
      verdict: "wrong",
      problem: `Set CNAME shop.example.com to ${TARGET}; now it is A 192.0.2.1.`,
    });
  });

  test("leads here and elsewhere", async () => {
    const one = await lookupOf(["shop.example.com A 203.0.113.9", "shop.example.com AAAA 2001:db8::bad"], {
      publicAddresses: ["203.0.113.9"],
    });
    const check = await checkOne(one, traffic);
    expect(check.verdict).toBe("wrong");
    expect(check.problem).toContain("take 2001:db8::bad away");
  });

  test("at the top of a zone is told by addresses: no CNAME can be there", async () => {
    const one = await lookupOf(["example.com NS ns.example.com", "example.com A 192.0.2.1"], {
      publicAddresses: ["203.0.113.9"],
    });
    const check = await checkOne(one, { ...traffic, domainName: "example.com" });
    expect(check).toMatchObject({ verdict: "wrong", type: "A or AAAA", expected: "203.0.113.9" });
    expect(check.problem).toMatch(
      /^Set A or AAAA example.com to 203.0.113.9, or an ALIAS to .*; now it is A 192.0.2.1\.$/,
    );
  });

  test("of a wildcard is looked for at some name below it", async () => {
    const dns = await start({ zone: "com", records: [] });
    const one = lookup({ dnsServer: `127.0.0.1:${dns.port}` });
    const check = await checkOne(one, { ...traffic, domainName: "*.example.com" });
    expect(check).toMatchObject({ verdict: "missing", recordName: "*.example.com" });
    expect(check.problem).toBe(`Set CNAME *.example.com to ${TARGET}; there is no such record now.`);
    expect(dns.asked).toContainEqual(expect.stringMatching(/^slipway-[0-9a-f]{12}\.example\.com A$/));
  });
});

describe("without a configured server", () => {
  /** The system's resolver knows who answers for the zones, and nothing of what is in them. */
  async function network(zones: readonly (Script & { readonly at: string })[]): Promise<AuthoritativeLookup> {
    const resolver = await start({
      zone: "",
      records: [
        "example.com NS ns1.provider.test",
        "example.com NS ns2.provider.test",
        "ns1.provider.test A 127.0.0.2",
        "ns2.provider.test A 127.0.0.3",
        "shop.example.com CNAME an-old-answer.example.com",
        "example.net NS ns.example.net",
        "ns.example.net A 127.0.0.4",
      ],
    });
    const port = await freePort();
    for (const { at, ...script } of zones) await start(script, { address: at, port });
    return lookup({ resolvers: [`127.0.0.1:${resolver.port}`], authoritativePort: port });
  }
  const records: readonly RecordLine[] = [
    `shop.example.com CNAME ${TARGET}`,
    "example.com NS ns1.provider.test",
  ];
  const foreign = { at: "127.0.0.4", zone: "example.net", records: [] } as const;

  test("the zone's own servers are asked, not what a cache remembers", async () => {
    const one = await network([
      { at: "127.0.0.2", zone: "example.com", records },
      { at: "127.0.0.3", zone: "example.com", records },
      foreign,
    ]);
    expect(await checkOne(one, traffic)).toMatchObject({ verdict: "right", seen: [`CNAME ${TARGET}`] });
  });

  test("a server that does not answer is no matter while another does", async () => {
    const one = await network([{ at: "127.0.0.2", zone: "example.com", records }, foreign]);
    expect((await checkOne(one, traffic)).verdict).toBe("right");
  });

  test("servers that do not agree are told", async () => {
    const one = await network([
      { at: "127.0.0.2", zone: "example.com", records },
      { at: "127.0.0.3", zone: "example.com", records: [] },
      foreign,
    ]);
    const check = await checkOne(one, traffic);
    expect(check).toMatchObject({
      verdict: "wrong",
      seen: [`ns1.provider.test: CNAME ${TARGET}`, "ns2.provider.test: NXDOMAIN"],
    });
    expect(check.problem).toMatch(
      /^The name servers of example.com do not agree on shop.example.com yet .*wait until all/,
    );
  });

  test("a server that does not vouch for its answer is not believed", async () => {
    const lame = { zone: "example.com", records, isLame: true };
    const one = await network([{ at: "127.0.0.2", ...lame }, { at: "127.0.0.3", ...lame }, foreign]);
    expect(await checkOne(one, traffic)).toMatchObject({ verdict: "unreachable", seen: ["not responsible"] });
  });

  test("a zone that was delegated after the resolver looked is found by its parent's word", async () => {
    const delegations: readonly RecordLine[] = [
      "shop.example.com NS ns.shop.example.com",
      "ns.shop.example.com A 127.0.0.5",
    ];
    const one = await network([
      { at: "127.0.0.2", zone: "example.com", delegations },
      { at: "127.0.0.3", zone: "example.com", delegations },
      {
        at: "127.0.0.5",
        zone: "shop.example.com",
        records: [`_acme-challenge.shop.example.com CNAME ${PROOF}`],
      },
    ]);
    expect((await checkOne(one, validation)).verdict).toBe("right");
  });

  test("name servers at link-local addresses are not asked", async () => {
    const resolver = await start({
      zone: "",
      records: ["example.com NS ns.example.com", "ns.example.com A 169.254.169.254"],
    });
    const one = lookup({ resolvers: [`127.0.0.1:${resolver.port}`] });
    const check = await checkOne(one, validation);
    expect(check.verdict).toBe("unreachable");
    expect(check.problem).toContain("no address of its name servers (ns.example.com) is known");
  });

  test("the next resolver is asked when the first is gone", async () => {
    const port = await freePort();
    await start({ zone: "example.com", records }, { address: "127.0.0.2", port });
    const resolver = await start({
      zone: "",
      records: ["example.com NS ns1.provider.test", "ns1.provider.test A 127.0.0.2"],
    });
    const one = lookup({
      resolvers: [`127.0.0.1:${await freePort()}`, `127.0.0.1:${resolver.port}`],
      authoritativePort: port,
    });
    expect((await checkOne(one, traffic)).verdict).toBe("right");
  });

  test("a name that no zone is known for is told with what a closed network does", async () => {
    const resolver = await start({ zone: "", records: [] });
    const check = await checkOne(lookup({ resolvers: [`127.0.0.1:${resolver.port}`] }), traffic);
    expect(check.verdict).toBe("unreachable");
    expect(check.problem).toContain("SLIPWAY_DNS_SERVER");
  });
});

test(
  "fifty names at once, two of them at a server that hangs: the others are right, all within the deadline",
  { ...MEASURED, timeout: 20_000 },
  async () => {
    const names = Array.from({ length: 50 }, (_, index) => `n${index}.example.com`);
    const records = names.map((name): RecordLine => `${name} CNAME ${TARGET}`);
    const one = await lookupOf(records, { silent: ["n3.example.com", "n4.example.com"] });
    const begunMs = Date.now();
    const checks = await one.check(
      names.map((domainName): RecordWish => ({ purpose: "traffic", domainName, target: TARGET })),
      signal,
    );
    expect(Date.now() - begunMs).toBeLessThan(10_000);
    const unreachable = checks.filter(({ verdict }) => verdict === "unreachable");
    expect(unreachable.map(({ domainName }) => domainName)).toEqual(["n3.example.com", "n4.example.com"]);
    expect(unreachable[0]?.seen).toEqual(["timeout"]);
    expect(checks.filter(({ verdict }) => verdict === "right")).toHaveLength(48);
  },
);

test("a look that is no longer wanted ends at once", async () => {
  const one = await lookupOf([], { silent: ["*"] });
  const end = new AbortController();
  const checking = one.check([traffic, validation], end.signal);
  await sleep(0);
  end.abort(new Error("enough"));
  await expect(checking).rejects.toThrow("enough");
});

test("a server that is no address is refused at once", () => {
  expect(() => lookup({ dnsServer: "dns.example.com" })).toThrow(/no address of a name server/);
  expect(() => lookup({ dnsServer: "192.0.2.1:70000" })).toThrow(RangeError);
  expect(() => lookup({ dnsServer: "[2001:db8::53]:5353" })).not.toThrow();
});
