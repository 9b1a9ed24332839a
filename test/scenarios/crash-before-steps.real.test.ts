/** A life that ends at its third event dies before each step: the first two are those of the step before. */
import { describe } from "vitest";
import { describeKilledLife } from "../support/killed-life.ts";

describe("a control plane that is killed before each step", () => {
  describeKilledLife(3);
});
