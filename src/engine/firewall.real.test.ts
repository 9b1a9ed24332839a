import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { EngineClient } from "./client.ts";
import { Firewall } from "./firewall.ts";
import { Names } from "./naming.ts";
import { runProgram } from "./program.ts";

const signal = () => AbortSignal.timeout(60_000);
const path = process.env["PATH"] ?? "";
let names: Names;
let firewall: Firewall;
let directory: string;

/** Programs of the same names in front of the real ones that note each call. */
beforeEach(async () => {
  names = new Names(randomBytes(16).toString("hex"));
  firewall = aFirewall();
  directory = await mkdtemp(join(tmpdir(), "slipway-firewall-"));
  for (const name of ["iptables", "ip6tables", "iptables-restore", "ip6tables-restore"]) {
    const file = join(directory, name);
    await writeFile(
      file,
      `#!/bin/sh\necho ${name} "$@" >> ${directory}/calls\nPATH="${path}" exec ${name} "$@"\n`,
    );
    await chmod(file, 0o755);
  }
  process.env["PATH"] = `${directory}${delimiter}${path}`;
});

afterEach(async () => {
  process.env["PATH"] = path;
  await firewall.remove(signal());
  await rm(directory, { recursive: true });
});

function aFirewall(ports: readonly number[] = [80]): Firewall {
  const client = new EngineClient("/var/run/docker.sock");
  const context = { client, names, report: () => undefined, overfull: new Set<string>(), now: Date.now };
  return new Firewall(context, { resolvers: ["10.9.8.7"], edge: { address: "*", ports } });
}

async function iptables(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram("iptables", ["-w", ...args], "", signal());
  expect([exitCode, stderr]).toEqual([0, ""]);
  return stdout;
}

async function callsOf(act: () => Promise<void>): Promise<readonly string[]> {
  await writeFile(join(directory, "calls"), "");
  await act();
  return (await readFile(join(directory, "calls"), "utf8")).trim().split("\n");
}

const ownRules = async () => [
  await iptables("-S", names.inputChain),
  await iptables("-S", names.forwardChain),
];

it("only looks while all is as it was left", async () => {
  await firewall.apply(signal());
  const calls = await callsOf(() => firewall.apply(signal()));
  expect(calls.filter((call) => call !== "iptables -w 10 -S" && call !== "ip6tables -w 10 -S")).toEqual([]);
  expect(calls).toContain("iptables -w 10 -S");
  expect(calls.length).toBeLessThanOrEqual(2);
});

it.each<[string, () => Promise<unknown>]>([
  ["emptied a chain", () => iptables("-F", names.inputChain)],
  ["let something pass", () => iptables("-I", names.forwardChain, "1", "-d", "10.0.0.1/32", "-j", "ACCEPT")],
  ["took one rule out", () => iptables("-D", names.forwardChain, "3")],
  ["put rules of its own in place", () => aFirewall([81]).apply(signal())],
])("mends its rules after somebody %s", async (_what, spoil) => {
  await firewall.apply(signal());
  const before = await ownRules();
  await spoil();
  expect(await ownRules()).not.toEqual(before);
  await firewall.apply(signal());
  expect(await ownRules()).toEqual(before);
});

it("puts its jumps back, once each, and takes all of them away in the end", async () => {
  await firewall.apply(signal());
  const jumps = async () =>
    (await iptables("-S")).split("\n").filter((line) => line.endsWith(`-j ${names.inputChain}`));
  const jump = ["-i", names.bridge, "-j", names.inputChain];
  expect(await jumps()).toHaveLength(1);
  await iptables("-D", "INPUT", ...jump);
  await firewall.apply(signal());
  expect(await jumps()).toHaveLength(1);
  await iptables("-A", "INPUT", ...jump);
  await firewall.apply(signal());
  expect(await jumps()).toHaveLength(1);
  await firewall.remove(signal());
  expect(await iptables("-S")).not.toContain(names.inputChain);
});
