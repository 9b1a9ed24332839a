import { describe, expect, it } from "vitest";
import type { Service } from "../domain/service.ts";
import type { Edge, EdgeState, Route } from "../ports/edge.ts";
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
});
