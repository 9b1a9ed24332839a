import { describe, expect, it, vi } from "vitest";
import type { Service } from "../domain/service.ts";
import type { Edge, EdgeState, Route } from "../ports/edge.ts";
import { FakeEdge } from "../ports/fake-edge.ts";
import { EdgeWatch } from "./edge-watch.ts";

const signal = new AbortController().signal;
const service = { host: "a.example", slots: { blue: 0, green: 1, active: "blue" } } as Service;
const route = (slot: number): Route => ({ kind: "slot", slot, queueLimit: 1, gate: "open" });

describe("the edge watch", () => {
  it("is not misled by an observation that was asked for before the route was changed", async () => {
    const answer = Promise.withResolvers<EdgeState>();
    const edge = {
      observe: () => answer.promise,
      observeSlots: () => Promise.resolve(new Map()),
      setRoute: () => Promise.resolve(),
    } as Partial<Edge> as Edge;
    const watch = new EdgeWatch(edge);
    const observing = watch.observeAll(signal);
    await watch.setRoute(service.host, route(1), signal);
    answer.resolve({ routes: new Map([[service.host, route(0)]]), slots: new Map() });
    await observing;
    expect(await watch.observe(service, signal)).toMatchObject({ route: { slot: 1 } });
  });

  it.each([3, 450])(
    "asks for the routes of those it looks at, not for those of all %i services",
    async (count) => {
      const edge = new FakeEdge();
      await edge.prepare({ minimumSlots: 2 * count }, signal);
      const services = Array.from({ length: count }, (_, index) => {
        const slots = { blue: 2 * index, green: 2 * index + 1, active: "blue" };
        return { host: `${index}.example`, slots } as Service;
      });
      for (const { host, slots } of services) await edge.setRoute(host, route(slots?.blue ?? 0), signal);
      const [all, some, one] = [
        vi.spyOn(edge, "observe"),
        vi.spyOn(edge, "observeSlots"),
        vi.spyOn(edge, "observeRoute"),
      ];
      const watch = new EdgeWatch(edge);
      const looked = [services[1], services[2], { ...service, host: "new.example" }] as Service[];
      const routes: unknown[] = [];
      for (let look = 0; look < 2; look++) {
        for (const each of looked) {
          const seen = await watch.observe(each, signal);
          routes.push(seen === "unknown" ? seen : seen.route);
        }
      }
      expect(routes).toEqual([route(2), route(4), null, route(2), route(4), null]);
      expect([all, some, one].map(({ mock }) => mock.calls.length)).toEqual([0, 6, 3]);
    },
  );

  it("does not remember an answer that was asked for before the route was changed", async () => {
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<Route>()];
    const edge = {
      observeRoute: () => {
        asked.resolve();
        return answer.promise;
      },
      observeSlots: () => Promise.resolve(new Map()),
      removeRoute: () => Promise.resolve(),
    } as Partial<Edge> as Edge;
    const watch = new EdgeWatch(edge);
    const observing = watch.observe(service, signal);
    await asked.promise;
    await watch.removeRoute(service.host, signal);
    answer.resolve(route(0));
    await observing;
    expect(await watch.observe(service, signal)).toMatchObject({ route: null });
  });
});
