import { expect, test } from "vitest";
import { HangUp, NOW_MS, slipway, startFakeApi } from "../testing/fake-api.ts";
import { ARN } from "../testing/service.ts";

function anEvent(change: object = {}, detail: object = {}) {
  return {
    EventId: "e-1",
    EventName: "UpdateService",
    ReadOnly: "false",
    AccessKeyId: "AKIAEXAMPLE",
    EventTime: NOW_MS / 1000,
    EventSource: "apprunner.amazonaws.com",
    Username: "root",
    Resources: [{ ResourceName: ARN }],
    CloudTrailEvent: JSON.stringify({ sourceIPAddress: "10.0.0.1", ...detail }),
    ...change,
  };
}

test("calls are a table: who, what, on what, how it ended; those that only read are left out", async () => {
  const changed = { additionalEventData: { changedMembers: ["a.b.imageIdentifier"] } };
  await using api = await startFakeApi({
    LookupEvents: () => ({
      Events: [
        anEvent({}, changed),
        anEvent({ Username: undefined }, { errorCode: "AccessDeniedException" }),
      ],
    }),
  });
  const { out } = await slipway(api, ["audit"]);
  const [title, first, second] = out.split("\n");
  expect(title).toMatch(/^TIME +WHO +EVENT +RESOURCE +RESULT +FROM$/);
  expect(first).toMatch(
    /^2026-05-01T12:00:00Z {2}root +UpdateService +service\/web +done: imageIdentifier +10\.0\.0\.1$/,
  );
  expect(second).toMatch(/AKIAEXAMPLE\? +UpdateService +service\/web +AccessDeniedException/);
  expect(api.callsOf("LookupEvents")[0]?.input).toEqual({
    LookupAttributes: [{ AttributeKey: "ReadOnly", AttributeValue: "false" }],
    MaxResults: 30,
  });
});

test("a session is told with its role: its name alone could be anybody's", async () => {
  const userIdentity = { type: "AssumedRole", sessionContext: { sessionIssuer: { userName: "operator" } } };
  await using api = await startFakeApi({ LookupEvents: () => ({ Events: [anEvent({}, { userIdentity })] }) });
  const { out } = await slipway(api, ["audit"]);
  expect(out).toMatch(/Z {2}operator\/root +UpdateService/);
});

test("what was refused may hold anything, and makes no lines and no colours", async () => {
  const Resources = [{ ResourceName: "arn:\u001B[31mx\nroot  DeleteService  done" }];
  await using api = await startFakeApi({ LookupEvents: () => ({ Events: [anEvent({ Resources })] }) });
  const { out } = await slipway(api, ["audit"]);
  expect(out.trim().split("\n")).toHaveLength(2);
  expect(out).toContain("arn:xroot  DeleteService  done");
});

test("what is asked for becomes attributes, and pages are read until there are enough", async () => {
  await using api = await startFakeApi({
    LookupEvents: (_input, times) =>
      times < 3
        ? { Events: times === 1 ? [] : [anEvent()], NextToken: `t${times}` }
        : { Events: [anEvent()] },
  });
  const asked = ["audit", "--who", "AKIAAAAAAAAAAAAAAAAA", "--event", "ListServices", "--resource", "shop"];
  const { out } = await slipway(api, [...asked, "--since", "1h", "--json"]);
  expect(JSON.parse(out)).toHaveLength(2);
  const inputs = api.callsOf("LookupEvents").map(({ input }) => input);
  expect(inputs.map(({ NextToken }) => NextToken)).toEqual([undefined, "t1", "t2"]);
  expect(inputs[0]).toMatchObject({
    StartTime: NOW_MS / 1000 - 3600,
    LookupAttributes: [
      { AttributeKey: "AccessKeyId", AttributeValue: "AKIAAAAAAAAAAAAAAAAA" },
      { AttributeKey: "EventName", AttributeValue: "ListServices" },
      { AttributeKey: "ResourceName", AttributeValue: "shop" },
    ],
  });
});

test("followed, each call is told once, the newest last", async () => {
  const [one, two] = [
    anEvent({ EventId: "1", EventName: "One" }),
    anEvent({ EventId: "2", EventName: "Two" }),
  ];
  await using api = await startFakeApi({
    LookupEvents: (_input, times) => ({ Events: times === 1 ? [one] : [two, one] }),
  });
  const end = (times: number) => {
    if (times === 3) throw new Error("enough");
  };
  const { out } = await slipway(api, ["audit", "-f"], { onSleep: end });
  expect(out.split("\n").map((line) => line.split(/ +/)[2])).toEqual(["One", "Two"]);
});

test("followed, nothing older comes after the last ones, however many come at once, and a restart is outlived", async () => {
  const ids = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, index) => anEvent({ EventId: `${from - index}` }));
  await using api = await startFakeApi({
    LookupEvents: ({ NextToken, MaxResults }, times) => {
      if (times === 1) return { Events: ids(10, 9), NextToken: "older" };
      if (times === 2) throw new HangUp();
      expect(MaxResults).toBe(50);
      return NextToken === undefined
        ? { Events: ids(70, 21), NextToken: "more" }
        : { Events: ids(20, 1), NextToken: "older" };
    },
  });
  const end = (times: number) => {
    if (times === 3) throw new Error("enough");
  };
  const { out } = await slipway(api, ["audit", "-f", "-n", "2", "--json"], { onSleep: end });
  const told = out.split("\n").map((line) => Number((JSON.parse(line) as { EventId: string }).EventId));
  expect(told).toEqual(Array.from({ length: 62 }, (_, index) => index + 9));
});

test("a trail that was tampered with is a failure that says where", async () => {
  await using api = await startFakeApi({
    VerifyAuditTrail: () => ({
      RecordCount: 3,
      FirstSequence: 1,
      Head: { Sequence: 3, Hash: "abc" },
      ProblemCount: 1,
      Problems: [{ Kind: "changed", Sequence: 2, File: "1.log", Detail: "Record 2 was changed." }],
    }),
  });
  const { out, err, exitCode } = await slipway(api, ["audit", "verify"]);
  expect(exitCode).toBe(1);
  expect(out).toContain("Head     number 3, abc");
  expect(err).toContain("Record 2 was changed. (1.log)");
});

test("a whole trail says so", async () => {
  await using api = await startFakeApi({
    VerifyAuditTrail: () => ({ RecordCount: 0, ProblemCount: 0, Problems: [] }),
  });
  const { err, exitCode } = await slipway(api, ["audit", "verify"]);
  expect([exitCode, err]).toEqual([0, "The audit trail is whole."]);
  const json = await slipway(api, ["audit", "verify", "--json"]);
  expect(JSON.parse(json.out)).toEqual({ RecordCount: 0, ProblemCount: 0, Problems: [] });
});

test("who failed to sign in is shown as claimed; no other call's parameters name its caller", async () => {
  const tried = (EventName: string, userName: string) =>
    anEvent(
      { EventName, Username: undefined, AccessKeyId: undefined },
      { errorCode: "Failed", requestParameters: { userName } },
    );
  await using api = await startFakeApi({
    LookupEvents: () => ({
      Events: [
        tried("ConsoleLogin", "ann"),
        tried("ConsoleLogin", "HIDDEN_DUE_TO_SECURITY_REASONS"),
        tried("CreateUser", "bob"),
      ],
    }),
  });
  const [, ...rows] = (await slipway(api, ["audit"])).out.trim().split("\n");
  expect(rows.map((row) => row.split(/ {2,}/)[1])).toEqual(["ann?", "nobody", "nobody"]);
});
