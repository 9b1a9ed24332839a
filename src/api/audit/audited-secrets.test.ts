// Nothing that must not be read reaches the trail, of no operation: not of what was done, nor of what was refused.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { operations, shapeOf } from "../../contract/operations.ts";
import { FakeAuditTrail } from "../../ports/fake-audit-trail.ts";
import { operationInputs } from "../testing/operation-inputs.ts";
import { call, sendRaw, sign } from "../testing/signed-request.ts";
import { startTestApi, type TestApi } from "../testing/test-api.ts";
import { eventKindOf } from "./event-kind.ts";

const CANARY = "c4n4ryC4N4RY-0123456789";
/** What is a secret by its name, whatever the model says of its type. A request's token is none: it makes a repeat harmless. */
const SECRET_NAME = /(?:Password|Secret|PrivateKey|(?<!Request)Token)$/i;
let audit: FakeAuditTrail;
let api: TestApi;

beforeAll(async () => {
  audit = new FakeAuditTrail();
  api = await startTestApi({ audit });
});
afterAll(() => api.close());

/** A value of the type in which everything that must not be read is the canary. */
function planted(type: string, name = ""): unknown {
  const shape = shapeOf(type);
  if (shape?.kind === "structure") {
    return Object.fromEntries(
      Object.entries(shape.members).map(([member, model]) => [member, planted(model.type, member)]),
    );
  }
  if (shape?.kind === "list") return [planted(shape.element, name)];
  if (shape?.kind === "map") {
    const key = shapeOf(shape.key)?.kind === "sensitive" ? CANARY : "key";
    return { [key]: planted(shape.value, name) };
  }
  if (shape?.kind === "sensitive") return CANARY;
  if (shape?.kind === "enum") return shape.values[0];
  if (type === "string") return SECRET_NAME.test(name) ? CANARY : "text";
  return type === "boolean" ? true : 1;
}

/** As the query protocol has it, which IAM and STS speak: `Tags.member.1.Key=…`. */
function formText(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [`${path}=${encodeURIComponent(String(value))}`];
  return Object.entries(value).flatMap(([name, below]) => {
    const own = Array.isArray(value) ? `member.${Number(name) + 1}` : name;
    return formText(below, path === "" ? own : `${path}.${own}`);
  });
}

async function send(target: string, input: object): Promise<number> {
  const [, family, name] = /^AWS(IdentityManagement|SecurityTokenService)\w+\.(\w+)$/.exec(target) ?? [];
  const isIam = family === "IdentityManagement";
  const form = { Action: name, Version: isIam ? "2010-05-08" : "2011-06-15", ...input };
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const signed =
    family === undefined
      ? await sign(call(target, input), api.key)
      : await sign(
          { headers, body: formText(form, "").join("&") },
          { ...api.key, service: isIam ? "iam" : "sts" },
        );
  return (await sendRaw(api.endpoint, signed)).status;
}

const changing = operations.filter((operation) => !eventKindOf(operation, undefined).isReadOnly);

test.each(changing.map(({ target, name, model }) => [target, { name, model }] as const))(
  "of %s",
  async (target, { name, model }) => {
    const from = audit.records.length;
    const input = planted(model.input) as object;
    await send(target, input);
    await send(target, { ...input, ...operationInputs[name] });
    const told = audit.records.slice(from);
    expect(told).toHaveLength(2);
    expect(told[0]?.eventName).toBe(target.slice(target.lastIndexOf(".") + 1));
    expect(JSON.stringify(told)).not.toContain(CANARY);
  },
);

test.each([
  [
    "secretsmanager.CreateSecret",
    { Name: "db", SecretString: CANARY, ClientRequestToken: "a".repeat(32) },
    ["name", "secretString"],
  ],
  [
    "secretsmanager.UpdateSecret",
    { SecretId: "db", SecretString: CANARY, Description: "d" },
    ["secretString", "description"],
  ],
  ["secretsmanager.UpdateSecret", { SecretId: "db", Description: "d" }, []],
  ["AmazonSSM.PutParameter", { Name: "/a", Value: CANARY, Type: "SecureString" }, ["value", "type"]],
  [
    "AmazonSSM.PutParameter",
    { Name: "/a", Value: CANARY, Type: "SecureString", Overwrite: true, Description: "d" },
    ["value", "description", "overwrite"],
  ],
  [
    "Slipway.CreateEventDestination",
    { Name: "ops", Url: `https://ops.example.com/${CANARY}` },
    ["name", "url"],
  ],
  [
    "Slipway.UpdateEventDestination",
    { Name: "ops", Url: `https://ops.example.com/b/${CANARY}`, Format: "eventbridge" },
    ["url"],
  ],
  [
    "Slipway.UpdateEventDestination",
    { Name: "ops", Filter: { MinimumSeverity: "WARN" } },
    ["filter.minimumSeverity"],
  ],
] as const)("%s, done, tells which members it changed", async (target, input, paths) => {
  expect(await send(target, input)).toBe(200);
  const record = audit.records.at(-1);
  expect(record?.errorCode).toBeNull();
  expect(new Set(record?.changedMembers)).toEqual(new Set(paths));
  expect(JSON.stringify(record)).not.toContain(CANARY);
});

test("a parameter that is put is compared without a look at all the others", async () => {
  const list = vi.spyOn(api.store.parameters, "list");
  const input = { Name: "/b", Value: "1", Type: "String" };
  expect(await send("AmazonSSM.PutParameter", input)).toBe(200);
  expect(await send("AmazonSSM.PutParameter", { ...input, Description: "d", Overwrite: true })).toBe(200);
  expect(audit.records.at(-1)?.changedMembers).not.toContain("type");
  expect(list).not.toHaveBeenCalled();
});
