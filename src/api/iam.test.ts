// IAM with AWS's own client, which speaks the query protocol, against the real server.
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  ChangePasswordCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetLoginProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListUserPoliciesCommand,
  ListUserTagsCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  TagRoleCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateLoginProfileCommand,
  UpdateRoleCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { ListServicesCommand } from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeAuditTrail } from "../ports/fake-audit-trail.ts";
import { startTestApi, type TestApi, type TestKey } from "./testing/test-api.ts";

const allow = (action: string, resource = "*") =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: action, Resource: resource }],
  });
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "tasks.apprunner.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});
const READ_ONLY = "arn:aws:iam::aws:policy/AWSAppRunnerReadOnlyAccess";

let slipway: TestApi;
let iam: IAMClient;
let audit: FakeAuditTrail;

beforeEach(async () => {
  audit = new FakeAuditTrail();
  slipway = await startTestApi({ audit });
  iam = clientOf(slipway.key);
});
afterEach(async () => {
  iam.destroy();
  await slipway.close();
});

function clientOf({ id, secret }: TestKey): IAMClient {
  return new IAMClient({
    region: "us-east-1",
    endpoint: slipway.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: id, secretAccessKey: secret },
  });
}

async function problemOf(
  call: Promise<unknown>,
): Promise<{ readonly name: string; readonly message: string }> {
  return call.then(
    () => ({ name: "none", message: "it was done" }),
    (error: unknown) => {
      if (!(error instanceof Error)) throw error;
      return { name: error.name, message: error.message };
    },
  );
}

async function aUserWithKey(UserName = "ann"): Promise<TestKey> {
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { id: key?.AccessKeyId ?? "", secret: key?.SecretAccessKey ?? "" };
}

describe("users", () => {
  test("are made, shown, listed by path, renamed and deleted", async () => {
    const made = await iam.send(
      new CreateUserCommand({ UserName: "ann", Path: "/team/", Tags: [{ Key: "team", Value: "web & co" }] }),
    );
    expect(made.User).toMatchObject({
      UserName: "ann",
      Path: "/team/",
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{16}$/),
      Arn: "arn:aws:iam::000000000000:user/team/ann",
      CreateDate: expect.any(Date),
      Tags: [{ Key: "team", Value: "web & co" }],
    });
    await iam.send(new CreateUserCommand({ UserName: "bob" }));
    const listed = await iam.send(new ListUsersCommand({ PathPrefix: "/team/" }));
    expect([listed.Users?.map(({ UserName }) => UserName), listed.IsTruncated]).toEqual([["ann"], false]);
    await iam.send(new UpdateUserCommand({ UserName: "ann", NewUserName: "anna", NewPath: "/" }));
    const { User: renamed } = await iam.send(new GetUserCommand({ UserName: "anna" }));
    expect(renamed).toMatchObject({
      Arn: "arn:aws:iam::000000000000:user/anna",
      UserId: made.User?.UserId,
      Tags: [{ Key: "team", Value: "web & co" }],
    });
    await iam.send(new DeleteUserCommand({ UserName: "anna" }));
    expect(await problemOf(iam.send(new GetUserCommand({ UserName: "anna" })))).toEqual({
      name: "NoSuchEntityException",
      message: "The user with name anna cannot be found.",
    });
  });

  test("that are there already, or whose name or path is wrong, are refused in IAM's codes", async () => {
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    expect(await problemOf(iam.send(new CreateUserCommand({ UserName: "ann" })))).toEqual({
      name: "EntityAlreadyExistsException",
      message: "User with name ann already exists.",
    });
    expect((await problemOf(iam.send(new CreateUserCommand({ UserName: "a b" })))).name).toBe(
      "ValidationError",
    );
    const path = await problemOf(iam.send(new CreateUserCommand({ UserName: "eve", Path: "team" })));
    expect(path).toMatchObject({ name: "ValidationError", message: expect.stringContaining("Path") });
    const bounded = new CreateUserCommand({ UserName: "eve", PermissionsBoundary: READ_ONLY });
    expect((await problemOf(iam.send(bounded))).name).toBe("InvalidInputException");
  });

  test("come in pages", async () => {
    for (const UserName of ["ann", "bob", "cid"]) await iam.send(new CreateUserCommand({ UserName }));
    const first = await iam.send(new ListUsersCommand({ MaxItems: 2 }));
    expect([first.Users?.length, first.IsTruncated]).toEqual([2, true]);
    const second = await iam.send(new ListUsersCommand({ MaxItems: 2, Marker: first.Marker }));
    expect([second.Users?.map(({ UserName }) => UserName), second.IsTruncated]).toEqual([["cid"], false]);
    expect((await problemOf(iam.send(new ListUsersCommand({ Marker: "guessed" })))).name).toBe(
      "InvalidInputException",
    );
  });

  test("are not deleted while something belongs to them", async () => {
    const { id } = await aUserWithKey();
    const user = { UserName: "ann" };
    await iam.send(new PutUserPolicyCommand({ ...user, PolicyName: "p", PolicyDocument: allow("s3:*") }));
    await iam.send(new AttachUserPolicyCommand({ ...user, PolicyArn: READ_ONLY }));
    await iam.send(new CreateLoginProfileCommand({ ...user, Password: "four quiet words here" }));
    const conflict = async () => {
      const { name, message } = await problemOf(iam.send(new DeleteUserCommand(user)));
      expect(name).toBe("DeleteConflictException");
      return message;
    };
    expect(await conflict()).toBe("Cannot delete entity, must delete access keys first.");
    await iam.send(new DeleteAccessKeyCommand({ ...user, AccessKeyId: id }));
    expect(await conflict()).toBe("Cannot delete entity, must delete login profile first.");
    await iam.send(new DeleteLoginProfileCommand(user));
    expect(await conflict()).toBe("Cannot delete entity, must delete policies first.");
    await iam.send(new DeleteUserPolicyCommand({ ...user, PolicyName: "p" }));
    expect(await conflict()).toBe("Cannot delete entity, must detach all policies first.");
    await iam.send(new DetachUserPolicyCommand({ ...user, PolicyArn: READ_ONLY }));
    await iam.send(new DeleteUserCommand(user));
  });

  test("have tags", async () => {
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    const tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
    await iam.send(new TagUserCommand({ UserName: "ann", Tags: tags }));
    const more = new TagUserCommand({ UserName: "ann", Tags: [{ Key: "one more", Value: "x" }] });
    expect((await problemOf(iam.send(more))).name).toBe("LimitExceededException");
    await iam.send(new UntagUserCommand({ UserName: "ann", TagKeys: tags.slice(1).map(({ Key }) => Key) }));
    const { Tags } = await iam.send(new ListUserTagsCommand({ UserName: "ann" }));
    expect(Tags).toEqual([{ Key: "k0", Value: "" }]);
  });
});

describe("access keys", () => {
  test("are two at most, can be made inactive, and tell when they were used", async () => {
    const old = await aUserWithKey();
    const user = { UserName: "ann" };
    await iam.send(new AttachUserPolicyCommand({ ...user, PolicyArn: READ_ONLY }));
    const { AccessKey: second } = await iam.send(new CreateAccessKeyCommand(user));
    expect(await problemOf(iam.send(new CreateAccessKeyCommand(user)))).toEqual({
      name: "LimitExceededException",
      message: "Cannot exceed quota for AccessKeysPerUser: 2",
    });
    const apprunner = slipway.clientWith(old);
    await apprunner.send(new ListServicesCommand({}));
    const use = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: old.id }));
    expect(use).toMatchObject({
      UserName: "ann",
      AccessKeyLastUsed: { ServiceName: "apprunner", Region: "us-east-1", LastUsedDate: expect.any(Date) },
    });
    const unused = await iam.send(
      new GetAccessKeyLastUsedCommand({ AccessKeyId: second?.AccessKeyId ?? "" }),
    );
    expect(unused.AccessKeyLastUsed).toEqual({ ServiceName: "N/A", Region: "N/A" });
    await iam.send(new UpdateAccessKeyCommand({ ...user, AccessKeyId: old.id, Status: "Inactive" }));
    expect((await problemOf(apprunner.send(new ListServicesCommand({})))).name).toBe(
      "UnrecognizedClientException",
    );
    const listed = await iam.send(new ListAccessKeysCommand(user));
    expect(listed.AccessKeyMetadata?.map(({ Status }) => Status)).toEqual(["Inactive", "Active"]);
    apprunner.destroy();
  });

  test("of a user go with a new name, and end with the user", async () => {
    const key = await aUserWithKey();
    const own = clientOf(key);
    await iam.send(
      new PutUserPolicyCommand({ UserName: "ann", PolicyName: "own", PolicyDocument: allow("iam:GetUser") }),
    );
    await iam.send(new UpdateUserCommand({ UserName: "ann", NewUserName: "anna" }));
    expect((await own.send(new GetUserCommand({}))).User?.UserName).toBe("anna");
    await iam.send(new DeleteUserPolicyCommand({ UserName: "anna", PolicyName: "own" }));
    await iam.send(new DeleteAccessKeyCommand({ UserName: "anna", AccessKeyId: key.id }));
    await iam.send(new DeleteUserCommand({ UserName: "anna" }));
    expect((await problemOf(own.send(new GetUserCommand({})))).name).toBe("InvalidClientTokenId");
    own.destroy();
  });

  test("without a name are the caller's own, also root's", async () => {
    const { AccessKey: made } = await iam.send(new CreateAccessKeyCommand({}));
    expect((await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata).toHaveLength(2);
    const own = clientOf({ id: made?.AccessKeyId ?? "", secret: made?.SecretAccessKey ?? "" });
    expect((await own.send(new GetUserCommand({}))).User?.Arn).toBe("arn:aws:iam::000000000000:root");
    await own.send(new DeleteAccessKeyCommand({ AccessKeyId: slipway.key.id }));
    expect((await problemOf(iam.send(new ListUsersCommand({})))).name).toBe("InvalidClientTokenId");
    own.destroy();
  });

  test("of one user are not another's to delete", async () => {
    const { id } = await aUserWithKey("ann");
    await iam.send(new CreateUserCommand({ UserName: "bob" }));
    const wrong = new DeleteAccessKeyCommand({ UserName: "bob", AccessKeyId: id });
    expect((await problemOf(iam.send(wrong))).message).toBe(`The Access Key with id ${id} cannot be found.`);
  });

  test("leave no secret in the log, the trail or the database", async () => {
    const { secret } = await aUserWithKey();
    const kept = [slipway.log, audit.records, await slipway.store.accessKeys.list()];
    expect(JSON.stringify(kept)).not.toContain(secret);
    const { id } = slipway.key;
    expect(audit.records.find(({ eventName }) => eventName === "CreateAccessKey")).toMatchObject({
      eventSource: "iam.amazonaws.com",
      accessKeyId: id,
      parameters: { userName: "ann" },
      response: { accessKeyId: expect.stringMatching(/^AKIA/) },
    });
  });
});

describe("policies of a user or role", () => {
  test("come back as they were put", async () => {
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    const named = { UserName: "ann", PolicyName: "read" };
    const PolicyDocument = `{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a+b (1)'*" } }`;
    await iam.send(new PutUserPolicyCommand({ ...named, PolicyDocument }));
    const found = await iam.send(new GetUserPolicyCommand(named));
    expect(decodeURIComponent(found.PolicyDocument ?? "")).toBe(PolicyDocument);
    expect((await iam.send(new ListUserPoliciesCommand({ UserName: "ann" }))).PolicyNames).toEqual(["read"]);
    await iam.send(new DeleteUserPolicyCommand(named));
    expect((await problemOf(iam.send(new GetUserPolicyCommand(named)))).message).toBe(
      "The user policy with name read cannot be found.",
    );
  });

  test("that are malformed or too large are refused", async () => {
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    const put = (PolicyDocument: string) =>
      problemOf(iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument })));
    expect((await put("{")).name).toBe("MalformedPolicyDocumentException");
    expect((await put('{"Version":"2012-10-17"}')).name).toBe("MalformedPolicyDocumentException");
    expect(await put(allow("s3:*", `arn:aws:s3:::${"x".repeat(2048)}`))).toEqual({
      name: "LimitExceededException",
      message: "Maximum policy size of 2048 bytes exceeded for user ann",
    });
  });

  test("that are managed are attached and detached, AWS's too", async () => {
    await iam.send(new CreateRoleCommand({ RoleName: "app", AssumeRolePolicyDocument: trust }));
    const role = { RoleName: "app" };
    await iam.send(new AttachRolePolicyCommand({ ...role, PolicyArn: READ_ONLY }));
    await iam.send(new AttachRolePolicyCommand({ ...role, PolicyArn: READ_ONLY }));
    expect((await iam.send(new ListAttachedRolePoliciesCommand(role))).AttachedPolicies).toEqual([
      { PolicyName: "AWSAppRunnerReadOnlyAccess", PolicyArn: READ_ONLY },
    ]);
    const gone = "arn:aws:iam::000000000000:policy/gone";
    expect(
      (await problemOf(iam.send(new AttachRolePolicyCommand({ ...role, PolicyArn: gone })))).message,
    ).toBe(`Policy ${gone} does not exist or is not attachable.`);
    await iam.send(new DetachRolePolicyCommand({ ...role, PolicyArn: READ_ONLY }));
    expect(
      (await problemOf(iam.send(new DetachRolePolicyCommand({ ...role, PolicyArn: READ_ONLY })))).name,
    ).toBe("NoSuchEntityException");
    await iam.send(new PutRolePolicyCommand({ ...role, PolicyName: "p", PolicyDocument: allow("s3:*") }));
    expect((await iam.send(new GetRolePolicyCommand({ ...role, PolicyName: "p" }))).RoleName).toBe("app");
    await iam.send(new DeleteRolePolicyCommand({ ...role, PolicyName: "p" }));
  });

  test("decide at once what their user may do", async () => {
    const own = clientOf(await aUserWithKey());
    const refusal = await problemOf(own.send(new ListUsersCommand({})));
    expect(refusal.name).toMatch(/^AccessDenied/);
    expect(refusal.message).toMatch(
      /^User: arn:aws:iam::000000000000:user\/ann is not authorized to perform: iam:ListUsers on resource: /,
    );
    await iam.send(
      new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument: allow("iam:List*") }),
    );
    expect((await own.send(new ListUsersCommand({}))).Users).toHaveLength(1);
    own.destroy();
  });

  test("for users of a path hold for those, and for no others", async () => {
    const own = clientOf(await aUserWithKey());
    await iam.send(new CreateUserCommand({ UserName: "tim", Path: "/team/" }));
    const document = allow("iam:GetUser", "arn:aws:iam::000000000000:user/team/*");
    await iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument: document }));
    expect((await own.send(new GetUserCommand({ UserName: "tim" }))).User?.Path).toBe("/team/");
    expect((await problemOf(own.send(new GetUserCommand({ UserName: "ann" })))).name).toMatch(
      /^AccessDenied/,
    );
    own.destroy();
  });
});

describe("managed policies", () => {
  test("have up to five versions, one of which is the default", async () => {
    const { Policy: policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: "deploy", Path: "/ci/", PolicyDocument: allow("apprunner:*") }),
    );
    const PolicyArn = policy?.Arn ?? "";
    expect(policy).toMatchObject({
      Arn: "arn:aws:iam::000000000000:policy/ci/deploy",
      PolicyId: expect.stringMatching(/^ANPA/),
      DefaultVersionId: "v1",
      AttachmentCount: 0,
      IsAttachable: true,
    });
    for (const action of ["s3:*", "iam:*", "sts:*", "ssm:*"]) {
      await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow(action) }));
    }
    const full = new CreatePolicyVersionCommand({
      PolicyArn,
      PolicyDocument: allow("kms:*"),
      SetAsDefault: true,
    });
    expect((await problemOf(iam.send(full))).name).toBe("LimitExceededException");
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v2" }));
    expect((await iam.send(full)).PolicyVersion).toMatchObject({ VersionId: "v6", IsDefaultVersion: true });
    expect(
      (await problemOf(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: "v6" })))).name,
    ).toBe("DeleteConflictException");
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    const versions = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }));
    expect(versions.Versions?.map(({ VersionId }) => VersionId)).toEqual(["v6", "v5", "v4", "v3", "v1"]);
    const first = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }));
    expect(decodeURIComponent(first.PolicyVersion?.Document ?? "")).toBe(allow("apprunner:*"));
    expect((await problemOf(iam.send(new DeletePolicyCommand({ PolicyArn })))).name).toBe(
      "DeleteConflictException",
    );
    for (const VersionId of ["v3", "v4", "v5", "v6"]) {
      await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    }
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
    expect((await problemOf(iam.send(new GetPolicyCommand({ PolicyArn })))).name).toBe(
      "NoSuchEntityException",
    );
  });

  test("that are attached are not deleted, and tell to whom", async () => {
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    await iam.send(new CreateRoleCommand({ RoleName: "app", AssumeRolePolicyDocument: trust }));
    const { Policy: policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: "p", PolicyDocument: allow("s3:*") }),
    );
    const PolicyArn = policy?.Arn ?? "";
    await iam.send(new AttachUserPolicyCommand({ UserName: "ann", PolicyArn }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: "app", PolicyArn }));
    expect((await problemOf(iam.send(new DeletePolicyCommand({ PolicyArn })))).message).toBe(
      "Cannot delete a policy attached to entities.",
    );
    const entities = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }));
    expect([entities.PolicyUsers?.[0]?.UserName, entities.PolicyRoles?.[0]?.RoleName]).toEqual([
      "ann",
      "app",
    ]);
    const attached = await iam.send(new ListPoliciesCommand({ OnlyAttached: true }));
    expect(attached.Policies).toMatchObject([{ PolicyName: "p", AttachmentCount: 2 }]);
    expect(
      (await iam.send(new ListAttachedUserPoliciesCommand({ UserName: "ann" }))).AttachedPolicies,
    ).toHaveLength(1);
  });

  test("of AWS's are there, can be read, and cannot be changed", async () => {
    const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: "AWS" }));
    expect(Policies?.map(({ Arn }) => Arn)).toContain(READ_ONLY);
    expect((await iam.send(new ListPoliciesCommand({ Scope: "Local" }))).Policies).toEqual([]);
    const version = await iam.send(new GetPolicyVersionCommand({ PolicyArn: READ_ONLY, VersionId: "v1" }));
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? "")).toContain("apprunner:List*");
    expect((await problemOf(iam.send(new DeletePolicyCommand({ PolicyArn: READ_ONLY })))).name).toBe(
      "UnmodifiableEntityException",
    );
  });
});

describe("roles", () => {
  test("have what Terraform reads of them", async () => {
    await iam.send(
      new CreateRoleCommand({ RoleName: "app", AssumeRolePolicyDocument: trust, Description: "of the shop" }),
    );
    await iam.send(new TagRoleCommand({ RoleName: "app", Tags: [{ Key: "team", Value: "web" }] }));
    const { Role: role } = await iam.send(new GetRoleCommand({ RoleName: "app" }));
    expect(role).toMatchObject({
      Arn: "arn:aws:iam::000000000000:role/app",
      RoleId: expect.stringMatching(/^AROA/),
      Description: "of the shop",
      MaxSessionDuration: 3600,
      Tags: [{ Key: "team", Value: "web" }],
    });
    expect(decodeURIComponent(role?.AssumeRolePolicyDocument ?? "")).toBe(trust);
    const named = { RoleName: "app" };
    expect((await iam.send(new ListRolePoliciesCommand(named))).PolicyNames).toEqual([]);
    expect((await iam.send(new ListAttachedRolePoliciesCommand(named))).AttachedPolicies).toEqual([]);
    expect((await iam.send(new ListInstanceProfilesForRoleCommand(named))).InstanceProfiles).toEqual([]);
    expect((await iam.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
  });

  test("are changed and deleted", async () => {
    const named = { RoleName: "app" };
    await iam.send(new CreateRoleCommand({ ...named, AssumeRolePolicyDocument: trust }));
    await iam.send(new UpdateRoleCommand({ ...named, MaxSessionDuration: 7200 }));
    const wrong = new UpdateAssumeRolePolicyCommand({ ...named, PolicyDocument: allow("sts:AssumeRole") });
    expect((await problemOf(iam.send(wrong))).name).toBe("MalformedPolicyDocumentException");
    await iam.send(new AttachRolePolicyCommand({ ...named, PolicyArn: READ_ONLY }));
    expect((await problemOf(iam.send(new DeleteRoleCommand(named)))).name).toBe("DeleteConflictException");
    await iam.send(new DetachRolePolicyCommand({ ...named, PolicyArn: READ_ONLY }));
    await iam.send(new DeleteRoleCommand(named));
    expect((await problemOf(iam.send(new GetRoleCommand(named)))).message).toBe(
      "The role with name app cannot be found.",
    );
  });
});

describe("passwords", () => {
  const Password = "four quiet words here";

  test("are given, changed by their owner, and taken away", async () => {
    const own = clientOf(await aUserWithKey());
    const document = allow("iam:ChangePassword");
    await iam.send(new PutUserPolicyCommand({ UserName: "ann", PolicyName: "p", PolicyDocument: document }));
    await iam.send(new CreateLoginProfileCommand({ UserName: "ann", Password, PasswordResetRequired: true }));
    const again = new CreateLoginProfileCommand({ UserName: "ann", Password });
    expect((await problemOf(iam.send(again))).name).toBe("EntityAlreadyExistsException");
    const { LoginProfile: profile } = await iam.send(new GetLoginProfileCommand({ UserName: "ann" }));
    expect(profile).toMatchObject({ UserName: "ann", PasswordResetRequired: true });
    const NewPassword = "five other quiet words";
    const guess = new ChangePasswordCommand({ OldPassword: "guessed it maybe", NewPassword });
    expect((await problemOf(own.send(guess))).message).toBe("The old password was incorrect.");
    const weak = new ChangePasswordCommand({ OldPassword: Password, NewPassword: "short" });
    expect((await problemOf(own.send(weak))).name).toBe("PasswordPolicyViolationException");
    await own.send(new ChangePasswordCommand({ OldPassword: Password, NewPassword }));
    const changed = await iam.send(new GetLoginProfileCommand({ UserName: "ann" }));
    expect(changed.LoginProfile?.PasswordResetRequired).toBe(false);
    await iam.send(new UpdateLoginProfileCommand({ UserName: "ann", Password, PasswordResetRequired: true }));
    await iam.send(new DeleteLoginProfileCommand({ UserName: "ann" }));
    expect((await problemOf(iam.send(new GetLoginProfileCommand({ UserName: "ann" })))).message).toBe(
      "Login Profile for User ann cannot be found.",
    );
    const kept = JSON.stringify([slipway.log, audit.records, await slipway.store.users.findByName("ann")]);
    for (const text of [Password, NewPassword, "guessed it maybe"]) expect(kept).not.toContain(text);
    own.destroy();
  });

  test("of root are not there to change", async () => {
    const change = new ChangePasswordCommand({ OldPassword: Password, NewPassword: Password });
    expect((await problemOf(iam.send(change))).name).toBe("InvalidUserTypeException");
  });

  test("have rules that can be asked for", async () => {
    const { PasswordPolicy: rules } = await iam.send(new GetAccountPasswordPolicyCommand({}));
    expect(rules).toMatchObject({ MinimumPasswordLength: 12, RequireSymbols: false, ExpirePasswords: false });
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    const short = new CreateLoginProfileCommand({ UserName: "ann", Password: "a".repeat(11) });
    expect((await problemOf(iam.send(short))).name).toBe("PasswordPolicyViolationException");
  });
});

describe("the simulation", () => {
  test("is bounded", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `s3:Get${index}`);
    const many = new SimulateCustomPolicyCommand({
      PolicyInputList: [allow("s3:*")],
      ActionNames: names,
      ResourceArns: names.map((name) => `arn:aws:s3:::${name}`),
    });
    expect((await problemOf(iam.send(many))).message).toContain("2500 calls; simulate at most 2000 at once");
  });

  test("does a piece of the work at a time, however much is asked for", async () => {
    const slow = `arn:aws:s3:::*${"?".repeat(1000)}x*`;
    const document = (count: number) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action: "s3:*", Resource: Array<string>(count).fill(slow) },
      });
    const simulate = (...PolicyInputList: string[]) =>
      iam.send(
        new SimulateCustomPolicyCommand({
          PolicyInputList,
          ActionNames: ["s3:Get"],
          ResourceArns: Array<string>(100).fill(`arn:aws:s3:::${"y".repeat(2000)}`),
        }),
      );
    const { EvaluationResults: results, IsTruncated } = await simulate(document(20));
    expect([results?.length, IsTruncated]).toEqual([2, true]);
    expect((await problemOf(simulate(document(50), document(50)))).message).toContain(
      "at most 65536 together",
    );
  });

  test("says what a user's policies allow, and by which", async () => {
    await iam.send(new CreateUserCommand({ UserName: "ann" }));
    await iam.send(new AttachUserPolicyCommand({ UserName: "ann", PolicyArn: READ_ONLY }));
    const { EvaluationResults: results } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: "arn:aws:iam::000000000000:user/ann",
        ActionNames: ["apprunner:ListServices", "apprunner:DeleteService"],
      }),
    );
    expect(results).toMatchObject([
      {
        EvalActionName: "apprunner:ListServices",
        EvalResourceName: "*",
        EvalDecision: "allowed",
        MatchedStatements: [
          { SourcePolicyId: "AWSAppRunnerReadOnlyAccess", SourcePolicyType: "aws-managed" },
        ],
      },
      { EvalActionName: "apprunner:DeleteService", EvalDecision: "implicitDeny", MatchedStatements: [] },
    ]);
  });

  test("says what a policy would allow, and what it would have to know", async () => {
    const document = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "apprunner:*", Resource: "*" },
        {
          Effect: "Deny",
          Action: "apprunner:Delete*",
          Resource: "*",
          Condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
        },
      ],
    });
    const simulate = async (address?: string) => {
      const { EvaluationResults: results } = await iam.send(
        new SimulateCustomPolicyCommand({
          PolicyInputList: [document],
          ActionNames: ["apprunner:DeleteService"],
          ...(address !== undefined && {
            ContextEntries: [
              { ContextKeyName: "aws:SourceIp", ContextKeyValues: [address], ContextKeyType: "ip" },
            ],
          }),
        }),
      );
      return results?.[0];
    };
    expect((await simulate("10.1.2.3"))?.EvalDecision).toBe("allowed");
    expect((await simulate("192.0.2.1"))?.EvalDecision).toBe("explicitDeny");
    expect((await simulate())?.MissingContextValues).toEqual(["aws:sourceip"]);
    const [before, after] = document.split(',{"Effect":"Deny"');
    expect((await simulate("192.0.2.1"))?.MatchedStatements).toMatchObject([
      {
        SourcePolicyId: "PolicyInputList.1",
        StartPosition: { Line: 1, Column: `${before},`.length + 1 },
        EndPosition: { Line: 1, Column: document.length - 2 },
      },
    ]);
    expect(after).toBeDefined();
  });

  test("names the first statements that decide, of however many", async () => {
    const statement = { Effect: "Allow", Action: "*", Resource: "*" };
    const document = JSON.stringify({
      Version: "2012-10-17",
      Statement: Array.from({ length: 1_000 }, () => statement),
    });
    const { EvaluationResults: results } = await iam.send(
      new SimulateCustomPolicyCommand({ PolicyInputList: [document], ActionNames: ["a:B", "a:C"] }),
    );
    expect(results?.map(({ MatchedStatements }) => MatchedStatements?.length)).toEqual([20, 20]);
  });
});

test("the account has a summary and no aliases, and groups are told not to be there", async () => {
  await iam.send(new CreateUserCommand({ UserName: "ann" }));
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}));
  expect(SummaryMap).toMatchObject({ Users: 1, AccessKeysPerUserQuota: 2, AccountAccessKeysPresent: 1 });
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
  expect((await iam.send(new ListGroupsForUserCommand({ UserName: "ann" }))).Groups).toEqual([]);
  expect(await problemOf(iam.send(new CreateGroupCommand({ GroupName: "web" })))).toEqual({
    name: "InvalidAction",
    message: "CreateGroup is not available: there are no groups; attach policies to users and roles.",
  });
});
