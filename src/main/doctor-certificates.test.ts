import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Certificate, Issuance } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { checkCertificates } from "./doctor-certificates.ts";

const DAY_MS = 86_400_000;

let store: Store;
beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
});
afterEach(() => store.close());

const certificate: Certificate = {
  id: "c1",
  origin: "acme",
  names: ["*.us-east-1.apps.test"],
  chainPem: "",
  sealedKey: "",
  fingerprint: "f",
  issuer: "Test Authority",
  notBeforeMs: 0,
  notAfterMs: 60 * DAY_MS,
  createdAtMs: 0,
};
const platform: Issuance = {
  subject: "platform",
  names: certificate.names,
  certificateId: "c1",
  order: null,
  renewAtMs: null,
  nextAttemptMs: 0,
  failureCount: 0,
  problem: null,
  warnedAtMs: null,
};

describe("the doctor on names and certificates", () => {
  it("has nothing to say against an installation without domains", async () => {
    await store.certificates.save(certificate);
    await store.issuances.save(platform);
    expect(await checkCertificates(store, 10 * DAY_MS)).toEqual([
      {
        name: "platform-certificate",
        status: "ok",
        detail: "*.us-east-1.apps.test by Test Authority, good for 50 days",
      },
      { name: "custom-domains", status: "ok", detail: "0, nothing missing" },
    ]);
  });

  it("tells what the platform's certificate waits for, and what is served meanwhile", async () => {
    const problem = "Set CNAME _acme-challenge.us-east-1.apps.test to x.acme.apps.test.";
    await store.certificates.save({ ...certificate, origin: "local", notAfterMs: 0 });
    await store.issuances.save({ ...platform, problem });
    expect((await checkCertificates(store, DAY_MS))[0]).toEqual({
      name: "platform-certificate",
      status: "warning",
      detail: "*.us-east-1.apps.test by this installation's own authority, expired",
      remedy: problem,
    });
  });

  it("names the domains that need somebody", async () => {
    const domain = (name: string, problem: string | null): CustomDomain => ({
      serviceId: "s",
      name,
      enableWwwSubdomain: false,
      status: "active",
      challengeLabels: {},
      problem,
      records: [],
      checkedAtMs: null,
      createdAtMs: 0,
      updatedAtMs: 0,
    });
    const domains = ["a", "b", "c", "d"].map((name) => domain(`${name}.test`, "Set it."));
    const customDomains = { listAll: () => Promise.resolve([...domains, domain("fine.test", null)]) };
    const tables = { ...store, customDomains: { ...store.customDomains, ...customDomains } };
    expect((await checkCertificates(tables, 0))[1]).toEqual({
      name: "custom-domains",
      status: "warning",
      detail: "4 of 5 need something: a.test, b.test, c.test, …",
      remedy: "See what: slipway domains check a.test",
    });
  });
});
