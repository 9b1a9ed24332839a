/** A service under a key of KMS: it is deployed while its key can be used, and keeps it over all that changes it. */
import { expect, it } from "vitest";
import type { EncryptionKey, EncryptionKeyStatus } from "../domain/encryption-key.ts";
import type { MemoryStore } from "./testing/memory-store.ts";
import { aConfiguration, World } from "./testing/world.ts";

const ARN = "arn:aws:kms:us-east-1:000000000000:key/0d990263-018e-4e65-a703-eff731de951e";

function setKey(world: World, status: EncryptionKeyStatus): void {
  const dates = { createdAtMs: 1, deleteAtMs: null };
  const key: EncryptionKey = { arn: ARN, name: ARN.slice(-36), status, description: "", tags: [], ...dates };
  (world.store as MemoryStore).keys.set(ARN, key);
}

async function aService() {
  const world = new World();
  await world.boot();
  setKey(world, "ENABLED");
  const { service } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    encryptionKeyArn: ARN,
    tags: [],
  });
  await world.advance(5_000);
  return { world, id: service.id };
}

it("keeps it over updates, rollbacks, a pause and a resume", async () => {
  const { world, id } = await aService();
  await world.commands.update(id, (present) => ({ ...present, autoDeploymentsEnabled: true }));
  await world.advance(200_000);
  await world.commands.rollBack(id, 1);
  await world.advance(200_000);
  await world.commands.pause(id);
  await world.advance(200_000);
  await world.commands.resume(id);
  await world.advance(10_000);
  expect(await world.store.services.get(id)).toMatchObject({ status: "RUNNING", encryptionKeyArn: ARN });
});

it.each([
  ["DISABLED", `is disabled. Enable it with \`slipway keys enable ${ARN.split("/")[1]}\`.`],
  ["PENDING_DELETION", "is pending deletion."],
  ["DELETED", "was deleted"],
] as const)("is not deployed when its key is %s, and what served serves on", async (status, why) => {
  const { world, id } = await aService();
  setKey(world, status);
  const { operationId } = await world.commands.startDeployment(id);
  await world.advance(5_000);
  const operation = await world.operation(id, operationId);
  expect(operation).toMatchObject({
    status: "ROLLBACK_SUCCEEDED",
    cause: { phase: "provision", class: "key", message: expect.stringContaining(`The key ${ARN} ${why}`) },
  });
  expect(await world.store.services.get(id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 1 });
  expect(world.events(id).join("\n")).toContain(ARN);
});

it("is paused and deleted without its key, and resumed only with it", async () => {
  const { world, id } = await aService();
  setKey(world, "DISABLED");
  await world.commands.pause(id);
  await world.advance(200_000);
  const { operationId } = await world.commands.resume(id);
  await world.advance(10_000);
  expect(await world.operation(id, operationId)).toMatchObject({ status: "FAILED", cause: { class: "key" } });
  expect(await world.store.services.get(id)).toMatchObject({ status: "PAUSED" });
  setKey(world, "ENABLED");
  await world.commands.resume(id);
  await world.advance(10_000);
  expect(await world.store.services.get(id)).toMatchObject({ status: "RUNNING" });
  setKey(world, "DELETED");
  await world.commands.delete(id);
  await world.advance(200_000);
  expect(await world.store.services.get(id)).toMatchObject({ status: "DELETED" });
});

it("fails as it is made when its key was disabled in that moment", async () => {
  const world = new World();
  await world.boot();
  setKey(world, "DISABLED");
  const { service, operationId } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    encryptionKeyArn: ARN,
    tags: [],
  });
  await world.advance(5_000);
  expect(await world.operation(service.id, operationId)).toMatchObject({
    status: "FAILED",
    cause: { class: "key" },
  });
  expect(await world.store.services.get(service.id)).toMatchObject({ status: "CREATE_FAILED" });
});

it("keeps what its instances said before they ended in its log alone", async () => {
  const world = new World();
  await world.boot();
  setKey(world, "ENABLED");
  world.edge.probeWith = () => ({ isHealthy: false, problem: "refused" });
  const { service, operationId } = await world.commands.create({
    name: "web1",
    configuration: aConfiguration(),
    encryptionKeyArn: ARN,
    tags: [],
  });
  await world.advance(1_000);
  const [instance] = await world.instances(service.id);
  world.log.print({ serviceId: service.id, serviceName: "web1" }, instance!.id, "Error: no database");
  world.containers.exitInstance(instance!.id, { exitCode: 3 });
  await world.advance(100);
  const { cause } = await world.operation(service.id, operationId);
  expect(cause).toMatchObject({ class: "exit-code", exitCode: 3 });
  expect(cause).not.toHaveProperty("logLines");
  expect(world.details(service.id, operationId)).toContain("[AppRunner] Error: no database");
});
