// Our own operations, over the real socket.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Instance } from "../domain/instance.ts";
import type { Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { Service } from "../domain/service.ts";
import type { ScaleDecision } from "../ports/scaling.ts";
import { makeService } from "./testing/requests.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const operationId = "a".repeat(32);
const instanceId = "b".repeat(32);

const decisions: readonly ScaleDecision[] = [
  { atMs: 1000, count: 1, activity: "throttle", gate: "watched", reason: "quiet" },
  { atMs: 2000, count: 3, activity: "run", gate: "open", reason: "170 requests in flight" },
];

function releaseOf({ id, configuration }: Service, operation: Operation, number: number): Release {
  return {
    serviceId: id,
    number,
    operationId: operation.id,
    imageId: "sha256:1",
    imageDigest: null,
    configuration,
    scale: { minSize: 1, maxSize: 25, maxConcurrency: 100 },
    createdAtMs: 1000,
  };
}

let slipway: TestApi;
let arn: string;
let id: string;

beforeEach(async () => {
  slipway = await startTestApi({
    instancesInFlight: () => Promise.resolve(new Map([[instanceId, 3]])),
    scaling: { decisions: () => decisions },
  });
  const service = await makeService(slipway);
  arn = service.ServiceArn ?? "";
  id = service.ServiceId ?? "";
});
afterEach(() => slipway.close());

test("GetInfo and RunDoctor answer with what they are given", async () => {
  const info = await callOperation(slipway, "Slipway.GetInfo", {});
  expect(info).toMatchObject({
    status: 200,
    body: { ApiEndpoint: "http://127.0.0.1:7070", AccountId: "000000000000" },
  });
  const doctor = await callOperation(slipway, "Slipway.RunDoctor", {});
  expect(doctor.body).toEqual({ Checks: [{ Name: "disk", Status: "ok", Detail: "plenty" }] });
});

test("RunDoctor makes the checks that it is asked for", async () => {
  const asked: (readonly string[] | null)[] = [];
  const other = await startTestApi({
    runDoctor: (names) => {
      asked.push(names === null ? null : [...names]);
      return Promise.resolve([]);
    },
  });
  await callOperation(other, "Slipway.RunDoctor", { Names: ["traces", "traces"] });
  await callOperation(other, "Slipway.RunDoctor", {});
  expect(asked).toEqual([["traces"], null]);
  expect(await callOperation(other, "Slipway.RunDoctor", { Names: [""] })).toMatchObject({ status: 400 });
  await other.close();
});

test("DescribeOperation tells the phase, and the cause of a failure", async () => {
  const [made] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (made === undefined) throw new Error("no operation");
  const cause = {
    phase: "health-check",
    class: "exit-code",
    message: "It ended.",
    logLines: ["boom"],
  } as const;
  await slipway.store.operations.save({
    ...made,
    id: operationId,
    status: "FAILED",
    phase: "done",
    cause,
    endedAtMs: 5,
  });
  const { body } = await callOperation(slipway, "Slipway.DescribeOperation", {
    ServiceArn: arn,
    OperationId: operationId,
  });
  expect(body["Operation"]).toMatchObject({
    Id: operationId,
    Type: "CREATE_SERVICE",
    Status: "FAILED",
    Phase: "done",
    EndedAt: 0.005,
    Cause: { Phase: "health-check", Class: "exit-code", Message: "It ended.", LogLines: ["boom"] },
  });
  const missing = await callOperation(slipway, "Slipway.DescribeOperation", {
    ServiceArn: arn,
    OperationId: "c".repeat(32),
  });
  expect(missing).toMatchObject({ status: 400, body: { __type: "ResourceNotFoundException" } });
});

test("ListInstances tells where each stands, and what it is answering when that is known", async () => {
  const instance: Instance = {
    id: instanceId,
    serviceId: id,
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
    readyAtMs: 2000,
    drainingSinceMs: null,
    stoppedAtMs: null,
  };
  await slipway.store.instances.save(instance);
  const { body } = await callOperation(slipway, "Slipway.ListInstances", { ServiceArn: arn });
  expect(body).toEqual({
    Instances: [
      {
        InstanceId: instanceId,
        ReleaseNumber: 1,
        State: "ready",
        Activity: "run",
        StartReason: "deployment",
        Address: "10.0.0.2:8080",
        CreatedAt: 1,
        ReadyAt: 2,
        InFlight: 3,
      },
    ],
  });
});

test("ListInstances tells what was decided about their number, the newest first", async () => {
  const service = await slipway.store.services.get(id);
  const [operation] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (service === null || operation === undefined) throw new Error("no service");
  await slipway.store.releases.save(releaseOf(service, operation, 1));
  await slipway.store.services.save({ ...service, activeReleaseNumber: 1 });
  const { body } = await callOperation(slipway, "Slipway.ListInstances", { ServiceArn: arn });
  expect(body["Scaling"]).toEqual({
    MinSize: 1,
    MaxSize: 25,
    Decisions: [
      { At: 2, Count: 3, Activity: "run", Reason: "170 requests in flight" },
      { At: 1, Count: 1, Activity: "throttle", Reason: "quiet" },
    ],
  });
  await slipway.store.tags.put(arn, [{ key: "slipway:scale-to-zero", value: "15m" }]);
  const zero = await callOperation(slipway, "Slipway.ListInstances", { ServiceArn: arn });
  expect(zero.body["Scaling"]).toMatchObject({ MinSize: 0 });
});

test("ListReleases tells which is active, which were and which failed", async () => {
  const service = await slipway.store.services.get(id);
  const [operation] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (service === null || operation === undefined) throw new Error("no service");
  const statuses = ["SUCCEEDED", "ROLLBACK_SUCCEEDED", "SUCCEEDED", "IN_PROGRESS"] as const;
  for (const [index, status] of statuses.entries()) {
    const made = { ...operation, id: String(index).repeat(32), status };
    await slipway.store.operations.save(made);
    await slipway.store.releases.save(releaseOf(service, made, index + 1));
  }
  await slipway.store.services.save({ ...service, activeReleaseNumber: 3 });
  const { body } = await callOperation(slipway, "Slipway.ListReleases", { ServiceArn: arn });
  const releases = body["Releases"] as readonly Record<string, unknown>[];
  expect(releases.map((row) => [row["ReleaseNumber"], row["Status"]])).toEqual([
    [4, "deploying"],
    [3, "active"],
    [2, "failed"],
    [1, "superseded"],
  ]);
});

test("a release tells from when to when requests went to it, also where a page ends between two", async () => {
  const service = await slipway.store.services.get(id);
  const [operation] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (service === null || operation === undefined) throw new Error("no service");
  const ends = ["SUCCEEDED", "ROLLBACK_SUCCEEDED", "SUCCEEDED"] as const;
  for (const [index, status] of ends.entries()) {
    const endedAtMs = (index + 1) * 10_000;
    const made = { ...operation, id: String(index).repeat(32), status, endedAtMs };
    await slipway.store.operations.save(made);
    await slipway.store.releases.save(releaseOf(service, made, index + 1));
  }
  const active = { ...service, activeReleaseNumber: 3 };
  await slipway.store.services.save(active);
  const periods = [
    [3, 30, undefined],
    [2, undefined, undefined],
    [1, 10, 30],
  ];
  const asPeriod = (row: Record<string, unknown>) => [
    row["ReleaseNumber"],
    row["ServedFrom"],
    row["ServedUntil"],
  ];
  const list = async (more: object) =>
    (await callOperation(slipway, "Slipway.ListReleases", { ServiceArn: arn, ...more })).body;
  const rowsOf = (body: Record<string, unknown>) => body["Releases"] as readonly Record<string, unknown>[];
  expect(rowsOf(await list({})).map(asPeriod)).toEqual(periods);
  const first = await list({ MaxResults: 2 });
  const second = await list({ MaxResults: 2, NextToken: first["NextToken"] });
  expect([...rowsOf(first), ...rowsOf(second)].map(asPeriod)).toEqual(periods);
  const describe = async (ReleaseNumber: number) =>
    (await callOperation(slipway, "Slipway.DescribeRelease", { ServiceArn: arn, ReleaseNumber })).body;
  expect(asPeriod((await describe(1))["Release"] as Record<string, unknown>)).toEqual(periods[2]);
  await slipway.store.services.save({ ...active, status: "DELETED", deletedAtMs: 40_000 });
  expect(asPeriod((await describe(3))["Release"] as Record<string, unknown>)).toEqual([3, 30, 40]);
});

test("a release tells what was looked at in its image, and what was not", async () => {
  const service = await slipway.store.services.get(id);
  const [operation] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (service === null || operation === undefined) throw new Error("no service");
  const one = releaseOf(service, operation, 1);
  const old = { signedBy: "sha256:aa" };
  const unchecked = { imageCheck: { result: "not-asked" } } as const;
  const checked = {
    ...old,
    signature: { keyName: "release", checkedAtMs: 5_000 },
    imageCheck: { result: "allowed", checkedAtMs: 6_000 },
  } as const;
  const letIn = { imageCheck: { result: "unanswered", checkedAtMs: 7_000 } } as const;
  for (const [index, found] of [old, unchecked, checked, letIn].entries()) {
    await slipway.store.releases.save({ ...one, ...found, number: index + 1 });
  }
  const { body } = await callOperation(slipway, "Slipway.ListReleases", { ServiceArn: arn });
  const releases = body["Releases"] as readonly Record<string, unknown>[];
  expect(releases.map((row) => [row["Signature"], row["ImageCheck"]])).toEqual([
    [undefined, { Result: "unanswered", CheckedAt: 7 }],
    [
      { KeyName: "release", KeyFingerprint: "sha256:aa", CheckedAt: 5 },
      { Result: "passed", CheckedAt: 6 },
    ],
    [undefined, { Result: "not-asked" }],
    [{ KeyFingerprint: "sha256:aa" }, undefined],
  ]);
});

test("DescribeRelease tells what a release runs with, and of secrets only where they are", async () => {
  const service = await slipway.store.services.get(id);
  const [operation] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (service?.configuration.source.kind !== "image" || operation === undefined)
    throw new Error("no service");
  const { configuration } = service;
  const secret = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-123456";
  const source = {
    ...service.configuration.source,
    environment: { MODE: "fast" },
    environmentSecrets: { PASSWORD: secret },
    startCommand: "serve --all",
  };
  const release = { ...releaseOf(service, operation, 1), signedBy: "sha256:aa" };
  await slipway.store.releases.save({ ...release, configuration: { ...configuration, source } });
  const describe = async (ReleaseNumber: number) =>
    (await callOperation(slipway, "Slipway.DescribeRelease", { ServiceArn: arn, ReleaseNumber })).body;
  expect(await describe(1)).toMatchObject({
    Release: { ReleaseNumber: 1, ImageIdentifier: "team/web:1" },
    Configuration: {
      InstanceConfiguration: { Cpu: "1024", Memory: "2048" },
      AutoScalingConfigurationArn: configuration.autoScalingConfigurationArn,
      MinSize: 1,
      MaxSize: 25,
      MaxConcurrency: 100,
    },
    Run: {
      Port: "8080",
      Command: ["serve", "--all"],
      EnvironmentVariables: { MODE: "fast" },
      EnvironmentSecrets: { PASSWORD: secret },
    },
    SignedBy: "sha256:aa",
  });
  expect(await describe(2)).toMatchObject({ Message: "Service web1 has no release 2." });
});

test("DescribeOperation tells the phases and when each began", async () => {
  const [made] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (made === undefined) throw new Error("no operation");
  const phases = [
    { phase: "waiting", startedAtMs: 1000 },
    { phase: "pull", startedAtMs: 1500 },
  ] as const;
  await slipway.store.operations.save({ ...made, id: operationId, phases });
  const input = { ServiceArn: arn, OperationId: operationId };
  const { body } = await callOperation(slipway, "Slipway.DescribeOperation", input);
  expect(body["Operation"]).toMatchObject({
    Phases: [
      { Phase: "waiting", StartedAt: 1 },
      { Phase: "pull", StartedAt: 1.5 },
    ],
  });
});

test("GetReleaseSbom gives the bill of the release in traffic, or of another", async () => {
  const service = await slipway.store.services.get(id);
  const [operation] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (service === null || operation === undefined) throw new Error("no service");
  const signed = { ...releaseOf(service, operation, 1), imageId: "sha256:11", signedBy: "sha256:aa" };
  await slipway.store.releases.save(signed);
  await slipway.store.releases.save(releaseOf(service, operation, 2));
  await slipway.store.services.save({ ...service, activeReleaseNumber: 2 });
  const sbom = async (more: object) =>
    (await callOperation(slipway, "Slipway.GetReleaseSbom", { ServiceArn: arn, ...more })).body;
  expect(await sbom({})).toEqual({ ReleaseNumber: 2, Sbom: '{"of":"sha256:1"}' });
  expect(await sbom({ ReleaseNumber: 1 })).toEqual({
    ReleaseNumber: 1,
    SignedBy: "sha256:aa",
    Sbom: '{"of":"sha256:11"}',
  });
  expect(await sbom({ ReleaseNumber: 3 })).toMatchObject({
    __type: expect.stringContaining("ResourceNotFoundException") as string,
  });
});
