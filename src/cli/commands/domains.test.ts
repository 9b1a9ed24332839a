import { expect, test } from "vitest";
import { NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";

const ServiceArn = `arn:aws:apprunner:us-east-1:000000000000:service/shop/${"a".repeat(32)}`;
const services = {
  ListServices: () => ({ ServiceSummaryList: [{ ServiceName: "shop", ServiceArn, Status: "RUNNING" }] }),
};
const record = {
  DomainName: "shop.example.com",
  Purpose: "traffic",
  Name: "shop.example.com",
  Type: "CNAME",
  Expected: "x.us-east-1.apps.example.net",
  Seen: ["A 192.0.2.1"],
  Verdict: "wrong",
  Problem: "Set it.",
};
const domain = {
  DomainName: "shop.example.com",
  ServiceArn,
  ServiceName: "shop",
  EnableWWWSubdomain: false,
  Status: "creating",
  DnsTarget: "x.us-east-1.apps.example.net",
  Records: [],
};
const certificate = {
  CertificateId: "c".repeat(32),
  Origin: "acme",
  Names: ["shop.example.com"],
  Issuer: "CN=Test",
  Fingerprint: "f",
  NotBefore: 0,
  NotAfter: 4_102_444_800,
};
const waiting = {
  ...domain,
  Status: "pending_certificate_dns_validation",
  CheckedAt: 1,
  Problem: "shop.example.com does not lead here yet.",
  Records: [record, { ...record, Name: "fine.example.com", Verdict: "right" }],
};
const rightRecord = { ...record, Seen: ["CNAME x.us-east-1.apps.example.net"], Verdict: "right" };
const active = {
  ...domain,
  Status: "active",
  CheckedAt: 1,
  Records: [rightRecord],
  Certificate: certificate,
};

test("domains lists them with their certificates, of one service or all", async () => {
  await using api = await startFakeApi({ ...services, ListDomains: () => ({ Domains: [active, waiting] }) });
  const { out } = await slipway(api, ["domains"]);
  const [title, first, second, ...problems] = out.split("\n");
  expect(title).toMatch(/^DOMAIN +SERVICE +STATUS +CERTIFICATE$/);
  expect(first).toMatch(/^shop\.example\.com +shop +active +good for \d+d$/);
  expect(second).toMatch(/waits for DNS$/);
  expect(problems).toEqual(["", "shop.example.com: shop.example.com does not lead here yet."]);
  expect(JSON.parse((await slipway(api, ["domains", "ls", "shop", "--json"])).out)).toEqual([
    active,
    waiting,
  ]);
  expect(api.callsOf("ListDomains").map(({ input }) => input)).toEqual([{}, { ServiceArn }]);
  await using empty = await startFakeApi({ ListDomains: () => ({ Domains: [] }) });
  expect((await slipway(empty, ["domains"])).err).toContain("slipway domains add");
});

test("domains add follows it until it is active", async () => {
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: (_input, times) => ({
      Domains: [times === 1 ? domain : times === 2 ? { ...domain, Status: "binding_certificate" } : active],
    }),
  });
  const added = await slipway(api, ["domains", "add", "shop", "shop.example.com"]);
  expect(added).toMatchObject({
    exitCode: 0,
    out: "https://shop.example.com:8443",
    err: expect.stringContaining("shop.example.com is active."),
  });
  expect(api.callsOf("AssociateCustomDomain")[0]?.input).toEqual({
    ServiceArn,
    DomainName: "shop.example.com",
    EnableWWWSubdomain: false,
  });
});

test("domains add says that clients do not trust a certificate that was made here", async () => {
  const local = { ...active, Certificate: { ...certificate, Origin: "local" } };
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: () => ({ Domains: [local] }),
  });
  const { err } = await slipway(api, ["domains", "add", "shop", "shop.example.com"]);
  expect(err).toContain("clients do not trust it: import one (slipway certs import)");
  expect((await slipway(api, ["domains"])).out).toMatch(/good for \d+d, not public/);
});

test.each([
  ["missing", "shop.example.com is served here, but does not lead here yet: set the record above."],
  [
    "unreachable",
    "shop.example.com is served here. Whether it leads here is not known: slipway domains check",
  ],
])("domains add does not call records right that are %s", async (Verdict, end) => {
  const local = { ...certificate, Origin: "local" };
  const Problem = "Set CNAME shop.example.com to x.us-east-1.apps.example.net; there is no such record now.";
  const served = { ...active, Certificate: local, Problem, Records: [{ ...record, Verdict, Seen: [] }] };
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: (_input, times) => ({
      Domains: [times === 1 ? { ...domain, Status: "binding_certificate", Certificate: local } : served],
    }),
  });
  const { err } = await slipway(api, ["domains", "add", "shop", "shop.example.com"]);
  expect(err).toContain("A certificate is made here, for which no record is needed");
  expect(err).toContain(Problem);
  expect(err).toMatch(/shop\.example\.com +CNAME +x\.us-east-1\.apps\.example\.net +nothing/);
  expect(err).toContain(end);
  expect(err).not.toContain("records are right");
  expect(err).not.toContain("is active");
});

test("domains add tells which records to set, and does not wait for them unless it shall", async () => {
  const answers = {
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: (_input: unknown, times: number) => ({ Domains: [times < 4 ? waiting : active] }),
  };
  await using api = await startFakeApi(answers);
  const { err, exitCode } = await slipway(api, ["domains", "add", "shop", "shop.example.com", "--www"]);
  expect(exitCode).toBe(0);
  expect(err).toContain("does not lead here yet");
  expect(err).toMatch(/shop\.example\.com +CNAME +x\.us-east-1\.apps\.example\.net +A 192\.0\.2\.1/);
  expect(err).not.toContain("fine.example.com");
  expect(err).toContain("becomes active by itself");
  expect(api.callsOf("AssociateCustomDomain")[0]?.input).toMatchObject({ EnableWWWSubdomain: true });
  await using patient = await startFakeApi(answers);
  const waited = await slipway(patient, ["domains", "add", "shop", "shop.example.com", "--wait", "--json"]);
  expect(JSON.parse(waited.out)).toEqual(active);
});

test("domains add fails with the reason when the name cannot be certified", async () => {
  const failed = { ...waiting, Status: "create_failed", Problem: "CAA forbids it." };
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: () => ({ Domains: [failed] }),
  });
  const { err, exitCode } = await slipway(api, ["domains", "add", "shop", "shop.example.com"]);
  expect(exitCode).toBe(1);
  expect(err).toContain("CAA forbids it.");
  expect(err).toContain("slipway domains check shop.example.com");
});

test("domains check shows each record that is not right, and when it is tried again", async () => {
  const inAWhile = { ...waiting, NextAttemptAt: NOW_MS / 1000 + 300 };
  await using api = await startFakeApi({
    ListDomains: () => ({ Domains: [waiting] }),
    CheckCustomDomain: () => ({ Domain: inAWhile }),
  });
  const { out } = await slipway(api, ["domains", "check", "Shop.example.com"]);
  expect(out).toContain("shop.example.com → shop: waits for DNS");
  expect(out).toContain("A 192.0.2.1");
  expect(out).toContain("Next try in 5m.");
  expect(api.callsOf("CheckCustomDomain")[0]?.input).toEqual({ ServiceArn, DomainName: "shop.example.com" });
  expect(await slipway(api, ["domains", "check", "example.com"])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('Did you mean "shop.example.com"?'),
  });
});

test("domains rm asks, and names the service", async () => {
  await using api = await startFakeApi({
    ListDomains: () => ({ Domains: [active] }),
    DisassociateCustomDomain: () => ({ ServiceArn }),
  });
  const remove = ["domains", "rm", "shop.example.com"];
  expect(await slipway(api, remove)).toMatchObject({ exitCode: 2, err: expect.stringContaining("--yes") });
  expect(api.callsOf("DisassociateCustomDomain")).toEqual([]);
  expect(await slipway(api, [...remove, "--yes"])).toMatchObject({
    exitCode: 0,
    err: expect.stringContaining("no longer leads to shop"),
  });
});

test("certs lists, imports from files, and removes", async () => {
  await using api = await startFakeApi({
    ListCertificates: () => ({
      Certificates: [certificate, { ...certificate, CertificateId: "d".repeat(32) }],
    }),
    ListDomains: () => ({ Domains: [active] }),
    ImportCertificate: () => ({ Certificate: { ...certificate, Origin: "imported" } }),
    DeleteCertificate: () => ({}),
  });
  expect((await slipway(api, ["certs"])).out).toMatch(
    /^c{8} +acme +shop\.example\.com +shop\.example\.com \(shop\) +good for \d+d +CN=Test$/m,
  );
  const files = { "/work/a.pem": "CERT", "/work/a.key": "KEY" };
  const imported = await slipway(api, ["certs", "import", "--cert", "/work/a.pem", "--key", "/work/a.key"], {
    files,
  });
  expect(imported).toMatchObject({ exitCode: 0, err: expect.stringContaining("for shop.example.com") });
  expect(api.callsOf("ImportCertificate")[0]?.input).toEqual({ Certificate: "CERT", PrivateKey: "KEY" });
  const absent = await slipway(api, ["certs", "import", "--cert", "/work/b.pem", "--key", "/work/a.key"], {
    files,
  });
  expect(absent).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("--cert: /work/b.pem cannot be read"),
  });
  expect((await slipway(api, ["certs", "rm", "CC", "--yes"])).exitCode).toBe(0);
  expect(api.callsOf("DeleteCertificate")[0]?.input).toEqual({ CertificateId: certificate.CertificateId });
  expect((await slipway(api, ["certs", "rm", "e", "--yes"])).err).toContain("No certificate begins with e.");
});

test("a refusal of the API is told as it is", async () => {
  const message = "DomainName: shop.example.com belongs to another service already.";
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => {
      throw new Refusal("InvalidRequestException", message);
    },
  });
  expect(await slipway(api, ["domains", "add", "shop", "shop.example.com"])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining(message),
  });
});

test("what waits for the authority does not wait for DNS, and says when it was asked and may be again", async () => {
  const nowS = NOW_MS / 1000;
  const down = {
    ...waiting,
    Records: [{ ...record, Verdict: "right" }],
    Problem: "The authority does not answer.",
    LastAttemptAt: nowS - 60,
    NextAttemptAt: nowS + 300,
  };
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: () => ({ Domains: [down] }),
    CheckCustomDomain: () => ({ Domain: down }),
  });
  const { out } = await slipway(api, ["domains", "check", "shop.example.com"]);
  expect(out).toContain("shop: waits for its certificate");
  expect(out).toContain("The authority was asked 60s ago.\n  Next try in 5m.");
  const { err } = await slipway(api, ["domains", "add", "shop", "shop.example.com"]);
  expect(err).toContain("once its certificate is there");
  expect(err).not.toContain("DNS");
});

test("while the certificate is bound, it is said what goes on, once", async () => {
  const binding = { ...domain, Status: "binding_certificate" };
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: (_input, times) => ({ Domains: [times < 4 ? binding : active] }),
  });
  const { err } = await slipway(api, ["domains", "add", "shop", "shop.example.com"]);
  expect(err.match(/The certificate is asked for and bound/g)).toHaveLength(1);
});

test("a long problem is told whole below the table, and a failure tells it once", async () => {
  const Problem = `The authority refused: ${"because ".repeat(30)}`;
  const failed = { ...waiting, Status: "create_failed", Problem };
  await using api = await startFakeApi({
    ...services,
    AssociateCustomDomain: () => ({}),
    ListDomains: () => ({ Domains: [failed] }),
  });
  const listed = await slipway(api, ["domains"]);
  const [title = "", row = "", , told] = listed.out.split("\n");
  expect(Math.max(title.length, row.length)).toBeLessThan(140);
  expect(told).toBe(`shop.example.com: ${Problem}`);
  const { err, exitCode } = await slipway(api, ["domains", "add", "shop", "shop.example.com"]);
  expect(exitCode).toBe(1);
  expect(err.split("The authority refused")).toHaveLength(2);
});

test.each([
  [["domains", "chekc", "shop.example.com"], "slipway domains check shop.example.com"],
  [["certs", "improt"], "slipway certs import"],
  [["audit", "verfiy"], "slipway audit verify"],
])("%j is taken for a command of the group", async (args, meant) => {
  await using api = await startFakeApi(services);
  const { err, exitCode } = await slipway(api, args);
  expect(exitCode).not.toBe(0);
  expect(err).toContain(`Did you mean \`${meant}\`?`);
});
