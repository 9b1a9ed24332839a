import { expect, test } from "vitest";
import { arnOfName, formProblems, revisionsOf } from "./scaling-revision.ts";

const arn = (name: string, revision: number) =>
  `arn:aws:apprunner:us-east-1:000000000000:autoscalingconfiguration/${name}/${revision}/0123`;
const summary = (name: string, revision: number) => ({
  AutoScalingConfigurationArn: arn(name, revision),
  AutoScalingConfigurationName: name,
  AutoScalingConfigurationRevision: revision,
});

test("revisions are folded under the newest of their name", () => {
  const rows = revisionsOf(
    [summary("web", 1), summary("web", 10), summary("web", 9), summary("job", 1)],
    [],
    [],
  );
  expect(rows.map(({ newestArn }) => newestArn)).toEqual([arn("web", 10), null, arn("web", 10), null]);
});

test("numbers and users are told once they are known", () => {
  const [row] = revisionsOf([summary("web", 1)], [{ MinSize: 2, MaxSize: 5, MaxConcurrency: 10 }], [["a"]]);
  expect(row).toMatchObject({ limits: { minSize: 2, maxSize: 5, maxConcurrency: 10 }, users: ["a"] });
  expect(revisionsOf([summary("web", 1)], [undefined], [undefined])[0]).toMatchObject({
    limits: null,
    users: [],
  });
});

test("all revisions are named by the ARN up to the name", () => {
  expect(arnOfName(arn("web", 3))).toMatch(/autoscalingconfiguration\/web$/);
});

test("the form knows the API's limits", () => {
  const right = { name: "web-scaling", minSize: "1", maxSize: "25", maxConcurrency: "100" };
  expect(formProblems(right)).toEqual({});
  expect(formProblems({ ...right, name: "web" })).toEqual({ name: "badName" });
  expect(formProblems({ ...right, minSize: "26", maxSize: "30" })).toEqual({ minSize: [1, 25] });
  expect(formProblems({ ...right, minSize: "5", maxSize: "4" })).toEqual({ maxSize: "order" });
  expect(formProblems({ ...right, maxConcurrency: "201" })).toEqual({ maxConcurrency: [1, 200] });
  expect(formProblems({ ...right, maxSize: "x" })).toEqual({ maxSize: [1, 1_000_000] });
});
