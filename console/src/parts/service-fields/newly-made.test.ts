import { expect, test } from "vitest";
import { newlyMade } from "./newly-made.ts";

const of = (known: readonly string[], chosen = "") => ({ known, chosen });

test("what was not there when the other tab was opened is what was made in it", () => {
  expect(newlyMade(of(["pulls"]), of(["pulls", "reads"]))).toBe("reads");
  expect(newlyMade(of([]), of(["first"]))).toBe("first");
});

test("while nothing was made, or something was taken away, nothing is chosen", () => {
  expect(newlyMade(of(["pulls", "reads"]), of(["reads", "pulls"]))).toBeUndefined();
  expect(newlyMade(of(["pulls", "reads"]), of(["reads"]))).toBeUndefined();
});

test("what was chosen by hand meanwhile stays chosen", () => {
  expect(newlyMade(of(["pulls"]), of(["pulls", "reads"], "pulls"))).toBeUndefined();
});
