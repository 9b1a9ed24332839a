import { expect, test } from "vitest";
import { HangUp, NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";

const ServiceArn = `arn:aws:apprunner:us-east-1:000000000000:service/shop/${"a".repeat(32)}`;
const services = {
  ListServices: () => ({ ServiceSummaryList: [{ ServiceName: "shop", ServiceArn, Status: "RUNNING" }] }),
};

function anEvent(id: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    Id: id,
    Time: NOW_MS / 1000 - 60,
    Source: "aws.apprunner",
    DetailType: "AppRunner Service Operation Status Change",
    Severity: "INFO",
    Message: "Deployment started.",
    ServiceName: "shop",
    Resources: [ServiceArn],
    Detail: "{}",
    ...change,
  };
}

const failed = anEvent("2", {
  Severity: "ERROR",
  Message: "Deployment failed.",
  Detail: JSON.stringify({ failureMessage: "Exit code \u001B[2J3." }),
});

test("events are shown oldest first, failures with their cause", async () => {
  await using api = await startFakeApi({
    ...services,
    ListEvents: () => ({ Events: [failed, anEvent("1")] }),
  });
  const { out } = await slipway(api, ["events", "shop", "--since", "1h", "--severity", "INFO", "-n", "20"]);
  const [first, second] = out.split("\n");
  expect(first).toBe("2026-05-01T11:59:00Z INFO  shop Deployment started.");
  expect(second).toMatch(/ERROR shop Deployment failed\. Exit code .*3\.$/);
  expect(out).not.toContain("\u001B");
  expect(api.callsOf("ListEvents")[0]?.input).toEqual({
    ServiceArn,
    MinimumSeverity: "INFO",
    StartTime: NOW_MS / 1000 - 3600,
    MaxResults: 20,
  });
});

test("events on later pages are read too, and printed as JSON", async () => {
  await using api = await startFakeApi({
    ListEvents: ({ NextToken }) =>
      NextToken === undefined ? { Events: [failed], NextToken: "more" } : { Events: [anEvent("1")] },
  });
  const { out } = await slipway(api, ["events", "--json"]);
  expect(out.split("\n").map((line) => (JSON.parse(line) as { Id: string }).Id)).toEqual(["1", "2"]);
  await using empty = await startFakeApi({ ListEvents: () => ({ Events: [] }) });
  expect((await slipway(empty, ["events"])).err).toBe("Nothing happened yet.");
});

test("-f goes on, each event once", async () => {
  let round = 0;
  const all = [anEvent("1"), anEvent("2"), anEvent("3")];
  await using api = await startFakeApi({
    ListEvents: () => ({ Events: all.slice(0, round + 1).toReversed() }),
  });
  const { out } = await slipway(api, ["events", "-f", "--json"], {
    onSleep: (times) => {
      round = times;
      if (times > 4) throw new Error("stopped");
    },
  });
  expect(out.split("\n").map((line) => (JSON.parse(line) as { Id: string }).Id)).toEqual(["1", "2", "3"]);
});

test("-f -n tells nothing older after the last ones, but what came late, and outlives a restart", async () => {
  const at = (id: string, secondsAgo: number) => anEvent(id, { Time: NOW_MS / 1000 - secondsAgo });
  const first = [at("4", 10), at("3", 20), at("2", 30), at("1", 40)];
  const late = at("late", 25);
  await using api = await startFakeApi({
    ListEvents: ({ MaxResults, StartTime }, times) => {
      if (times === 1) return { Events: first.slice(0, Number(MaxResults)), NextToken: "more" };
      if (times === 3) throw new HangUp();
      expect(StartTime).toBe(NOW_MS / 1000 - 70);
      return { Events: times === 2 ? first : [at("4", 10), late, ...first.slice(1)] };
    },
  });
  const onSleep = (times: number) => {
    if (times > 2) throw new Error("stopped");
  };
  const { out } = await slipway(api, ["events", "-f", "-n", "2", "--json"], { onSleep });
  expect(out.split("\n").map((line) => (JSON.parse(line) as { Id: string }).Id)).toEqual(["3", "4", "late"]);
});

const destination = {
  Name: "ops",
  Arn: "arn:aws:slipway:us-east-1:000000000000:destination/ops",
  Url: "https://ops.example.com/slipway",
  Format: "eventbridge",
  Filter: { MinimumSeverity: "WARN", DetailTypes: ["Slipway Instance Ended"], Tag: { Key: "team" } },
  Status: "ENABLED",
  CreatedAt: 0,
};

test("destinations add shows the secret on its own", async () => {
  await using api = await startFakeApi({
    CreateEventDestination: () => ({ Destination: destination, Secret: "whsec_abc" }),
  });
  const { out, err } = await slipway(api, [
    "destinations",
    "add",
    "ops",
    "https://ops.example.com/slipway",

    "--type",
    "instance-ended",
    "alarm",
    "--service",
    "shop-*",
    "--tag",
    "team=a=b",
    "--severity",
    "WARN",
  ]);
  expect(out).toBe("whsec_abc");
  expect(err).toContain("slipway destinations test ops");
  expect(api.callsOf("CreateEventDestination")[0]?.input).toEqual({
    Name: "ops",
    Url: "https://ops.example.com/slipway",
    Format: "eventbridge",
    Filter: {
      DetailTypes: ["Slipway Instance Ended", "Slipway Alarm State Change"],
      ServiceNames: ["shop-*"],
      Tag: { Key: "team", Value: "a=b" },
      MinimumSeverity: "WARN",
    },
  });
});

test("destinations add asks for the address unseen: a chat's address is a secret", async () => {
  await using api = await startFakeApi({ CreateEventDestination: () => ({ Secret: "whsec_x" }) });
  const url = "https://chat.example.com/hooks/T0/B0/key";
  await slipway(api, ["destinations", "add", "chat", "-", "--format", "chat"], { secret: `${url}\n` });
  expect(api.callsOf("CreateEventDestination")[0]?.input).toMatchObject({ Url: url });
});

test("destinations lists and shows them with what they take", async () => {
  const delivery = {
    Event: anEvent("1"),
    State: "dead",
    Attempts: 9,
    LastStatus: 500,
    LastProblem: "answered with status 500",
  };
  const failing = { FailingSince: 1, FailingProblem: "the connection was refused", WaitingCount: 30 };
  await using api = await startFakeApi({
    ListEventDestinations: () => ({ Destinations: [{ ...destination, ...failing }] }),
    DescribeEventDestination: () => ({
      Destination: { ...destination, ...failing, Status: "DISABLED", Problem: "the endpoint answered 410" },
      PendingDeliveries: [
        { Event: anEvent("3"), State: "pending", Attempts: 0 },
        { Event: anEvent("2"), State: "pending", Attempts: 2, LastProblem: "the connection was refused" },
      ],
      LastDeliveries: [delivery],
    }),
  });
  const { out } = await slipway(api, ["destinations"]);
  expect(out).toMatch(
    /ops +ENABLED +failing: the connection was refused, 30 wait +eventbridge +WARN or worse; instance-ended; with team=\* +https:/,
  );
  const shown = await slipway(api, ["destinations", "show", "ops"]);
  expect(shown.out).toContain("the endpoint answered 410");
  expect(shown.out).toMatch(/Delivery +failing: the connection was refused, 30 wait\n/);
  expect(shown.out).toMatch(
    /1 +2026-05-01T11:59:00Z +dead +9 +answered with status 500 +Deployment started\./,
  );
});

test("destinations test fails when nothing arrives", async () => {
  await using api = await startFakeApi({
    TestEventDestination: (_input, times) =>
      times === 1
        ? { IsDelivered: true, Status: 204 }
        : { IsDelivered: false, Problem: "the connection was refused" },
  });
  expect(await slipway(api, ["destinations", "test", "ops"])).toMatchObject({
    exitCode: 0,
    err: "ops took it (status 204).",
  });
  const failing = await slipway(api, ["destinations", "test", "ops"]);
  expect(failing.exitCode).toBe(1);
  expect(failing.err).toContain("ops did not take it: the connection was refused.");
  expect(failing.err).toContain("slipway destinations show ops");
  expect(failing.err).not.toContain("doctor");
});

test("destinations update replaces filters only when some are given", async () => {
  await using api = await startFakeApi({ UpdateEventDestination: () => ({ Destination: destination }) });
  await slipway(api, ["destinations", "update", "ops", "--enable"]);
  await slipway(api, ["destinations", "update", "ops", "--severity", "ERROR", "--format", "chat"]);
  expect(api.callsOf("UpdateEventDestination").map(({ input }) => input)).toEqual([
    { Name: "ops", Status: "ENABLED" },
    { Name: "ops", Format: "chat", Filter: { MinimumSeverity: "ERROR" } },
  ]);
});

test("destinations dead-letters and redeliver", async () => {
  const delivery = {
    Event: anEvent("1"),
    State: "dead",
    Attempts: 9,
    LastStatus: 500,
    LastProblem: "status 500",
  };
  await using api = await startFakeApi({
    ListDeadLetters: (_input, times) => ({ DeadLetters: times === 1 ? [delivery] : [] }),
    DescribeEventDestination: (_input, times) => ({
      Destination: { ...destination, WaitingCount: times === 1 ? 3 : 0 },
      PendingDeliveries: [],
      LastDeliveries: [],
    }),
    RedeliverEvents: ({ EventIds }) => ({ Count: EventIds === undefined ? 0 : 1 }),
  });
  expect((await slipway(api, ["destinations", "dead-letters", "ops"])).err).toContain("redeliver ops");
  expect((await slipway(api, ["destinations", "dead-letters", "ops"])).err).toBe(
    "No dead letters; 3 events wait: see `slipway destinations show ops`.",
  );
  expect((await slipway(api, ["destinations", "dead-letters", "ops"])).err).toBe("No dead letters.");
  const { out } = await slipway(api, ["destinations", "redeliver", "ops", "1", "--json"]);
  expect(JSON.parse(out)).toEqual({ Count: 1 });
  expect((await slipway(api, ["destinations", "redeliver", "ops"])).err).toBe(
    "There is nothing to send again.",
  );
  expect((await slipway(api, ["destinations", "redeliver", "ops", "1"])).err).toBe("1 queued for ops again.");
});

test("destinations rm asks first, and tells what there is not", async () => {
  await using api = await startFakeApi({
    DeleteEventDestination: ({ Name }) => {
      if (Name === "ops") return { Destination: destination };
      throw new Refusal("ResourceNotFoundException", "EventDestination not found: arn");
    },
    RotateEventDestinationSecret: () => ({ Secret: "whsec_new" }),
  });
  expect((await slipway(api, ["destinations", "rm", "ops"])).exitCode).toBe(2);
  expect((await slipway(api, ["destinations", "rm", "ops", "--yes"])).err).toContain("removed");
  expect((await slipway(api, ["destinations", "rm", "none", "--yes"])).err).toMatch(
    /not found[^]*`slipway destinations`/,
  );
  expect((await slipway(api, ["destinations", "rotate-secret", "ops"])).out).toBe("whsec_new");
  const { out } = await slipway(api, ["destinations", "rotate-secret", "ops", "--json"]);
  expect(JSON.parse(out)).toEqual({ Secret: "whsec_new" });
});
