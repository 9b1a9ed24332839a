import { expect, test } from "vitest";
import { PermissionBatch, type PermissionQuestion } from "./permission-batch.ts";

const PAUSE = "apprunner:PauseService";

function aBatch(answer: (question: PermissionQuestion) => boolean | undefined) {
  const calls: (readonly PermissionQuestion[])[] = [];
  let send: () => void = () => undefined;
  const batch = new PermissionBatch(
    (questions) => {
      calls.push(questions);
      return Promise.resolve(questions.map(answer) as boolean[]);
    },
    (act) => (send = act),
  );
  return { batch, calls, send: () => send() };
}

test("what a page asks is one call, and the same question is asked once", async () => {
  const { batch, calls, send } = aBatch(({ Resource }) => Resource === "arn:1");
  const answers = [
    batch.ask({ Action: PAUSE, Resource: "arn:1" }),
    batch.ask({ Action: PAUSE, Resource: "arn:2" }),
    batch.ask({ Action: PAUSE, Resource: "arn:1" }),
    batch.ask({ Action: PAUSE }),
  ];
  send();
  expect(await Promise.all(answers)).toEqual([true, false, true, false]);
  expect(calls).toEqual([
    [{ Action: PAUSE, Resource: "arn:1" }, { Action: PAUSE, Resource: "arn:2" }, { Action: PAUSE }],
  ]);
});

test("more than a call takes are several calls", async () => {
  const { batch, calls, send } = aBatch(() => false);
  const answers = Array.from({ length: 250 }, (_, one) =>
    batch.ask({ Action: PAUSE, Resource: `arn:${one}` }),
  );
  send();
  expect(new Set(await Promise.all(answers))).toEqual(new Set([false]));
  expect(calls.map(({ length }) => length)).toEqual([100, 100, 50]);
});

test("what is asked later is asked again", async () => {
  const { batch, calls, send } = aBatch(() => true);
  for (let times = 0; times < 2; times += 1) {
    const answer = batch.ask({ Action: PAUSE });
    send();
    expect(await answer).toBe(true);
  }
  expect(calls).toHaveLength(2);
});

test("a call that fails says so to each; what is left out of an answer counts as possible", async () => {
  let send: () => void = () => undefined;
  const failing = new PermissionBatch(
    () => Promise.reject(new Error("unreachable")),
    (act) => (send = act),
  );
  const answers = [failing.ask({ Action: PAUSE }), failing.ask({ Action: "iam:CreateUser" })];
  send();
  for (const { status } of await Promise.allSettled(answers)) expect(status).toBe("rejected");
  const short = aBatch(() => undefined);
  const answer = short.batch.ask({ Action: PAUSE });
  short.send();
  expect(await answer).toBe(true);
});
