/** Events and their destinations over the API, with a real store. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient, type Wire } from "../cli/client.ts";
import type { InputOf } from "../contract/index.ts";
import { FakeEventSending } from "../ports/fake-event-sending.ts";
import { anEvent } from "../ports/store-events.contract.ts";
import { newDelivery } from "../ports/event-tables.ts";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";

const URL_TEXT = "https://ops.example.com/hook?token=s3cret";

let slipway: TestApi;
let sending: FakeEventSending;

beforeEach(async () => {
  sending = new FakeEventSending();
  slipway = await startTestApi({ eventSending: sending });
});
afterEach(() => slipway.close());

function client() {
  const { id: accessKeyId, secret: secretAccessKey } = slipway.key;
  return createClient(
    { now: () => Date.now(), sleep: () => Promise.resolve() },
    {
      endpoint: new URL(slipway.endpoint),
      region: testScope.region,
      credentials: { accessKeyId, secretAccessKey },
    },
  );
}

const create = (change: object = {}) =>
  client().call("Slipway.CreateEventDestination", { Name: "ops", Url: URL_TEXT, ...change });

describe("a destination", () => {
  it("shows its secret once and keeps what is secret sealed", async () => {
    const { Destination, Secret } = await create({ Filter: { MinimumSeverity: "WARN" } });
    expect(Secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(Destination).toMatchObject({
      Name: "ops",
      Url: "https://ops.example.com/hook?…",
      Format: "eventbridge",
      Status: "ENABLED",
      Filter: { MinimumSeverity: "WARN" },
    });
    const described = await client().call("Slipway.DescribeEventDestination", { Name: "ops" });
    const { Destinations } = await client().call("Slipway.ListEventDestinations", {});
    const kept = JSON.stringify([
      described,
      Destinations,
      slipway.log,
      await slipway.store.eventDestinations.findByName("ops"),
      await slipway.store.sealedValues.get(described.Destination.Arn, "url"),
      await slipway.store.sealedValues.get(described.Destination.Arn, "secret"),
    ]);
    expect(kept).not.toContain("s3cret");
    expect(kept).not.toContain(Secret);
    expect(sending.reconsidered).toEqual([described.Destination.Arn]);
    await expect(create()).rejects.toThrow("already exists");
  });

  it.each([
    [{ Url: "ftp://a/" }, "Url: must be an http or https address"],
    [{ Url: "https://ada:pw@a.example/" }, "no user and no password"],
    [{ Url: "http://10.0.0.1/" }, "10.0.0.1 is refused"],
    [{ Name: "a b" }, "Name"],
    [{ Filter: { ServiceNames: ["shop", "a b"] } }, "be a service's name"],
    [{ Filter: { DetailTypes: ["Else"] } }, "Slipway Instance Ended"],
  ])("is refused with %j", async (change, problem) => {
    await expect(create(change)).rejects.toThrow(problem);
  });

  it("of a chat program shows its host alone", async () => {
    const Url = "https://hooks.slack.com/services/T0/B0/xyz";
    const { Destination } = await create({ Url, Format: "chat" });
    expect(Destination.Url).toBe("https://hooks.slack.com/…");
  });

  it("is changed in what is given, tested, and taken away with all that was on its way", async () => {
    const { Destination, Secret } = await create({ Filter: { ServiceNames: ["shop"] } });
    const changed = await client().call("Slipway.UpdateEventDestination", {
      Name: "ops",
      Status: "DISABLED",
    });
    expect(changed.Destination).toEqual({ ...Destination, Status: "DISABLED" });
    const { Secret: second } = await client().call("Slipway.RotateEventDestinationSecret", { Name: "ops" });
    expect(second).not.toBe(Secret);
    sending.outcome = { status: 500, problem: "answered with status 500", retryAfterMs: null };
    expect(await client().call("Slipway.TestEventDestination", { Name: "ops" })).toEqual({
      IsDelivered: false,
      Status: 500,
      Problem: "answered with status 500",
    });
    await client().call("Slipway.DeleteEventDestination", { Name: "ops" });
    expect(await slipway.store.sealedValues.get(Destination.Arn, "url")).toBeNull();
    await expect(client().call("Slipway.DescribeEventDestination", { Name: "ops" })).rejects.toThrow(
      "not found",
    );
  });
});

describe("events", () => {
  it("are listed newest first, in pages, by severity and time", async () => {
    const { events } = slipway.store;
    await events.append(anEvent({ message: "one", atMs: 1000, severity: "INFO" }));
    await events.append(anEvent({ message: "two", atMs: 2000, severity: "ERROR" }));
    await events.append(anEvent({ message: "three", atMs: 3000, detail: { serviceName: "shop" } }));
    const list = (input: Wire<InputOf<"ListEvents">>) => client().call("Slipway.ListEvents", input);
    const all = await list({});
    expect(all.Events.map(({ Message }) => Message)).toEqual(["three", "two", "one"]);
    expect(all.Events[0]).toMatchObject({
      Time: 3,
      Source: "slipway",
      DetailType: "Slipway Machine Warning",
      ServiceName: "shop",
      Detail: '{"serviceName":"shop"}',
    });
    const bad = await list({ MinimumSeverity: "WARN", EndTime: 3 });
    expect(bad.Events.map(({ Message }) => Message)).toEqual(["two"]);
    const first = await list({ MaxResults: 2 });
    const rest = await list({ MaxResults: 2, NextToken: first.NextToken ?? "" });
    expect(rest.Events.map(({ Message }) => Message)).toEqual(["one"]);
    expect(rest.NextToken).toBeUndefined();
  });

  it("that were not taken are listed, and sent again", async () => {
    const { Destination } = await create();
    const { events, eventDeliveries } = slipway.store;
    await events.append(anEvent({ message: "lost" }));
    await events.append(anEvent({ message: "delivered" }));
    const [lost, delivered] = await events.listAfter(0, 5);
    const dead = {
      ...newDelivery(Destination.Arn, lost?.sequence ?? 0, 0),
      attemptCount: 40,
      lastStatus: 500,
    };
    await eventDeliveries.save({ ...dead, state: "dead", lastProblem: "answered with status 500" });
    const { DeadLetters } = await client().call("Slipway.ListDeadLetters", { Name: "ops" });
    expect(DeadLetters).toMatchObject([
      { Event: { Message: "lost" }, State: "dead", Attempts: 40, LastStatus: 500 },
    ]);
    const redeliver = (ids?: readonly string[]) =>
      client().call("Slipway.RedeliverEvents", { Name: "ops", ...(ids !== undefined && { EventIds: ids }) });
    const unknown = "00000000-0000-4000-8000-000000000000";
    expect(await redeliver()).toEqual({ Count: 1 });
    expect(await redeliver()).toEqual({ Count: 0 });
    expect(await redeliver([delivered?.event.id ?? ""])).toEqual({ Count: 1 });
    await expect(redeliver([unknown])).rejects.toThrow(`Event not found: ${unknown}`);
    await expect(redeliver([])).rejects.toThrow("1 to 100");
    const { PendingDeliveries } = await client().call("Slipway.DescribeEventDestination", { Name: "ops" });
    expect(PendingDeliveries.map(({ Event }) => Event.Message)).toEqual(["delivered", "lost"]);
  });
});
