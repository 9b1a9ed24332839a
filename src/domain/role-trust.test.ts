import { expect, it } from "vitest";
import { trustedService, trustsService } from "./role-trust.ts";

const TASKS = trustedService.instance;
const source = {
  account: "000000000000",
  serviceArn: "arn:aws:apprunner:us-east-1:000000000000:service/shop/1",
};
const policy = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Principal: unknown, more: object = {}) => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...more,
});
const trusting = { Service: TASKS };
const of = (account: string) => ({ Condition: { StringEquals: { "aws:SourceAccount": account } } });

it.each([
  ["it alone", policy(allow(trusting))],
  ["several", policy(allow({ Service: ["build.apprunner.amazonaws.com", TASKS] }))],
  ["it for this account", policy(allow(trusting, of("000000000000")))],
  [
    "it for this service",
    policy(allow(trusting, { Condition: { ArnLike: { "aws:SourceArn": source.serviceArn } } })),
  ],
])("a role that trusts %s can be taken by instances", (_what, trustPolicy) => {
  expect(trustsService(trustPolicy, "instance", source)).toBe(true);
});

it.each([
  ["another service", policy(allow({ Service: "build.apprunner.amazonaws.com" }))],
  ["a user", policy(allow({ AWS: "arn:aws:iam::000000000000:root" }))],
  ["every user", policy(allow("*"))],
  ["it with another action", policy(allow(trusting, { Action: "sts:TagSession" }))],
  ["it for another account", policy(allow(trusting, of("111111111111")))],
  ["it, and denies it", policy(allow(trusting), { ...allow(trusting), Effect: "Deny" })],
])("a role that trusts %s cannot", (_what, trustPolicy) => {
  expect(trustsService(trustPolicy, "instance", source)).toBe(false);
});
