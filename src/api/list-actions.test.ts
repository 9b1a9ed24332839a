import { expect, test } from "vitest";
import { operations } from "../contract/index.ts";
import { actionWords } from "./action-words.ts";
import { listActions } from "./handlers/list-actions.ts";

test("every action that is asked for can be found, once, and told from those that change something", async () => {
  const { Actions } = await listActions({}, undefined as never, undefined as never);
  const names = Actions.map(({ Action }) => Action);
  expect(new Set(names).size).toBe(names.length);
  expect(operations.every(({ action }) => names.includes(action))).toBe(true);
  expect(names).toContain("iam:PassRole");
  const changing = Actions.filter(({ IsReadOnly }) => !IsReadOnly).map(({ Action }) => Action);
  expect(changing).toContain("apprunner:DeleteService");
  expect(changing).not.toContain("apprunner:ListServices");
});

test("every action is said in one sentence; no words are kept of what is no action, or says it itself", async () => {
  const { Actions } = await listActions({}, undefined as never, undefined as never);
  for (const { Action, Description } of Actions) expect(Description, Action).toMatch(/^[A-Z].{5,120}\.$/);
  const own = new Set(operations.flatMap(({ action, model }) => (model.says === undefined ? [] : action)));
  const names = new Set(Actions.map(({ Action }) => Action));
  expect(Object.keys(actionWords).filter((action) => !names.has(action) || own.has(action))).toEqual([]);
  expect(Object.keys(actionWords)).toEqual(Object.keys(actionWords).toSorted());
});
