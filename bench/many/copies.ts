/**
 * More services at zero than there is time to create: copies of one in the store, each with its release, its last operation
 * and its tags. Nothing may run on the state directory meanwhile; the next start tells the edge of them.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";

export async function copyService(stateDirectory: string, name: string, count: number): Promise<void> {
  const store = await openSqliteStore({ path: join(stateDirectory, "slipway.db") });
  await store.transaction(async (tx) => {
    const service = await tx.services.findByName(name);
    const number = service?.activeReleaseNumber;
    if (service === null || number === null || number === undefined) throw new Error(`${name} is not there`);
    const [details] = await tx.services.details([service]);
    const { release, lastOperation, tags } = details ?? {};
    if (!release || !lastOperation || !tags) throw new Error(`${name} was never deployed`);
    for (let index = 0; index < count; index++) {
      const id = randomBytes(16).toString("hex");
      const copyName = `copy-${id.slice(0, 10)}`;
      const arn = service.arn.replace(/service\/.*$/, `service/${copyName}/${id}`);
      const host = service.host.replace(/^[^.]+/, id.slice(0, 10));
      const slots = { ...(await tx.services.freeSlots()), active: "blue" as const };
      await tx.services.save({ ...service, id, arn, name: copyName, host, slots });
      await tx.releases.save({ ...release, serviceId: id });
      await tx.operations.save({ ...lastOperation, id, serviceId: id, serviceArn: arn });
      await tx.tags.put(arn, tags);
    }
  });
  await store.close();
}
