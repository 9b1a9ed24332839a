import { expect, it } from "vitest";
import { LineCount } from "./line-count.ts";

it("counts gaps once, when they have stayed, and forgives lines that came out of order", () => {
  const count = new LineCount();
  for (const line of [5, 6, 9, 8]) expect(count.isNew("web", line)).toBe(true);
  expect(count.takeLost()).toBe(0);
  expect(count.takeLost()).toBe(1);
  expect(count.takeLost()).toBe(0);
});

it("knows what was read before, and what went missing since", () => {
  const count = new LineCount({ web: 7 });
  expect([6, 7, 10].map((line) => count.isNew("web", line))).toEqual([false, false, true]);
  expect([count.takeLost(), count.takeLost()]).toEqual([0, 2]);
});
