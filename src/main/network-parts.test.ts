import { describe, expect, it } from "vitest";
import type { InternalListener } from "../ports/edge-internal.ts";
import type { Store } from "../ports/store.ts";
import { ChangeBoard } from "../store/change-board.ts";
import { NetworkParts } from "./network-parts.ts";

const BRIDGE: InternalListener = { name: "bridge", address: "172.18.0.1", port: 7081, problem: null };

const SUBNETS = ["nosuch", "nosuch", "there", null].map((dockerNetwork) => ({
  kind: "subnet",
  dockerNetwork,
}));

/** One installation, of which control planes come and go. */
class Machine {
  readonly acts: string[] = [];
  listeners: readonly InternalListener[] = [BRIDGE];
  readonly #settings = new Map<string, string>();

  controlPlane(): NetworkParts {
    const tell = (act: string) => (listener: { address: string; port: number } | null) => {
      this.acts.push(`${act} ${listener === null ? "none" : `${listener.address}:${listener.port}`}`);
    };
    const [expectInternal, open] = [tell("expect"), tell("open")];
    const settings = {
      get: async (name: string) => await Promise.resolve(this.#settings.get(name) ?? null),
      put: async (name: string, value: string) => await Promise.resolve(void this.#settings.set(name, value)),
    };
    return new NetworkParts({
      settings: { ingressHost: "127.0.0.1", ingressPort: 7080, ingressHttpsPort: 7443, internalPort: 7081 },
      store: {
        settings,
        networks: { list: async () => await Promise.resolve({ rows: SUBNETS, lastKey: null }) },
        services: { list: async () => await Promise.resolve({ rows: [], lastKey: null }) },
        vpcIngressConnections: {
          list: async () => await Promise.resolve({ rows: [], lastKey: null }),
        },
      } as unknown as Store,
      changes: new ChangeBoard(),
      engine: {
        expectInternal,
        openInternal: async (listener) => await Promise.resolve(open(listener)),
        applyEgress: async () => await Promise.resolve(),
        bridgeAddress: async () => await Promise.resolve(BRIDGE.address),
        missingNetworks: async (names) => await Promise.resolve(names.filter((name) => name === "nosuch")),
      },
      edge: () => ({
        setInternal: async () => await Promise.resolve(),
        internalListeners: () => this.listeners,
      }),
      logger: { warn: () => undefined },
      end: new AbortController().signal,
    });
  }
}

describe("the way to the internal listener", () => {
  const signal = new AbortController().signal;

  it("stays open while the next control plane starts, and is looked at by that", async () => {
    const machine = new Machine();
    const first = machine.controlPlane();
    await first.beforeEngine();
    await first.afterEdge(signal);
    await first.afterEdge(signal);
    await first.beforeEngine();
    const next = machine.controlPlane();
    await next.beforeEngine();
    await next.afterEdge(signal);
    expect(machine.acts).toEqual(["open 172.18.0.1:7081", "expect 172.18.0.1:7081", "open 172.18.0.1:7081"]);
  });

  it("is closed when another program has its port, also for the next control plane", async () => {
    const machine = new Machine();
    const first = machine.controlPlane();
    await first.afterEdge(signal);
    machine.listeners = [{ ...BRIDGE, problem: "nginx has port 7081" }];
    await first.afterEdge(signal);
    await machine.controlPlane().beforeEngine();
    expect(machine.acts).toEqual(["open 172.18.0.1:7081", "open none"]);
  });

  it("is opened where the bridge is by now", async () => {
    const machine = new Machine();
    const parts = machine.controlPlane();
    await parts.afterEdge(signal);
    machine.listeners = [{ ...BRIDGE, address: "172.25.0.1" }];
    await parts.afterEdge(signal);
    expect(machine.acts.at(-1)).toBe("open 172.25.0.1:7081");
  });
});

it("a subnet's Docker network that is not there is told before any connector names it", async () => {
  expect(await new Machine().controlPlane().findings(new AbortController().signal)).toMatchObject([
    {
      name: "network nosuch",
      status: "warning",
      remedy: expect.stringContaining("docker network create nosuch"),
    },
  ]);
});
