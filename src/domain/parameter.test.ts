import { describe, expect, test } from "vitest";
import {
  assertParameterName,
  findParameterVersion,
  nextVersion,
  type Parameter,
  parameterArn,
  parseParameterSelector,
  type ParameterWish,
  PARAMETER_VERSIONS_MAX,
  withParameterVersion,
} from "./parameter.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const wish: ParameterWish = {
  type: "String",
  tier: undefined,
  description: undefined,
  allowedPattern: undefined,
  valueBytes: 10,
  nowMs: 5,
};
const first = nextVersion("/a", null, { ...wish, description: "text", allowedPattern: "x" });
const parameter: Parameter = { name: "/a", tags: [], versions: [first] };

describe("the next version", () => {
  test("keeps what the wish leaves open", () => {
    const second = nextVersion("/a", first, { ...wish, type: undefined, nowMs: 9 });
    expect(second).toEqual({ ...first, number: 2, createdAtMs: 9 });
    expect(() => nextVersion("/a", first, { ...wish, type: "SecureString" })).toThrow(/is a String/);
    expect(() => nextVersion("/a", null, { ...wish, type: undefined })).toThrow(/needs String/);
  });

  test.each([
    [undefined, undefined, 4096, "Standard"],
    [undefined, "Advanced", 8192, "Advanced"],
    ["Advanced", undefined, 10, "Advanced"],
    ["Advanced", "Intelligent-Tiering", 10, "Advanced"],
    ["Standard", "Intelligent-Tiering", 4097, "Advanced"],
  ] as const)("of a %s one with the tier %s and %i bytes is %s", (present, tier, valueBytes, expected) => {
    const before = present === undefined ? null : { ...first, tier: present };
    expect(nextVersion("/a", before, { ...wish, tier, valueBytes }).tier).toBe(expected);
  });

  test("pushes the oldest out above a hundred", () => {
    let present = parameter;
    let gone: readonly string[] = [];
    for (let number = 2; number <= PARAMETER_VERSIONS_MAX + 1; number += 1) {
      const added = withParameterVersion(present, { ...first, number });
      present = added.parameter;
      gone = added.forgotten;
    }
    expect([present.versions.length, present.versions[0].number, gone]).toEqual([100, 2, ["1"]]);
  });
});

test("a selector is a name, a name with a version, or an ARN of this place", () => {
  expect(parseParameterSelector("/a/b:3", scope)).toEqual({ names: ["/a/b"], version: "3" });
  expect(parseParameterSelector(parameterArn(scope, "/a/b"), scope)).toEqual({
    names: ["/a/b"],
    version: null,
  });
  expect(parseParameterSelector(`${parameterArn(scope, "a")}:2`, scope)).toEqual({
    names: ["a", "/a"],
    version: "2",
  });
  expect(parseParameterSelector("arn:aws:ssm:eu-west-1:000000000000:parameter/a", scope)).toBeNull();
  expect(parseParameterSelector("/a:3:stable", scope)).toBeNull();
});

test("a version that is not there says which", () => {
  expect(findParameterVersion(parameter, null)).toBe(first);
  expect(findParameterVersion(parameter, "1")).toBe(first);
  expect(() => findParameterVersion(parameter, "stable")).toThrow(/version stable of \/a/);
});

test.each(["a", "/a", "/a/b.c-d_e/f", "/my-aws"])("%s is a name", (name) => {
  expect(() => assertParameterName(name)).not.toThrow();
});
