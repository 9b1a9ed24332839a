/** A user with a thousand policies in a real store, and calls that they sign. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { ManagedPolicy, Principal, User } from "../../src/domain/identity.ts";
import { newAccessKey } from "../../src/api/resources/access-key.ts";
import { call, sign, toSignedRequest } from "../../src/api/testing/signed-request.ts";
import type { SignedRequest } from "../../src/api/sigv4/signed-request.ts";
import { StoreAuthorizer } from "../../src/identity/store-authorizer.ts";
import { StoreCredentials } from "../../src/identity/store-credentials.ts";
import type { Store } from "../../src/ports/store.ts";
import { SealedVault } from "../../src/secrets/sealed-vault.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import type { Cleanup } from "../support/cleanup.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

export const scope = { region: "us-east-1", account: "000000000000" };
export const POLICIES = 1000;
const SAVED_AT_ONCE = 100;

/** The statements of the policy with this number. */
export type Policies = (number: number) => readonly object[];

export interface Bench {
  readonly store: Store;
  readonly authorizer: StoreAuthorizer;
  readonly credentials: StoreCredentials;
  readonly key: { readonly id: string; readonly secret: string };
  readonly user: User;
  readonly principal: Principal;
}

export const serviceArn = (number: number): string =>
  `arn:aws:apprunner:us-east-1:000000000000:service/web-${number}/${number.toString(16).padStart(32, "0")}`;

export async function userWith(policies: Policies, cleanup: Cleanup): Promise<Bench> {
  const store = await openSqliteStore({ path: join(temporaryDirectory(cleanup), "slipway.db") });
  cleanup.add(() => store.close());
  const vault = new SealedVault(randomBytes(32));
  const user = await saveUser(store, policies);
  const nowMs = Date.now();
  const { row, secret } = newAccessKey(user.arn, { vault, nowMs });
  await store.accessKeys.save(row);
  // Stands still, so that what was signed stays fresh.
  const clock = { now: () => nowMs };
  return {
    store,
    user,
    authorizer: new StoreAuthorizer({ store, scope }),
    credentials: new StoreCredentials({ store, vault, scope, clock }),
    key: { id: row.id, secret },
    principal: { kind: "user", arn: user.arn, userArn: user.arn, userId: user.id, accessKeyId: row.id },
  };
}

async function saveUser(store: Store, policies: Policies): Promise<User> {
  const all = Array.from({ length: POLICIES }, (_, number) => aPolicy(number, policies(number)));
  for (let from = 0; from < all.length; from += SAVED_AT_ONCE) {
    await store.transaction(async (tx) => {
      for (const policy of all.slice(from, from + SAVED_AT_ONCE)) await tx.managedPolicies.save(policy);
    });
  }
  const user: User = {
    arn: "arn:aws:iam::000000000000:user/ann",
    name: "ann",
    path: "/",
    id: "AIDAANN",
    createdAtMs: 0,
    inlinePolicies: {},
    attachedPolicyArns: all.map(({ arn }) => arn),
    status: "ACTIVE",
    login: null,
  };
  await store.users.save(user);
  return user;
}

function aPolicy(number: number, statements: readonly object[]): ManagedPolicy {
  const name = `policy-${String(number).padStart(4, "0")}`;
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return {
    arn: `arn:aws:iam::000000000000:policy/${name}`,
    name,
    path: "/",
    id: `ANPA${number}`,
    description: "",
    createdAtMs: 0,
    changedAtMs: 0,
    versions: [{ id: "v1", document, createdAtMs: 0 }],
    defaultVersionId: "v1",
    status: "ACTIVE",
  };
}

export async function signedCall({ key }: Bench, input: object): Promise<SignedRequest> {
  return toSignedRequest(await sign(call("AppRunner.DescribeService", input), key));
}
