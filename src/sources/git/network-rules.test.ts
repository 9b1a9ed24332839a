import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { resolveHost } from "./network-rules.ts";

const rules = { ownPorts: [4700] };

test.each([
  "169.254.169.254",
  "169.254.170.2",
  "0.0.0.0",
  "::",
  "fe80::1",
  "fd00:ec2::254",
  "::ffff:169.254.169.254",
  "::ffff:a9fe:a9fe",
  "224.0.0.1",
  "100.100.100.200",
  "192.0.0.192",
  "2002:a9fe:a9fe::1",
  "64:ff9b::a9fe:a9fe",
])("nothing is fetched from %s", async (host) => {
  await expect(resolveHost(host, 443, rules)).rejects.toMatchObject({ problem: "address" });
});

test.each(["10.1.2.3", "192.168.1.1", "127.0.0.1", "::1", "fd00::1"])("private %s is fine", async (host) => {
  expect(await resolveHost(host, 443, rules)).toEqual([host]);
});

test("the control plane is not asked for source code, whichever way it is named", async () => {
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  for (const host of [
    "127.0.0.1",
    "localhost",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    ...own.map((entry) => entry.address),
  ])
    await expect(resolveHost(host, 4700, rules)).rejects.toMatchObject({ problem: "address" });
});

test("a host that has no address is unreachable", async () => {
  await expect(resolveHost("nowhere.invalid", 443, rules)).rejects.toMatchObject({ problem: "unreachable" });
});
