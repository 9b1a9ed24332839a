/** The keeper is killed before and after every act of a domain's life, and must come back as if nothing had been. */
import { describe, expect, it } from "vitest";
import { domainSubject } from "../domain/certificate.ts";
import { DAY_MS, DomainWorld, type WorldOptions } from "./testing/domain-world.ts";

const NAME = "shop.example.com";
/** Longer than any pause that a crash alone leads to. */
const SETTLED_MS = 15 * 60_000;

interface Case {
  readonly name: string;
  readonly world?: WorldOptions;
  /** What is done before the keeper may be killed. */
  readonly arrange: (world: DomainWorld, serviceId: string) => Promise<void>;
  readonly act: (world: DomainWorld, serviceId: string) => Promise<void>;
  readonly status: string;
  /** Orders in all. */
  readonly orders: number;
}

const certified = async (world: DomainWorld, serviceId: string): Promise<void> => {
  world.lookup.leadHere.add(NAME);
  await world.associate(serviceId, NAME);
  await world.advance(30_000);
};

const associate = async (world: DomainWorld, serviceId: string): Promise<void> => {
  // The request may die with the process; whether it was heard is in the store.
  void world.keeper.associate({ serviceId, domainName: NAME, enableWwwSubdomain: false });
  await world.settle();
};

const disassociate = async (world: DomainWorld, serviceId: string): Promise<void> => {
  void world.keeper.disassociate({ serviceId, domainName: NAME });
  await world.settle();
};

const cases: readonly Case[] = [
  {
    name: "a proof over HTTP",
    arrange: async (world) => void world.lookup.leadHere.add(NAME),
    act: associate,
    status: "active",
    orders: 1,
  },
  {
    name: "a proof over DNS",
    arrange: async (world, serviceId) => {
      await world.associate(serviceId, NAME);
      // Its name leads here too, but not for whoever comes over HTTP.
      world.lookup.leadHere.add(NAME);
      world.lookup.isHttpBlocked = true;
      await world.setRecords(NAME, "dns");
    },
    act: (world) => world.advance(20_000),
    status: "active",
    orders: 1,
  },
  {
    name: "a local certificate",
    world: { hasAuthority: false },
    arrange: async (world) => void world.lookup.leadHere.add(NAME),
    act: associate,
    status: "active",
    orders: 0,
  },
  {
    name: "a renewal",
    arrange: certified,
    act: (world) => world.skip(61 * DAY_MS),
    status: "active",
    orders: 2,
  },
  { name: "taking it away", arrange: certified, act: disassociate, status: "gone", orders: 1 },
];

/** Kills at the given moment; starts again; gives it some time. */
async function runOnce({ world: options, arrange, act }: Case, killAt: number) {
  const world = await DomainWorld.make(options);
  await world.boot();
  const service = await world.service();
  await arrange(world, service.id);
  const before = world.moments;
  world.killAt = killAt === 0 ? 0 : before + killAt;
  const outages: string[] = [];
  const wasServed = world.edge.shown(NAME) !== null;
  let openMost = 0;
  world.onMoment = () => {
    openMost = Math.max(openMost, world.authority.openOrders([NAME]));
    if (wasServed && world.edge.names().has(NAME) && world.edge.shown(NAME) === null)
      outages.push("no certificate");
  };
  await act(world, service.id);
  await world.advance(20_000);
  const moments = world.moments - before;
  const died = world.isDead;
  if (died) await world.boot();
  await world.advance(SETTLED_MS);
  const domain = await world.store.customDomains.get(NAME);
  const issuance = await world.store.issuances.get(domainSubject(NAME));
  const certificate = await world.inUse(domainSubject(NAME));
  const result = {
    status: domain?.status ?? "gone",
    problem: domain?.problem ?? null,
    shown: world.edge.shown(NAME),
    certificate: certificate?.fingerprint ?? null,
    names: [...world.edge.names().keys()],
    order: issuance?.order ?? null,
    orders: world.authority.orders.length,
    openMost,
    outages,
    // The platform's own, this one's, and none that nobody uses.
    atEdge: world.edge.certificates().size,
    inStore: (await world.store.certificates.listAll()).length,
    texts: world.zone?.texts.size,
    challenges: [...world.edge.answers.keys()],
    events: world.events(service.id).length,
  };
  await world.close();
  return { result, moments, died };
}

describe.each(cases)("a crash at any moment of $name", (one) => {
  it(
    "ends as if nothing had been, with one order at a time, and nothing left behind",
    { timeout: 60_000 },
    async () => {
      const undisturbed = await runOnce(one, 0);
      expect(undisturbed.result).toMatchObject({
        status: one.status,
        orders: one.orders,
        problem: null,
        outages: [],
      });
      expect(undisturbed.moments).toBeGreaterThan(5);
      for (let killAt = 1; killAt <= undisturbed.moments; killAt++) {
        const { result, died } = await runOnce(one, killAt);
        const wasHeard = result.status === one.status;
        // A wish that died before it was recorded was never made.
        const expected = wasHeard
          ? undisturbed.result
          : { ...result, status: one.status === "gone" ? "active" : "gone" };
        expect({ killAt, died, isExplained: wasHeard || killAt <= 2, ...comparable(result) }).toEqual({
          killAt,
          died: true,
          isExplained: true,
          ...comparable(expected),
        });
      }
    },
  );
});

type Result = Awaited<ReturnType<typeof runOnce>>["result"];

/** Without what is another one each time. */
function comparable({ shown, certificate, openMost, events, ...others }: Result) {
  const isRight = others.status === "gone" || shown === certificate;
  return { ...others, isRight, isOneAtATime: openMost <= 1, isTold: events > 0 };
}
