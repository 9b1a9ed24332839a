import { describe, expect, it } from "vitest";
import { defaultHealthCheck, type ProbeResult } from "../domain/health-check.ts";
import { HealthMonitor } from "./health-monitor.ts";
import { FakeClock } from "./testing/fake-clock.ts";

const ill: ProbeResult = { isHealthy: false, problem: "refused" };
const well: ProbeResult = { isHealthy: true };
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

function monitored(options: {
  readonly isNew: boolean;
  readonly intervalS?: number;
  readonly probe: (clock: FakeClock) => ProbeResult | Promise<ProbeResult>;
}) {
  const clock = new FakeClock();
  const probedAtMs: number[] = [];
  const startMs = clock.now();
  const changes: string[] = [];
  const probe = async () => {
    probedAtMs.push(clock.now() - startMs);
    return options.probe(clock);
  };
  const monitor = new HealthMonitor({ probe }, clock, (serviceId) => changes.push(serviceId));
  const target = {
    instanceId: "i",
    address: "10.0.0.2",
    port: 8080,
    protocol: "http1" as const,
    isNew: options.isNew,
  };
  const { intervalS = 5 } = options;
  const healthCheck = { ...defaultHealthCheck, intervalS, healthyThreshold: 2, unhealthyThreshold: 3 };
  monitor.track("s", [{ ...target, healthCheck }]);
  const advance = (ms: number) => clock.advance(ms, settle);
  return {
    clock,
    monitor,
    probedAtMs,
    changes,
    advance,
    verdict: () => monitor.views("s").get("i")?.verdict,
  };
}

describe("the health monitor", () => {
  it("probes a new instance fast, and slower and slower up to the interval", async () => {
    const { probedAtMs, advance } = monitored({ isNew: true, probe: () => ill });
    await advance(400);
    expect(probedAtMs.map(Math.round)).toEqual([0, 50, 125, 238]);
    await advance(60_000);
    const pauses = probedAtMs.map((ms, index) => ms - (probedAtMs[index - 1] ?? 0));
    expect(Math.max(...pauses)).toBe(5000);
  });

  it("keeps to the interval for one that has served before", async () => {
    const { probedAtMs, advance } = monitored({ isNew: false, probe: () => well });
    await advance(15_000);
    expect(probedAtMs).toEqual([0, 5000, 10_000, 15_000]);
  });

  it("passes only after healthyThreshold successes in a row, and tells it once", async () => {
    const { changes, advance, verdict } = monitored({ isNew: true, probe: () => well });
    await advance(0);
    expect(verdict()).toBe("unknown");
    await advance(60);
    expect(verdict()).toBe("passing");
    await advance(20_000);
    expect(changes).toEqual(["s"]);
  });

  it("fails only after unhealthyThreshold failures in a row", async () => {
    let result = well as ProbeResult;
    const { advance, verdict } = monitored({ isNew: false, probe: () => result });
    await advance(5000);
    expect(verdict()).toBe("passing");
    result = ill;
    await advance(10_000);
    expect(verdict()).toBe("passing");
    await advance(5000);
    expect(verdict()).toBe("failing");
  });

  it("does not count failures that it saw after it had itself stood still", async () => {
    const { clock, advance, verdict, probedAtMs } = monitored({ isNew: false, probe: () => ill });
    await advance(0);
    for (let round = 0; round < 5; round++) {
      clock.jump(60_000);
      await advance(0);
    }
    expect(probedAtMs.length).toBeGreaterThan(4);
    expect(verdict()).toBe("unknown");
  });

  it("probes instances at rest together, whenever they began, each at its interval", async () => {
    const clock = new FakeClock();
    const startMs = clock.now();
    const probedAtMs = new Map<number, number[]>();
    const probe = async ({ port }: { readonly port: number }) => {
      probedAtMs.set(port, [...(probedAtMs.get(port) ?? []), clock.now() - startMs]);
      return well;
    };
    const monitor = new HealthMonitor({ probe }, clock, () => undefined);
    const track = (port: number, intervalS: number) =>
      monitor.track(`s${port}`, [
        {
          instanceId: `i${port}`,
          address: "10.0.0.2",
          port,
          protocol: "http1",
          isNew: false,
          healthCheck: { ...defaultHealthCheck, intervalS },
        },
      ]);
    await clock.advance(300, settle);
    track(1, 5);
    await clock.advance(400, settle);
    track(2, 5);
    track(3, 1);
    await clock.advance(14_600, settle);
    monitor.stop();
    expect(probedAtMs.get(1)).toEqual([300, 5000, 10_000, 15_000]);
    expect(probedAtMs.get(2)).toEqual([700, 5000, 10_000, 15_000]);
    expect(probedAtMs.get(3)?.slice(0, 4)).toEqual([700, 2000, 3000, 4000]);
  });

  it("leaves an instance that answers slowly half of a short interval to rest", async () => {
    const { probedAtMs, advance } = monitored({
      isNew: false,
      intervalS: 1,
      probe: async (clock) => {
        await clock.sleep(900, new AbortController().signal);
        return well;
      },
    });
    await advance(6000);
    expect(probedAtMs).toEqual([0, 2000, 4000, 6000]);
  });

  it("forgets instances it is no longer asked to watch", async () => {
    const { monitor, probedAtMs, advance } = monitored({ isNew: false, probe: () => well });
    await advance(5000);
    monitor.track("s", []);
    await advance(60_000);
    expect(probedAtMs).toHaveLength(2);
    expect(monitor.views("s").size).toBe(0);
  });
});
