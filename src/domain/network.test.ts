import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalCidr, isWithin } from "./cidr.ts";
import { canonicalRange, rangeProblem, reachables } from "./network.ts";

describe("ranges", () => {
  it("are kept by their first address and length", () => {
    expect(canonicalRange("10.0.5.7")).toBe("10.0.5.7/32");
    expect(canonicalRange("10.0.5.7/24")).toBe("10.0.5.0/24");
    expect(canonicalRange("255.255.255.255/1")).toBe("128.0.0.0/1");
  });

  it("are refused with what would be right", () => {
    for (const text of [
      "",
      "db",
      "10.0.0.0/33",
      "256.0.0.1",
      "10.0.0",
      "fd00::1",
      "::ffff:10.0.0.1",
      "010.0.0.1",
      "10.0.0.1/24/1",
    ]) {
      expect(rangeProblem(text)).toContain("is no IPv4 address or range");
    }
    expect(rangeProblem("169.254.169.254")).toContain("169.254.0.0/16, which no service may reach");
    expect(rangeProblem("127.0.0.1")).toContain("no service may reach");
    expect(rangeProblem("0.0.0.0/0")).toBeNull();
  });

  it("hold exactly the addresses that share their first bits", () => {
    const address = fc.ipV4();
    fc.assert(
      fc.property(address, address, fc.integer({ min: 0, max: 32 }), (one, other, length) => {
        const bits = (text: string) =>
          text
            .split(".")
            .map((byte) => Number(byte).toString(2).padStart(8, "0"))
            .join("");
        const isSame = bits(one).slice(0, length) === bits(other).slice(0, length);
        expect(isWithin(one, `${other}/${length}`)).toBe(isSame);
        expect(canonicalCidr(`${other}/${length}`)).toMatch(new RegExp(`^[\\d.]+/${length}$`));
      }),
    );
  });
});

describe("what a connector reaches", () => {
  const tcp = (from: number, to: number, cidr: string | null = null) =>
    ({ protocol: "tcp", ports: { from, to }, cidr }) as const;

  it("is all of its subnets without a group", () => {
    expect(reachables(["10.0.5.0/24"], null)).toEqual([
      { cidr: "10.0.5.0/24", protocol: "all", ports: null },
    ]);
  });

  it("is the smaller of subnet and rule, for each rule, and nothing where they do not meet", () => {
    const rules = [tcp(5432, 5432, "10.0.5.7/32"), tcp(80, 90), tcp(443, 443, "192.168.0.0/16")];
    expect(reachables(["10.0.5.0/24"], rules)).toEqual([
      { cidr: "10.0.5.7/32", protocol: "tcp", ports: { from: 5432, to: 5432 } },
      { cidr: "10.0.5.0/24", protocol: "tcp", ports: { from: 80, to: 90 } },
    ]);
    expect(reachables(["10.0.5.9/32"], [tcp(1, 2, "10.0.0.0/8")])).toEqual([
      { cidr: "10.0.5.9/32", protocol: "tcp", ports: { from: 1, to: 2 } },
    ]);
  });

  it("is nothing with groups that have no rule", () => {
    expect(reachables(["10.0.5.0/24"], [])).toEqual([]);
  });
});
