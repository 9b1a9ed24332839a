import { expect, test } from "vitest";
import { takersOf, trusts } from "../../parts/role-trust.ts";
import { trustOfImagePulls, trustOfInstances, trustPolicy } from "./role-facts.ts";

test("a trust policy tells who may take the role", () => {
  expect(takersOf(trustOfInstances)).toEqual({ areInstances: true, areImagePulls: false, others: [] });
  expect(takersOf(trustOfImagePulls)).toMatchObject({ areInstances: false, areImagePulls: true });
  const ann = "arn:aws:iam::000000000000:user/ann";
  expect(takersOf(trustPolicy({ AWS: [ann] })).others).toEqual([ann]);
});

test("who is denied may not, and what is no policy trusts nobody", () => {
  const denied = trustPolicy({ AWS: ["*"] }).replace("Allow", "Deny");
  expect(takersOf(denied).others).toEqual([]);
  expect(takersOf("{").others).toEqual([]);
  expect(takersOf('{"Statement":{"Effect":"Allow","Principal":"*"}}').others).toEqual(["*"]);
});

test("a service gets roles that name it: what trusts everybody trusts people, and would be refused", () => {
  expect(trusts(trustOfInstances, "instances")).toBe(true);
  expect(trusts(trustOfInstances, "image pulls")).toBe(false);
  expect(trusts(trustOfImagePulls, "image pulls")).toBe(true);
  const written = '{"Statement":{"Effect":"Allow","Principal":"*"}}';
  for (const everybody of [trustPolicy({ AWS: ["*"] }), written]) {
    expect(trusts(everybody, "instances")).toBe(false);
    expect(trusts(everybody, "image pulls")).toBe(false);
  }
});
