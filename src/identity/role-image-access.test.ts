import { afterEach, beforeEach, expect, it } from "vitest";
import { parseImageReference } from "../domain/image-reference.ts";
import type { Role } from "../domain/identity.ts";
import { ImagePullError } from "../ports/container-engine.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { RoleImageAccess } from "./role-image-access.ts";
import { StoreAuthorizer } from "./store-authorizer.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const image = parseImageReference("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/web:1", "image");
const repository = "arn:aws:ecr:us-east-1:000000000000:repository/team/web";
const ARN = "arn:aws:iam::000000000000:role/pulls";
const AWS_POLICY = "arn:aws:iam::aws:policy/service-role/AWSAppRunnerServicePolicyForECRAccess";

let store: Store;
let access: RoleImageAccess;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  access = new RoleImageAccess({ store, authorizer: new StoreAuthorizer({ store, scope }), scope });
});
afterEach(() => store.close());

const keepRole = (change: Partial<Role>) =>
  store.roles.save({
    arn: ARN,
    name: "pulls",
    path: "/",
    id: "AROAPULLS",
    createdAtMs: 0,
    inlinePolicies: {},
    attachedPolicyArns: [],
    status: "ACTIVE",
    description: "",
    trustPolicy: "{}",
    maxSessionSeconds: 3600,
    ...change,
  });

const pulling = (Resource: string) => ({
  inlinePolicies: {
    pull: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "ecr:*", Resource },
    }),
  },
});

it.each([
  ["AWS's own policy for access roles", { attachedPolicyArns: [AWS_POLICY] }],
  ["a policy for the repository", pulling(repository)],
])("allows a pull by %s", async (_what, change) => {
  await keepRole(change);
  await expect(access.assertPullable(image, ARN)).resolves.toBeUndefined();
});

it("refuses it by a policy for another repository, and names role, action and repository", async () => {
  await keepRole(pulling(`${repository}-2`));
  const refused = access.assertPullable(image, ARN);
  await expect(refused).rejects.toBeInstanceOf(ImagePullError);
  await expect(refused).rejects.toThrow(
    `${ARN} is not authorized to perform: ecr:BatchGetImage on resource: ${repository} because no identity-based policy`,
  );
});

it("names a role that is gone", async () => {
  await expect(access.assertPullable(image, ARN)).rejects.toThrow(`the access role ${ARN} is gone`);
});
