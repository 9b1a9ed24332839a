import { describe, expect, it } from "vitest";
import { fits, type MachineMemory, memoryReserveMiB, type NewInstance } from "./node-memory.ts";

const machine = (availableMiB: number): MachineMemory => ({
  totalMiB: 24_576,
  availableMiB,
  reserveMiB: memoryReserveMiB(24_576),
});
const web = (change: Partial<NewInstance> = {}): NewInstance => ({
  serviceName: "web",
  limitMiB: 2_048,
  expectedMiB: 180,
  ...change,
});

describe("memory that stays free for the system", () => {
  it.each([
    [24_576, 1_228.8],
    [8_192, 409.6],
    [4_096, 256],
    [1_024, 256],
  ])("of %d MiB is %d", (totalMiB, reserveMiB) => {
    expect(memoryReserveMiB(totalMiB)).toBeCloseTo(reserveMiB);
  });
});

describe("one more instance", () => {
  const { reserveMiB } = machine(0);

  it("fits as long as the reserve stays, whatever its limit is", () => {
    expect(fits(machine(reserveMiB + 180), web(), 0).fits).toBe(true);
    expect(fits(machine(reserveMiB + 179), web(), 0).fits).toBe(false);
    expect(fits(machine(reserveMiB + 180), web({ limitMiB: 12_288 }), 0).fits).toBe(true);
  });

  it("fits only beside what those that are starting may still take", () => {
    expect(fits(machine(reserveMiB + 300), web(), 120).fits).toBe(true);
    expect(fits(machine(reserveMiB + 300), web(), 121)).toMatchObject({ fits: false, mayFitLater: true });
    expect(fits(machine(reserveMiB + 179), web(), 121)).toMatchObject({ fits: false, mayFitLater: false });
  });

  it.each([
    ["128 MiB while nothing is known", { expectedMiB: null }, 128],
    ["its limit where that is less", { expectedMiB: null, limitMiB: 64 }, 64],
    ["never more than its limit", { expectedMiB: 600, limitMiB: 512 }, 512],
    ["nothing where its siblings use none", { expectedMiB: 0 }, 0],
  ])("is expected to use %s", (_title, change, expectedMiB) => {
    expect(fits(machine(reserveMiB + expectedMiB), web(change), 0).fits).toBe(true);
    expect(fits(machine(reserveMiB + expectedMiB - 1), web(change), 0).fits).toBe(false);
  });

  it("does not fit into a machine that is below its reserve already", () => {
    expect(fits(machine(100), web({ expectedMiB: 0 }), 0).fits).toBe(false);
  });

  it("comes with a reason for people", () => {
    expect(fits(machine(300.7), web(), 0).reason).toBe(
      "the machine has 300 of 24,576 MiB left, an instance of web uses about 180 and 1,228 stay free for the system",
    );
    expect(fits(machine(1_500), web(), 256).reason).toBe(
      "the machine has 1,500 of 24,576 MiB left, instances that are starting take about 256, " +
        "an instance of web uses about 180 and 1,228 stay free for the system",
    );
  });
});
