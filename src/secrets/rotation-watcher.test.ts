// Services whose secrets change, over real operations of the world's kind: rows in a real store, commands by hand.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SlipwayError } from "../domain/error.ts";
import type { Operation, OperationTrigger } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { PinnedSecrets } from "../domain/secret.ts";
import type { Service } from "../domain/service.ts";
import { FakeSecretValues } from "../ports/fake-secret-values.ts";
import type { Accepted } from "../ports/service-commands.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { RotationWatcher } from "./rotation-watcher.ts";

const ARN = "arn:aws:apprunner:us-east-1:000000000000:service/web1/1";
const configuration = { network: {}, autoScalingConfigurationArn: "arn" };
const never = new AbortController().signal;
const clock = { now: () => 1, sleep: () => Promise.resolve() };

let store: Store;
let values: FakeSecretValues;
let watcher: RotationWatcher;
let errors: unknown[];
let isBusy: boolean;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  values = new FakeSecretValues();
  errors = [];
  isBusy = false;
  watcher = aWatcher();
  values.put("db", "first");
  values.put("key", "first");
  await keepService();
  await keepRelease(1, { DB: pin("db", 1), KEY: pin("key", 1) });
  await store.tags.put(ARN, [{ key: "slipway:restart-on-rotate", value: "on" }]);
});
afterEach(() => store.close());

const aWatcher = () =>
  new RotationWatcher({
    store,
    values,
    clock,
    commands: { startDeployment },
    onError: (error) => errors.push(error),
  });

const pin = (reference: string, version: number) => ({
  reference,
  versionId: String(version),
  createdAtMs: 0,
});

function keepService(change: Partial<Service> = {}): Promise<void> {
  const service = { id: "s1", arn: ARN, name: "web1", host: "h", status: "RUNNING", slots: null };
  const rest = {
    configuration,
    activeReleaseNumber: 1,
    createdAtMs: 1,
    updatedAtMs: 1,
    deletedAtMs: null,
  };
  return store.services.save({ ...service, ...rest, ...change } as unknown as Service);
}

/** With the operation that made it. */
async function keepRelease(number: number, secrets: PinnedSecrets, operation: Partial<Operation> = {}) {
  await keepOperation({
    id: String(number).padStart(32, "0"),
    releaseNumber: number,
    createdAtMs: number,
    ...operation,
  });
  await store.releases.save({
    serviceId: "s1",
    number,
    operationId: String(number).padStart(32, "0"),
    secrets,
    configuration,
    createdAtMs: number,
  } as unknown as Release);
}

function keepOperation(change: Partial<Operation>): Promise<void> {
  return store.operations.save({
    serviceId: "s1",
    serviceArn: ARN,
    type: "START_DEPLOYMENT",
    status: "SUCCEEDED",
    phase: "done",
    configuration,
    releaseNumber: null,
    cause: null,
    updatedAtMs: 1,
    endedAtMs: 1,
    ...change,
  } as unknown as Operation);
}

/** Recorded as the heart does; the test says how it ends. */
async function startDeployment(serviceId: string, trigger?: OperationTrigger): Promise<Accepted> {
  if (isBusy) throw new SlipwayError("ServiceNotDeployable");
  const number = (await store.operations.list("s1", { after: null, limit: 100 })).rows.length + 1;
  const id = String(number).padStart(32, "0");
  await keepOperation({ id, createdAtMs: number, ...(trigger !== undefined && { trigger }) });
  return { service: (await store.services.get(serviceId)) as Service, operationId: id };
}

async function deployments(): Promise<readonly (OperationTrigger | undefined)[]> {
  const { rows } = await store.operations.list("s1", { after: null, limit: 100 });
  return rows.flatMap(({ trigger }) => (trigger === undefined ? [] : [trigger]));
}

const counted = async () => (await deployments()).length;

describe("a service whose secrets change", () => {
  it("is deployed anew, once for all of them, and the operation says why", async () => {
    await watcher.round(never);
    expect(await counted()).toBe(0);
    values.put("db", "second");
    values.put("key", "second");
    await watcher.round(never);
    expect(await deployments()).toMatchObject([{ by: "rotation", variables: ["DB", "KEY"] }]);
    await watcher.round(never);
    expect(await counted()).toBe(1);
  });

  it("is tried once per change, also by a control plane that was started since", async () => {
    values.put("db", "second");
    await watcher.round(never);
    watcher = aWatcher();
    await watcher.round(never);
    expect(await counted()).toBe(1);
    values.put("db", "third");
    await watcher.round(never);
    expect(await counted()).toBe(2);
    expect(errors).toEqual([]);
  });

  it("waits for what else is done with it", async () => {
    values.put("db", "second");
    isBusy = true;
    expect(await watcher.round(never)).toBe(true);
    isBusy = false;
    expect(await watcher.round(never)).toBe(false);
    expect(await counted()).toBe(1);
  });

  it("stays rolled back until there is another change", async () => {
    values.put("db", "second");
    await keepRelease(2, { DB: pin("db", 2), KEY: pin("key", 1) });
    await keepRelease(3, { DB: pin("db", 1), KEY: pin("key", 1) }, { fromReleaseNumber: 1 });
    await keepService({ activeReleaseNumber: 3 });
    await watcher.round(never);
    expect(await counted()).toBe(0);
    values.put("db", "third");
    await watcher.round(never);
    expect(await counted()).toBe(1);
  });

  it("is deployed when a stage goes back to what an older release had", async () => {
    await keepRelease(2, { DB: pin("db", 7), KEY: pin("key", 1) });
    await keepService({ activeReleaseNumber: 2 });
    await watcher.round(never);
    expect(await deployments()).toMatchObject([{ variables: ["DB"] }]);
  });
});

describe("nothing happens", () => {
  const changed = () => values.put("db", "second");

  it.each<[string, () => Promise<void> | void]>([
    ["without the tag", () => store.tags.removeAll(ARN)],
    ["with the tag off", () => store.tags.put(ARN, [{ key: "slipway:restart-on-rotate", value: "off" }])],
    ["to a paused service", () => keepService({ status: "PAUSED" })],
    ["before the first release", () => keepService({ encryptionKeyArn: null, activeReleaseNumber: null })],
    ["while the secret is gone", () => values.drop("db")],
  ])("%s", async (_what, arrange) => {
    changed();
    await arrange();
    expect(await watcher.round(never)).toBe(false);
    expect(await counted()).toBe(0);
    expect(errors).toEqual([]);
  });

  it("for a secret of no release", async () => {
    values.put("other", "first");
    await watcher.round(never);
    expect(await counted()).toBe(0);
  });
});

it("a store that fails is told, and the next round goes on", async () => {
  values.put("db", "second");
  values.outage = new Error("the database is away");
  await watcher.round(never);
  expect(errors).toEqual([values.outage]);
  values.outage = null;
  await watcher.round(never);
  expect(await counted()).toBe(1);
});

it("a change reads the tags of all services at once, and the releases of those alone that wish it", async () => {
  for (let index = 0; index < 50; index++) {
    await keepService({ id: `other${index}`, arn: `arn:${index}`, name: `other${index}`, host: `h${index}` });
  }
  const reads = [
    vi.spyOn(store.tags, "list"),
    vi.spyOn(store.tags, "listOf"),
    vi.spyOn(store.releases, "get"),
    vi.spyOn(store.operations, "list"),
  ];
  await watcher.round(never);
  expect(reads.map((read) => read.mock.calls.length)).toEqual([0, 1, 1, 0]);
});

it("tags of one service that cannot be read are told, and hold up no other", async () => {
  await keepService({ id: "s2", arn: "arn:2", name: "other", host: "other" });
  await store.tags.put("arn:2", [{ key: "slipway:restart-on-rotate", value: "perhaps" }]);
  values.put("db", "second");
  await watcher.round(never);
  expect(errors).toHaveLength(1);
  expect(await counted()).toBe(1);
});
