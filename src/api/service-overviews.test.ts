// ListServiceOverviews, DescribeServices and ListNodes, over the real socket.
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Operation } from "../domain/operation.ts";
import type { Instance, InstanceState } from "../domain/instance.ts";
import { aCodeService, aService, makeService } from "./testing/requests.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;

beforeEach(async () => {
  slipway = await startTestApi();
});
afterEach(() => slipway.close());

function instanceIn(state: InstanceState, number: number, serviceId: string): Instance {
  return {
    id: String(number).padStart(32, "0"),
    serviceId,
    releaseNumber: 1,
    colour: "blue",
    state,
    address: null,
    port: 8080,
    startReason: "deployment",
    endReason: null,
    exitCode: null,
    isOutOfMemory: false,
    createdAtMs: number,
    readyAtMs: null,
    drainingSinceMs: null,
    stoppedAtMs: state === "stopped" ? number : null,
  };
}

async function list(input: object = {}) {
  const { body } = await callOperation(slipway, "Slipway.ListServiceOverviews", input);
  return body as unknown as {
    readonly Services: readonly Readonly<Record<string, unknown>>[];
    readonly NextToken?: string;
  };
}

test("each has its source, its instances by what they do, its last operation and its tags", async () => {
  const { ServiceId: id = "", ServiceArn: arn = "" } = await makeService(slipway);
  await makeService(slipway, aCodeService("shop", "slipway://shop"), "CREATE_FAILED");
  const states = ["starting", "warming", "ready", "ready", "idle", "draining", "failed", "stopped"] as const;
  for (const [index, state] of states.entries()) {
    await slipway.store.instances.save(instanceIn(state, index + 1, id));
  }
  await slipway.store.tags.put(arn, [{ key: "team", value: "red" }]);
  expect((await list()).Services).toMatchObject([
    {
      ServiceName: "shop",
      Status: "CREATE_FAILED",
      SourceType: "REPOSITORY",
      Source: "slipway://shop",
      Branch: "main",
      Instances: { Starting: 0, Running: 0, Idle: 0, Draining: 0 },
      Tags: [],
    },
    {
      ServiceName: "web1",
      ServiceId: id,
      IsPubliclyAccessible: true,
      SourceType: "IMAGE",
      Source: "team/web:1",
      Instances: { Starting: 2, Running: 2, Idle: 1, Draining: 1 },
      LastOperation: { Type: "CREATE_SERVICE" },
      Tags: [{ Key: "team", Value: "red" }],
    },
  ]);
});

test("what an application said is not in the list", async () => {
  const { ServiceId: id = "" } = await makeService(slipway);
  const [operation] = (await slipway.store.operations.list(id, { after: null, limit: 1 })).rows;
  if (operation === undefined) throw new Error("no operation");
  const cause = { phase: "health-check", class: "exit-code", message: "It ended.", logLines: ["password"] };
  const failed = { ...operation, id: "f".repeat(32), createdAtMs: operation.createdAtMs + 1, cause };
  await slipway.store.operations.save(failed as Operation);
  const { Services } = await list();
  expect(Services).toMatchObject([{ LastOperation: { Cause: { Message: "It ended.", LogLines: [] } } }]);
});

test("those that are named come alone, without those that are gone", async () => {
  const { ServiceId: first = "" } = await makeService(slipway, aService("first"));
  const { ServiceId: gone = "" } = await makeService(slipway, aService("second"), "DELETED");
  await makeService(slipway, aService("third"));
  const { Services: found } = await list({ ServiceIds: [first, gone, "f".repeat(32), first] });
  expect(found.map((one) => one["ServiceName"])).toEqual(["first"]);
  const refused = await list({ ServiceIds: Array.from({ length: 101 }, () => first) });
  expect(refused).toMatchObject({ Message: expect.stringContaining("ServiceIds") as string });
  const malformed = await list({ ServiceIds: ["first"] });
  expect(malformed).toMatchObject({ Message: expect.stringContaining("32 hexadecimal") as string });
});

test("they come in pages", async () => {
  for (const name of ["web1", "web2", "web3"]) await makeService(slipway, aService(name));
  const first = await list({ MaxResults: 2 });
  const second = await list({ MaxResults: 2, NextToken: first.NextToken });
  const names = [...first.Services, ...second.Services].map((one) => one["ServiceName"]);
  expect(names).toEqual(["web3", "web2", "web1"]);
  expect(second.NextToken).toBeUndefined();
});

/** A user who may call our lists, and describe one service: by its ARN in a statement, or by a denial of the other. */
async function keyOfGuest(serviceArn: string | undefined, deniedArn?: string) {
  const arn = "arn:aws:iam::000000000000:user/guest";
  const Action = ["apprunner:DescribeService", "slipway:ListInstances"];
  const Condition = { ArnEquals: { "apprunner:ServiceArn": deniedArn } };
  const Statement = [
    { Effect: "Allow", Action: ["slipway:DescribeServices", "slipway:ListNodes"], Resource: "*" },
    { Effect: "Allow", Action, Resource: serviceArn },
    ...(deniedArn === undefined ? [] : [{ Effect: "Deny", Action, Resource: "*", Condition }]),
  ];
  await slipway.store.users.save({
    arn,
    name: "guest",
    path: "/",
    id: "AIDAGUEST",
    createdAtMs: 1,
    inlinePolicies: { some: JSON.stringify({ Version: "2012-10-17", Statement }) },
    attachedPolicyArns: [],
    status: "ACTIVE",
    login: null,
  });
  return { endpoint: slipway.endpoint, key: await slipway.keyOf(arn) };
}

test("many are described in pages as DescribeService does, to each those that one may describe", async () => {
  const first = await makeService(slipway, aService("first", { RuntimeEnvironmentVariables: { A: "a" } }));
  const second = await makeService(slipway, aService("second"));
  const described = async (input: object, as: Pick<TestApi, "endpoint" | "key"> = slipway) =>
    (await callOperation(as, "Slipway.DescribeServices", input)).body as unknown as {
      readonly Services: readonly Readonly<Record<string, unknown>>[];
      readonly NextToken?: string;
    };
  const page = await described({ MaxResults: 1 });
  const { Services: rest, NextToken: end } = await described({ MaxResults: 1, NextToken: page.NextToken });
  const { Service: one } = (
    await callOperation(slipway, "AppRunner.DescribeService", { ServiceArn: first.ServiceArn ?? "" })
  ).body;
  expect(page.Services).toMatchObject([{ ServiceName: "second" }]);
  expect([rest, end]).toEqual([[one], undefined]);
  expect((await described({ ServiceIds: [second.ServiceId ?? ""] })).Services).toHaveLength(1);
  const seen = await described({}, await keyOfGuest(first.ServiceArn));
  expect(seen.Services).toEqual([one]);
  expect((await described({}, await keyOfGuest("*", second.ServiceArn))).Services).toEqual([one]);
});

test("a node has what it is, what it promised, and the instances that one may see, by service", async () => {
  const first = await makeService(slipway, aService("zebra"));
  const second = await makeService(slipway, aService("aardvark"));
  const states = ["ready", "starting", "failed", "stopped"] as const;
  for (const [index, state] of states.entries()) {
    await slipway.store.instances.save(instanceIn(state, index + 1, first.ServiceId ?? ""));
  }
  await slipway.store.instances.save(instanceIn("ready", 9, second.ServiceId ?? ""));
  const nodes = async (as: Pick<TestApi, "endpoint" | "key"> = slipway) =>
    (await callOperation(as, "Slipway.ListNodes", {})).body["Nodes"];
  expect(await nodes()).toMatchObject([
    {
      Machine: { Name: "box", Cpus: 4 },
      Engine: { Version: "29.1.0", Labels: ["zone=cellar"] },
      SeenAt: 2,
      IsReady: true,
      PromisedCpus: 3,
      PromisedMemoryBytes: 3 * 2 * 1024 ** 3,
      InstanceCount: 3,
      Instances: [
        { ServiceName: "aardvark", State: "ready", ReleaseNumber: 1, Cpus: 1, MemoryBytes: 2 * 1024 ** 3 },
        { ServiceName: "zebra", State: "ready" },
        { ServiceName: "zebra", State: "starting" },
      ],
    },
  ]);
  expect(await nodes(await keyOfGuest(second.ServiceArn))).toMatchObject([
    { InstanceCount: 3, PromisedCpus: 3, Instances: [{ ServiceName: "aardvark" }] },
  ]);
});
