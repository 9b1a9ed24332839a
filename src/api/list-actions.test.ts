import { expect, test } from "vitest";
import { operations } from "../contract/index.ts";
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
