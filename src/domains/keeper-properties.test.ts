/**
 * Random days: domains come and go while authority, DNS, edge and control plane fail. Never two orders at once for the
 * same names, never more tries than authorities allow; in the end everything that can be served is.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { isWildcard, namesOf } from "../domain/custom-domain.ts";
import { domainSubject } from "../domain/certificate.ts";
import { IssuanceError, type IssuanceErrorKind } from "../ports/certificate-authority.ts";
import { DAY_MS, DomainWorld } from "./testing/domain-world.ts";

const RUNS = Number(process.env["SLIPWAY_PROPERTY_RUNS"] ?? 25);
const NAMES = ["a.example.com", "b.example.com", "*.example.com", "example.net"] as const;
const KINDS: readonly IssuanceErrorKind[] = [
  "rate-limited",
  "unavailable",
  "validation",
  "account",
  "gone",
  "clock",
  "other",
];
const HOUR_MS = 3_600_000;
/** Authorities allow five wrong proofs for a name and hour; checkNow may add one. */
const ORDERS_AN_HOUR = 6;

type Event =
  | {
      readonly kind: "associate" | "disassociate" | "check" | "record";
      readonly name: (typeof NAMES)[number];
    }
  | { readonly kind: "import"; readonly name: (typeof NAMES)[number]; readonly days: number }
  | {
      readonly kind: "fail" | "failOn";
      readonly error: IssuanceErrorKind;
      readonly call: "placeOrder" | "readOrder" | "acceptChallenge" | "finalize" | "download";
    }
  | { readonly kind: "outage"; readonly of: "authority" | "dns" | "edge"; readonly isOn: boolean }
  | { readonly kind: "stale" | "kill" | "reboot" | "forgetOrders" | "revoke" }
  | { readonly kind: "killSoon"; readonly moments: number }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "sleep"; readonly days: number };

const name = fc.constantFrom(...NAMES);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom("associate" as const, "record" as const), name }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom("disassociate" as const, "check" as const), name }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("import" as const),
      name,
      days: fc.integer({ min: 1, max: 90 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("fail" as const, "failOn" as const),
      error: fc.constantFrom(...KINDS),
      call: fc.constantFrom(
        "placeOrder" as const,
        "readOrder" as const,
        "acceptChallenge" as const,
        "finalize" as const,
        "download" as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("outage" as const),
      of: fc.constantFrom("authority" as const, "dns" as const, "edge" as const),
      isOn: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "stale" as const,
        "kill" as const,
        "reboot" as const,
        "forgetOrders" as const,
        "revoke" as const,
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("killSoon" as const),
      moments: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.integer({ min: 10, max: 20 * 60_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("sleep" as const), days: fc.integer({ min: 1, max: 40 }) }),
  },
);

async function apply(event: Event, world: DomainWorld, serviceId: string): Promise<void> {
  switch (event.kind) {
    case "associate":
      return world.try((keeper) =>
        keeper.associate({ serviceId, domainName: event.name, enableWwwSubdomain: !isWildcard(event.name) }),
      );
    case "disassociate":
      return world.try((keeper) => keeper.disassociate({ serviceId, domainName: event.name }));
    case "check":
      return world.try((keeper) => keeper.checkNow(event.name, AbortSignal.timeout(2_000)));
    case "record":
      return setRecords(world, event.name);
    case "import":
      return world.try((keeper) =>
        keeper.importCertificate({
          certificatePem: world.certificates.issue([event.name, `www.${event.name}`], {
            nowMs: world.clock.now(),
            lifeMs: event.days * DAY_MS,
            issuer: "Own",
          }),
          privateKeyPem: "key",
          chainPem: null,
          certificateId: null,
        }),
      );
    case "fail":
      world.authority.failures.set(event.call, new IssuanceError(event.error, `${event.error}.`));
      return;
    case "failOn":
      world.authority.lasting.set(event.call, new IssuanceError(event.error, `${event.error}.`));
      return;
    case "outage":
      if (event.of === "authority")
        world.authority.outage = event.isOn ? new IssuanceError("unavailable", "Away.") : null;
      else if (event.of === "dns") world.lookup.isAway = event.isOn;
      else world.edge.isAway = event.isOn;
      return;
    case "stale":
      world.edge.stale = "something else";
      return;
    case "kill":
      world.kill();
      return;
    case "reboot":
      return world.reboot();
    case "killSoon":
      world.killAt = world.moments + event.moments;
      return;
    case "forgetOrders":
      world.authority.forgetOrders();
      return;
    case "revoke":
      world.authority.window = {
        startMs: world.clock.now() - 2,
        endMs: world.clock.now() - 1,
        askAgainMs: world.clock.now() + 6 * HOUR_MS,
      };
      return;
    case "pass":
      return world.advance(event.ms);
    case "sleep":
      return world.skip(event.days * DAY_MS);
    default:
      return event satisfies never;
  }
}

async function setRecords(world: DomainWorld, name: string): Promise<void> {
  if ((await world.store.customDomains.get(name)) === null) return;
  await world.setRecords(name, "dns");
  if (!isWildcard(name)) await world.setRecords(name, "http");
  else world.lookup.leadHere.add(name);
}

/** Everything works again, for long enough. */
async function heal(world: DomainWorld): Promise<void> {
  world.authority.failures.clear();
  world.authority.lasting.clear();
  world.authority.outage = null;
  world.authority.window = null;
  world.lookup.isAway = false;
  world.edge.isAway = false;
  world.killAt = 0;
  if (world.isDead) await world.boot();
  for (const { name } of await world.store.customDomains.listAll()) await setRecords(world, name);
  // Pauses after failures are a day at most, and a little.
  await world.skip(1.2 * DAY_MS);
  await world.advance(2 * HOUR_MS);
}

function orderRate(world: DomainWorld): number {
  let most = 0;
  for (const { names, atMs } of world.authority.placedAtMs) {
    const within = world.authority.placedAtMs.filter(
      (other) => other.names.join() === names.join() && other.atMs >= atMs && other.atMs < atMs + HOUR_MS,
    );
    most = Math.max(most, within.length);
  }
  return most;
}

/** Either it is served as the record says, or it says what it waits for. */
async function unexplained(world: DomainWorld): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const domain of await world.store.customDomains.listAll()) {
    const issuance = await world.store.issuances.get(domainSubject(domain.name));
    const isWorking =
      ["creating", "binding_certificate", "deleting"].includes(domain.status) ||
      (issuance?.order ?? null) !== null;
    const isTold = domain.problem !== null || (issuance?.problem ?? null) !== null;
    if (domain.status !== "active" && !isWorking && !isTold)
      problems.push(`${domain.name} is ${domain.status}`);
  }
  return problems;
}

it("heals from whatever comes", { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
      const world = await DomainWorld.make();
      let openMost = 0;
      world.onMoment = () => {
        for (const { names } of world.authority.orders)
          openMost = Math.max(openMost, world.authority.openOrders(names));
      };
      await world.boot();
      const service = await world.service();
      for (const one of events) {
        if (world.isDead) await world.boot();
        await apply(one, world, service.id);
        await world.settle();
      }
      if (world.isDead) await world.boot();
      await world.advance(60_000);
      // While the edge is away nobody could even look.
      expect(world.isDead || world.edge.isAway ? [] : await unexplained(world)).toEqual([]);
      await heal(world);
      expect(openMost).toBeLessThanOrEqual(1);
      expect(orderRate(world)).toBeLessThanOrEqual(ORDERS_AN_HOUR);
      for (const domain of await world.store.customDomains.listAll()) {
        const certificate = await world.inUse(domainSubject(domain.name));
        const shown = namesOf(domain).map((one) => world.edge.shown(one.replace("*", "any")));
        expect({ ...domain, shown }).toMatchObject({
          status: "active",
          problem: null,
          shown: shown.map(() => certificate?.fingerprint),
        });
      }
      const rows = await world.store.customDomains.listAll();
      expect([...world.edge.names().keys()].toSorted()).toEqual(rows.flatMap(namesOf).toSorted());
      await world.close();
    }),
    { numRuns: RUNS },
  );
});
