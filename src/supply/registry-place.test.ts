import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { checkPlace, nearness, nearnessOf, problemOfRegistry, RefusedPlace } from "./registry-place.ts";

const signal = () => AbortSignal.timeout(5_000);

it.each([
  ["8.8.8.8", nearness.public],
  ["2606:4700::1111", nearness.public],
  ["64:ff9b::808:808", nearness.public],
  ["203.0.113.9", nearness.private],
  ["::ffff:203.0.113.9", nearness.private],
  ["::ffff:cb00:7109", nearness.private],
  ["64:ff9b::cb00:7109", nearness.private],
  ["10.1.2.3", nearness.private],
  ["100.64.0.1", nearness.private],
  ["fd12::1", nearness.private],
  ["64:ff9b::a01:203", nearness.private],
  ["127.0.0.53", nearness.loopback],
  ["::1", nearness.loopback],
  ["::ffff:127.0.0.1", nearness.loopback],
  ["64:ff9b::7f00:1", nearness.loopback],
  ["0.0.0.0", null],
  ["169.254.169.254", null],
  ["::ffff:a9fe:a9fe", null],
  ["64:ff9b::a9fe:a9fe", null],
  ["100.100.100.200", null],
  ["168.63.129.16", null],
  ["192.0.0.192", null],
  ["fd00:ec2::254", null],
  ["fd20:ce::254", null],
  ["fe80::1", null],
  ["fe80::1%eth0", null],
  ["::", null],
  ["::127.0.0.1", null],
  ["2002:a9fe:a9fe::1", null],
  ["255.255.255.255", null],
])("%s is as far inside as %s", (address, expected) => {
  expect(nearnessOf(address, ["203.0.113.9"])).toBe(expected);
});

it("a place may not be further inside than what leads there", async () => {
  const network = { configured: new Set<string>(), closedPorts: [] };
  const check = (host: string, most: 0 | 1 | 2) =>
    checkPlace(new URL(`https://${host}/`), { network, most }, signal());
  expect(await check("8.8.8.8", 0)).toEqual({ addresses: ["8.8.8.8"], nearness: 0 });
  expect((await check("10.0.0.1", 1)).nearness).toBe(1);
  await expect(check("10.0.0.1", 0)).rejects.toThrow(RefusedPlace);
  await expect(check("127.0.0.1", 1)).rejects.toThrow(RefusedPlace);
});

it("the engine is kept from such places alone: names that only it can resolve are its matter", async () => {
  const resolve = async (name: string) =>
    await (name === "metadata.example.com"
      ? Promise.resolve(["169.254.169.254"])
      : Promise.reject(new Error("ENOTFOUND")));
  const network = { configured: new Set<string>(), closedPorts: [7_070], resolve };
  const problem = async (registry: string) => await problemOfRegistry(registry, network, signal());
  expect(await problem("metadata.example.com")).toContain("metadata.example.com is not a place");
  expect(await problem("127.0.0.1:7070")).toContain("is not a place");
  expect(await problem("127.0.0.1:5000")).toBeNull();
  expect(await problem("mirrored.example.com")).toBeNull();
});

it("a port of this machine that is closed is so under each way to write its addresses", async () => {
  const network = { configured: new Set<string>(), closedPorts: [7_070] };
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all);
  const addresses = own.filter(({ family }) => family === "IPv4").map(({ address }) => address);
  expect(addresses).not.toEqual([]);
  for (const address of addresses) {
    for (const host of [address, `[::ffff:${address}]`, `[64:ff9b::${address}]`]) {
      const url = new URL(`https://${host}:7070/`);
      const place = checkPlace(url, { network, most: nearness.loopback }, signal());
      await expect(place, host).rejects.toThrow(RefusedPlace);
    }
  }
});
