import { expect, test } from "vitest";
import { type DraftEntry, emptyDraft, type ServiceDraft } from "../../../parts/service-fields/draft.ts";
import { diffOf } from "./draft-diff.ts";
import { changedByOthers, mergedChanges } from "./merge-changes.ts";

const rows = (values: Readonly<Record<string, string>>): readonly DraftEntry[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));
const base: ServiceDraft = {
  ...emptyDraft,
  variables: rows({ MODE: "fast", LEVEL: "1", OLD: "x" }),
  tags: rows({ team: "shop" }),
  extensions: { "min-size": "0" } as ServiceDraft["extensions"],
};

function merged(current: Partial<ServiceDraft>, changes: Partial<ServiceDraft>) {
  return mergedChanges({ base, current: { ...base, ...current }, changes });
}

test("what somebody else put in, changed and took away stays so; what was edited here stays, too", () => {
  const { variables } = merged(
    { variables: rows({ MODE: "slow", LEVEL: "1", NEW: "theirs" }) },
    { variables: rows({ MODE: "fast", LEVEL: "2", OLD: "x", OWN: "mine" }) },
  );
  expect(variables).toEqual(rows({ MODE: "slow", LEVEL: "2", OWN: "mine", NEW: "theirs" }));
});

test("what was taken away here does not come back, and nobody's edit of another list is touched", () => {
  expect(
    merged(
      { variables: rows({ MODE: "fast", LEVEL: "1", OLD: "x", NEW: "theirs" }) },
      { variables: rows({ MODE: "fast" }) },
    ),
  ).toEqual({ variables: rows({ MODE: "fast", NEW: "theirs" }) });
  expect(merged({ tags: rows({ team: "other" }) }, { cpu: "2048" })).toEqual({ cpu: "2048" });
});

test("the same name, changed on both sides: what was typed here stays, and the review shows what it replaces", () => {
  const current = { ...base, tags: rows({ team: "theirs" }) };
  const changes = merged(current, { tags: rows({ team: "mine" }) });
  expect(diffOf(current, { ...current, ...changes })).toMatchObject([
    { id: "tag team", before: "theirs", after: "mine" },
  ]);
});

test("a row that is still empty, or without a value, is kept as it stands", () => {
  const typing = [...base.variables, { name: "", value: "" }, { name: "HALF", value: "" }];
  const { variables } = merged({ variables: rows({ MODE: "fast" }) }, { variables: typing });
  expect(variables).toEqual([
    ...rows({ MODE: "fast" }),
    { name: "", value: "" },
    { name: "HALF", value: "" },
  ]);
});

test("extensions are merged by name", () => {
  const theirs = { "min-size": "1", sandbox: "on" } as ServiceDraft["extensions"];
  const mine = { "min-size": "0", dockerfile: "build/Dockerfile" } as ServiceDraft["extensions"];
  expect(merged({ extensions: theirs }, { extensions: mine }).extensions).toEqual({
    "min-size": "1",
    dockerfile: "build/Dockerfile",
    sandbox: "on",
  });
});

test("what others changed is told once, as it was at first; what came true as wished here is nobody else's", () => {
  const changes = { cpu: "2048" };
  const once = changedByOthers({ base, current: { ...base, cpu: "2048", port: "81" }, changes }, []);
  expect(once).toMatchObject([{ id: "port", before: "8080", after: "81" }]);
  const twice = changedByOthers(
    { base: { ...base, port: "81" }, current: { ...base, port: "82" }, changes },
    once,
  );
  expect(twice).toMatchObject([{ id: "port", before: "8080", after: "82" }]);
});
