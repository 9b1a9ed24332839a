import { afterEach, beforeEach, expect, it } from "vitest";
import type { Role } from "../domain/identity.ts";
import type { Parameter } from "../domain/parameter.ts";
import type { Question } from "../ports/authorizer.ts";
import { SecretUnavailable } from "../ports/secret-values.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { RoleSecretAccess } from "./role-secret-access.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const secretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-AbCdEf";
const parameterPrefix = "arn:aws:ssm:us-east-1:000000000000:parameter";
const role = { arn: "arn:aws:iam::000000000000:role/shop", name: "shop", status: "ACTIVE" } as Role;

let store: Store;
let asked: Omit<Question, "principal">[];
let isAllowed: boolean;
let access: RoleSecretAccess;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  await store.roles.save(role);
  const secret = { arn: secretArn, name: "shop/db", description: "", createdAtMs: 1, changedAtMs: 1 };
  const tags = [{ key: "team", value: "shop" }];
  await store.secrets.save({ ...secret, tags, versions: [], deletion: null });
  for (const name of ["/shop/key", "/plain"]) {
    await store.parameters.save({ name, tags: [], versions: [] } as unknown as Parameter);
  }
  asked = [];
  isAllowed = true;
  const decideForRole = (_role: string, question: Omit<Question, "principal">) => {
    asked.push(question);
    return Promise.resolve({
      isAllowed,
      reason: isAllowed ? "" : "because no identity-based policy allows it",
    });
  };
  access = new RoleSecretAccess({ store, scope, authorizer: { decideForRole }, clock: { now: () => 2 } });
});
afterEach(() => store.close());

const read = (reference: string) => access.assertReadable(reference, role.arn);

it.each([
  [secretArn, "secretsmanager:GetSecretValue", secretArn],
  [`${secretArn}:password::`, "secretsmanager:GetSecretValue", secretArn],
  [secretArn.slice(0, -7), "secretsmanager:GetSecretValue", secretArn],
  [`${secretArn.slice(0, -12)}nosuch`, "secretsmanager:GetSecretValue", `${secretArn.slice(0, -12)}nosuch`],
  ["/shop/key", "ssm:GetParameters", `${parameterPrefix}/shop/key`],
  [`${parameterPrefix}/plain:3`, "ssm:GetParameters", `${parameterPrefix}/plain`],
  ["/nosuch", "ssm:GetParameters", `${parameterPrefix}/nosuch`],
])("asks for %s whether the role may %s on %s", async (reference, action, resource) => {
  await read(reference);
  expect(asked).toMatchObject([{ action, resource }]);
});

it("lets policies ask for the secret's tags", async () => {
  await read(secretArn);
  expect(await asked[0]?.resourceTags?.()).toEqual([{ key: "team", value: "shop" }]);
});

it("names secret, role and action when it refuses", async () => {
  isAllowed = false;
  await expect(read(`${secretArn}:password::`)).rejects.toEqual(
    new SecretUnavailable(
      `The secret ${secretArn}:password:: cannot be read: ${role.arn} is not authorized to perform: ` +
        `secretsmanager:GetSecretValue on resource: ${secretArn} because no identity-based policy allows it.`,
    ),
  );
});

it("names a role that is gone", async () => {
  await store.roles.remove(role.arn);
  await expect(read(secretArn)).rejects.toThrow(`the instance role ${role.arn} is gone`);
  expect(asked).toEqual([]);
});
