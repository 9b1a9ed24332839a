/** Many domains at once: what a start costs when all is well, and that a rush neither floods the authority nor starves anybody. */
import { afterEach, expect, it } from "vitest";
import { DomainWorld } from "./testing/domain-world.ts";

const COUNT = 500;
const HOUR_MS = 3_600_000;

let world: DomainWorld;

afterEach(() => world.close());

async function associateMany(): Promise<void> {
  const service = await world.service();
  for (let number = 0; number < COUNT; number++) {
    const name = `shop${number}.example.com`;
    world.lookup.leadHere.add(name);
    await world.keeper.associate({ serviceId: service.id, domainName: name, enableWwwSubdomain: false });
  }
}

async function activeCount(): Promise<number> {
  const rows = await world.store.customDomains.listAll();
  return rows.filter(({ status }) => status === "active").length;
}

it("500 new domains are served within minutes, with few orders at once", { timeout: 60_000 }, async () => {
  world = await DomainWorld.make();
  await world.boot();
  let openMost = 0;
  world.onMoment = () => {
    const open = world.authority.orders.filter(({ status }) => status !== "valid");
    openMost = Math.max(openMost, open.length);
  };
  await associateMany();
  // So much work at a moment takes more turns of the loop than one step of the clock gives.
  for (let second = 0; second < 300; second++) await world.advance(1_000);
  expect(await activeCount()).toBe(COUNT);
  expect(world.authority.orders).toHaveLength(COUNT);
  // Eight, and those whose certificate is being fetched.
  expect(openMost).toBeLessThanOrEqual(16);
});

it(
  "a start with 500 active domains asks nobody, and looks at what is served bit by bit",
  { timeout: 60_000 },
  async () => {
    world = await DomainWorld.make({ hasAuthority: false });
    await world.boot();
    await associateMany();
    for (let second = 0; second < 60; second++) await world.advance(1_000);
    expect(await activeCount()).toBe(COUNT);
    const before = { loads: world.edge.setCertificateCount, looks: world.lookup.checked.length };
    await world.reboot();
    expect(world.edge.setCertificateCount).toBe(before.loads);
    world.edge.handshakeCount = 0;
    await world.advance(10_000);
    expect(world.edge.handshakeCount).toBeLessThan(COUNT / 5);
    await world.advance(2 * 60_000);
    expect(world.edge.handshakeCount).toBeGreaterThanOrEqual(COUNT);
    expect(world.lookup.checked).toHaveLength(before.looks);
    await world.advance(HOUR_MS);
    expect(world.edge.handshakeCount).toBeLessThan(COUNT * 3);
  },
);
