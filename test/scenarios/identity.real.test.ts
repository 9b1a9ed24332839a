/**
 * Users, keys and roles with the distribution's AWS CLI and boto3, unchanged but for their endpoint: who they are, what they
 * may do, a change of keys, a session of a role; and what of it lies in the database.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Installation } from "../support/installation.ts";

const run = promisify(execFile);
const AWS_CLI = "/usr/bin/aws";
const PYTHON = "/usr/bin/python3";
const ACCOUNT = "000000000000";
const SERVICE_ARN = `arn:aws:apprunner:us-east-1:${ACCOUNT}:service/web/${"0".repeat(32)}`;

interface Key {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
}

let slipway: Installation;
let root: Key;

beforeAll(async () => {
  slipway = await Installation.create();
  await slipway.start();
  const { accessKeyId, secretAccessKey } = slipway.credentials();
  root = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
});
afterAll(() => slipway.remove());

function environmentOf(key: Key): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: slipway.stateDirectory,
    AWS_ACCESS_KEY_ID: key.AccessKeyId,
    AWS_SECRET_ACCESS_KEY: key.SecretAccessKey,
    ...(key.SessionToken !== undefined && { AWS_SESSION_TOKEN: key.SessionToken }),
    AWS_REGION: "us-east-1",
    AWS_MAX_ATTEMPTS: "1",
    AWS_EC2_METADATA_DISABLED: "true",
    SLIPWAY: `http://127.0.0.1:${slipway.apiPort}`,
  };
}

async function aws<Output>(key: Key, ...words: readonly string[]): Promise<Output> {
  const args = [...words, "--endpoint-url", `http://127.0.0.1:${slipway.apiPort}`, "--output", "json"];
  const { stdout } = await run(AWS_CLI, args, { env: environmentOf(key), timeout: 60_000 });
  return JSON.parse(stdout === "" ? "{}" : stdout) as Output;
}

/** What the AWS CLI says when it is refused. */
async function refusal(key: Key, ...words: readonly string[]): Promise<string> {
  return aws(key, ...words).then(
    () => "it was done",
    (error: unknown) => (error as { readonly stderr?: string }).stderr?.trim() ?? String(error),
  );
}

const policy = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

it("a user made by the AWS CLI may do what their policies say, and is refused in AWS's words", async () => {
  expect(await aws(root, "sts", "get-caller-identity")).toEqual({
    UserId: ACCOUNT,
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:root`,
  });
  await aws(root, "iam", "create-user", "--user-name", "ann", "--tags", "Key=team,Value=web & co");
  const { AccessKey: ann } = await aws<{ AccessKey: Key }>(
    root,
    "iam",
    "create-access-key",
    "--user-name",
    "ann",
  );
  const document = policy("apprunner:ListServices");
  const put = ["iam", "put-user-policy", "--user-name", "ann", "--policy-name", "look"];
  await aws(root, ...put, "--policy-document", document);
  expect(await aws(ann, "apprunner", "list-services")).toEqual({ ServiceSummaryList: [] });
  expect(await refusal(ann, "apprunner", "delete-service", "--service-arn", SERVICE_ARN)).toContain(
    `User: arn:aws:iam::${ACCOUNT}:user/ann is not authorized to perform: apprunner:DeleteService ` +
      `on resource: ${SERVICE_ARN} because no identity-based policy allows the apprunner:DeleteService action`,
  );
});

it("boto3 makes roles and policies, changes keys without a gap, and takes a role", async () => {
  const { stdout } = await run(PYTHON, ["-c", BOTO3], { env: environmentOf(root), timeout: 60_000 });
  expect(JSON.parse(stdout)).toEqual({
    account: ACCOUNT,
    third: "LimitExceeded",
    inactive: "InvalidClientTokenId",
    second: "arn:aws:iam::000000000000:user/team/bob",
    document: { Version: "2012-10-17", Statement: [expect.objectContaining({ Effect: "Allow" })] },
    profiles: [],
    session: "arn:aws:sts::000000000000:assumed-role/operator/boto",
    services: 0,
    denied: "AccessDeniedException",
    gone: "InvalidClientTokenId",
    forged: "InvalidClientTokenId",
    conflict: "DeleteConflict",
    pages: ["ann", "bob"],
    groups: "InvalidAction",
  });
});

it("the command line makes a user with one command, and says who signs", async () => {
  const made = await slipway.slipway(["users", "create", "cid", "--policy", "AWSAppRunnerReadOnlyAccess"]);
  const [, AccessKeyId = "", SecretAccessKey = ""] =
    /aws_access_key_id = (\S+)\naws_secret_access_key = (\S+)/.exec(made) ?? [];
  const cid = { AccessKeyId, SecretAccessKey };
  expect(await aws(cid, "sts", "get-caller-identity")).toMatchObject({
    Arn: `arn:aws:iam::${ACCOUNT}:user/cid`,
  });
  expect((await slipway.slipway(["whoami"])).trim()).toBe(`arn:aws:iam::${ACCOUNT}:root`);
  expect(await slipway.slipway(["users", "keys", "cid"])).toMatch(/AKIA\w{16} +Active .* \(sts\)/);
  const { Credentials: session } = await aws<{ Credentials: Key }>(cid, "sts", "get-session-token");
  expect(await aws(session, "sts", "get-caller-identity")).toMatchObject({
    Arn: `arn:aws:iam::${ACCOUNT}:user/cid`,
  });
  await slipway.slipway(["users", "rm", "cid", "--yes"]);
  for (const key of [cid, session]) {
    expect(await refusal(key, "sts", "get-caller-identity")).toContain("(InvalidClientTokenId)");
  }
  // Neither a secret that was told nor root's own lies open in what the control plane keeps.
  const kept = ["slipway.db", "slipway.db-wal", "serve.log"].map((name) =>
    readFileSync(join(slipway.stateDirectory, name)),
  );
  for (const secret of [SecretAccessKey, session.SecretAccessKey, root.SecretAccessKey]) {
    expect(kept.map((bytes) => bytes.includes(secret))).toEqual([false, false, false]);
  }
});

/** Prints what it saw as JSON. */
const BOTO3 = `
import boto3, json, os, time
from botocore.config import Config
from botocore.exceptions import ClientError

def client(service, key=None):
    given = {} if key is None else dict(
        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
        aws_session_token=key.get("SessionToken"))
    return boto3.client(service, endpoint_url=os.environ["SLIPWAY"], region_name="us-east-1",
                        config=Config(retries={"max_attempts": 0}), **given)

def code(call, **given):
    try:
        call(**given)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"

def allow(action, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [dict(Effect="Allow", Action=action, **more)]})

seen = {}
iam = client("iam")
seen["account"] = client("sts").get_caller_identity()["Account"]
iam.create_user(UserName="bob", Path="/team/")
first = iam.create_access_key(UserName="bob")["AccessKey"]
second = iam.create_access_key(UserName="bob")["AccessKey"]
seen["third"] = code(iam.create_access_key, UserName="bob")
iam.update_access_key(UserName="bob", AccessKeyId=first["AccessKeyId"], Status="Inactive")
seen["inactive"] = code(client("sts", first).get_caller_identity)
seen["second"] = client("sts", second).get_caller_identity()["Arn"]

trust = allow("sts:AssumeRole", Principal={"AWS": "arn:aws:iam::000000000000:user/team/bob"})
role = iam.create_role(RoleName="operator", AssumeRolePolicyDocument=trust)["Role"]
arn = iam.create_policy(PolicyName="look", PolicyDocument=allow("apprunner:List*", Resource="*"))["Policy"]["Arn"]
iam.attach_role_policy(RoleName="operator", PolicyArn=arn)
seen["document"] = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]
seen["profiles"] = iam.list_instance_profiles_for_role(RoleName="operator")["InstanceProfiles"]

session = client("sts", second).assume_role(RoleArn=role["Arn"], RoleSessionName="boto")["Credentials"]
seen["session"] = client("sts", session).get_caller_identity()["Arn"]
seen["services"] = len(client("apprunner", session).list_services()["ServiceSummaryList"])
seen["denied"] = code(client("apprunner", session).create_connection, ConnectionName="mine", ProviderType="GITHUB")
forged = dict(session, SessionToken=session["SessionToken"][:-4] + "AAAA")
seen["forged"] = code(client("sts", forged).get_caller_identity)
seen["conflict"] = code(iam.delete_role, RoleName="operator")
iam.detach_role_policy(RoleName="operator", PolicyArn=arn)
iam.delete_role(RoleName="operator")
iam.create_role(RoleName="operator", AssumeRolePolicyDocument=trust)
seen["gone"] = code(client("sts", session).get_caller_identity)
pages = iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": 1})
seen["pages"] = [user["UserName"] for page in pages for user in page["Users"]]
seen["groups"] = code(iam.create_group, GroupName="web")
print(json.dumps(seen))
`;
