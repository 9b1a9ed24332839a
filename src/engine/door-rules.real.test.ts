import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EngineClient } from "./client.ts";
import type { EngineContext } from "./context.ts";
import { DoorRules } from "./door-rules.ts";
import { Names } from "./naming.ts";
import { runProgram } from "./program.ts";

const signal = () => AbortSignal.timeout(60_000);
const LISTENER = { address: "10.254.254.1", port: 4242 };
const [ONE, OTHER] = ["a".repeat(32), "b".repeat(32)] as const;
/** Harms nobody else on this machine. */
const AHEAD = ["-s", "10.254.254.2/32", "-d", "169.254.170.2/32", "-j", "RETURN"];
let names: Names;
let door: DoorRules;

beforeEach(() => {
  names = new Names(randomBytes(16).toString("hex"));
  const client = new EngineClient("/var/run/docker.sock");
  const context = { client, names, report: () => undefined, now: Date.now };
  door = new DoorRules(context as unknown as EngineContext);
});
afterEach(() => door.remove(signal()));

async function nat(...args: readonly string[]): Promise<string> {
  const { stdout } = await runProgram("iptables", ["-w", "-t", "nat", ...args], "", signal());
  return stdout;
}

const lines = async (part: string) => (await nat("-S")).split("\n").filter((line) => line.includes(part));
const jumps = () => lines(`-j ${names.doorChain}`);
const guests = async () => (await lines("--to-destination")).filter((line) => line.includes(names.doorChain));

it("is made for guests alone, from the moment the control plane listens, and goes without a rest", async () => {
  await door.admit(ONE, "10.254.254.2", signal());
  expect(await lines(names.doorChain)).toEqual([]);
  await door.lead(LISTENER, signal());
  await door.admit(OTHER, "10.254.254.3", signal());
  expect(await jumps()).toHaveLength(1);
  expect((await guests()).join("\n")).toMatch(
    /-s 10\.254\.254\.3\/32 .* --to-destination 10\.254\.254\.1:4242/,
  );
  await door.dismiss(OTHER, signal());
  expect((await guests()).join("\n")).not.toContain("10.254.254.3");
  await door.remove(signal());
  expect(await lines(names.doorChain)).toEqual([]);
});

it.each<[string, () => Promise<unknown>]>([
  ["let a stranger pass", () => nat("-A", names.doorChain, "-s", "10.254.254.9/32", "-j", "ACCEPT")],
  ["took the jump away", async () => nat("-D", ...((await jumps())[0] ?? "").split(" ").slice(1))],
  ["put a rule in front", () => nat("-I", "PREROUTING", "1", ...AHEAD)],
])("is mended after somebody %s", async (_what, spoil) => {
  await door.lead(LISTENER, signal());
  const before = await lines(names.doorChain);
  await spoil();
  await door.apply(signal());
  expect(await lines(names.doorChain)).toEqual(before);
  expect(await jumps()).toHaveLength(1);
  await nat("-D", "PREROUTING", ...AHEAD);
});

it("forgets instances that are no more with the next count", async () => {
  await door.lead(LISTENER, signal());
  await door.admit(ONE, "10.254.254.2", signal());
  expect(await guests()).toHaveLength(1);
  await door.apply(signal());
  expect(await guests()).toEqual([]);
});
