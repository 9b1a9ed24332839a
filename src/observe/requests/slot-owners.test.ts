import { expect, test } from "vitest";
import type { Service } from "../../domain/service.ts";
import type { RequestRecord } from "../../ports/request-log.ts";
import type { Store } from "../../ports/store.ts";
import { SlotOwners } from "./slot-owners.ts";

function aService(id: string, blue: number): Service {
  return {
    id,
    name: `name of ${id}`,
    host: `${id}.example.com`,
    slots: { blue, green: blue + 1 },
  } as Service;
}

/** A store that counts what is asked of it, and a clock moved by hand. */
function aBench() {
  const services = [aService("shop", 1)];
  const asked = { lists: 0, services: 0 };
  const table = {
    listLiveIds: async () => {
      asked.lists++;
      return services.map(({ id }) => id);
    },
    get: async (id: string) => {
      asked.services++;
      return services.find((service) => service.id === id) ?? null;
    },
  };
  let nowMs = 0;
  const owners = new SlotOwners({ services: table } as unknown as Pick<Store, "services">, () => nowMs);
  const ask = async (...records: readonly Partial<RequestRecord>[]) => {
    const found = await owners.withOwners(
      records.map((record) => Object.assign({ slot: null }, record) as RequestRecord),
    );
    return found.map(({ service }) => service?.name ?? null);
  };
  return { services, asked, ask, pass: (ms: number) => (nowMs += ms) };
}

test("a request is of the service that has its slot, or its host where it came to none", async () => {
  const { ask } = aBench();
  expect(await ask({ slot: 2 }, { serviceHost: "shop.example.com" }, {})).toEqual([
    "name of shop",
    "name of shop",
    null,
  ]);
});

test("a new service is known within half a second, and only it is read", async () => {
  const { services, asked, ask, pass } = aBench();
  await ask({ slot: 1 });
  services.push(aService("new", 7));
  pass(499);
  expect(await ask({ slot: 7 })).toEqual([null]);
  pass(1);
  expect(await ask({ slot: 7 })).toEqual(["name of new"]);
  expect(asked).toEqual({ lists: 2, services: 2 });
});

test("requests for hosts that nobody has make nobody look sooner", async () => {
  const { asked, ask, pass } = aBench();
  await ask({});
  pass(4_999);
  await ask({}, {});
  expect(asked.lists).toBe(1);
  pass(1);
  await ask({});
  expect(asked.lists).toBe(2);
});

test("a deleted service's slot is nobody's after the next look", async () => {
  const { services, ask, pass } = aBench();
  await ask({ slot: 1 });
  services.pop();
  pass(5_000);
  expect(await ask({ slot: 1 })).toEqual([null]);
});
