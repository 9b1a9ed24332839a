/**
 * What every Store does, as sentences. Each implementation's test file calls `describeStore` with a way to open an empty
 * one. Longer than a file should be: one section per table, and they share the builders at the end.
 */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Certificate, Issuance } from "../domain/certificate.ts";
import type { AutoScalingConfiguration, Connection } from "../domain/configuration.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import { isSlipwayError } from "../domain/error.ts";
import type { Instance } from "../domain/instance.ts";
import type { Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { Service, ServiceConfiguration, SlotPair } from "../domain/service.ts";
import type { SourceWatch } from "../domain/source-watch.ts";
import { IllegalTransition } from "../domain/state-table.ts";
import { DAY_MS, HOUR_MS, noUsage, type UsageHour } from "../domain/usage.ts";
import type { Page, PageRequest, Store } from "./store.ts";
import { describeEventTables } from "./store-events.contract.ts";
import { describeAlarmTables } from "./store-alarms.contract.ts";
import { describeSecretTables } from "./store-secrets.contract.ts";

/** Opening is slow on a database that runs inside the test, and on a busy machine. */
const HOOK_TIMEOUT_MS = 30_000;

export function describeStore(openEmpty: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await openEmpty();
  }, HOOK_TIMEOUT_MS);
  afterEach(() => store.close(), HOOK_TIMEOUT_MS);

  describeSecretTables(() => store);
  describeAlarmTables(() => store);
  describeEventTables(() => store);

  describe("services", () => {
    it("come back as they were saved, and as they were saved last", async () => {
      const service = aService({ name: "web" });
      await store.services.save(service);
      expect(await store.services.get(service.id)).toStrictEqual(service);
      const changed: Service = { ...service, status: "PAUSED", activeReleaseNumber: 3, updatedAtMs: 9 };
      await store.services.save(changed);
      expect(await store.services.get(service.id)).toStrictEqual(changed);
      expect(await store.services.get("unknown")).toBeNull();
    });

    it("keep hostile text as it is", async () => {
      const environment = { "'); drop table services; --": "\u0000\ud800 \u2028 é 😀 \" ' \\" };
      const service = aService({ configuration: aConfiguration({ environment }) });
      await store.services.save(service);
      expect(await store.services.get(service.id)).toStrictEqual(service);
      expect(await store.services.findByName("' or '1'='1")).toBeNull();
    });

    it("are found by name while they are not deleted, and free their name then", async () => {
      const first = aService({ name: "web" });
      await store.services.save(first);
      expect(await store.services.findByName("web")).toStrictEqual(first);
      await expectEntry(store.services.save(aService({ name: "web" })), "ServiceNameTaken");
      await store.services.save(deleted(first));
      expect(await store.services.findByName("web")).toBeNull();
      expect(await store.services.get(first.id)).toStrictEqual(deleted(first));
      const second = aService({ name: "web" });
      await store.services.save(second);
      expect(await store.services.findByName("web")).toStrictEqual(second);
    });

    it("are listed newest first, deleted ones left out, failed ones counted", async () => {
      const [oldest, gone, failed, newest] = [
        aService({ createdAtMs: 1 }),
        aService({ createdAtMs: 2 }),
        aService({ createdAtMs: 2, status: "CREATE_FAILED" }),
        aService({ createdAtMs: 3 }),
      ] as const;
      for (const service of [newest, oldest, failed, deleted(gone)]) await store.services.save(service);
      const { rows } = await store.services.list(first(10));
      expect(rows).toStrictEqual([newest, failed, oldest]);
      expect([...(await store.services.listLiveIds())].sort()).toStrictEqual(rows.map((s) => s.id).sort());
      expect(await store.services.count()).toBe(3);
    });

    it("of the same millisecond are listed in reverse order of their creation, whatever changed since", async () => {
      const services = [aService(), aService(), aService()];
      for (const service of services) await store.services.save(service);
      await store.services.save({ ...services[0]!, status: "PAUSED" });
      const { rows } = await store.services.list(first(10));
      expect(rows.map((s) => s.id)).toStrictEqual(services.map((s) => s.id).toReversed());
    });

    it("are listed by status", async () => {
      const [running, paused] = [aService(), aService({ status: "PAUSED" })];
      for (const service of [running, paused, deleted(aService())]) await store.services.save(service);
      expect(await store.services.listByStatus(["PAUSED", "DELETE_FAILED"])).toStrictEqual([paused]);
      expect(await store.services.listByStatus(["RUNNING", "PAUSED"])).toHaveLength(2);
      expect(await store.services.listByStatus([])).toStrictEqual([]);
    });

    it("are listed by the status they have now, whatever was listed before", async () => {
      const listRunning = async () => (await store.services.listByStatus(["RUNNING"])).map(({ id }) => id);
      const [kept, paused, gone] = [aService(), aService(), aService()];
      for (const service of [kept, paused, gone]) await store.services.save(service);
      expect(await listRunning()).toStrictEqual([kept.id, paused.id, gone.id]);
      await store.services.save({ ...paused, status: "PAUSED" });
      await store.services.save(deleted(gone));
      const added = aService();
      await store.services.save(added);
      expect(await listRunning()).toStrictEqual([kept.id, added.id]);
      const renamed = { ...kept, updatedAtMs: kept.updatedAtMs + 1 };
      await store.services.save(renamed);
      expect(await store.services.listByStatus(["RUNNING"])).toStrictEqual([renamed, added]);
    });

    it("are listed as a transaction has them only within it, and as it leaves them after it", async () => {
      const service = aService();
      await store.services.save(service);
      const running = await store.services.listByStatus(["RUNNING"]);
      const within: unknown[] = [];
      const attempt = store.transaction(async (tx) => {
        await tx.services.save({ ...service, status: "PAUSED" });
        within.push(await tx.services.listByStatus(["RUNNING"]));
        await tx.services.save(service);
        within.push(await tx.services.listByStatus(["RUNNING"]));
        await tx.services.save({ ...service, status: "PAUSED" });
        throw new Error("undone");
      });
      await expect(attempt).rejects.toThrow("undone");
      expect(within).toStrictEqual([[], running]);
      expect(await store.services.listByStatus(["RUNNING"])).toStrictEqual(running);
      await store.transaction((tx) => tx.services.save({ ...service, status: "PAUSED" }));
      expect(await store.services.listByStatus(["RUNNING"])).toStrictEqual([]);
    });

    it("are read by their ids, without those that are gone, and with what lists show beside them", async () => {
      const [busy, quiet] = [
        await aSavedService(store, { activeReleaseNumber: 1 }),
        await aSavedService(store),
      ];
      const gone = deleted(await aSavedService(store));
      await store.services.save(gone);
      const found = await store.services.listByIds([quiet.id, gone.id, "unknown", busy.id]);
      expect(found.map(({ id }) => id).sort()).toStrictEqual([busy.id, quiet.id].sort());
      expect(await store.services.listByIds([])).toStrictEqual([]);
      const releases = [1, 2].map((number) => aRelease({ serviceId: busy.id, number }));
      for (const release of releases) await store.releases.save(release);
      const operations = [5, 7, 7, 6].map((createdAtMs) => anOperation({ serviceId: busy.id, createdAtMs }));
      for (const operation of operations) await store.operations.save(operation);
      const instances = [1, 2].map((createdAtMs) => anInstance({ serviceId: busy.id, createdAtMs }));
      const stopped = anInstance({ serviceId: busy.id, state: "stopped", stoppedAtMs: 3 });
      for (const instance of [...instances, stopped]) await store.instances.save(instance);
      const tags = [
        { key: "a", value: "1" },
        { key: "b", value: "" },
      ];
      await store.tags.put(busy.arn, tags);
      expect(await store.services.details([quiet, busy])).toStrictEqual([
        { service: quiet, release: null, instances: [], lastOperation: null, tags: [] },
        { service: busy, release: releases[0], instances, lastOperation: operations[2], tags },
      ]);
      expect(await store.services.details([])).toStrictEqual([]);
    });

    it("are listed by what their configuration names", async () => {
      const using = aService({
        configuration: {
          ...aConfiguration(),
          connectionArn: "connection",
          autoScalingConfigurationArn: "fast",
          observability: { isEnabled: true, configurationArn: "observability" },
          network: { ...aConfiguration().network, egressType: "VPC", vpcConnectorArn: "connector" },
        },
      });
      for (const service of [using, aService(), { ...deleted(using), id: id(), arn: id() }]) {
        await store.services.save(service);
      }
      const { services } = store;
      expect(await services.listUsing("connection", "connection")).toStrictEqual([using]);
      expect(await services.listUsing("vpcConnector", "connector")).toStrictEqual([using]);
      expect(await services.listUsing("observabilityConfiguration", "observability")).toStrictEqual([using]);
      expect(await services.listUsing("connection", "connector")).toStrictEqual([]);
      expect((await services.listUsingAutoScaling("fast", first(10))).rows).toStrictEqual([using]);
      expect((await services.listUsingAutoScaling("other", first(10))).rows).toStrictEqual([]);
    });
  });

  describe("slots", () => {
    it("are the two lowest that no service owns", async () => {
      expect(await store.services.freeSlots()).toStrictEqual({ blue: 0, green: 1 });
      expect(await store.services.highestSlot()).toBe(-1);
      const low = aService({ slots: pair(0, 1) });
      await store.services.save(low);
      await store.services.save(aService({ slots: pair(5, 2) }));
      expect(await store.services.freeSlots()).toStrictEqual({ blue: 3, green: 4 });
      expect(await store.services.highestSlot()).toBe(5);
      await store.services.save(aService({ slots: pair(4, 7) }));
      expect(await store.services.freeSlots()).toStrictEqual({ blue: 3, green: 6 });
      await store.services.save({ ...deleted(low), slots: null });
      expect(await store.services.freeSlots()).toStrictEqual({ blue: 0, green: 1 });
    });

    it("agree with a simple search, whatever is taken", async () => {
      const taken = fc.uniqueArray(fc.nat(20), { maxLength: 16 });
      await fc.assert(
        fc.asyncProperty(taken, async (slots) => {
          const free = [...Array(30).keys()].filter((slot) => !slots.includes(slot));
          await rolledBack(store, async (tx) => {
            for (let at = 0; at + 1 < slots.length; at += 2) {
              await tx.services.save(aService({ slots: pair(slots[at]!, slots[at + 1]!) }));
            }
            const unpaired = slots.length % 2 === 1 ? slots.at(-1)! : null;
            const [blue, green] = unpaired === null ? free : [unpaired, ...free].sort((a, b) => a - b);
            expect(await tx.services.freeSlots()).toStrictEqual({ blue, green });
          });
        }),
        { numRuns: 30 },
      );
    });

    it("belong to one service, in whatever colour", async () => {
      await store.services.save(aService({ slots: pair(0, 1) }));
      await expect(store.services.save(aService({ slots: pair(1, 2) }))).rejects.toThrow(/refused a row/);
      expect(await store.services.count()).toBe(1);
    });
  });

  describe("operations", () => {
    it("are open until they end, and never change after", async () => {
      const { service, operation } = await aSavedOperation(store);
      expect(await store.operations.listOpen(service.id)).toStrictEqual([operation]);
      expect(await store.operations.listAllOpen()).toStrictEqual([operation]);
      const ended: Operation = { ...operation, status: "SUCCEEDED", phase: "done", endedAtMs: 5 };
      await store.operations.save(ended);
      expect(await store.operations.listOpen(service.id)).toStrictEqual([]);
      await store.operations.save(ended);
      for (const change of [{ status: "IN_PROGRESS" }, { endedAtMs: 6 }] as const) {
        await expect(store.operations.save({ ...ended, ...change })).rejects.toThrow(IllegalTransition);
      }
      expect(await store.operations.get(service.id, operation.id)).toStrictEqual(ended);
    });

    it("belong to one service", async () => {
      const { operation } = await aSavedOperation(store);
      expect(await store.operations.get("another", operation.id)).toBeNull();
      expect(await store.operations.list("another", first(10))).toStrictEqual({ rows: [], lastKey: null });
      await expect(store.operations.save(anOperation({ serviceId: "unknown" }))).rejects.toThrow(
        /refused a row/,
      );
    });

    it("are listed newest first", async () => {
      const { service, operation } = await aSavedOperation(store);
      const later = anOperation({ serviceId: service.id, createdAtMs: operation.createdAtMs + 1 });
      await store.operations.save(later);
      expect((await store.operations.list(service.id, first(10))).rows).toStrictEqual([later, operation]);
    });
  });

  describe("releases", () => {
    it("are numbered within their service and listed newest first", async () => {
      const service = await aSavedService(store);
      expect(await store.releases.nextNumber(service.id)).toBe(1);
      const releases = [1, 2, 3].map((number) => aRelease({ serviceId: service.id, number }));
      for (const release of releases) await store.releases.save(release);
      expect(await store.releases.nextNumber(service.id)).toBe(4);
      expect(await store.releases.nextNumber("another")).toBe(1);
      expect(await store.releases.get(service.id, 2)).toStrictEqual(releases[1]);
      expect(await store.releases.get(service.id, 9)).toBeNull();
      expect((await store.releases.list(service.id, first(10))).rows).toStrictEqual(releases.toReversed());
    });

    it("are retained when active, when an open operation needs them, or when they are among the newest", async () => {
      const service = await aSavedService(store, { activeReleaseNumber: 2 });
      for (let number = 1; number <= 9; number++) {
        await store.releases.save(aRelease({ serviceId: service.id, number }));
      }
      await store.operations.save(anOperation({ serviceId: service.id, releaseNumber: 4 }));
      const built = anOperation({ serviceId: service.id, releaseNumber: null });
      await store.operations.save(built);
      await store.releases.save(aRelease({ serviceId: service.id, number: 5, operationId: built.id }));
      const small = await aSavedService(store);
      await store.releases.save(aRelease({ serviceId: small.id, number: 1 }));

      expect(await retained(store, 3)).toStrictEqual({ [service.id]: [2, 4, 5, 7, 8, 9], [small.id]: [1] });
      expect(await retained(store, 0)).toStrictEqual({ [service.id]: [2, 4, 5] });
      await store.services.save(deleted(service));
      expect(await retained(store, 3)).toStrictEqual({ [service.id]: [4, 5], [small.id]: [1] });
    });
  });

  describe("instances", () => {
    it("live until they are stopped; a failed one still has remains to remove", async () => {
      const service = await aSavedService(store);
      const instance = anInstance({ serviceId: service.id });
      for (const state of ["starting", "ready", "failed"] as const) {
        await store.instances.save({ ...instance, state });
        expect(await store.instances.listLive(service.id)).toStrictEqual([{ ...instance, state }]);
        expect(await store.instances.listAllLive()).toHaveLength(1);
      }
      const stopped: Instance = { ...instance, state: "stopped", stoppedAtMs: 7 };
      await store.instances.save(stopped);
      expect(await store.instances.listLive(service.id)).toStrictEqual([]);
      expect(await store.instances.listAllLive()).toStrictEqual([]);
      expect(await store.instances.get(instance.id)).toStrictEqual(stopped);
      expect((await store.instances.list(service.id, first(10))).rows).toStrictEqual([stopped]);
    });

    it("are forgotten when stopped for long, but for the newest of each service", async () => {
      const [busy, quiet] = [await aSavedService(store), await aSavedService(store)];
      const stoppedAt = (service: Service, ms: number) =>
        anInstance({ serviceId: service.id, state: "stopped", createdAtMs: ms, stoppedAtMs: ms });
      const living = anInstance({ serviceId: busy.id, createdAtMs: 0 });
      const [a, b, c, d] = [1, 2, 3, 100].map((ms) => stoppedAt(busy, ms));
      const only = stoppedAt(quiet, 1);
      for (const instance of [living, a!, b!, c!, d!, only]) await store.instances.save(instance);

      await store.instances.prune(50, 2);
      expect((await store.instances.list(busy.id, first(10))).rows).toStrictEqual([d, c, living]);
      expect((await store.instances.list(quiet.id, first(10))).rows).toStrictEqual([only]);
      await store.instances.prune(50, 0);
      expect((await store.instances.list(busy.id, first(10))).rows).toStrictEqual([d, living]);
    });
  });

  describe("the journal", () => {
    const entry = {
      serviceId: "service",
      operationId: "operation",
      step: "startInstance",
      argumentsJson: '{"id":"1"}',
      startedAtMs: 1,
    };

    it("numbers entries upwards and knows which ones a crash left open", async () => {
      const one = await store.journal.begin(entry);
      const two = await store.journal.begin({ ...entry, operationId: null, startedAtMs: 2 });
      expect(two).toBeGreaterThan(one);
      await store.journal.end(one, { status: "failed", error: "no\0 space", endedAtMs: 3 });
      expect(await store.journal.listStarted()).toStrictEqual([
        {
          ...entry,
          operationId: null,
          startedAtMs: 2,
          sequence: two,
          status: "started",
          error: null,
          endedAtMs: null,
        },
      ]);
      expect(await store.journal.listForOperation("operation")).toStrictEqual([
        { ...entry, sequence: one, status: "failed", error: "no space", endedAtMs: 3 },
      ]);
    });

    it("lets an entry end once", async () => {
      const sequence = await store.journal.begin(entry);
      const outcome = { status: "done", error: null, endedAtMs: 2 } as const;
      await store.journal.end(sequence, outcome);
      await expect(store.journal.end(sequence, outcome)).rejects.toThrow(IllegalTransition);
      await expect(store.journal.end(sequence + 1, outcome)).rejects.toThrow(IllegalTransition);
    });

    it("forgets old entries that ended, and never reuses their numbers", async () => {
      const [old, open, fresh] = [
        await store.journal.begin(entry),
        await store.journal.begin(entry),
        await store.journal.begin({ ...entry, startedAtMs: 10 }),
      ] as const;
      for (const sequence of [old, fresh]) {
        await store.journal.end(sequence, { status: "done", error: null, endedAtMs: 11 });
      }
      await store.journal.prune({ ofOperationsBeforeMs: 10, othersBeforeMs: 100 });
      const kept = await store.journal.listForOperation("operation");
      expect(kept.map(({ sequence }) => sequence)).toStrictEqual([open, fresh]);
      await store.journal.prune({ ofOperationsBeforeMs: 100, othersBeforeMs: 100 });
      expect(await store.journal.begin(entry)).toBeGreaterThan(fresh);
    });

    it("keeps entries of operations when only others are old enough", async () => {
      const sequence = await store.journal.begin(entry);
      await store.journal.begin({ ...entry, operationId: null });
      await store.journal.end(sequence, { status: "done", error: null, endedAtMs: 11 });
      await store.journal.prune({ ofOperationsBeforeMs: 0, othersBeforeMs: 100 });
      expect(await store.journal.listForOperation("operation")).toHaveLength(1);
      await store.journal.prune({ ofOperationsBeforeMs: 100, othersBeforeMs: 0 });
      expect(await store.journal.listForOperation("operation")).toHaveLength(0);
      // An open one stays, whatever its age.
      expect(await store.journal.listStarted()).toHaveLength(1);
    });
  });

  describe("tags", () => {
    it("are added, overwritten, removed one by one and all at once", async () => {
      const { tags } = store;
      await tags.put("a", [tag("x", "1"), tag("y", "2"), tag("x", "3")]);
      await tags.put("b", [tag("x", "b")]);
      await tags.put("a", [tag("y", ""), tag("Z", "4")]);
      expect(await tags.list("a")).toStrictEqual([tag("Z", "4"), tag("x", "3"), tag("y", "")]);
      expect(await tags.listOf([])).toStrictEqual(new Map());
      expect(await tags.listOf(["b", "nothing", "a"])).toStrictEqual(
        new Map([
          ["a", await tags.list("a")],
          ["b", [tag("x", "b")]],
        ]),
      );
      await tags.remove("a", ["x", "nothing"]);
      await tags.remove("a", []);
      expect(await tags.list("a")).toStrictEqual([tag("Z", "4"), tag("y", "")]);
      await tags.removeAll("a");
      expect(await tags.list("a")).toStrictEqual([]);
      expect(await tags.list("b")).toStrictEqual([tag("x", "b")]);
    });
  });

  describe("revisions", () => {
    it("are found by ARN, by number, and by being the newest active one", async () => {
      const table = store.autoScalingConfigurations;
      const [one, two, three] = [1, 2, 3].map((revision) => aRevision("fast", revision)) as [
        AutoScalingConfiguration,
        AutoScalingConfiguration,
        AutoScalingConfiguration,
      ];
      for (const row of [two, one, three]) await table.save(row);
      expect(await table.get(two.arn)).toStrictEqual(two);
      expect(await table.getRevision("fast", 1)).toStrictEqual(one);
      expect(await table.getRevision("fast", 4)).toBeNull();
      expect(await table.getLatest("fast")).toStrictEqual(three);
      const gone = { ...three, isActive: false, isLatest: false, deletedAtMs: 5 };
      await table.save(gone);
      expect(await table.getLatest("fast")).toStrictEqual(two);
      expect(await table.getLatest("slow")).toBeNull();
      expect(await table.listRevisions("fast")).toStrictEqual([one, two, gone]);
      await table.prune(5);
      expect(await table.get(three.arn)).toStrictEqual(gone);
      await table.prune(6);
      expect(await table.listRevisions("fast")).toStrictEqual([one, two]);
    });

    it("are listed by name and number, on request the newest active ones only", async () => {
      const table = store.autoScalingConfigurations;
      const rows = [aRevision("B", 1), aRevision("a", 1), aRevision("a", 2), aRevision("a", 10)];
      for (const row of rows.toReversed()) await table.save(row);
      await table.save({ ...aRevision("a", 11), isActive: false, deletedAtMs: 1 });
      const [b1, a1, a2, a10] = rows;
      expect((await table.list({ latestOnly: false }, first(9))).rows).toStrictEqual([b1, a1, a2, a10]);
      expect((await table.list({ latestOnly: true }, first(9))).rows).toStrictEqual([b1, a10]);
      expect((await table.list({ name: "a", latestOnly: false }, first(9))).rows).toStrictEqual([
        a1,
        a2,
        a10,
      ]);
      expect((await table.list({ name: "a", latestOnly: true }, first(9))).rows).toStrictEqual([a10]);
      expect(await table.countNames()).toBe(2);
    });

    it("of different kinds do not meet, and a name's number is given once", async () => {
      await store.autoScalingConfigurations.save(aRevision("same", 1));
      await expectEntry(store.autoScalingConfigurations.save(aRevision("same", 1)), "ResourceNameTaken");
      const { arn } = aRevision("same", 1);
      const connector = { ...revisionBase(arn, "same", 1), subnets: ["s"], securityGroups: [] };
      await store.vpcConnectors.save(connector);
      expect(await store.vpcConnectors.getLatest("same")).toStrictEqual(connector);
      expect(await store.observabilityConfigurations.getLatest("same")).toBeNull();
      expect(await store.autoScalingConfigurations.get(arn)).toBeNull();
    });
  });

  describe("connections", () => {
    it("are found and listed by name while they are not deleted", async () => {
      const table = store.connections;
      const [b, a] = [aConnection("b"), aConnection("a")];
      for (const row of [b, a]) await table.save(row);
      expect(await table.get(a.arn)).toStrictEqual(a);
      expect(await table.findByName("b")).toStrictEqual(b);
      expect((await table.list(first(9))).rows).toStrictEqual([a, b]);
      await expectEntry(table.save(aConnection("a")), "ResourceNameTaken");
      await table.save({ ...a, status: "DELETED" });
      expect(await table.findByName("a")).toBeNull();
      expect(await table.count()).toBe(1);
      await table.save(aConnection("a"));
      await table.remove(b.arn);
      expect(await table.get(b.arn)).toBeNull();
      expect(await store.vpcIngressConnections.count()).toBe(0);
    });

    it("bear names that are taken in whatever case, by others that are not deleted", async () => {
      const table = store.connections;
      const [lower, upper] = [aConnection("ann_1"), aConnection("Ann_1")];
      // Pairs of earlier times stay as they are.
      for (const row of [lower, upper]) await table.save(row);
      expect((await table.list(first(9))).rows).toStrictEqual([upper, lower]);
      expect(await table.isNameTaken("ANN_1", null)).toBe(true);
      expect(await table.isNameTaken("ann_1", lower.arn)).toBe(true);
      await table.remove(upper.arn);
      expect(await table.isNameTaken("ANN_1", lower.arn)).toBe(false);
      expect(await table.isNameTaken("ann%1", null)).toBe(false);
      expect(await table.isNameTaken("annx1", null)).toBe(false);
      await table.save({ ...lower, status: "DELETED" });
      expect(await table.isNameTaken("ann_1", null)).toBe(false);
    });
  });

  describe("access keys and settings", () => {
    it("come back as they were saved", async () => {
      const [key, older] = [
        {
          id: "AKIA1",
          sealedSecret: "s",
          principalArn: "arn",
          createdAtMs: 2,
          isActive: false,
          lastUsed: { atMs: 3, service: "sts", region: "us-east-1" },
        },
        {
          id: "AKIA2",
          sealedSecret: "t",
          principalArn: "other",
          createdAtMs: 1,
          isActive: true,
          lastUsed: null,
        },
      ] as const;
      for (const one of [key, older]) await store.accessKeys.save(one);
      expect(await store.accessKeys.get("AKIA1")).toStrictEqual(key);
      expect(await store.accessKeys.get("AKIA3")).toBeNull();
      expect(await store.accessKeys.list()).toStrictEqual([older, key]);
      expect(await store.accessKeys.listOf("arn")).toStrictEqual([key]);
      const lastUsed = { atMs: 4, service: "iam", region: "us-east-1" };
      await store.accessKeys.noteUse("AKIA2", lastUsed);
      expect(await store.accessKeys.get("AKIA2")).toStrictEqual({ ...older, lastUsed });
      await store.accessKeys.remove("AKIA2");
      await store.accessKeys.noteUse("AKIA2", lastUsed);
      expect(await store.accessKeys.list()).toStrictEqual([key]);
      expect(await store.settings.get("id")).toBeNull();
      await store.settings.put("id", "1");
      await store.settings.put("id", "2");
      expect(await store.settings.get("id")).toBe("2");
    });
  });

  describe("source watches", () => {
    it("come back as they were saved last, one a service", async () => {
      await store.services.save(aService({ id: "s1" }));
      const watch: SourceWatch = {
        serviceId: "s1",
        sealedWebhookSecret: "sealed",
        handledVersion: null,
        check: null,
        delivery: null,
        deliveryIds: [],
      };
      expect(await store.sourceWatches.get("s1")).toBeNull();
      await store.sourceWatches.save(watch);
      const newer = { ...watch, handledVersion: "c1", deliveryIds: ["d1"] };
      await store.sourceWatches.save(newer);
      expect(await store.sourceWatches.get("s1")).toStrictEqual(newer);
      await store.sourceWatches.remove("s1");
      expect(await store.sourceWatches.get("s1")).toBeNull();
    });
  });

  describe("custom domains", () => {
    const domain = (name: string, changes: Partial<CustomDomain> = {}): CustomDomain => ({
      serviceId: "s1",
      name,
      enableWwwSubdomain: false,
      status: "creating",
      challengeLabels: {},
      problem: null,
      records: [],
      checkedAtMs: null,
      createdAtMs: 1,
      updatedAtMs: 1,
      ...changes,
    });
    const everything = { after: null, limit: 10 };
    beforeEach(async () => {
      await store.services.save(aService({ id: "s1" }));
      await store.services.save(aService({ id: "s2", name: "other" }));
    });

    it("come back as they were saved last, by name and by service", async () => {
      const [shop, blog] = [domain("shop.test"), domain("blog.test", { serviceId: "s2" })];
      for (const one of [shop, blog]) await store.customDomains.save(one);
      const newer = { ...shop, status: "active" as const };
      await store.customDomains.save(newer);
      expect(await store.customDomains.get("shop.test")).toStrictEqual(newer);
      expect(await store.customDomains.listAll()).toStrictEqual([blog, newer]);
      expect((await store.customDomains.list("s1", everything)).rows).toStrictEqual([newer]);
      expect(await store.customDomains.count("s1")).toBe(1);
      await store.customDomains.remove("shop.test");
      expect(await store.customDomains.get("shop.test")).toBeNull();
      expect(await store.customDomains.count("s1")).toBe(0);
    });

    it("share no name, not even by www", async () => {
      const shop = domain("shop.test", { enableWwwSubdomain: true });
      await store.customDomains.save(shop);
      const taken = domain("www.shop.test", { serviceId: "s2" });
      await expect(store.customDomains.save(taken)).rejects.toThrow(/www\.shop\.test belongs to another/);
      expect(await store.customDomains.findByName("www.shop.test")).toStrictEqual(shop);
      await store.customDomains.save(domain("*.shop.test", { serviceId: "s2" }));
      await store.customDomains.save({ ...shop, enableWwwSubdomain: false });
      await store.customDomains.save(taken);
      expect(await store.customDomains.findByName("www.shop.test")).toStrictEqual(taken);
    });

    it("have certificates, the newest first, and a record of how far each is", async () => {
      const certificate = (id: string, createdAtMs: number): Certificate => ({
        id,
        origin: "acme",
        names: ["shop.test"],
        chainPem: "chain",
        sealedKey: "sealed",
        fingerprint: "f",
        issuer: "CN=Test",
        notBeforeMs: 1,
        notAfterMs: 2,
        createdAtMs,
      });
      const [old, young] = [certificate("b", 1), certificate("a", 2)];
      for (const one of [old, young]) await store.certificates.save(one);
      expect(await store.certificates.listAll()).toStrictEqual([young, old]);
      await store.certificates.remove("b");
      expect(await store.certificates.get("b")).toBeNull();
      const issuance: Issuance = {
        subject: "domain:shop.test",
        names: ["shop.test"],
        certificateId: "a",
        order: null,
        renewAtMs: 9,
        nextAttemptMs: 0,
        failureCount: 0,
        problem: null,
        warnedAtMs: null,
      };
      await store.issuances.save(issuance);
      await store.issuances.save({ ...issuance, failureCount: 1 });
      expect(await store.issuances.get("domain:shop.test")).toStrictEqual({ ...issuance, failureCount: 1 });
      await store.issuances.remove("domain:shop.test");
      expect(await store.issuances.listAll()).toStrictEqual([]);
    });
  });

  describe("usage", () => {
    const hour = (serviceId: string, hourStartMs: number, changes: Partial<UsageHour> = {}): UsageHour => ({
      serviceId,
      hourStartMs,
      ...noUsage,
      ...changes,
    });

    it("adds up, by the hour and by the day", async () => {
      const day = 100 * DAY_MS;
      await store.usage.add([
        hour("s1", day, { provisionedMs: 60_000, memoryMiBMs: 5, requestCount: 3 }),
        hour("s1", day + HOUR_MS, { provisionedMs: 1, startCount: 1 }),
      ]);
      await store.usage.add([hour("s1", day, { provisionedMs: 60_000, activeMs: 7, activeCpuMillisMs: 8 })]);
      const others = { buildMs: 9, automaticDeploymentMs: 10, egressBytes: 11 };
      await store.usage.add([hour("s1", day, others)]);
      const range = { fromMs: day, toMs: day + DAY_MS };
      expect(await store.usage.sumByPeriod({ granularity: "HOUR", ...range })).toStrictEqual([
        {
          startMs: day,
          ...noUsage,
          provisionedMs: 120_000,
          memoryMiBMs: 5,
          requestCount: 3,
          activeMs: 7,
          activeCpuMillisMs: 8,
          ...others,
        },
        { startMs: day + HOUR_MS, ...noUsage, provisionedMs: 1, startCount: 1 },
      ]);
      expect(await store.usage.sumByPeriod({ granularity: "DAY", ...range })).toMatchObject([
        { startMs: day, provisionedMs: 120_001, requestCount: 3, startCount: 1 },
      ]);
    });

    it("is told of one service or of all, and of what began in the time asked for", async () => {
      const hours = [0, 1, 2].map((number) => hour("s1", number * HOUR_MS, { requestCount: 10 ** number }));
      await store.usage.add([...hours, hour("s2", HOUR_MS, { requestCount: 1000 })]);
      const query = { granularity: "HOUR", fromMs: HOUR_MS, toMs: 2 * HOUR_MS } as const;
      expect(await store.usage.sumByPeriod(query)).toMatchObject([{ startMs: HOUR_MS, requestCount: 1010 }]);
      expect(await store.usage.sumByPeriod({ ...query, serviceId: "s1" })).toMatchObject([
        { requestCount: 10 },
      ]);
      const all = { granularity: "DAY", fromMs: 0, toMs: 1 } as const;
      expect(await store.usage.sumByService(all)).toMatchObject([
        { serviceId: "s1", requestCount: 111 },
        { serviceId: "s2", requestCount: 1000 },
      ]);
      expect(await store.usage.sumByService({ ...all, serviceId: "s2" })).toHaveLength(1);
    });

    it("takes more services at once than a statement takes, and sums beyond whole numbers", async () => {
      const most = { memoryMiBMs: Number.MAX_SAFE_INTEGER };
      const hours = Array.from({ length: 1001 }, (_, index) => hour(`s${index}`, 0, most));
      await store.usage.add(hours);
      const [sum] = await store.usage.sumByPeriod({ granularity: "DAY", fromMs: 0, toMs: 1 });
      expect(sum?.memoryMiBMs).toBeCloseTo(1001 * Number.MAX_SAFE_INTEGER, -8);
    });

    it("of old hours is forgotten before that of their days", async () => {
      await store.usage.add([hour("s1", 0), hour("s1", HOUR_MS), hour("s1", 30 * HOUR_MS)]);
      const all = { fromMs: 0, toMs: 10 * DAY_MS };
      await store.usage.prune({ hoursBeforeMs: HOUR_MS, daysBeforeMs: 0 });
      expect(await store.usage.sumByPeriod({ granularity: "HOUR", ...all })).toHaveLength(2);
      expect(await store.usage.sumByPeriod({ granularity: "DAY", ...all })).toHaveLength(2);
      await store.usage.prune({ hoursBeforeMs: 10 * DAY_MS, daysBeforeMs: DAY_MS });
      expect(await store.usage.sumByPeriod({ granularity: "HOUR", ...all })).toEqual([]);
      expect(await store.usage.sumByPeriod({ granularity: "DAY", ...all })).toMatchObject([
        { startMs: DAY_MS },
      ]);
    });

    it("is written whole or not at all", async () => {
      const many = Array.from({ length: 1000 }, (_, index) => hour(`s${index}`, HOUR_MS));
      const broken = hour("s2", 0, { provisionedMs: Number.NaN });
      await expect(store.usage.add([...many, broken])).rejects.toBeInstanceOf(Error);
      expect(await store.usage.sumByService({ granularity: "DAY", fromMs: 0, toMs: 1 })).toEqual([]);
    });
  });

  describe("versions of named rows", () => {
    it("grow with what is saved and removed, in transactions too, each kind for itself", async () => {
      const versions = () => [store.connections.version(), store.roles.version()];
      const [before = 0, ofRoles] = versions();
      await store.connections.save(aConnection("a"));
      expect(store.connections.version()).toBeGreaterThan(before);
      const saved = store.connections.version();
      await store.transaction(async (tx) => {
        const { arn } = aConnection("a");
        await tx.connections.remove(arn);
        expect(tx.connections.version()).toBeGreaterThan(saved);
      });
      const removed = store.connections.version();
      expect(removed).toBeGreaterThan(saved);
      await store.connections.get("a");
      expect(versions()).toEqual([removed, ofRoles]);
    });
  });

  describe("pages", () => {
    it("hold every row exactly once, in order, whatever the limit", async () => {
      const services: Service[] = [];
      for (const createdAtMs of [1, 1, 1, 2, 3, 3, 900, 1000, 20_000]) {
        services.push(await aSavedService(store, { createdAtMs }));
      }
      const [{ id: serviceId }] = services as [Service];
      for (const number of [9, 10, 11, 100]) await store.releases.save(aRelease({ serviceId, number }));
      for (const createdAtMs of [5, 5, 5, 40]) {
        await store.operations.save(anOperation({ serviceId, createdAtMs }));
        await store.instances.save(anInstance({ serviceId, createdAtMs }));
      }
      for (const name of ["b-1", "b", "B", "b_", "c"]) {
        for (const revision of [2, 10]) await store.autoScalingConfigurations.save(aRevision(name, revision));
        await store.connections.save(aConnection(name));
      }
      const lists: readonly ((page: PageRequest) => Promise<Page<unknown>>)[] = [
        (page) => store.services.list(page),
        (page) => store.services.listUsingAutoScaling("scaling", page),
        (page) => store.operations.list(serviceId, page),
        (page) => store.releases.list(serviceId, page),
        (page) => store.instances.list(serviceId, page),
        (page) => store.autoScalingConfigurations.list({ latestOnly: false }, page),
        (page) => store.autoScalingConfigurations.list({ latestOnly: true }, page),
        (page) => store.connections.list(page),
      ];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...lists), fc.integer({ min: 1, max: 12 }), async (list, limit) => {
          const whole = await list(first(1000));
          expect(whole.rows.length).toBeGreaterThan(3);
          const pages = await allPages(list, limit);
          expect(pages.flat()).toStrictEqual(whole.rows);
          expect(pages.length).toBe(Math.ceil(whole.rows.length / limit));
        }),
        { numRuns: 60 },
      );
    });

    it("go on where they stopped although rows came and went in between", async () => {
      const saved = [];
      for (const createdAtMs of [1, 2, 3, 4]) saved.push(await aSavedService(store, { createdAtMs }));
      const [one, two, three, four] = saved as [Service, Service, Service, Service];
      const page = await store.services.list(first(2));
      expect(page.rows).toStrictEqual([four, three]);
      await store.services.save(deleted(three));
      await aSavedService(store, { createdAtMs: 5 });
      const rest = await store.services.list({ after: page.lastKey, limit: 2 });
      expect(rest).toStrictEqual({ rows: [two, one], lastKey: null });
    });

    it("refuse a key that is not theirs", async () => {
      for (const after of ["", "x", "1", "1-2; drop table services", "1-2-3"]) {
        await expectEntry(store.services.list({ after, limit: 1 }), "ForeignToken");
      }
      await expectEntry(store.releases.list("s", { after: "x", limit: 1 }), "ForeignToken");
    });
  });

  describe("a transaction", () => {
    it("keeps all of its writes or none", async () => {
      const failure = new Error("changed my mind");
      const work = store.transaction(async (tx) => {
        await tx.settings.put("a", "1");
        await tx.tags.put("arn", [tag("k", "v")]);
        expect(await tx.settings.get("a")).toBe("1");
        throw failure;
      });
      await expect(work).rejects.toBe(failure);
      expect(await store.settings.get("a")).toBeNull();
      expect(await store.tags.list("arn")).toStrictEqual([]);
      const answer = await store.transaction(async (tx) => {
        await tx.settings.put("a", "2");
        return 42;
      });
      expect(answer).toBe(42);
      expect(await store.settings.get("a")).toBe("2");
    });

    it("keeps others waiting, so that they see all of it", async () => {
      const order: string[] = [];
      const { promise: paused, resolve: goOn } = Promise.withResolvers<void>();
      const writing = store.transaction(async (tx) => {
        await tx.settings.put("a", "1");
        order.push("written");
        await paused;
        await tx.settings.put("a", "2");
        order.push("committed");
      });
      const reading = store.settings.get("a").then((value) => {
        order.push("read");
        return value;
      });
      goOn();
      await writing;
      expect(await reading).toBe("2");
      expect(order).toStrictEqual(["written", "committed", "read"]);
    });

    it("counts without losing an update when many run at once", async () => {
      const add = () =>
        store.transaction(async (tx) => {
          const count = Number((await tx.settings.get("count")) ?? 0);
          await tx.settings.put("count", String(count + 1));
        });
      await Promise.all(Array.from({ length: 30 }, add));
      expect(await store.settings.get("count")).toBe("30");
    });

    it("lets a service and what belongs to it be saved in any order", async () => {
      const service = aService();
      await store.transaction(async (tx) => {
        await tx.operations.save(anOperation({ serviceId: service.id }));
        await tx.services.save(service);
      });
      expect(await store.operations.listAllOpen()).toHaveLength(1);
    });

    it("commits nothing when one of its writes was refused, even if nobody looked", async () => {
      const { operation } = await aSavedOperation(store);
      await store.operations.save({ ...operation, status: "FAILED" });
      const work = store.transaction(async (tx) => {
        await tx.settings.put("a", "1");
        await tx.operations.save(operation).catch(() => {});
      });
      await expect(work).rejects.toThrow(IllegalTransition);
      expect(await store.settings.get("a")).toBeNull();
    });

    it("refuses the store inside of it instead of waiting for itself", async () => {
      const misuses = [
        () => store.settings.get("a"),
        () => store.settings.put("a", "1"),
        () => store.transaction(async () => {}),
        () => store.close(),
      ];
      await store.transaction(async (tx) => {
        for (const misuse of misuses) await expect(misuse()).rejects.toThrow(/only its own `tx`/);
        await tx.settings.put("a", "2");
      });
      expect(await store.settings.get("a")).toBe("2");
    });

    it("refuses to be used when it has ended, and includes what nobody awaited", async () => {
      let late: (() => Promise<void>) | undefined;
      await store.transaction(async (tx) => {
        late = () => tx.settings.put("late", "1");
        void tx.settings.put("hasty", "1");
      });
      expect(await store.settings.get("hasty")).toBe("1");
      await expect(late?.()).rejects.toThrow(/has ended/);
      expect(await store.settings.get("late")).toBeNull();
    });
  });

  it("refuses work when it is closed, after it has done what was asked before", async () => {
    const write = store.settings.put("a", "1");
    await store.close();
    await write;
    await store.close();
    await expectEntry(store.settings.get("a"), "StoreUnavailable");
    await expectEntry(
      store.transaction(async () => {}),
      "StoreUnavailable",
    );
  });
}

type Entry = Parameters<typeof isSlipwayError>[1];

async function expectEntry(work: Promise<unknown>, entry: Entry): Promise<void> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toSatisfy((reason) => isSlipwayError(reason, entry));
}

async function rolledBack(store: Store, work: Parameters<Store["transaction"]>[0]): Promise<void> {
  const intended = new Error("rolled back as intended");
  const transaction = store.transaction(async (tx) => {
    await work(tx);
    throw intended;
  });
  await transaction.catch((error: unknown) => {
    if (error !== intended) throw error;
  });
}

async function allPages<Row>(list: (page: PageRequest) => Promise<Page<Row>>, limit: number) {
  const pages: (readonly Row[])[] = [];
  let after: string | null = null;
  do {
    const { rows, lastKey }: Page<Row> = await list({ after, limit });
    pages.push(rows);
    after = lastKey;
  } while (after !== null);
  return pages;
}

async function retained(store: Store, keep: number): Promise<Record<string, number[]>> {
  const numbers: Record<string, number[]> = {};
  for (const { serviceId, number } of await store.releases.listRetained(keep)) {
    (numbers[serviceId] ??= []).push(number);
  }
  return numbers;
}

const first = (limit: number): PageRequest => ({ after: null, limit });
const tag = (key: string, value: string) => ({ key, value });
const pair = (blue: number, green: number): SlotPair => ({ blue, green, active: null });

let ids = 0;
/** Ids whose order is not that of their making, as with random ones. */
function id(): string {
  ids += 1;
  return ((ids * 2_654_435_761) % 2 ** 32).toString(16).padStart(32, "0");
}

export function aConfiguration({ environment = {} }: { environment?: Record<string, string> } = {}) {
  return {
    source: {
      kind: "image",
      imageIdentifier: "nginx:1",
      repositoryType: "ECR_PUBLIC",
      port: "8080",
      startCommand: null,
      environment,
      environmentSecrets: {},
    },
    autoDeploymentsEnabled: false,
    instance: { cpu: "256", memory: "512" },
    healthCheck: {
      protocol: "TCP",
      path: "/",
      intervalS: 5,
      timeoutS: 2,
      healthyThreshold: 1,
      unhealthyThreshold: 5,
    },
    autoScalingConfigurationArn: "scaling",
    network: { egressType: "DEFAULT", isPubliclyAccessible: true, ipAddressType: "IPV4" },
  } satisfies ServiceConfiguration;
}

export function aService(wish: Partial<Service> = {}): Service {
  const key = id();
  return {
    id: key,
    arn: `arn:${key}`,
    name: `service-${key}`,
    host: `${key}.slipway.localhost`,
    status: "RUNNING",
    configuration: aConfiguration(),
    slots: null,
    encryptionKeyArn: null,
    activeReleaseNumber: null,
    createdAtMs: 1000,
    updatedAtMs: 1000,
    deletedAtMs: null,
    ...wish,
  };
}

function deleted(service: Service): Service {
  return { ...service, status: "DELETED", deletedAtMs: 2000 };
}

async function aSavedService(store: Store, wish: Partial<Service> = {}): Promise<Service> {
  const service = aService(wish);
  await store.services.save(service);
  return service;
}

export function anOperation(wish: Partial<Operation> & Pick<Operation, "serviceId">): Operation {
  return {
    id: id(),
    serviceArn: `arn:${wish.serviceId}`,
    type: "CREATE_SERVICE",
    status: "IN_PROGRESS",
    phase: "pull",
    configuration: aConfiguration(),
    previousConfiguration: null,
    releaseNumber: null,
    cause: null,
    createdAtMs: 1000,
    phaseStartedAtMs: 1000,
    updatedAtMs: 1000,
    endedAtMs: null,
    ...wish,
  };
}

async function aSavedOperation(store: Store) {
  const service = await aSavedService(store);
  const operation = anOperation({ serviceId: service.id });
  await store.operations.save(operation);
  return { service, operation };
}

function aRelease(wish: Partial<Release> & Pick<Release, "serviceId" | "number">): Release {
  return {
    operationId: id(),
    imageId: "sha256:1",
    imageDigest: null,
    configuration: aConfiguration(),
    scale: { minSize: 1, maxSize: 2, maxConcurrency: 100 },
    createdAtMs: 1000,
    ...wish,
  };
}

function anInstance(wish: Partial<Instance> & Pick<Instance, "serviceId">): Instance {
  return {
    id: id(),
    releaseNumber: 1,
    colour: "blue",
    state: "ready",
    address: "10.0.0.2",
    port: 8080,
    startReason: "deployment",
    endReason: null,
    exitCode: null,
    isOutOfMemory: false,
    createdAtMs: 1000,
    readyAtMs: null,
    drainingSinceMs: null,
    stoppedAtMs: null,
    ...wish,
  };
}

function revisionBase(arn: string, name: string, revision: number) {
  return { arn, name, revision, isLatest: true, isActive: true, createdAtMs: 1, deletedAtMs: null };
}

function aRevision(name: string, revision: number): AutoScalingConfiguration {
  return {
    ...revisionBase(`arn:${name}/${revision}/${id()}`, name, revision),
    maxConcurrency: 100,
    minSize: 1,
    maxSize: 25,
    isDefault: false,
  };
}

function aConnection(name: string): Connection {
  return { arn: `arn:${id()}`, name, providerType: "GITHUB", status: "AVAILABLE", createdAtMs: 1 };
}
