import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CURRENT,
  findVersion,
  isGone,
  newSecretArn,
  parseSecretId,
  PREVIOUS,
  type Secret,
  SECRET_VERSIONS_MAX,
  withDeletion,
  withStageMoved,
  withVersion,
} from "./stored-secret.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const nowMs = 1000;
const empty: Secret = {
  arn: "arn",
  name: "db",
  description: "",
  tags: [],
  versions: [],
  createdAtMs: 0,
  changedAtMs: 0,
  deletion: null,
};

function added(secret: Secret, id: string, stages: readonly string[] = [CURRENT]): Secret {
  return withVersion(secret, { id, stages, nowMs }).secret;
}

function stagesOf(secret: Secret): Record<string, readonly string[]> {
  return Object.fromEntries(secret.versions.map(({ id, stages }) => [id, stages]));
}

const two = added(added(empty, "a"), "b");

describe("a new version", () => {
  test("is the current one, and the one before is the previous one", () => {
    expect(stagesOf(two)).toEqual({ a: [PREVIOUS], b: [CURRENT] });
    expect(stagesOf(added(two, "c"))).toEqual({ a: [], b: [PREVIOUS], c: [CURRENT] });
  });

  test("is the current one when it is the first, whatever stages it asks for", () => {
    expect(stagesOf(added(empty, "a", ["AWSPENDING"]))).toEqual({ a: [CURRENT, "AWSPENDING"] });
  });

  test("takes its stages from others", () => {
    const pending = added(two, "c", ["AWSPENDING"]);
    expect(stagesOf(added(pending, "d", ["AWSPENDING"]))).toEqual({
      a: [PREVIOUS],
      b: [CURRENT],
      c: [],
      d: ["AWSPENDING"],
    });
  });

  test("has at most twenty stages", () => {
    const stages = Array.from({ length: 21 }, (_, index) => `s${index}`);
    expect(() => added(two, "c", stages)).toThrow(/staging labels of one version \(20\)/);
  });

  test("above a hundred lets the oldest without a stage go, and no other", () => {
    let secret = added(empty, "kept", [CURRENT, "LAST_YEAR"]);
    for (let index = 1; index < SECRET_VERSIONS_MAX; index += 1) secret = added(secret, `v${index}`);
    const { secret: full, forgotten } = withVersion(secret, { id: "new", stages: [CURRENT], nowMs });
    expect(forgotten).toEqual(["v1"]);
    expect(full.versions).toHaveLength(SECRET_VERSIONS_MAX);
    expect(stagesOf(full)["kept"]).toEqual(["LAST_YEAR"]);
  });

  test("is refused above a hundred that all have a stage", () => {
    let secret = added(empty, "first");
    for (let index = 1; index < SECRET_VERSIONS_MAX; index += 1) {
      secret = added(secret, `v${index}`, [`STAGE_${index}`]);
    }
    expect(() => added(secret, "new", ["ONE_MORE"])).toThrow(/versions of one secret \(100\)/);
    expect(added(secret, "new", ["STAGE_1"]).versions).toHaveLength(SECRET_VERSIONS_MAX);
  });
});

describe("a stage", () => {
  test("moves to a version when the one that has it is named", () => {
    const move = { stage: CURRENT, toId: "a", fromId: "b", nowMs };
    expect(stagesOf(withStageMoved(two, move))).toEqual({ a: [CURRENT], b: [PREVIOUS] });
    expect(() => withStageMoved(two, { ...move, fromId: undefined })).toThrow(/attached to version b/);
    expect(() => withStageMoved(two, { ...move, fromId: "a" })).toThrow(/not attached to version a/);
    expect(() => withStageMoved(two, { ...move, toId: "x" })).toThrow(/VersionId: x/);
  });

  test("is given freely, and taken away, but for AWSCURRENT", () => {
    const given = withStageMoved(two, { stage: "MINE", toId: "a", fromId: undefined, nowMs });
    expect(stagesOf(given)).toEqual({ a: [PREVIOUS, "MINE"], b: [CURRENT] });
    const taken = withStageMoved(given, { stage: "MINE", toId: undefined, fromId: "a", nowMs });
    expect(stagesOf(taken)).toEqual(stagesOf(two));
    const bare = { stage: CURRENT, toId: undefined, fromId: "b", nowMs };
    expect(() => withStageMoved(two, bare)).toThrow(/not taken away/);
    expect(() => withStageMoved(two, { ...bare, stage: "MINE", fromId: undefined })).toThrow(
      /names no version/,
    );
  });
});

test("a version is found by id, by stage, by both when they agree, and is the current one otherwise", () => {
  expect(findVersion(two, {}).id).toBe("b");
  expect(findVersion(two, { stage: PREVIOUS }).id).toBe("a");
  expect(findVersion(two, { versionId: "a", stage: PREVIOUS }).id).toBe("a");
  expect(() => findVersion(two, { versionId: "a", stage: CURRENT })).toThrow(/not associated/);
  expect(() => findVersion(empty, {})).toThrow(/staging label: AWSCURRENT/);
});

test("whatever is done, a stage belongs to one version and one version is the current one", () => {
  const act = fc.record({
    isMove: fc.boolean(),
    index: fc.nat(9),
    stages: fc.uniqueArray(fc.constantFrom(CURRENT, PREVIOUS, "A", "B"), { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      let secret = added(empty, "first");
      for (const [count, { isMove, index, stages }] of acts.entries()) {
        const toId = secret.versions[index % secret.versions.length]?.id;
        const [stage = CURRENT] = stages;
        const fromId = secret.versions.find((version) => version.stages.includes(stage))?.id;
        secret = isMove
          ? withStageMoved(secret, { stage, toId, fromId, nowMs })
          : added(secret, `v${count}`, stages);
        const all = secret.versions.flatMap((version) => version.stages);
        expect(new Set(all).size).toBe(all.length);
        expect(all).toContain(CURRENT);
      }
    }),
  );
});

test("a deletion is over when its days are", () => {
  const marked = withDeletion(two, 7, nowMs);
  const weekMs = 7 * 86_400_000;
  expect([isGone(two, nowMs), isGone(marked, nowMs + weekMs - 1), isGone(marked, nowMs + weekMs)]).toEqual([
    false,
    false,
    true,
  ]);
});

test("ARNs end in six characters, and are read with and without them", () => {
  const arn = newSecretArn(scope, "shop/db", "ff".repeat(16));
  expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:shop\/db-[A-Za-z0-9]{6}$/);
  expect(newSecretArn(scope, "shop/db", "00".repeat(16))).toMatch(/-AAAAAA$/);
  expect(parseSecretId(arn, scope)).toEqual({ arn, name: arn.split(":").at(-1) });
  expect(parseSecretId("shop/db", scope)).toEqual({ arn: null, name: "shop/db" });
  expect(parseSecretId(arn.replace("us-east-1", "eu-west-1"), scope)).toBeNull();
});
