import { expect, test } from "vitest";
import { validateInput } from "../../../../src/contract/index.ts";
import { emptyDraft } from "./draft.ts";
import { type LoadWish, simulationInput } from "./simulation-input.ts";

const load: LoadWish = { load: "step", rate: "50", peak: "1000", durationMs: "300", startMs: "1500" };

test("what is asked of the simulator is what the API takes", () => {
  const extensions = { "scale-to-zero": "15m", "warm-zero": "1h", idle: "freeze" };
  const input = simulationInput({ ...emptyDraft, extensions }, load);
  expect(input).toMatchObject({
    MinSize: 1,
    MaxSize: 25,
    MaxConcurrency: 100,
    ScaleToZero: "15m",
    Idle: "freeze",
  });
  expect(validateInput("SimulateScaling", input)).toEqual(input);
});

test.each([
  [{ minSize: "" }, {}],
  [{ minSize: "30" }, {}],
  [{ maxConcurrency: "many" }, {}],
  [{ extensions: { "scale-to-zero": "soon" } }, {}],
  [{}, { rate: "-1" }],
  [{}, { startMs: "1.5" }],
])("nothing is asked while something is no number: %j %j", (change, loadChange) => {
  expect(simulationInput({ ...emptyDraft, ...change }, { ...load, ...loadChange })).toBeNull();
});
