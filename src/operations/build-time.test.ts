/** Builds are on the service's bill: from their turn to their end, the failed ones too, each of them once. */
import { expect, it } from "vitest";
import { noUsage } from "../domain/usage.ts";
import { BuildError } from "../ports/builder.ts";
import { MemoryStore } from "./testing/memory-store.ts";
import { REPOSITORY, World, aCodeConfiguration } from "./testing/world.ts";

const BUILD_MS = 90_000;

it.each([
  ["that succeeds", null],
  ["that fails", new BuildError("command", "npm ci ended with exit code 1")],
])("a build %s is counted with its outcome", async (_which, failure) => {
  const store = new MemoryStore();
  const world = new World(store);
  world.sourceCode.push(REPOSITORY);
  await world.boot();
  let open = () => {};
  world.builder.gate = new Promise((resolve) => (open = resolve));
  if (failure !== null) world.builder.failNext(failure);
  const configuration = aCodeConfiguration();
  const { service } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.advance(BUILD_MS);
  expect(store.usageHours).toEqual([]);
  open();
  await world.advance(5_000);
  expect(store.usageHours).toEqual([
    { ...noUsage, serviceId: service.id, hourStartMs: expect.any(Number), buildMs: expect.any(Number) },
  ]);
  expect(store.usageHours[0]?.buildMs).toBeGreaterThan(0.9 * BUILD_MS);
  expect(store.usageHours[0]?.buildMs).toBeLessThanOrEqual(BUILD_MS);
  await world.reboot();
  await world.advance(5_000);
  expect(store.usageHours).toHaveLength(1);
});
