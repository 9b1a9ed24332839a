import { expect, test } from "vitest";
import { slipway } from "../cli/testing/fake-api.ts";
import { runSimulation } from "./simulation.ts";

const world = {
  hooks: { simulate: runSimulation },
  files: { "day.csv": "second,requests\n0,5\n1,50\n59,0\n", "bad.csv": "0,5\n1,x\n" },
};

test("a trace is played with each of the settings, and by the rules of others", async () => {
  const options = "--trace day.csv --duration 1s --try max-concurrency=10 --compare --json".split(" ");
  const { exitCode, out } = await slipway(null, ["simulate", ...options], world);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    Runs: [
      { Name: "defaults", Rule: "slipway", MaxConcurrency: 100, Requests: 55, Starts: 0 },
      { Name: "max-concurrency=10", Rule: "slipway", MaxConcurrency: 10, Requests: 55, Refused: 0 },
      { Name: "as Knative", Rule: "knative", MaxConcurrency: 10, Requests: 55 },
      { Name: "as App Runner", Rule: "apprunner", MaxConcurrency: 10, Requests: 55 },
    ],
  });
});

test("what is recommended was tried", async () => {
  const { out } = await slipway(
    null,
    ["simulate", "--shape", "poisson", "--length", "5m", "--recommend"],
    world,
  );
  expect(out).toMatch(/Cheapest of \d+ tries with a wait of 250ms .*: max-concurrency=100,min-size=1/);
});

test("mistakes say where they are", async () => {
  const refusal = async (...options: readonly string[]) => slipway(null, ["simulate", ...options], world);
  expect(await refusal("--trace", "bad.csv")).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('Line 2 of the trace: requests is "x".'),
  });
  expect((await refusal("--shape", "square")).err).toContain(
    "Choose one of step, ramp, daily, burst, poisson.",
  );
  expect((await refusal("--length", "1m", "--try", "size=3")).err).toContain('"size=3" is not a setting');
});
