/** A life that ends at its second event dies after each step: the first is that step's begin. */
import { describe } from "vitest";
import { describeKilledLife } from "../support/killed-life.ts";

describe("a control plane that is killed after each step", () => {
  describeKilledLife(2);
});
