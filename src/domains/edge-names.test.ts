/** How names are treated at the edge: redirects and HSTS by tags and settings, and names that nobody explains. */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Tag } from "../domain/tag.ts";
import { DomainWorld, type WorldOptions } from "./testing/domain-world.ts";
import type { TransportWish } from "./name-entry.ts";

let world: DomainWorld;

afterEach(() => world.close());

/** Tags as `slipway:http` and `slipway:hsts` will have been parsed. */
function transportOf(tags: readonly Tag[]): TransportWish {
  const value = (key: string) => tags.find((tag) => tag.key === key)?.value;
  const onHttp = value("http") === "serve" ? "serve" : value("http") === "redirect" ? "redirect" : "auto";
  return { onHttp, hstsMaxAgeS: value("hsts") === undefined ? null : Number(value("hsts")) };
}

async function start(
  httpsRedirect: "auto" | "on" | "off" = "auto",
  options: WorldOptions = {},
): Promise<void> {
  world = await DomainWorld.make({ ...options, options: { transportOf, httpsRedirect } });
  await world.boot();
}

describe("a custom domain's plain HTTP", () => {
  it.each([
    ["auto", true, "redirect"],
    ["auto", false, "serve"],
    ["on", false, "redirect"],
    ["off", true, "serve"],
  ] as const)("with httpsRedirect %s and an authority: %j gets %s", async (setting, hasAuthority, onHttp) => {
    await start(setting, { hasAuthority });
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(5_000);
    expect(world.edge.names().get("shop.example.com")?.onHttp).toBe(onHttp);
  });

  it("of other services are not read when a service's tags change", async () => {
    await start();
    const [service, other] = [await world.service(), await world.service()];
    await world.associate(other.id, "other.example.com");
    await world.settle();
    const readAll = vi.spyOn(world.store.customDomains, "listAll");
    world.keeper.reconsider(service.id);
    await world.settle();
    expect(readAll).not.toHaveBeenCalled();
  });

  it("is looked at for all services with one question for the tags of two hundred", async () => {
    await start();
    for (let count = 0; count < 5; count++) await world.service();
    await world.settle();
    const [one, many] = [vi.spyOn(world.store.tags, "list"), vi.spyOn(world.store.tags, "listOf")];
    await world.advance(11 * 60_000);
    expect([one.mock.calls.length, many.mock.calls.length]).toEqual([0, 1]);
  });

  it("follows the tags of its service as soon as they change", async () => {
    await start();
    const service = await world.service();
    world.lookup.leadHere.add("shop.example.com");
    await world.associate(service.id, "shop.example.com");
    await world.advance(5_000);
    await world.store.tags.put(service.arn, [
      { key: "http", value: "serve" },
      { key: "hsts", value: "60" },
    ]);
    world.keeper.reconsider(service.id);
    await world.settle();
    const wished = { host: service.host, onHttp: "serve", hstsMaxAgeS: 60 };
    expect(world.edge.names().get("shop.example.com")).toEqual(wished);
    expect(world.edge.names().get(service.host)).toEqual(wished);
    await world.store.tags.removeAll(service.arn);
    world.keeper.reconsider(service.id);
    await world.settle();
    expect(world.edge.names().get("shop.example.com")).toMatchObject({
      onHttp: "redirect",
      hstsMaxAgeS: null,
    });
    expect(world.edge.names().has(service.host)).toBe(false);
  });
});

describe("services' own hosts", () => {
  it.each([
    ["on", true],
    ["off", false],
    ["auto", false],
  ] as const)("with httpsRedirect %s and a local certificate: redirected is %j", async (setting, isOn) => {
    await start(setting, { hasAuthority: false });
    await world.advance(5_000);
    expect(world.edge.isRedirectOn).toBe(isOn);
  });

  it("with HSTS alone follow the redirect of all", async () => {
    await start("on");
    const service = await world.service();
    await world.store.tags.put(service.arn, [{ key: "hsts", value: "60" }]);
    world.keeper.reconsider(service.id);
    await world.settle();
    expect(world.edge.names().get(service.host)).toEqual({
      host: service.host,
      onHttp: "redirect",
      hstsMaxAgeS: 60,
    });
  });
});

it("names at the edge that nobody explains go, those of domains that are being verified stay", async () => {
  await start();
  const service = await world.service();
  world.lookup.leadHere.add("shop.example.com");
  await world.associate(service.id, "shop.example.com");
  await world.advance(20_000);
  const entry = { host: service.host, onHttp: "serve", hstsMaxAgeS: null } as const;
  await world.edge.setName("stranger.example.com", entry);
  await world.edge.setName("gone.us-east-1.apps.test", entry);
  await world.advance(61_000);
  expect([...world.edge.names().keys()]).toEqual(["shop.example.com"]);
});
