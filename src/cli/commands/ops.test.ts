import { expect, test } from "vitest";
import { Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import { anOperation, aSummary, OPERATION_ID } from "../testing/service.ts";

const cancelled = { Phase: "cleanup", Class: "cancelled", Message: "It was cancelled.", LogLines: [] };
const failed = { Phase: "pull", Class: "pull", Message: "No such image.", LogLines: [] };
const [OTHER_ID, DONE_ID] = ["e", "0"].map((end) => OPERATION_ID.replace(/.$/, end));
const BAD_END = { Type: "UPDATE_SERVICE", Status: "ROLLBACK_SUCCEEDED" };

const world = {
  ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
  ListOperations: () => ({
    OperationSummaryList: [BAD_END, { ...BAD_END, Id: OTHER_ID }, { Id: DONE_ID }].map(
      (change) => anOperation(change).Operation,
    ),
  }),
  DescribeOperation: ({ OperationId: Id }: Readonly<Record<string, unknown>>) =>
    anOperation({ ...BAD_END, Id, Cause: Id === OPERATION_ID ? cancelled : failed }),
};

test("ops says of what somebody gave up that it was cancelled; programs get App Runner's status", async () => {
  await using api = await startFakeApi(world);
  const { out } = await slipway(api, ["ops", "web"]);
  const statuses = out.split("\n").map((line) => line.split(/ {2,}/)[2]);
  expect(statuses).toEqual(["STATUS", "CANCELLED", "ROLLBACK_SUCCEEDED", "SUCCEEDED"]);
  // Of what succeeded nothing is asked.
  expect(api.callsOf("DescribeOperation")).toHaveLength(2);
  const one = await slipway(api, ["ops", "web", OPERATION_ID]);
  expect(one.out).toMatch(/^Status +CANCELLED$/m);
  expect(one.out).toContain("web: update service ended: It was cancelled. What ran before still runs");
  const list = JSON.parse((await slipway(api, ["ops", "web", "--json"])).out) as readonly object[];
  expect(list[0]).toMatchObject({ Status: "ROLLBACK_SUCCEEDED" });
});

test("ops shows statuses as they are to who may not see causes", async () => {
  await using api = await startFakeApi({
    ...world,
    DescribeOperation: () => {
      throw new Refusal("AccessDeniedException", "no", 403);
    },
  });
  const { out, exitCode } = await slipway(api, ["ops", "web"]);
  expect(exitCode).toBe(0);
  expect(out).not.toContain("CANCELLED");
  expect(out).toContain("ROLLBACK_SUCCEEDED");
});
