/** The life of custom domains, seen from outside: what is served, what people are told, what the authority is asked. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSlipwayError } from "../domain/error.ts";
import { IssuanceError } from "../ports/certificate-authority.ts";
import { DAY_MS, DomainWorld, type WorldOptions } from "./testing/domain-world.ts";

let world: DomainWorld;

async function start(options: WorldOptions = {}): Promise<void> {
  world = await DomainWorld.make(options);
  await world.boot();
}

afterEach(async () => {
  await world.close();
});

const HOUR_MS = 3_600_000;

async function expectServed(name: string): Promise<void> {
  const certificate = await world.inUse(`domain:${name}`);
  expect(world.edge.shown(name)).toBe(certificate?.fingerprint);
  expect(certificate).not.toBeNull();
}

function looksAt(name: string): number {
  return world.lookup.checked.filter((checked) => checked === name).length;
}

describe("a domain whose name leads here", () => {
  beforeEach(() => start());

  it("is proven over HTTP and served within five seconds; active is told when Terraform has seen binding", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    const domain = await world.associate(service.id, "Shop.Example.COM.");
    expect(domain).toMatchObject({ name: "shop.example.com", status: "creating" });
    expect(await world.status("shop.example.com")).toBe("pending_certificate_dns_validation");
    await world.advance(5_000);
    expect(await world.status("shop.example.com")).toBe("binding_certificate");
    await expectServed("shop.example.com");
    expect(world.edge.names().get("shop.example.com")).toEqual({
      host: service.host,
      onHttp: "redirect",
      hstsMaxAgeS: null,
    });
    await world.advance(12_000);
    expect(await world.domain("shop.example.com")).toMatchObject({ status: "active", problem: null });
    expect(world.authority.placedAtMs).toHaveLength(1);
    expect(world.edge.answers.size).toBe(0);
  });

  it("tells its story in the events of its service", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(20_000);
    const lines = world
      .events(service.id)
      .map((line) => line.replace("[AppRunner] Custom domain shop.example.com ", ""));
    expect(lines).toEqual([
      "is being associated.",
      "is waiting for its certificate.",
      expect.stringContaining("is served with a certificate of the authority"),
      "is getting its certificate bound.",
      "is active.",
    ]);
  });

  it("stays waiting with what is missing until the records are right, without an order", async () => {
    const service = await world.service();
    await world.associate(service.id, "shop.example.com", true);
    await world.advance(30 * 60_000);
    const waiting = await world.domain("shop.example.com");
    expect(waiting.status).toBe("pending_certificate_dns_validation");
    expect(waiting.problem).toContain("shop.example.com does not lead to");
    expect(waiting.records.map(({ purpose, verdict }) => `${purpose} ${verdict}`)).toEqual([
      "validation missing",
      "traffic missing",
      "validation missing",
      "traffic missing",
    ]);
    expect(world.authority.calls).toEqual([]);
    expect(looksAt("shop.example.com")).toBeLessThan(20);
    await world.setRecords("shop.example.com", "http");
    await world.advance(10 * 60_000);
    expect(await world.domain("shop.example.com")).toMatchObject({ status: "active", problem: null });
    await expectServed("www.shop.example.com".replace("www.", ""));
    expect(world.edge.names().has("www.shop.example.com")).toBe(true);
  });

  it("is looked at hourly after three days, and still heals", async () => {
    const service = await world.service();
    await world.associate(service.id, "shop.example.com");
    await world.skip(4 * DAY_MS);
    const before = looksAt("shop.example.com");
    await world.advance(6 * HOUR_MS);
    expect(looksAt("shop.example.com") - before).toBeLessThan(9);
    await world.setRecords("shop.example.com", "http");
    await world.advance(HOUR_MS + 60_000);
    expect(await world.status("shop.example.com")).toBe("active");
  });

  it("is tried at once when somebody asks", async () => {
    const service = await world.service();
    await world.associate(service.id, "shop.example.com");
    await world.skip(DAY_MS);
    await world.setRecords("shop.example.com", "http");
    const checked = await world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    expect(checked.records.every(({ verdict }) => verdict === "right" || verdict === "needless")).toBe(true);
    await world.advance(5_000);
    await expectServed("shop.example.com");
  });

  it("hears a wish that comes while it looks", async () => {
    const service = await world.service();
    await world.associate(service.id, "shop.example.com");
    const fetchProblem = world.lookup.fetchProblem.bind(world.lookup);
    const wishes: Promise<unknown>[] = [];
    world.lookup.fetchProblem = async (...asked) => {
      const seen = await fetchProblem(...asked);
      if (wishes.length === 0) {
        await world.setRecords("shop.example.com", "http");
        wishes.push(world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000)));
        await world.settle();
      }
      return seen;
    };
    await world.skip(DAY_MS);
    expect(wishes).toHaveLength(1);
    await Promise.all(wishes);
    await world.advance(5_000);
    await expectServed("shop.example.com");
  });

  it("asks the authority at once when a look that somebody asked for finds the record, also the second one", async () => {
    const service = await world.service();
    await world.associate(service.id, "shop.example.com");
    await world.skip(DAY_MS);
    await world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    await world.setRecords("shop.example.com", "http");
    await world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    await world.advance(5_000);
    await expectServed("shop.example.com");
  });
});

describe("proof by DNS", () => {
  beforeEach(() => start());

  it("is by delegation for a wildcard, and its made-up names are verified", async () => {
    const service = await world.service();
    await world.associate(service.id, "*.example.com");
    expect((await world.domain("*.example.com")).problem).toContain(
      "_acme-challenge.example.com does not lead",
    );
    await world.setRecords("*.example.com", "dns");
    await world.advance(30_000);
    expect(await world.status("*.example.com")).toBe("active");
    expect(world.edge.shown("anything.example.com")).toBe(
      (await world.inUse("domain:*.example.com"))?.fingerprint,
    );
    expect(world.zone?.texts.size).toBe(0);
  });

  it("shares one record between a domain and its wildcard, whosever they are", async () => {
    const [one, other] = [await world.service(), await world.service()];
    const apex = await world.associate(one.id, "example.com");
    const wildcard = await world.associate(other.id, "*.example.com");
    expect(apex.challengeLabels["example.com"]).toBe(wildcard.challengeLabels["*.example.com"]);
    expect(world.keeper.validationRecords(wildcard)).toEqual([
      {
        name: "_acme-challenge.example.com.",
        value: `${apex.challengeLabels["example.com"]}.acme.apps.test.`,
        status: "PENDING_VALIDATION",
      },
    ]);
    await world.setRecords("*.example.com", "dns");
    await world.advance(60_000);
    expect([await world.status("example.com"), await world.status("*.example.com")]).toEqual([
      "active",
      "active",
    ]);
    expect(world.keeper.validationRecords(await world.domain("example.com"))[0]?.status).toBe("SUCCESS");
  });
});

describe("without an authority", () => {
  beforeEach(() => start({ hasAuthority: false }));

  it("a domain gets a certificate of the local authority at once, and plain HTTP is not redirected to it", async () => {
    const service = await world.service();
    await world.associate(service.id, "shop.example.com", true);
    expect(await world.status("shop.example.com")).toBe("binding_certificate");
    await expectServed("shop.example.com");
    expect(world.edge.names().get("www.shop.example.com")?.onHttp).toBe("serve");
    await world.advance(13_000);
    expect(await world.status("shop.example.com")).toBe("active");
    expect(world.events(service.id).join()).toContain("this installation's own making");
    expect(world.keeper.validationRecords(await world.domain("shop.example.com"))).toEqual([]);
  });

  it("renews it in time", async () => {
    const service = await world.service();
    await world.associate(service.id, "shop.example.com");
    await world.advance(13_000);
    const first = await world.inUse("domain:shop.example.com");
    await world.skip(61 * DAY_MS);
    await world.advance(10_000);
    const second = await world.inUse("domain:shop.example.com");
    expect(second?.fingerprint).not.toBe(first?.fingerprint);
    await expectServed("shop.example.com");
    expect(world.edge.certificates().has(first?.id ?? "")).toBe(false);
    expect(await world.store.certificates.get(first?.id ?? "")).toBeNull();
  });
});

describe("an imported certificate", () => {
  const given = (names: readonly string[], lifeMs = 90 * DAY_MS) => ({
    certificatePem: world.certificates.issue(names, { nowMs: world.clock.now(), lifeMs, issuer: "Own" }),
    privateKeyPem: "key",
    chainPem: null,
    certificateId: null,
  });

  beforeEach(() => start());

  it("is used at once for every domain that it covers, without an order", async () => {
    const service = await world.service();
    const imported = await world.keeper.importCertificate(given(["*.example.com"]));
    await world.associate(service.id, "shop.example.com");
    await world.associate(service.id, "blog.example.com");
    expect(world.edge.shown("shop.example.com")).toBe(imported.fingerprint);
    expect(world.edge.shown("blog.example.com")).toBe(imported.fingerprint);
    expect(world.edge.shown("other.example.com")).toBeNull();
    expect(world.authority.calls).toEqual([]);
  });

  it("stays one when it is imported again", async () => {
    const same = given(["*.example.com"]);
    const imported = await world.keeper.importCertificate(same);
    expect((await world.keeper.importCertificate(same)).id).toBe(imported.id);
    expect((await world.keeper.importCertificate(given(["*.example.com"]))).id).not.toBe(imported.id);
    const all = await world.store.certificates.listAll();
    expect(all.filter(({ origin }) => origin === "imported")).toHaveLength(2);
  });

  it("replaces one of the authority, and an order that was under way", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com").add("blog.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(20_000);
    world.authority.slowness = 1_000;
    await world.associate(service.id, "blog.example.com");
    await world.advance(2_000);
    const imported = await world.keeper.importCertificate(given(["*.example.com"]));
    await world.settle();
    await world.advance(20_000);
    expect([world.edge.shown("shop.example.com"), world.edge.shown("blog.example.com")]).toEqual([
      imported.fingerprint,
      imported.fingerprint,
    ]);
    expect((await world.store.issuances.get("domain:blog.example.com"))?.order).toBeNull();
    expect([...world.edge.certificates().values()]).toContain(imported.fingerprint);
    expect([...world.edge.certificates().keys()].filter((id) => id === imported.id)).toHaveLength(1);
    await expect(world.keeper.deleteCertificate(imported.id)).rejects.toThrow("blog.example.com");
  });

  it("serves again when a newer one is deleted at once", async () => {
    const service = await world.service();
    const older = await world.keeper.importCertificate(given(["shop.example.com"]));
    await world.associate(service.id, "shop.example.com");
    await world.advance(20_000);
    const newer = await world.keeper.importCertificate(given(["shop.example.com"]));
    await world.settle();
    expect(world.edge.shown("shop.example.com")).toBe(newer.fingerprint);
    await world.keeper.deleteCertificate(newer.id);
    await world.advance(5_000);
    expect(world.edge.shown("shop.example.com")).toBe(older.fingerprint);
    expect([...world.edge.certificates().keys()]).not.toContain(newer.id);
  });

  it("is served without a gap over a restart, for every name of every domain", async () => {
    const service = await world.service();
    // More than are looked at in one turn of the loop; the last has two names.
    const names = Array.from({ length: 60 }, (_, number) => `n${number}.example.com`);
    const last = ["z.example.com", "www.z.example.com"];
    const { fingerprint } = await world.keeper.importCertificate(given([...names, ...last]));
    for (const name of names) await world.associate(service.id, name);
    await world.associate(service.id, "z.example.com", true);
    await world.advance(20_000);
    const shown = new Set<string | null>();
    world.onMoment = () => {
      for (const name of last) shown.add(world.edge.shown(name));
    };
    await world.reboot();
    await world.advance(180_000);
    expect([...shown]).toEqual([fingerprint]);
  });

  it("gives way to one of the authority before it ends", async () => {
    const service = await world.service();
    await world.keeper.importCertificate(given(["shop.example.com"], 30 * DAY_MS));
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(13_000);
    expect((await world.inUse("domain:shop.example.com"))?.origin).toBe("imported");
    await world.skip(24 * DAY_MS);
    await world.advance(10_000);
    expect((await world.inUse("domain:shop.example.com"))?.origin).toBe("acme");
    await expectServed("shop.example.com");
  });

  it("is warned of once a day before it ends where there is nobody to replace it", async () => {
    await world.close();
    await start({ hasAuthority: false });
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    const { id } = await world.keeper.importCertificate(given(["shop.example.com"], 60 * DAY_MS));
    await world.associate(service.id, "shop.example.com");
    await world.advance(13_000);
    await world.skip(47 * DAY_MS);
    expect((await world.domain("shop.example.com")).problem).toContain("Import a new one");
    await world.skip(DAY_MS);
    await world.skip(DAY_MS);
    const warnings = world.events(service.id).filter((line) => line.includes("certificate ends on"));
    expect(warnings).toHaveLength(3);
    const told = await world.store.events.list({ serviceId: service.id }, { after: null, limit: 10 });
    expect(told.rows.map(({ event }) => event)).toMatchObject([
      {
        detailType: "Slipway Certificate Warning",
        resources: [service.arn],
        severity: "WARN",
        message: expect.stringContaining("certificate ends on"),
      },
    ]);
    await world.keeper.importCertificate({ ...given(["shop.example.com"]), certificateId: id });
    await world.settle();
    await expectServed("shop.example.com");
    expect((await world.domain("shop.example.com")).problem).toBeNull();
  });

  it("may not be replaced by one that leaves a domain without", async () => {
    const service = await world.service();
    const { id } = await world.keeper.importCertificate(given(["shop.example.com"]));
    await world.associate(service.id, "shop.example.com");
    const other = { ...given(["blog.example.com"]), certificateId: id };
    await expect(world.keeper.importCertificate(other)).rejects.toThrow("does not cover shop.example.com");
  });
});

describe("renewal", () => {
  beforeEach(async () => {
    await start();
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(20_000);
  });

  it("is done at two thirds of the life, and the old certificate goes when the new one is seen", async () => {
    const first = await world.inUse("domain:shop.example.com");
    await world.skip(55 * DAY_MS);
    expect(world.authority.placedAtMs).toHaveLength(1);
    await world.skip(6 * DAY_MS);
    await world.advance(10_000);
    const replaced = world.authority.placedAtMs.map(({ replacedPem }) => replacedPem);
    expect(replaced).toEqual([null, first?.chainPem]);
    await expectServed("shop.example.com");
    expect(world.edge.certificates().has(first?.id ?? "")).toBe(false);
    expect(await world.domain("shop.example.com")).toMatchObject({ status: "active", problem: null });
  });

  it("follows the authority's wish, also for at once", async () => {
    const nowMs = world.clock.now();
    world.authority.window = {
      startMs: nowMs - 2 * HOUR_MS,
      endMs: nowMs - HOUR_MS,
      askAgainMs: nowMs + HOUR_MS,
    };
    await world.advance(7 * HOUR_MS);
    expect(world.authority.placedAtMs).toHaveLength(2);
    await expectServed("shop.example.com");
  });

  it("that fails leaves the old one, backs off, tells of it, and heals", async () => {
    world.lookup.isAway = true;
    await world.skip(61 * DAY_MS);
    await world.advance(HOUR_MS);
    expect(await world.domain("shop.example.com")).toMatchObject({ status: "active" });
    expect((await world.domain("shop.example.com")).problem).toContain("cannot be renewed");
    await expectServed("shop.example.com");
    world.lookup.isAway = false;
    await world.advance(2 * HOUR_MS);
    expect((await world.domain("shop.example.com")).problem).toBeNull();
    expect(world.authority.placedAtMs).toHaveLength(2);
  });

  it("respects what the authority demands, also when somebody asks to try now", async () => {
    const retryAtMs = world.clock.now() + 61 * DAY_MS + 3 * HOUR_MS;
    await world.skip(61 * DAY_MS - 2_000);
    world.authority.calls.length = 0;
    await world.skip(0);
    const limited = new IssuanceError("rate-limited", "Too many certificates.", { retryAtMs });
    world.authority.outage = limited;
    await world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    for (let minute = 0; minute < 5; minute++) {
      await world.advance(61_000);
      await world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    }
    expect(world.authority.calls.filter((call) => call === "placeOrder").length).toBeLessThanOrEqual(1);
    world.authority.outage = null;
    await world.advance(4 * HOUR_MS);
    await expectServed("shop.example.com");
    expect(world.authority.placedAtMs).toHaveLength(2);
  });
});

describe("failures that last for a day", () => {
  // With a zone the platform's own records, which are missing, would be looked at every 20 s of it.
  beforeEach(() => start({ hasZone: false }));

  it("a name that the authority must not certify is create_failed, and tried again daily or when asked", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    world.authority.forbidden.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(2_000);
    expect(await world.domain("shop.example.com")).toMatchObject({
      status: "create_failed",
      problem: "A CAA record forbids shop.example.com.",
    });
    await world.advance(20 * HOUR_MS);
    expect(world.authority.calls).toEqual(["placeOrder"]);
    world.authority.forbidden.clear();
    await world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    await world.advance(20_000);
    expect(await world.status("shop.example.com")).toBe("active");
  });

  it("a wish to try that comes within a minute of the last one is put off, not lost", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    world.authority.forbidden.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    const check = () => world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    expect(await check()).toMatchObject({ status: "create_failed" });
    world.authority.forbidden.clear();
    await world.advance(10_000);
    const orders = world.authority.calls.filter((call) => call === "placeOrder").length;
    for (let press = 0; press < 3; press++) await check();
    expect(world.authority.calls.filter((call) => call === "placeOrder")).toHaveLength(orders);
    await world.reboot();
    await world.advance(49_000);
    expect(await world.status("shop.example.com")).toBe("create_failed");
    await world.advance(25_000);
    expect(await world.status("shop.example.com")).toBe("active");
  });

  it("a wish to try leaves the certificate of a domain that is taken away meanwhile", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(61_000);
    expect(await world.status("shop.example.com")).toBe("active");
    const check = () => world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    await check();
    const look = world.lookup.check.bind(world.lookup);
    world.lookup.check = async (...asked) => {
      await world.keeper.disassociate({ serviceId: service.id, domainName: "shop.example.com" });
      return look(...asked);
    };
    await expect(check()).rejects.toThrow("shop.example.com");
    await world.advance(HOUR_MS);
    expect(await world.store.issuances.get("domain:shop.example.com")).not.toBeNull();
  });

  it("a wish that comes while another one's look is under way does not put off its try", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    world.authority.forbidden.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    const check = () => world.keeper.checkNow("shop.example.com", AbortSignal.timeout(5_000));
    expect(await check()).toMatchObject({ status: "create_failed" });
    world.authority.forbidden.clear();
    await world.advance(61_000);
    const fetchProblem = world.lookup.fetchProblem.bind(world.lookup);
    const second: Promise<unknown>[] = [];
    world.lookup.fetchProblem = async (...asked) => {
      if (second.length === 0) {
        second.push(check());
        await world.settle();
      }
      return fetchProblem(...asked);
    };
    await check();
    expect(second).toHaveLength(1);
    await Promise.all(second);
    await world.advance(20_000);
    expect(await world.status("shop.example.com")).toBe("active");
  });

  it("an authority that is away for a day heals within the hour", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    world.authority.outage = new IssuanceError("unavailable", "It does not answer.");
    await world.associate(service.id, "shop.example.com");
    await world.advance(DAY_MS);
    expect(world.authority.calls.length).toBeLessThan(40);
    world.authority.outage = null;
    await world.advance(1.3 * HOUR_MS);
    expect(await world.status("shop.example.com")).toBe("active");
  });
});

describe("failures", () => {
  beforeEach(() => start());

  it("wrong proofs are not tried more than five times within an hour", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    const wrong = () =>
      world.authority.failures.set("acceptChallenge", new IssuanceError("validation", "Not found."));
    world.onMoment = wrong;
    await world.associate(service.id, "shop.example.com");
    await world.advance(HOUR_MS);
    expect(world.authority.calls.filter((call) => call === "acceptChallenge").length).toBeLessThanOrEqual(5);
    expect((await world.domain("shop.example.com")).problem).toBe("Not found.");
    world.onMoment = () => undefined;
    world.authority.failures.clear();
    await world.advance(2 * HOUR_MS);
    expect(await world.status("shop.example.com")).toBe("active");
  });

  it("an order that the authority forgot is placed again", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    world.authority.slowness = 100;
    await world.associate(service.id, "shop.example.com");
    await world.advance(2_000);
    world.authority.forgetOrders();
    world.authority.slowness = 1;
    await world.advance(10 * 60_000);
    expect(await world.status("shop.example.com")).toBe("active");
  });

  it("an edge that is away is waited for, and told of", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    world.edge.isAway = true;
    await world.associate(service.id, "shop.example.com");
    await world.advance(60_000);
    expect((await world.domain("shop.example.com")).problem).toContain("edge does not answer");
    world.edge.isAway = false;
    await world.advance(80_000);
    expect(await world.domain("shop.example.com")).toMatchObject({ status: "active", problem: null });
  });

  it("a wrong certificate that is served is noticed within the hour, loaded again and told of", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(20_000);
    world.edge.stale = "something else";
    await world.advance(HOUR_MS + 60_000);
    await expectServed("shop.example.com");
    expect(world.edge.stale).toBeNull();
    world.edge.stale = "something else";
    world.keeper.edgeRestarted();
    await world.advance(3 * 60_000);
    expect(world.edge.stale).toBeNull();
  });

  it("a clock that was wrong by a year and is set right stops nothing", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("limited.example.com");
    world.clock.jump(365 * DAY_MS);
    const retryAtMs = world.clock.now() + 6 * DAY_MS;
    world.authority.outage = new IssuanceError("rate-limited", "Too many certificates.", { retryAtMs });
    await world.associate(service.id, "shop.example.com");
    await world.associate(service.id, "limited.example.com");
    await world.advance(60_000);
    world.clock.setBack(365 * DAY_MS);
    world.authority.outage = null;
    world.lookup.leadHere.add("shop.example.com");
    await world.advance(HOUR_MS);
    expect(await world.status("shop.example.com")).toBe("active");
    expect(await world.status("limited.example.com")).toBe("active");
  });

  it("one sick domain delays nobody", async () => {
    const service = await world.service();
    const hanging = world.lookup.check.bind(world.lookup);
    world.lookup.check = (wishes) =>
      wishes.some(({ domainName }) => domainName.startsWith("sick"))
        ? new Promise(() => undefined)
        : hanging(wishes);
    for (let count = 0; count < 10; count++) await world.associate(service.id, `sick${count}.example.com`);
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(5_000);
    await expectServed("shop.example.com");
  });
});

describe("associating", () => {
  beforeEach(() => start({ options: { domainQuota: 2 } }));

  it("refuses what cannot be", async () => {
    const service = await world.service();
    const paused = await world.service({ status: "PAUSED" });
    const associate = (serviceId: string, domainName: string, enableWwwSubdomain = false) =>
      world.keeper.associate({ serviceId, domainName, enableWwwSubdomain });
    await expect(associate(paused.id, "shop.example.com")).rejects.toMatchObject({ entry: "ServiceBusy" });
    await expect(associate(service.id, "*.example.com", true)).rejects.toThrow("EnableWWWSubdomain");
    await expect(associate(service.id, "x.apps.test")).rejects.toThrow("this installation's own");
    await expect(associate(service.id, "apps.test", true)).rejects.toThrow("this installation's own");
    await associate(service.id, "example.com", true);
    await expect(associate(service.id, "www.example.com")).rejects.toMatchObject({
      entry: "InvalidParameter",
    });
    const other = await world.service();
    await expect(associate(other.id, "www.example.com")).rejects.toMatchObject({ entry: "DomainTaken" });
    await associate(other.id, "*.example.com");
    await associate(service.id, "b.example.com");
    await expect(associate(service.id, "c.example.com")).rejects.toSatisfy((error) =>
      isSlipwayError(error, "QuotaExceeded"),
    );
  });

  it("gives a domain that is taken away to another service at once, with the certificate it had", async () => {
    const [one, other] = [await world.service(), await world.service()];
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(one.id, "shop.example.com");
    await world.advance(20_000);
    const leaving = await world.keeper.disassociate({ serviceId: one.id, domainName: "shop.example.com" });
    expect(leaving.status).toBe("deleting");
    const domain = await world.associate(other.id, "shop.example.com");
    expect(domain.serviceId).toBe(other.id);
    await world.advance(1_000);
    expect(world.edge.names().get("shop.example.com")?.host).toBe(other.host);
    await world.advance(13_000);
    expect(await world.status("shop.example.com")).toBe("active");
    expect(world.authority.placedAtMs).toHaveLength(1);
  });

  it("looks anew at how a domain can be proven that was proven otherwise for the service before", async () => {
    const [one, other] = [await world.service(), await world.service()];
    await world.associate(one.id, "shop.example.com", true);
    await world.setRecords("shop.example.com", "dns");
    await world.advance(30_000);
    await world.keeper.disassociate({ serviceId: one.id, domainName: "shop.example.com" });
    await world.settle();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(other.id, "shop.example.com");
    await world.advance(5_000);
    expect(world.edge.names().get("shop.example.com")?.host).toBe(other.host);
    await expectServed("shop.example.com");
  });

  it("takes a domain away while a look at its records hangs", async () => {
    const service = await world.service();
    world.lookup.check = () => new Promise(() => undefined);
    await world.associate(service.id, "shop.example.com");
    await world.keeper.disassociate({ serviceId: service.id, domainName: "shop.example.com" });
    await world.settle();
    expect(await world.status("shop.example.com")).toBe("gone");
    await expect(
      world.keeper.disassociate({ serviceId: service.id, domainName: "shop.example.com" }),
    ).rejects.toMatchObject({ entry: "NoSuchResource" });
  });

  it("forgets certificates a week after their domain", async () => {
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(20_000);
    await world.keeper.disassociate({ serviceId: service.id, domainName: "shop.example.com" });
    await world.advance(120_000);
    expect(world.edge.names().has("shop.example.com")).toBe(false);
    expect(world.edge.shown("shop.example.com")).toBeNull();
    expect(
      (await world.store.certificates.listAll()).filter(({ names }) => names.includes("shop.example.com")),
    ).toHaveLength(1);
    await world.skip(8 * DAY_MS);
    await world.advance(120_000);
    expect(
      (await world.store.certificates.listAll()).filter(({ names }) => names.includes("shop.example.com")),
    ).toEqual([]);
    expect(await world.store.issuances.get("domain:shop.example.com")).toBeNull();
  });

  it("takes domains away from a service that is deleted, and keeps those of a paused one", async () => {
    const [deleted, paused] = [await world.service(), await world.service()];
    world.lookup.leadHere.add("one.example.com").add("two.example.com");
    await world.associate(deleted.id, "one.example.com");
    await world.associate(paused.id, "two.example.com");
    await world.advance(20_000);
    await world.store.services.save({
      ...deleted,
      status: "DELETED",
      slots: null,
      deletedAtMs: world.clock.now(),
    });
    await world.store.services.save({ ...paused, status: "PAUSED" });
    await world.advance(61_000);
    expect(await world.status("one.example.com")).toBe("gone");
    expect([...world.edge.names().keys()]).toEqual(["two.example.com"]);
  });
});

it("domains whose orders the authority puts off for hours do not keep others waiting", async () => {
  await start({ hasZone: false });
  const service = await world.service();
  const retryAtMs = world.clock.now() + 5 * HOUR_MS;
  world.authority.lasting.set("readOrder", new IssuanceError("rate-limited", "Come later.", { retryAtMs }));
  for (let count = 0; count < 12; count++) {
    world.lookup.leadHere.add(`late${count}.example.com`);
    await world.associate(service.id, `late${count}.example.com`);
  }
  await world.advance(60_000);
  world.authority.lasting.clear();
  world.lookup.leadHere.add("prompt.example.com");
  await world.associate(service.id, "prompt.example.com");
  await world.advance(30_000);
  expect(await world.status("prompt.example.com")).toBe("active");
  await world.advance(6 * HOUR_MS);
  expect(await world.status("late0.example.com")).toBe("active");
});

describe("an authority that issues what cannot be used", () => {
  const useless: readonly (readonly [string, RegExp, () => void])[] = [
    [
      "certifies other names",
      /certificate for other\.example\.com instead of shop\.example\.com/,
      () => void (world.issue = issuing({ names: ["other.example.com"] })),
    ],
    ["certifies another key", /for another key/, () => void (world.issue = issuing({ keyPem: "foreign" }))],
    [
      "has a clock that is ahead of ours",
      /from 2\d{3}-\d\d-\d\d to 2\d{3}-\d\d-\d\d.*clock/,
      () => void (world.issue = issuing({ aheadMs: DAY_MS })),
    ],
    [
      "sends one that has ended",
      /to 2\d{3}-\d\d-\d\d.*clock/,
      () => void (world.issue = issuing({ aheadMs: -91 * DAY_MS })),
    ],
  ];

  function issuing(change: { names?: readonly string[]; keyPem?: string; aheadMs?: number }) {
    const { names, keyPem, aheadMs = 0 } = change;
    return (ordered: readonly string[], key: string) =>
      world.certificates.issue(names ?? ordered, {
        nowMs: world.clock.now() + aheadMs,
        lifeMs: 90 * DAY_MS,
        issuer: "Authority",
        keyPem: keyPem ?? key,
      });
  }

  it.each(useless)("is asked again later and later when it %s", async (_what, problem, arrange) => {
    await start({ hasZone: false });
    arrange();
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(HOUR_MS);
    expect(await world.domain("shop.example.com")).toMatchObject({
      status: "pending_certificate_dns_validation",
      problem: expect.stringMatching(problem),
    });
    expect(world.authority.placedAtMs.length).toBeLessThanOrEqual(5);
    const stored = await world.store.certificates.listAll();
    expect(stored.filter(({ origin }) => origin === "acme")).toEqual([]);
    expect(world.edge.answers.size).toBe(0);
  });
});

describe("the platform's own names", () => {
  it("are served with a local certificate, and with the authority's as soon as that can be had", async () => {
    await start();
    await world.advance(5_000);
    const local = await world.inUse("platform");
    expect(local).toMatchObject({ origin: "local", names: ["*.us-east-1.apps.test"] });
    expect(world.edge.shown("any.us-east-1.apps.test")).toBe(local?.fingerprint);
    expect(world.edge.isRedirectOn).toBe(false);
    expect(world.platformProblems).toEqual([
      expect.stringMatching(/^_acme-challenge.us-east-1.apps.test does not lead to \w{32}\.acme\.apps\.test/),
    ]);
    const label = await world.store.settings.get("platform-challenge-label");
    world.lookup.delegations.set("_acme-challenge.us-east-1.apps.test", `${label}.acme.apps.test`);
    await world.advance(25_000);
    const issued = await world.inUse("platform");
    expect(issued?.origin).toBe("acme");
    expect(world.edge.shown("any.us-east-1.apps.test")).toBe(issued?.fingerprint);
    expect(world.edge.isRedirectOn).toBe(true);
    expect([...world.edge.certificates().keys()]).toEqual([issued?.id]);
  });
});
