/** An update that is only for the service as its caller has seen it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeService } from "./testing/requests.ts";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;
let arn: string;
let id: string;

beforeEach(async () => {
  slipway = await startTestApi();
  const { ServiceArn = "", ServiceId = "" } = await makeService(slipway);
  [arn, id] = [ServiceArn, ServiceId];
});
afterEach(() => slipway.close());

async function send(target: string, input: object, condition: string | null) {
  const unsigned = call(target, input);
  const headers = condition === null ? {} : { "x-slipway-if-updated-at": condition };
  const signed = await sign({ ...unsigned, headers: { ...unsigned.headers, ...headers } }, slipway.key);
  const { status, text } = await sendRaw(slipway.endpoint, signed);
  return { status, body: JSON.parse(text) as Record<string, unknown> };
}

async function updatedAt(): Promise<string> {
  const { body } = await send("AppRunner.DescribeService", { ServiceArn: arn }, null);
  return String((body["Service"] as { readonly UpdatedAt: number }).UpdatedAt);
}

const update = (memory: string, condition: string | null) =>
  send("AppRunner.UpdateService", { ServiceArn: arn, InstanceConfiguration: { Memory: memory } }, condition);
const memory = async () => (await slipway.store.services.get(id))?.configuration.instance.memory;

test("of two who have seen the same one updates, and the other is told and changes nothing", async () => {
  const seen = await updatedAt();
  expect((await update("3072", seen)).status).toBe(200);
  await slipway.commands.settle(id, "RUNNING");
  const { status, body } = await update("4096", seen);
  expect([status, body["__type"]]).toEqual([400, "InvalidStateException"]);
  expect(body["Message"] ?? body["message"]).toMatch(/was changed at .*Nothing was updated: read it again/);
  expect(await memory()).toBe("3072");
  expect((await update("4096", await updatedAt())).status).toBe(200);
  expect(await memory()).toBe("4096");
});

test("who sends no condition updates as ever", async () => {
  expect((await update("3072", null)).status).toBe(200);
});

test.each([
  ["UpdateService", "yesterday", "must be the service's UpdatedAt"],
  ["UpdateService", "-1", "must be the service's UpdatedAt"],
  ["PauseService", "1750000000.123", "is understood by UpdateService alone"],
])("%s with the condition %j is refused: it would not hold", async (name, condition, problem) => {
  const { status, body } = await send(
    `AppRunner.${name}`,
    { ServiceArn: arn, InstanceConfiguration: { Memory: "3072" } },
    condition,
  );
  expect([status, body["__type"]]).toEqual([400, "InvalidRequestException"]);
  expect(String(body["Message"] ?? body["message"])).toContain(problem);
  expect(await memory()).not.toBe("3072");
});
