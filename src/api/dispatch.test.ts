import { InternalServiceErrorException, ListServicesCommand } from "@aws-sdk/client-apprunner";
import { expect, test } from "vitest";
import { operationOf, WireError } from "../contract/index.ts";
import { SlipwayError } from "../domain/error.ts";
import { toReplyError } from "./dispatch.ts";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi } from "./testing/test-api.ts";

const requestId = "11111111-2222-4333-8444-555555555555";

test("a fault of ours names its request id and nothing else, and is logged once with its cause", async () => {
  const slipway = await startTestApi();
  const secret = "password=hunter2";
  slipway.store.services.list = () => Promise.reject(new Error(secret));
  const error: unknown = await slipway.client
    .send(new ListServicesCommand({}))
    .catch((refusal: unknown) => refusal);
  expect(error).toBeInstanceOf(InternalServiceErrorException);
  const { message, $metadata } = error as InternalServiceErrorException;
  expect($metadata).toMatchObject({
    httpStatusCode: 500,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(message).toBe(`Internal error. Request ${$metadata.requestId} is in the log of the control plane.`);
  const logged = slipway.log.filter(({ level }) => level === "error");
  expect(logged).toMatchObject([{ fields: { requestId: $metadata.requestId, err: new Error(secret) } }]);
  await slipway.close();
});

test("each request is logged once, without its signature and its input; at debug also which members it had", async () => {
  const slipway = await startTestApi();
  const unsigned = call("AppRunner.ListServices", { NextToken: "sensitive-input" });
  const signed = await sign(unsigned, slipway.key);
  await sendRaw(slipway.endpoint, signed);
  expect(slipway.log).toMatchObject([
    {
      level: "debug",
      fields: { event: "api.input", operation: "AppRunner.ListServices", members: ["nextToken"] },
    },
    {
      level: "info",
      fields: {
        event: "api.request",
        operation: "AppRunner.ListServices",
        accessKeyId: slipway.key.id,
        code: "InvalidRequestException",
      },
    },
  ]);
  const text = JSON.stringify(slipway.log);
  const signature = /Signature=(\w+)/.exec(signed.headers["authorization"] ?? "")?.[1] ?? "";
  for (const secret of [signature, "sensitive-input", slipway.key.secret]) expect(text).not.toContain(secret);
  await slipway.close();
});

test("every answer carries a request id of its own", async () => {
  const slipway = await startTestApi();
  const signed = await sign(call("AppRunner.ListServices", {}), slipway.key);
  const answers = [await sendRaw(slipway.endpoint, signed), await sendRaw(slipway.endpoint, signed)];
  const ids = answers.map(({ headers }) => headers["x-amzn-requestid"]);
  expect(new Set(ids).size).toBe(2);
  expect(answers[0]?.headers["content-type"]).toBe("application/x-amz-json-1.0");
  await slipway.close();
});

test("a catalogue error keeps its code where the model names it, and is an InvalidRequestException elsewhere", () => {
  const error = new SlipwayError("NoSuchResource", { kind: "Service", arn: "arn" });
  const describe = { requestId, operation: operationOf("DescribeService") };
  const associate = { requestId, operation: operationOf("AssociateCustomDomain") };
  expect(toReplyError(error, describe)).toEqual({
    code: "ResourceNotFoundException",
    message: "Service not found: arn",
  });
  expect(toReplyError(error, associate)).toEqual({
    code: "InvalidRequestException",
    message: "Service not found: arn",
  });
});

test("what is no error of ours becomes an InternalServiceErrorException", () => {
  for (const thrown of [
    new TypeError("x is undefined"),
    "text",
    undefined,
    new WireError("ThrottlingException", "slow"),
  ]) {
    const { code, message } = toReplyError(thrown, { requestId });
    expect(code).toBe(thrown instanceof WireError ? "ThrottlingException" : "InternalServiceErrorException");
    expect(message).not.toContain("undefined");
  }
});
