import { expect, test } from "vitest";
import { lastMs } from "../../../parts/last.ts";
import { queryOf, readChoice } from "./log-choice.ts";

const SERVICE = { ServiceName: "shop", ServiceId: "b".repeat(32) };
const ID = "0123456789abcdef0123456789abcdef";

function choose(words: Readonly<Record<string, string>>) {
  return readChoice((name) => words[name] ?? null);
}

test("an empty address is the whole application's log, followed", () => {
  expect(queryOf(SERVICE, choose({}), { part: null, nowMs: 5 })).toEqual({
    group: `/aws/apprunner/shop/${SERVICE.ServiceId}/application`,
    stream: null,
    pattern: "",
    startMs: 0,
    endMs: null,
  });
});

test("an address says which stream, what is searched and when", () => {
  const choice = choose({ log: "deployments", part: ID, filter: "{ $.a = 1 }", from: "10", until: "20" });
  expect(queryOf(SERVICE, choice, { part: choice.part, nowMs: 5 })).toEqual({
    group: `/aws/apprunner/shop/${SERVICE.ServiceId}/service`,
    stream: `deployment/${ID}`,
    pattern: "{ $.a = 1 }",
    startMs: 10,
    endMs: 20,
  });
});

test("a range up to now has no end", () => {
  const query = queryOf(SERVICE, choose({ last: "3h", until: "7" }), { part: null, nowMs: 20_000_000 });
  expect(query).toMatchObject({ startMs: 20_000_000 - 3 * 3_600_000, endMs: null });
});

test("nonsense in an address is as if it were not there", () => {
  expect(choose({ log: "passwords", part: "../x", last: "3y", from: "-1", until: "x", at: "1e99" })).toEqual({
    kind: "application",
    part: null,
    pattern: "",
    last: null,
    fromMs: null,
    untilMs: null,
    atMs: null,
    lineId: null,
  });
  expect(lastMs("9999999h")).toBeNull();
});
