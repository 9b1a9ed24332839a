/** What the tags of a service keep from it reaches the edge, and follows tags and secrets. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { parseExtensions } from "../domain/extension.ts";
import type { Service } from "../domain/service.ts";
import type { RouteGuard } from "../ports/route-guard.ts";
import { passwordLines, passwordProblem } from "./route-guard.ts";
import { World, aConfiguration } from "./testing/world.ts";

const never = new AbortController().signal;

async function guardAt(world: World, host: string): Promise<RouteGuard | undefined> {
  const state = await world.edge.observe(never);
  return state === "unknown" ? undefined : state.routes.get(host)?.guard;
}

async function aService(tags: Readonly<Record<string, string>>) {
  const world = new World();
  await world.boot();
  const rows = Object.entries(tags).map(([name, value]) => ({ key: `slipway:${name}`, value }));
  const { service } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    tags: rows,
  });
  await world.advance(5_000);
  return { world, ...service };
}

function isPassword({ passwords }: RouteGuard, line: string): boolean {
  const digest = createHash("sha256").update(`${passwords?.salt}:${line}`).digest("hex");
  return passwords?.digests.includes(digest) === true;
}

it("is there with the first request, changes with the tags, and goes with them", async () => {
  const { world, host, arn, id } = await aService({ "allow-cidrs": "10.0.0.0/8" });
  expect(await guardAt(world, host)).toMatchObject({ allowed: [{ digits: "0a000000", bits: 8 }] });
  expect(world.edge.acts.filter((act) => act === `route ${host} slot 0`)).toHaveLength(1);
  await world.store.tags.put(arn, [
    { key: "slipway:allow-cidrs", value: "10.0.0.0/8" },
    { key: "slipway:max-body", value: "1KB" },
  ]);
  world.commands.reconsider(id);
  await world.advance(1_000);
  expect(await guardAt(world, host)).toMatchObject({ allowed: [{ bits: 8 }], maxBodyBytes: 1_000 });
  await world.store.tags.removeAll(arn);
  world.commands.reconsider(id);
  await world.advance(1_000);
  expect(await guardAt(world, host)).toBeUndefined();
});

it("needs the service's role to allow its secret, where it has one", async () => {
  const role = "arn:aws:iam::000000000000:role/shop";
  const configuration = aConfiguration();
  const instance = { ...configuration.instance, instanceRoleArn: role };
  const world = new World();
  world.secrets.put("/shop/password", "first");
  world.secretAccess.denied.add(`${role} /shop/password`);
  await world.boot();
  const tags = [{ key: "slipway:basic-auth", value: "alice=/shop/password" }];
  const { service } = await world.commands.create({
    name: "web1",
    configuration: { ...configuration, instance },
    tags,
  });
  await world.advance(5_000);
  expect(await guardAt(world, service.host)).toMatchObject({ passwords: { digests: [] } });
  world.secretAccess.denied.clear();
  await world.advance(6_000);
  expect((await guardAt(world, service.host))?.passwords?.digests).toHaveLength(1);
});

it("follows the secret of its passwords, and lets nobody in without it", async () => {
  const { world, host } = await aService({ "basic-auth": "alice=/shop/password" });
  expect(await guardAt(world, host)).toMatchObject({ passwords: { digests: [] } });
  world.secrets.put("/shop/password", "first\n");
  await world.advance(6_000);
  const before = (await guardAt(world, host)) as RouteGuard;
  expect([isPassword(before, "alice:first"), isPassword(before, "alice:second")]).toEqual([true, false]);
  world.secrets.put("/shop/password", "second");
  await world.advance(6_000);
  const after = (await guardAt(world, host)) as RouteGuard;
  expect([isPassword(after, "alice:first"), isPassword(after, "alice:second")]).toEqual([false, true]);
  expect(after.passwords?.salt).not.toBe(before.passwords?.salt);
});

it("stays although another tag is not understood", async () => {
  const { world, host } = await aService({ "allow-cidrs": "10.0.0.0/8", "of-a-later-version": "on" });
  expect(await guardAt(world, host)).toMatchObject({ allowed: [{ bits: 8 }] });
});

it("says why nobody gets in", async () => {
  const tag = (value: string) => parseExtensions([{ key: "slipway:basic-auth", value }]).protection;
  const { world, id } = await aService({});
  const service = (await world.store.services.get(id)) as Service;
  const ports = { secretValues: world.secrets, secretAccess: world.secretAccess };
  const problem = (value: string) => passwordProblem(service, tag(value), ports);
  expect(await problem("alice=/shop/password")).toMatch(/no secret \/shop\/password/);
  world.secrets.put("/shop/password", "$2y$05$x");
  expect(await problem("alice=/shop/password")).toBeNull();
  expect(await problem("/shop/password")).toMatch(/holds no password that the edge can check/);
});

it("takes lines of users from a secret, but none that is slow to check or has no password", () => {
  const text =
    "# people\nalice:first\r\n\nbob:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\ncarol:$2y$05$x\ndave:\n:x\nalice:first\n";
  expect(passwordLines(text, null)).toEqual(["alice:first", "bob:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="]);
  expect(passwordLines("\n", "alice")).toEqual([]);
});
