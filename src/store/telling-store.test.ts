import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { StateChange } from "../ports/state-changes.ts";
import { aService, describeStore } from "../ports/store.contract.ts";
import type { Store } from "../ports/store.ts";
import { ChangeBoard } from "./change-board.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { tellingStore } from "./telling-store.ts";

const open = async (tell: (change: StateChange) => void) =>
  tellingStore(await openSqliteStore({ path: ":memory:" }), tell);

describe("a store that tells is a store", () => {
  describeStore(() => open(() => undefined));
});

let store: Store;
let told: StateChange[];

beforeEach(async () => {
  told = [];
  store = await open((change) => told.push(change));
});

afterEach(() => store.close());

const aDomain = (name: string, serviceId: string) =>
  ({ name, serviceId, withWww: false, status: "active" }) as unknown as CustomDomain;

test("what is saved is told when it can be read, and what is only read or counted is not", async () => {
  await store.services.save(aService({ id: "s1" }));
  await store.services.get("s1");
  await store.settings.put("a", "b");
  await store.accessKeys.noteUse("AKIA", { atMs: 1, service: "apprunner", region: "r" });
  await store.tags.put("arn:s1", [{ key: "a", value: "b" }]);
  expect(told).toEqual([{ kind: "service", serviceId: "s1" }, { kind: "resource" }]);
});

test("a service's tags are told as its own change too: they stand in the list of services", async () => {
  const id = "0".repeat(32);
  const arn = `arn:aws:apprunner:us-east-1:000000000000:service/web/${id}`;
  const both = [{ kind: "resource" }, { kind: "service", serviceId: id }];
  await store.tags.put(arn, [{ key: "a", value: "b" }]);
  expect(told.splice(0)).toEqual(both);
  await store.tags.remove(arn, ["a"]);
  expect(told.splice(0)).toEqual(both);
  await store.tags.removeAll(arn);
  expect(told).toEqual(both);
});

test("a transaction tells once it is committed, and one that fails tells nothing", async () => {
  await store.transaction(async (tx) => {
    await tx.services.save(aService({ id: "s1" }));
    expect(told).toEqual([]);
  });
  expect(told).toEqual([{ kind: "service", serviceId: "s1" }]);
  const failed = store.transaction(async (tx) => {
    await tx.services.save(aService({ id: "s2" }));
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(told).toHaveLength(1);
});

test("every table tells, but those of which nobody waits to hear", async () => {
  const silent: string[] = [];
  const bare = await openSqliteStore({ path: ":memory:" });
  const telling = tellingStore(bare, () => undefined);
  for (const [name, table] of Object.entries(bare))
    if (typeof table === "object" && telling[name as keyof Store] === table) silent.push(name);
  await bare.close();
  expect(silent.toSorted()).toEqual(["alarmHistory", "journal", "sealedValues", "settings", "usage"]);
});

test("a domain that is removed, and a certificate that is got for one, are told with the service", async () => {
  await store.services.save(aService({ id: "s1" }));
  await store.customDomains.save(aDomain("example.com", "s1"));
  told.length = 0;
  const issuance = {
    subject: "domain:example.com",
    names: ["example.com"],
    certificateId: null,
    order: null,
    renewAtMs: null,
    nextAttemptMs: 0,
    failureCount: 0,
    problem: null,
    warnedAtMs: null,
  } as const;
  await store.issuances.save(issuance);
  expect(told).toEqual([{ kind: "resource" }, { kind: "domain", serviceId: "s1" }]);
  told.length = 0;
  await store.customDomains.remove("example.com");
  await store.customDomains.remove("example.com");
  expect(told).toEqual([{ kind: "domain", serviceId: "s1" }]);
});

test("who stops following hears nothing more, and the others go on", () => {
  const board = new ChangeBoard();
  const heard: string[] = [];
  const listener = ({ kind }: StateChange) => void heard.push(kind);
  const [leave] = [board.follow(listener), board.follow(listener)];
  board.tell({ kind: "event" });
  leave();
  board.tell({ kind: "alarm" });
  expect(heard).toEqual(["event", "event", "alarm"]);
});
