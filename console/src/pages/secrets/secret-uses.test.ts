import { expect, test } from "vitest";
import { isReferenceTo } from "./secret-uses.ts";

const secret = {
  arn: "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-AbCdEf",
  name: "shop/db",
};
const parameter = { arn: "arn:aws:ssm:us-east-1:000000000000:parameter/shop/key", name: "/shop/key" };

test.each([
  [secret.arn, true],
  [`${secret.arn}:password::`, true],
  [secret.arn.slice(0, -7), true],
  ["arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-other-AbCdEf", false],
  ["/shop/db", false],
])("%s leads to the secret: %s", (reference, leads) => {
  expect(isReferenceTo(reference, secret)).toBe(leads);
});

test.each([
  [parameter.arn, true],
  [`${parameter.arn}:3`, true],
  ["/shop/key", true],
  ["/shop/key:12", true],
  ["/shop/keys", false],
])("%s leads to the parameter: %s", (reference, leads) => {
  expect(isReferenceTo(reference, parameter)).toBe(leads);
});
