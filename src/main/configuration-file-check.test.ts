import { expect, test } from "vitest";
import { configurationFileProblems } from "./configuration-file-check.ts";

const GOOD = "version: 1.0\nruntime: nodejs22\nrun:\n  command: node a.js\n";

test("problems are told with file, line and column, as the build tells them", () => {
  expect(configurationFileProblems(GOOD, "apprunner.yaml")).toEqual([]);
  const bad = `${GOOD}  comand: x\nnetwork: {}\n`;
  expect(configurationFileProblems(bad, "web/apprunner.yaml")).toEqual([
    expect.stringMatching(/^web\/apprunner\.yaml:5:3: run\.comand: /),
    expect.stringMatching(/^web\/apprunner\.yaml:6:1: network: /),
  ]);
});
