import { expect, test } from "vitest";
import { operations } from "../contract/index.ts";
import { assertAllowed, isAllowed, resourceOf } from "./authorization.ts";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, testScope } from "./testing/test-api.ts";

const root = { arn: "arn:aws:iam::000000000000:root", accessKeyId: "AKIA" };
const serviceArn = "arn:aws:apprunner:us-east-1:000000000000:service/web1/0123456789abcdef0123456789abcdef";

test("the walk covers all 37 operations of App Runner and all of ours", () => {
  expect(operations.filter(({ service }) => service === "AppRunner")).toHaveLength(37);
  expect(operations.filter(({ service }) => service === "Slipway").length).toBeGreaterThanOrEqual(8);
});

test("no operation is served without a signature, to an unknown key or to a wrong secret", async () => {
  const slipway = await startTestApi();
  const { key, endpoint } = slipway;
  for (const { target } of operations) {
    const unsigned = call(target, {});
    const request = {
      method: "POST",
      target: "/",
      headers: { ...unsigned.headers },
      body: Buffer.from("{}"),
    };
    const bare = await sendRaw(endpoint, request);
    expect([target, bare.status]).toEqual([target, 403]);
    expect(JSON.parse(bare.text)).toEqual({
      __type: "MissingAuthenticationTokenException",
      Message: "Missing Authentication Token",
    });
    const stranger = await sendRaw(endpoint, await sign(unsigned, { ...key, id: "AKIAAAAAAAAAAAAAAAAA" }));
    expect([stranger.status, stranger.text]).toEqual([
      403,
      expect.stringContaining("UnrecognizedClientException"),
    ]);
    const liar = await sendRaw(endpoint, await sign(unsigned, { ...key, secret: "x".repeat(40) }));
    expect([liar.status, liar.text]).toEqual([403, expect.stringContaining("InvalidSignatureException")]);
  }
  await slipway.close();
});

test("no operation is served to a principal that no policy names, whatever it asks", async () => {
  const slipway = await startTestApi();
  const key = { id: "AKIAGUESTGUESTGUESTG", secret: "guest", createdAtMs: 0 };
  const principalArn = "arn:aws:iam::000000000000:user/guest";
  await slipway.store.accessKeys.save({ ...key, principalArn });
  for (const operation of operations) {
    const answer = await sendRaw(slipway.endpoint, await sign(call(operation.target, {}), key));
    expect([operation.target, answer.status]).toEqual([operation.target, 403]);
    expect(JSON.parse(answer.text)).toEqual({
      __type: "AccessDeniedException",
      Message: `User: ${principalArn} is not authorized to perform: ${operation.action} on resource: *`,
    });
  }
  await slipway.close();
});

test("root may act on its own account and on no other", () => {
  const action = "apprunner:DeleteService";
  expect(isAllowed({ principal: root, action, resource: serviceArn }, testScope)).toBe(true);
  const foreign = serviceArn.replace("000000000000", "111111111111");
  expect(() => assertAllowed({ principal: root, action, resource: foreign }, testScope)).toThrow(
    `User: ${root.arn} is not authorized to perform: ${action} on resource: ${foreign}`,
  );
});

test("the root of another account may do nothing", () => {
  const principal = { ...root, arn: "arn:aws:iam::111111111111:root" };
  for (const resource of ["*", serviceArn]) {
    expect(isAllowed({ principal, action: "apprunner:ListServices", resource }, testScope)).toBe(false);
  }
});

test("the resource is what the input names, and * when it names none", () => {
  expect(resourceOf("DeleteService", { ServiceArn: serviceArn }, testScope)).toBe(serviceArn);
  expect(resourceOf("Logs_20140328.GetLogEvents", { logGroupName: "/aws/x" }, testScope)).toBe(
    "arn:aws:logs:us-east-1:000000000000:log-group:/aws/x",
  );
  for (const input of [{}, [], null, 7, "text", { ServiceArn: 7 }, { ServiceArn: "web1" }]) {
    expect(resourceOf("DeleteService", input, testScope)).toBe("*");
  }
});
