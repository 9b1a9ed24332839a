import { expect, test } from "vitest";
import { findingsOf, isOlder, type NamedCheck, ok } from "./doctor-check.ts";

test.each([
  ["1.40", "1.41", true],
  ["1.41", "1.41", false],
  ["1.100", "1.41", false],
  ["2.9.10", "2.10", true],
  ["2.30.0", "2.30", false],
  ["2.30", "2.30.1", true],
  ["2.6.12-1+deb12u1", "2.6", false],
  ["", "2.6", true],
])("version %j is older than %s: %s", (version, minimum, expected) => {
  expect(isOlder(version, minimum)).toBe(expected);
});

function looks() {
  const taken: string[] = [];
  const check = (name: string): NamedCheck => [
    name,
    () => {
      taken.push(name);
      return Promise.resolve(ok(name, ""));
    },
  ];
  const networks = () => {
    taken.push("networks");
    return Promise.resolve([ok("network shop", ""), ok("network mail", "")]);
  };
  return { taken, found: { checks: [check("engine"), check("traces")], further: [networks] } };
}

test("everything is looked at when nothing is named", async () => {
  const { found } = looks();
  const names = (await findingsOf(found.checks, found.further, null)).map(({ name }) => name);
  expect(names).toEqual(["engine", "traces", "network shop", "network mail"]);
});

test("one that is named is the only one that is looked at", async () => {
  const { taken, found } = looks();
  const names = (await findingsOf(found.checks, found.further, new Set(["traces"]))).map(({ name }) => name);
  expect([names, taken]).toEqual([["traces"], ["traces"]]);
});

test("a name that only a look gives is found too, and one that nothing has finds nothing", async () => {
  const { taken, found } = looks();
  const wanted = new Set(["engine", "network mail", "weather"]);
  const names = (await findingsOf(found.checks, found.further, wanted)).map(({ name }) => name);
  expect([names, taken]).toEqual([
    ["engine", "network mail"],
    ["engine", "networks"],
  ]);
});
