import { expect, test } from "vitest";
import {
  type Domain,
  domainSteps,
  nameProblem,
  problemKind,
  recordsToSet,
  toDomainName,
  zoneFile,
} from "./domain-facts.ts";

const record = {
  DomainName: "shop.example.com",
  Purpose: "traffic",
  Name: "shop.example.com",
  Type: "CNAME",
  Expected: "abc.us-east-1.apps.example.net",
  Seen: [],
  Verdict: "missing",
} as const;

function aDomain(change: Partial<Domain> = {}): Domain {
  return {
    DomainName: "shop.example.com",
    ServiceArn: "arn:aws:apprunner:us-east-1:000000000000:service/shop/1",
    ServiceName: "shop",
    EnableWWWSubdomain: false,
    Status: "creating",
    DnsTarget: "abc.us-east-1.apps.example.net",
    Records: [],
    ...change,
  };
}

const states = (domain: Domain) => domainSteps(domain).map(({ state }) => state);

test("a new domain's records are being looked at", () => {
  expect(states(aDomain())).toEqual(["doing", "todo", "todo", "todo", "todo"]);
});

test("a missing record keeps the name waiting, and the authority is not asked", () => {
  const domain = aDomain({
    Status: "pending_certificate_dns_validation",
    CheckedAt: 1,
    Records: [record, { ...record, Verdict: "right" }],
  });
  expect(states(domain)).toEqual(["waiting", "waiting", "todo", "todo", "todo"]);
});

test("with right records the certificate is next, then the handshake, then it is active", () => {
  const right = {
    CheckedAt: 1,
    Records: [
      { ...record, Verdict: "right" },
      { ...record, Verdict: "needless" },
    ],
  } as const;
  const Status = "pending_certificate_dns_validation";
  expect(states(aDomain({ ...right, Status }))).toEqual(["done", "done", "doing", "todo", "todo"]);
  expect(states(aDomain({ ...right, Status: "create_failed" }))).toEqual([
    "done",
    "done",
    "failed",
    "todo",
    "todo",
  ]);
  expect(states(aDomain({ ...right, Status: "binding_certificate" }))).toEqual([
    "done",
    "done",
    "done",
    "doing",
    "todo",
  ]);
  expect(states(aDomain({ ...right, Status: "active" }))).toEqual(["done", "done", "done", "done", "done"]);
});

const certificate = {
  CertificateId: "0".repeat(32),
  Origin: "local",
  Names: ["shop.example.com"],
  Issuer: "Slipway local authority",
  Fingerprint: "0".repeat(64),
  NotBefore: 1,
  NotAfter: 2,
} as const;

test("what is served without its records is told as that, and nobody is said to have proven the name", () => {
  const served = { Status: "active", CheckedAt: 1, Records: [record], Certificate: certificate };
  expect(states(aDomain(served))).toEqual(["waiting", "skipped", "done", "done", "waiting"]);
  const own = { ...certificate, Origin: "imported" } as const;
  expect(states(aDomain({ ...served, Certificate: own }))[1]).toBe("skipped");
  const found = { ...served, Records: [{ ...record, Verdict: "right" }] } as const;
  expect(states(aDomain(found))).toEqual(["done", "skipped", "done", "done", "done"]);
});

test("a public certificate was proven, whatever became of its records", () => {
  const Certificate = { ...certificate, Origin: "acme" } as const;
  const domain = aDomain({ Status: "active", CheckedAt: 1, Records: [record], Certificate });
  expect(states(domain)).toEqual(["waiting", "done", "done", "done", "waiting"]);
});

test("a problem is about records, the certificate, the authority's refusal, or a domain that works", () => {
  const pending = { Status: "pending_certificate_dns_validation", CheckedAt: 1 } as const;
  const right = { ...record, Verdict: "right" } as const;
  expect(problemKind(aDomain({ ...pending, Records: [right, record] }))).toBe("records");
  expect(problemKind(aDomain({ ...pending, Records: [right] }))).toBe("certificate");
  expect(problemKind(aDomain({ Status: "create_failed", Records: [right] }))).toBe("refused");
  expect(problemKind(aDomain({ Status: "active", Records: [record] }))).toBe("endangered");
});

test("before the first look it is known where the names must lead", () => {
  const records = recordsToSet(aDomain({ EnableWWWSubdomain: true }));
  expect(records.map(({ Name, Expected }) => `${Name} ${Expected}`)).toEqual([
    "shop.example.com abc.us-east-1.apps.example.net",
    "www.shop.example.com abc.us-east-1.apps.example.net",
  ]);
  expect(recordsToSet(aDomain({ Records: [record] }))).toEqual([record]);
});

test("a zone file has absolute names, an address each, and a remark where an alias is wanted", () => {
  const apex = { Name: "example.com", Type: "A or AAAA" };
  expect(
    zoneFile([
      record,
      { ...apex, Expected: "192.0.2.7, 2001:db8::7" },
      { ...apex, Expected: "abc.us-east-1.apps.example.net" },
    ]),
  ).toBe(
    `shop.example.com. 300 IN CNAME abc.us-east-1.apps.example.net.
example.com. 300 IN A 192.0.2.7
example.com. 300 IN AAAA 2001:db8::7
; example.com. ALIAS abc.us-east-1.apps.example.net.
`,
  );
});

test("a name may be pasted as an address", () => {
  expect(toDomainName(" https://Shop.Example.com/path?x ")).toBe("shop.example.com");
  expect(toDomainName("shop.example.com:8443")).toBe("shop.example.com");
  expect(toDomainName("*.example.com.")).toBe("*.example.com");
});

test("what is surely no name is said while typing", () => {
  expect(nameProblem("shop.example.com")).toBeNull();
  expect(nameProblem("*.example.com")).toBeNull();
  expect(nameProblem("shop")).toBe("tooShort");
  expect(nameProblem("shop .com")).toBe("invalid");
  expect(nameProblem("a.*.com")).toBe("invalid");
});
