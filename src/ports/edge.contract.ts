/** What every edge does, real or fake. The caller supplies an edge, and addresses where something answers. */
import { describe, expect, it } from "vitest";
import { defaultHealthCheck } from "../domain/health-check.ts";
import type { Edge, EdgeServer, ServerState, SlotState } from "./edge.ts";

export interface EdgeContractSubject {
  /** Prepared with at least 8 slots, nothing in it. The same one each time will do: the tests use slots of their own. */
  readonly edge: () => Edge;
  /** A port of 127.0.0.1 that accepts connections and answers HTTP with 200. */
  readonly livePort: () => number;
}

export function describeEdgeContract(name: string, subject: EdgeContractSubject): void {
  const signal = new AbortController().signal;
  const server = (instanceId: string, change: Partial<EdgeServer> = {}): EdgeServer => ({
    instanceId,
    address: "127.0.0.1",
    port: subject.livePort(),
    maxConcurrency: 5,
    protocol: "http1",
    healthCheck: defaultHealthCheck,
    ...change,
  });
  const slotState = async (slot: number): Promise<SlotState> => {
    const slots = await subject.edge().observeSlots([slot], signal);
    if (slots === "unknown") throw new Error("the edge does not answer");
    return slots.get(slot) ?? { servers: [], queued: 0 };
  };
  const find = async (slot: number, instanceId: string): Promise<ServerState | undefined> =>
    (await slotState(slot)).servers.find((state) => state.instanceId === instanceId);
  const routes = async (): Promise<ReadonlyMap<string, unknown>> => {
    const state = await subject.edge().observe(signal);
    if (state === "unknown") throw new Error("the edge does not answer");
    return state.routes;
  };
  const route = (host: string) => subject.edge().observeRoute(host, signal);

  describe(`edge contract: ${name}`, () => {
    it("shows a server that was added, idle and taking traffic", async () => {
      await subject.edge().addServer(0, server("c0"), signal);
      expect(await find(0, "c0")).toMatchObject({
        address: "127.0.0.1",
        port: subject.livePort(),
        maxConcurrency: 5,
        isDraining: false,
        inFlight: 0,
      });
      expect((await slotState(0)).queued).toBe(0);
    });

    it("adds a server once however often it is told to", async () => {
      await subject.edge().addServer(1, server("c1"), signal);
      await subject.edge().addServer(1, server("c1"), signal);
      expect((await slotState(1)).servers).toHaveLength(1);
    });

    it("takes a new concurrency for a server it has", async () => {
      await subject.edge().addServer(1, server("c1"), signal);
      await subject.edge().addServer(1, server("c1", { maxConcurrency: 9 }), signal);
      expect(await find(1, "c1")).toMatchObject({ maxConcurrency: 9 });
    });

    it("drains, and takes a drained server into traffic again when it is added again", async () => {
      await subject.edge().addServer(2, server("c2"), signal);
      await subject.edge().drainServer(2, "c2", signal);
      await subject.edge().drainServer(2, "c2", signal);
      expect(await find(2, "c2")).toMatchObject({ isDraining: true });
      await subject.edge().addServer(2, server("c2"), signal);
      expect(await find(2, "c2")).toMatchObject({ isDraining: false });
    });

    it("turns the check of a server off and on, and counts it as up meanwhile", async () => {
      await subject.edge().addServer(2, server("c2-check"), signal);
      expect(await find(2, "c2-check")).toMatchObject({ isChecked: true });
      await subject.edge().setServerCheck(2, "c2-check", false, signal);
      await subject.edge().setServerCheck(2, "c2-check", false, signal);
      expect(await find(2, "c2-check")).toMatchObject({ isChecked: false, health: "up" });
      await subject.edge().prepare({ minimumSlots: 8 }, signal);
      expect(await find(2, "c2-check")).toMatchObject({ isChecked: false, health: "up" });
      await subject.edge().setServerCheck(2, "c2-check", true, signal);
      expect(await find(2, "c2-check")).toMatchObject({ isChecked: true });
      await subject.edge().setServerCheck(2, "c2-gone", false, signal);
    });

    it("removes a server, and does not mind one that is gone", async () => {
      await subject.edge().addServer(3, server("c3"), signal);
      await subject.edge().removeServer(3, "c3", signal);
      await subject.edge().removeServer(3, "c3", signal);
      await subject.edge().drainServer(3, "c3", signal);
      expect(await slotState(3)).toEqual({ servers: [], queued: 0 });
    });

    it("keeps servers of both kinds of check in one slot", async () => {
      await subject.edge().addServer(4, server("c4-tcp"), signal);
      const healthCheck = { ...defaultHealthCheck, protocol: "HTTP", path: "/health?a=b c" } as const;
      await subject.edge().addServer(4, server("c4-http", { healthCheck }), signal);
      const ids = (await slotState(4)).servers.map(({ instanceId }) => instanceId);
      expect(ids.toSorted()).toEqual(["c4-http", "c4-tcp"]);
    });

    it("routes a host to a slot, to a refusal, and nowhere", async () => {
      await subject
        .edge()
        .setRoute("contract.test", { kind: "slot", slot: 5, queueLimit: 7, gate: "open" }, signal);
      expect((await routes()).get("contract.test")).toEqual({
        kind: "slot",
        slot: 5,
        queueLimit: 7,
        gate: "open",
      });
      expect(await route("contract.test")).toEqual((await routes()).get("contract.test"));
      await subject.edge().setRoute("contract.test", { kind: "refuse", reason: "paused" }, signal);
      await subject.edge().setRoute("contract.test", { kind: "refuse", reason: "paused" }, signal);
      expect((await routes()).get("contract.test")).toEqual({ kind: "refuse", reason: "paused" });
      expect(await route("contract.test")).toEqual({ kind: "refuse", reason: "paused" });
      await subject.edge().removeRoute("contract.test", signal);
      await subject.edge().removeRoute("contract.test", signal);
      expect((await routes()).has("contract.test")).toBe(false);
      expect(await route("contract.test")).toBeNull();
    });

    it.each(["watched", "closed"] as const)("shows a route with its gate: %s", async (gate) => {
      const route = { kind: "slot", slot: 5, queueLimit: 7, gate } as const;
      await subject.edge().setRoute(`${gate}.contract.test`, route, signal);
      expect((await routes()).get(`${gate}.contract.test`)).toEqual(route);
      await subject.edge().prepare({ minimumSlots: 8 }, signal);
      expect((await routes()).get(`${gate}.contract.test`)).toEqual(route);
      expect(await subject.edge().observeRoute(`${gate}.contract.test`, signal)).toEqual(route);
      await subject.edge().removeRoute(`${gate}.contract.test`, signal);
    });

    it("takes host names without regard to case", async () => {
      await subject.edge().setRoute("Mixed.Test", { kind: "refuse", reason: "starting" }, signal);
      expect((await routes()).get("mixed.test")).toEqual({ kind: "refuse", reason: "starting" });
      await subject.edge().removeRoute("mixed.TEST", signal);
      expect((await routes()).has("mixed.test")).toBe(false);
    });

    it("refuses a slot it does not have", async () => {
      await expect(subject.edge().addServer(1_000_000, server("far"), signal)).rejects.toThrow(
        /no slot 1000000/,
      );
      const route = { kind: "slot", slot: 1_000_000, queueLimit: 1, gate: "open" } as const;
      await expect(subject.edge().setRoute("far.test", route, signal)).rejects.toThrow(/no slot 1000000/);
    });

    it("changes many slots and hosts at once", async () => {
      const slots = [5, 6, 7];
      await Promise.all(
        slots.flatMap((slot) => [
          subject.edge().addServer(slot, server(`p${slot}`), signal),
          subject
            .edge()
            .setRoute(`p${slot}.test`, { kind: "slot", slot, queueLimit: slot, gate: "open" }, signal),
        ]),
      );
      const state = await subject.edge().observe(signal);
      if (state === "unknown") throw new Error("the edge does not answer");
      for (const slot of slots) {
        expect(state.slots.get(slot)?.servers.map(({ instanceId }) => instanceId)).toEqual([`p${slot}`]);
        expect(state.routes.get(`p${slot}.test`)).toEqual({
          kind: "slot",
          slot,
          queueLimit: slot,
          gate: "open",
        });
      }
    });

    it("can be prepared again without losing anything", async () => {
      await subject.edge().addServer(6, server("stays"), signal);
      await subject.edge().prepare({ minimumSlots: 8 }, signal);
      expect(await find(6, "stays")).toMatchObject({ isDraining: false });
    });

    it("probes an instance that answers as healthy", async () => {
      const probe = async (protocol: "TCP" | "HTTP"): Promise<unknown> =>
        subject.edge().probe(
          {
            address: "127.0.0.1",
            port: subject.livePort(),
            protocol: "http1",
            healthCheck: { ...defaultHealthCheck, protocol },
          },
          signal,
        );
      expect(await probe("TCP")).toEqual({ isHealthy: true });
      expect(await probe("HTTP")).toEqual({ isHealthy: true });
    });

    it("ends with the caller's reason when it is aborted", async () => {
      const reason = new Error("enough");
      const aborted = AbortSignal.abort(reason);
      await expect(subject.edge().addServer(0, server("never"), aborted)).rejects.toThrow("enough");
      await expect(subject.edge().observe(aborted)).rejects.toThrow("enough");
    });
  });
}
