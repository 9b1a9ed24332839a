// `slipway users`, `roles`, `policies` and `whoami`: what they ask of the API, and what they print.
import { expect, test } from "vitest";
import { NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";

const seconds = NOW_MS / 1000;
const READ_ONLY = "arn:aws:iam::aws:policy/AWSAppRunnerReadOnlyAccess";
const policies = {
  ListPolicies: () => ({
    Policies: [
      { PolicyName: "deploy", Arn: "arn:aws:iam::000000000000:policy/deploy", AttachmentCount: 0 },
      { PolicyName: "AWSAppRunnerReadOnlyAccess", Arn: READ_ONLY, UpdateDate: 0 },
    ],
    IsTruncated: false,
  }),
};
const ann = { UserName: "ann", Arn: "arn:aws:iam::000000000000:user/ann", CreateDate: seconds - 60 };
const key = {
  UserName: "ann",
  AccessKeyId: "AKIAIOSFODNN7EXAMPLE",
  SecretAccessKey: "wJalrXUtnFEMI",
  Status: "Active",
};

test("users create makes a user with a policy by its name and a key, and prints lines for the AWS CLI", async () => {
  await using api = await startFakeApi({
    ...policies,
    CreateUser: () => ({ User: ann }),
    AttachUserPolicy: () => ({}),
    CreateAccessKey: () => ({ AccessKey: key }),
  });
  const made = await slipway(api, ["users", "create", "ann", "--policy", "AWSAppRunnerReadOnlyAccess"]);
  expect(made.exitCode).toBe(0);
  expect(made.out).toBe(
    "[ann]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI",
  );
  expect(made.err).toContain("aws --profile ann --region us-east-1 --endpoint-url http://127.0.0.1:");
  expect(api.callsOf("AttachUserPolicy")[0]?.input).toEqual({ UserName: "ann", PolicyArn: READ_ONLY });
});

test("users create makes nothing where the policy is not there, and says what was meant", async () => {
  await using api = await startFakeApi(policies);
  const refused = await slipway(api, ["users", "create", "ann", "--policy", "AWSAppRunerReadOnlyAccess"]);
  expect(refused).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("Did you mean AWSAppRunnerReadOnlyAccess?"),
  });
  expect(api.callsOf("CreateUser")).toEqual([]);
});

test("users create --no-key says what is missing and makes no key", async () => {
  await using api = await startFakeApi({ CreateUser: () => ({ User: ann }) });
  const made = await slipway(api, ["users", "create", "ann", "--no-key"]);
  expect(made).toMatchObject({
    exitCode: 0,
    out: ann.Arn,
    err: expect.stringContaining("may do nothing yet"),
  });
});

test("users ls reads all pages", async () => {
  await using api = await startFakeApi({
    ListUsers: ({ Marker }) =>
      Marker === undefined
        ? { Users: [ann], IsTruncated: true, Marker: "more" }
        : { Users: [{ ...ann, UserName: "bob" }], IsTruncated: false },
  });
  const { out } = await slipway(api, ["users", "ls", "--json"]);
  expect(JSON.parse(out)).toMatchObject([{ UserName: "ann" }, { UserName: "bob" }]);
  const table = await slipway(api, ["users"]);
  expect(table.out).toMatch(/^USER {2}CREATED/);
});

test("users keys tells when each was used, and rm asks first", async () => {
  await using api = await startFakeApi({
    ListAccessKeys: () => ({ AccessKeyMetadata: [{ ...key, CreateDate: seconds - 7200 }] }),
    GetAccessKeyLastUsed: () => ({
      UserName: "ann",
      AccessKeyLastUsed: { LastUsedDate: seconds - 60, ServiceName: "apprunner", Region: "us-east-1" },
    }),
    UpdateAccessKey: () => ({}),
  });
  const listed = await slipway(api, ["users", "keys", "ann"]);
  expect(listed.out).toMatch(/AKIAIOSFODNN7EXAMPLE +Active +2h ago +60s ago \(apprunner\)/);
  expect(await slipway(api, ["users", "keys", "rm", "ann", key.AccessKeyId])).toMatchObject({ exitCode: 2 });
  await slipway(api, ["users", "keys", "off", "ann", key.AccessKeyId]);
  expect(api.callsOf("UpdateAccessKey")[0]?.input).toEqual({
    UserName: "ann",
    AccessKeyId: key.AccessKeyId,
    Status: "Inactive",
  });
});

test("users password takes it unseen, makes a profile or changes the one that is there", async () => {
  await using api = await startFakeApi({
    CreateLoginProfile: ({ UserName }) => {
      if (UserName === "ann") throw new Refusal("EntityAlreadyExists", "It is there.", 409);
      return { LoginProfile: {} };
    },
    UpdateLoginProfile: () => ({}),
    DeleteLoginProfile: () => ({}),
  });
  const secret = "four quiet words here\n";
  const asked = { Password: "four quiet words here", PasswordResetRequired: true };
  const answers = [
    await slipway(api, ["users", "password", "bob", "--must-change"], { secret }),
    await slipway(api, ["users", "password", "ann", "--must-change"], { secret }),
    await slipway(api, ["users", "password", "ann", "--remove"]),
  ];
  for (const { exitCode, out, err } of answers) {
    expect([exitCode, out, err]).toEqual([0, "", expect.not.stringContaining("quiet")]);
  }
  expect(api.callsOf("CreateLoginProfile")[0]?.input).toEqual({ UserName: "bob", ...asked });
  expect(api.callsOf("UpdateLoginProfile")[0]?.input).toEqual({ UserName: "ann", ...asked });
  expect(await slipway(api, ["users", "password", "ann"], { secret: "\n" })).toMatchObject({ exitCode: 2 });
});

test("users rm takes away what belongs to the user, keys first", async () => {
  const done = () => ({});
  await using api = await startFakeApi({
    ListAccessKeys: () => ({ AccessKeyMetadata: [key] }),
    GetAccessKeyLastUsed: () => ({ AccessKeyLastUsed: { ServiceName: "N/A", Region: "N/A" } }),
    ListUserPolicies: () => ({ PolicyNames: ["own"] }),
    ListAttachedUserPolicies: () => ({ AttachedPolicies: [{ PolicyName: "deploy", PolicyArn: READ_ONLY }] }),
    GetLoginProfile: () => {
      throw new Refusal("NoSuchEntity", "Login Profile for User ann cannot be found.", 404);
    },
    DeleteAccessKey: done,
    DeleteUserPolicy: done,
    DetachUserPolicy: done,
    DeleteUser: done,
  });
  expect(await slipway(api, ["users", "rm", "ann", "--yes"])).toMatchObject({ exitCode: 0 });
  const changing = api.calls.map(({ target }) => target).filter((target) => target.startsWith("De"));
  expect(changing).toEqual(["DeleteAccessKey", "DeleteUserPolicy", "DetachUserPolicy", "DeleteUser"]);
});

test("roles create writes the trust that was asked for", async () => {
  await using api = await startFakeApi({
    GetUser: () => ({ User: ann }),
    CreateRole: ({ RoleName }) => ({ Role: { RoleName, Arn: "arn:aws:iam::000000000000:role/shop" } }),
  });
  const made = await slipway(api, ["roles", "create", "shop", "--for", "instances"]);
  expect(made).toMatchObject({
    exitCode: 0,
    out: "arn:aws:iam::000000000000:role/shop",
    err: expect.stringContaining("slipway deploy --name SERVICE --instance-role shop"),
  });
  const taken = await slipway(api, ["roles", "create", "operator", "--user", "ann"]);
  expect(taken.err).toMatch(/aws --profile ann .*--endpoint-url http:\/\/127.* --role-session-name ann$/m);
  const trusted = api.callsOf("CreateRole").map(({ input }) => {
    const document = JSON.parse(String(input["AssumeRolePolicyDocument"])) as {
      Statement: { Principal: unknown }[];
    };
    return document.Statement[0]?.Principal;
  });
  expect(trusted).toEqual([{ Service: "tasks.apprunner.amazonaws.com" }, { AWS: [ann.Arn] }]);
  expect(await slipway(api, ["roles", "create", "nobody"])).toMatchObject({ exitCode: 2 });
});

test("policies put makes a policy, or a version in the place of the oldest", async () => {
  const files = { "/home/ada/shop/policy.json": "{}" };
  const put = ["policies", "put", "deploy", "--file", "policy.json", "--json"];
  const arn = "arn:aws:iam::000000000000:policy/deploy";
  await using fresh = await startFakeApi({
    CreatePolicy: () => ({ Policy: { Arn: arn, DefaultVersionId: "v1" } }),
  });
  expect(JSON.parse((await slipway(fresh, put, { files })).out)).toEqual({ Arn: arn, VersionId: "v1" });
  await using full = await startFakeApi({
    ...policies,
    CreatePolicy: () => {
      throw new Refusal("EntityAlreadyExists", "A policy called deploy already exists.", 409);
    },
    ListPolicyVersions: () => ({
      Versions: ["v7", "v6", "v5", "v4", "v1"].map((VersionId) => ({
        VersionId,
        IsDefaultVersion: VersionId === "v1",
      })),
    }),
    DeletePolicyVersion: () => ({}),
    CreatePolicyVersion: () => ({ PolicyVersion: { VersionId: "v8" } }),
  });
  expect(JSON.parse((await slipway(full, put, { files })).out)).toEqual({ Arn: arn, VersionId: "v8" });
  expect(full.callsOf("DeletePolicyVersion")[0]?.input).toEqual({ PolicyArn: arn, VersionId: "v4" });
});

test("policies show prints the document in force", async () => {
  const document = { Version: "2012-10-17", Statement: [] };
  await using api = await startFakeApi({
    ...policies,
    GetPolicy: () => ({ Policy: { DefaultVersionId: "v2" } }),
    GetPolicyVersion: ({ VersionId }) => ({
      PolicyVersion: { VersionId, Document: encodeURIComponent(JSON.stringify(document)) },
    }),
  });
  expect(JSON.parse((await slipway(api, ["policies", "show", "deploy"])).out)).toEqual(document);
  expect(api.callsOf("GetPolicyVersion")[0]?.input).toMatchObject({ VersionId: "v2" });
});

test("policies actions lists what policies can speak of, all or those with a part in their name", async () => {
  const Actions = [
    { Action: "apprunner:PauseService", IsReadOnly: false, Description: "Pauses a service." },
    { Action: "kms:Decrypt", IsReadOnly: true, Description: "Decrypts with a key." },
  ];
  await using api = await startFakeApi({ ListActions: () => ({ Actions }) });
  const all = await slipway(api, ["policies", "actions"]);
  expect(all.out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["ACTION", "READS ONLY", "WHAT IT DOES"],
    ["apprunner:PauseService", "Pauses a service."],
    ["kms:Decrypt", "yes", "Decrypts with a key."],
  ]);
  expect(JSON.parse((await slipway(api, ["policies", "actions", "KMS:", "--json"])).out)).toEqual([
    Actions[1],
  ]);
  expect((await slipway(api, ["policies", "actions", "nothing"])).err).toBe(
    'No action has "nothing" in its name.',
  );
});

test("whoami prints who signs", async () => {
  await using api = await startFakeApi({
    GetCallerIdentity: () => ({ UserId: "AIDA1", Account: "000000000000", Arn: ann.Arn }),
  });
  expect(await slipway(api, ["whoami"])).toMatchObject({ exitCode: 0, out: ann.Arn });
});
