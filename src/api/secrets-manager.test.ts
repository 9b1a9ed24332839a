import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";

const DAY_MS = 86_400_000;
const token = (digit: number) => String(digit).repeat(32);

let slipway: TestApi;
let client: SecretsManagerClient;
let nowMs: number;

beforeEach(async () => {
  nowMs = Date.now();
  slipway = await startTestApi({ clock: { now: () => nowMs, sleep: () => Promise.resolve() } });
  client = clientAt(slipway);
});
afterEach(async () => {
  client.destroy();
  await slipway.close();
});

function clientAt({ endpoint, key }: TestApi): SecretsManagerClient {
  const made = new SecretsManagerClient({
    region: testScope.region,
    endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
  // The client would follow the Date header, which is of this machine's clock.
  Object.defineProperty(made.config, "systemClockOffset", {
    get: () => nowMs - Date.now(),
    set: () => {},
  });
  return made;
}

/** Time passes for the server and for its client. */
function pass(durationMs: number): void {
  nowMs += durationMs;
}

const create = (Name: string, SecretString?: string, more = {}) =>
  client.send(new CreateSecretCommand({ Name, SecretString, ...more }));
const read = (SecretId: string, more = {}) => client.send(new GetSecretValueCommand({ SecretId, ...more }));
const refusal = async (attempt: Promise<unknown>): Promise<{ name: string; message: string }> =>
  attempt.then(
    () => ({ name: "accepted", message: "" }),
    ({ name, message }: Error) => ({ name, message }),
  );

describe("a secret", () => {
  test("has an ARN with six random characters, and is found by it, without them, and by its name", async () => {
    const { ARN: arn = "", Name, VersionId } = await create("shop/db", "hunter2");
    expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:shop\/db-[A-Za-z0-9]{6}$/);
    expect([Name, VersionId]).toEqual(["shop/db", expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    for (const id of [arn, arn.slice(0, -7), "shop/db"]) {
      expect(await read(id)).toMatchObject({
        ARN: arn,
        Name: "shop/db",
        SecretString: "hunter2",
        VersionId,
        VersionStages: ["AWSCURRENT"],
        CreatedDate: new Date(nowMs),
      });
    }
  });

  test("holds bytes as well as text, up to 64 KiB, but not both", async () => {
    const SecretBinary = Buffer.alloc(65_536, 0xff);
    await client.send(new CreateSecretCommand({ Name: "key", SecretBinary }));
    const { SecretBinary: bytes, SecretString: text } = await read("key");
    expect([Buffer.from(bytes ?? []).equals(SecretBinary), text]).toEqual([true, undefined]);
    const umlauts = create("long", "ü".repeat(32_769));
    expect(await refusal(umlauts)).toEqual({
      name: "InvalidParameterException",
      message: "SecretString: it has 65538 bytes and may have 65536.",
    });
    const both = client.send(new CreateSecretCommand({ Name: "both", SecretBinary, SecretString: "a" }));
    expect(await refusal(both)).toMatchObject({ name: "InvalidParameterException" });
  });

  test("is not made of half of a base64 text", async () => {
    const send = async (SecretBinary: string) => {
      const body = call("secretsmanager.CreateSecret", { Name: "key", SecretBinary });
      return sendRaw(slipway.endpoint, await sign(body, slipway.key));
    };
    for (const half of ["AAAAA", "AA", "="]) {
      expect((await send(half)).text).toContain("SecretBinary is malformed; it must be base64");
    }
    expect((await send("AA==")).status).toBe(200);
  });

  test("has its name alone; only the same token with the same value is the same call again", async () => {
    const first = await create("db", "one", { ClientRequestToken: token(1) });
    expect(await create("db", "one", { ClientRequestToken: token(1) })).toMatchObject({
      ARN: first.ARN,
      VersionId: token(1),
    });
    for (const other of [create("db", "two", { ClientRequestToken: token(1) }), create("db", "one")]) {
      expect(await refusal(other)).toEqual({
        name: "ResourceExistsException",
        message: "The operation failed because the secret db already exists.",
      });
    }
  });

  test("that is not there, is of another Region or has no value yet is a ResourceNotFoundException", async () => {
    const { ARN: arn = "" } = await create("empty");
    const foreign = arn.replace("us-east-1", "eu-west-1");
    for (const id of ["other", foreign, `${arn.slice(0, -6)}AAAAAA`]) {
      expect(await refusal(read(id))).toEqual({
        name: "ResourceNotFoundException",
        message: "Secrets Manager can't find the specified secret.",
      });
    }
    expect(await refusal(read(arn))).toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
  });

  test("of another account is denied", async () => {
    const arn = "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-AbCdEf";
    expect(await refusal(read(arn))).toEqual({
      name: "AccessDeniedException",
      message: expect.stringContaining(`secretsmanager:GetSecretValue on resource: ${arn}`),
    });
  });

  test("is described without its value, and changed", async () => {
    await create("db", "hunter2", { Description: "of the shop", Tags: [{ Key: "team", Value: "shop" }] });
    pass(1000);
    await client.send(new UpdateSecretCommand({ SecretId: "db", Description: "of both" }));
    const changedAt = async () =>
      (await client.send(new DescribeSecretCommand({ SecretId: "db" }))).LastChangedDate;
    expect(await changedAt()).toEqual(new Date(nowMs));
    pass(1000);
    await client.send(new TagResourceCommand({ SecretId: "db", Tags: [{ Key: "a", Value: "b" }] }));
    expect(await changedAt()).toEqual(new Date(nowMs));
    pass(1000);
    await client.send(new UntagResourceCommand({ SecretId: "db", TagKeys: ["team"] }));
    const described = await client.send(new DescribeSecretCommand({ SecretId: "db" }));
    expect(described).toMatchObject({
      Name: "db",
      Description: "of both",
      Tags: [{ Key: "a", Value: "b" }],
      CreatedDate: new Date(nowMs - 3000),
      LastChangedDate: new Date(nowMs),
    });
    expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([["AWSCURRENT"]]);
    expect(JSON.stringify(described)).not.toContain("hunter2");
    const { ResourcePolicy } = await client.send(new GetResourcePolicyCommand({ SecretId: "db" }));
    expect(ResourcePolicy).toBeUndefined();
  });
});

describe("versions", () => {
  test("follow each other as AWSCURRENT and AWSPREVIOUS, and the one before can be called back", async () => {
    await create("db", "one", { ClientRequestToken: token(1) });
    const put = { SecretId: "db", SecretString: "two", ClientRequestToken: token(2) };
    const second = await client.send(new PutSecretValueCommand(put));
    expect(second).toMatchObject({ VersionId: token(2), VersionStages: ["AWSCURRENT"] });
    expect(await read("db", { VersionStage: "AWSPREVIOUS" })).toMatchObject({ SecretString: "one" });
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: "db",
        VersionStage: "AWSCURRENT",
        MoveToVersionId: token(1),
        RemoveFromVersionId: token(2),
      }),
    );
    expect(await read("db")).toMatchObject({ SecretString: "one" });
    expect(await read("db", { VersionStage: "AWSPREVIOUS" })).toMatchObject({ VersionId: token(2) });
  });

  test("with stages of one's own leave the current one alone", async () => {
    await create("db", "one");
    const put = { SecretId: "db", SecretString: "next", VersionStages: ["AWSPENDING"] };
    const { VersionId } = await client.send(new PutSecretValueCommand(put));
    expect(await read("db")).toMatchObject({ SecretString: "one" });
    expect(await read("db", { VersionId })).toMatchObject({ SecretString: "next" });
    expect(await refusal(read("db", { VersionId, VersionStage: "AWSCURRENT" }))).toMatchObject({
      name: "InvalidRequestException",
    });
  });

  test("are made once for a token; another value under it is refused", async () => {
    await create("db", "one");
    const put = (SecretString: string) =>
      client.send(new PutSecretValueCommand({ SecretId: "db", SecretString, ClientRequestToken: token(7) }));
    await put("two");
    await put("two");
    expect(await refusal(put("three"))).toMatchObject({ name: "ResourceExistsException" });
    expect(await read("db")).toMatchObject({ SecretString: "two" });
    const { Versions } = await client.send(new ListSecretVersionIdsCommand({ SecretId: "db" }));
    expect(Versions).toHaveLength(2);
  });

  test("without a stage are listed when asked for, and forgotten above a hundred", async () => {
    await create("db", "0", { ClientRequestToken: "0".repeat(32) });
    for (let index = 1; index <= 105; index += 1) {
      const ClientRequestToken = String(index).padStart(32, "0");
      await client.send(
        new UpdateSecretCommand({ SecretId: "db", SecretString: `${index}`, ClientRequestToken }),
      );
    }
    const ids: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new ListSecretVersionIdsCommand({
          SecretId: "db",
          IncludeDeprecated: true,
          MaxResults: 40,
          NextToken,
        }),
      );
      ids.push(...(page.Versions ?? []).map(({ VersionId }) => VersionId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(ids).toHaveLength(100);
    expect(ids[0]).toBe("6".padStart(32, "0"));
    expect(await refusal(read("db", { VersionId: "5".padStart(32, "0") }))).toMatchObject({
      name: "ResourceNotFoundException",
    });
    expect(await read("db")).toMatchObject({ SecretString: "105" });
  });
});

test("a list of versions does not begin anew when the version is gone after which it went on", async () => {
  await create("db", "one");
  const put = (SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId: "db", SecretString }));
  const list = (NextToken?: string) =>
    client.send(new ListSecretVersionIdsCommand({ SecretId: "db", MaxResults: 1, NextToken }));
  await put("two");
  const { NextToken } = await list();
  await put("three");
  expect(await refusal(list(NextToken))).toMatchObject({ name: "InvalidNextTokenException" });
});

describe("a deletion", () => {
  const remove = (more = {}) => client.send(new DeleteSecretCommand({ SecretId: "db", ...more }));

  test("can be taken back until its days are over; until then nothing else is possible", async () => {
    await create("db", "one");
    const { DeletionDate } = await remove();
    expect(DeletionDate).toEqual(new Date(nowMs + 30 * DAY_MS));
    expect(await refusal(read("db"))).toEqual({
      name: "InvalidRequestException",
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    });
    expect(await refusal(remove())).toMatchObject({ name: "InvalidRequestException" });
    expect(await refusal(create("db", "two"))).toMatchObject({
      name: "InvalidRequestException",
      message:
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    const { DeletedDate } = await client.send(new DescribeSecretCommand({ SecretId: "db" }));
    expect(DeletedDate).toEqual(DeletionDate);
    pass(30 * DAY_MS - 1000);
    await client.send(new RestoreSecretCommand({ SecretId: "db" }));
    pass(30 * DAY_MS);
    expect(await read("db")).toMatchObject({ SecretString: "one" });
  });

  test("is done when its days are over, and the name is free", async () => {
    const { ARN: old } = await create("db", "one");
    await remove({ RecoveryWindowInDays: 7 });
    pass(7 * DAY_MS);
    expect(await refusal(client.send(new RestoreSecretCommand({ SecretId: "db" })))).toMatchObject({
      name: "ResourceNotFoundException",
    });
    const { ARN: arn } = await create("db", "two");
    expect(arn).not.toBe(old);
    expect(await refusal(read(old ?? ""))).toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("is done at once by force, also of what is not there", async () => {
    await create("db", "one");
    for (const _ of [1, 2]) await remove({ ForceDeleteWithoutRecovery: true });
    expect(await refusal(read("db"))).toMatchObject({ name: "ResourceNotFoundException" });
    await create("db", "two");
    const both = remove({ ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 });
    expect(await refusal(both)).toMatchObject({ name: "InvalidParameterException" });
    expect(await refusal(remove({ RecoveryWindowInDays: 6 }))).toEqual({
      name: "InvalidParameterException",
      message: "RecoveryWindowInDays is 6; it must be 7 to 30.",
    });
  });
});

describe("ListSecrets", () => {
  const names = async (more = {}) => {
    const { SecretList } = await client.send(new ListSecretsCommand(more));
    return (SecretList ?? []).map(({ Name }) => Name);
  };

  beforeEach(async () => {
    await create("shop/db", "1", { Description: "The database" });
    await create("shop/mail", "2", { Tags: [{ Key: "team", Value: "mail" }] });
    await create("blog/db", "3");
    await client.send(new DeleteSecretCommand({ SecretId: "blog/db" }));
  });

  test("lists in order of name, page by page, deleted ones when asked", async () => {
    expect(await names()).toEqual(["shop/db", "shop/mail"]);
    expect(await names({ IncludePlannedDeletion: true })).toEqual(["blog/db", "shop/db", "shop/mail"]);
    const page = await client.send(new ListSecretsCommand({ MaxResults: 1 }));
    expect(await names({ MaxResults: 1, NextToken: page.NextToken })).toEqual(["shop/mail"]);
    const foreign = client.send(new ListSecretsCommand({ NextToken: page.NextToken }));
    expect(await refusal(foreign)).toMatchObject({ name: "InvalidNextTokenException" });
  });

  test.each([
    ["name", "shop/", ["shop/db", "shop/mail"]],
    ["name", "!shop/m", ["shop/db"]],
    ["description", "the data", ["shop/db"]],
    ["tag-key", "team", ["shop/mail"]],
    ["tag-value", "ma", ["shop/mail"]],
    ["all", "DATABASE", ["shop/db"]],
    ["owning-service", "rds", []],
  ] as const)("filters by %s %s", async (Key, value, expected) => {
    expect(await names({ Filters: [{ Key, Values: [value] }] })).toEqual(expected);
  });

  test("refuses more filters than AWS takes", async () => {
    const filter = { Key: "name", Values: ["a"] } as const;
    const eleven = Array.from({ length: 11 }, () => "a");
    const many = [eleven.map(() => filter), [{ ...filter, Values: eleven }]];
    for (const Filters of many) {
      expect(await refusal(names({ Filters }))).toMatchObject({ name: "InvalidParameterException" });
    }
  });

  test("refuses an order that it does not have", async () => {
    expect(await refusal(names({ SortOrder: "desc" }))).toMatchObject({ name: "InvalidParameterException" });
  });
});

test("what is not there is refused by name", async () => {
  for (const more of [{ KmsKeyId: "alias/mine" }, { AddReplicaRegions: [{ Region: "eu-west-1" }] }]) {
    expect(await refusal(create("db", "one", more))).toMatchObject({ name: "InvalidParameterException" });
  }
  const unknown = await sendRaw(
    slipway.endpoint,
    await sign(call("secretsmanager.RotateSecret", {}), slipway.key),
  );
  expect(unknown.text).toContain("UnknownOperationException");
});

test("calls are signed for their own service, and answers have their own content type", async () => {
  const list = call("secretsmanager.ListSecrets", {});
  const answer = await sendRaw(slipway.endpoint, await sign(list, slipway.key));
  expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/x-amz-json-1.1"]);
  for (const service of ["apprunner", "ssm"]) {
    const foreign = await sendRaw(slipway.endpoint, await sign(list, { ...slipway.key, service }));
    expect(foreign.text).toContain("Credential should be scoped to correct service: 'secretsmanager'.");
  }
  const services = call("AppRunner.ListServices", {});
  const scoped = { ...slipway.key, service: "secretsmanager" };
  const refused = await sendRaw(slipway.endpoint, await sign(services, scoped));
  expect(refused.text).toContain("'apprunner'");
});

test("a secret that was sealed under a key that is not here says so, and not what it holds", async () => {
  await create("db", "hunter2");
  const [secret] = (await slipway.store.secrets.list({ after: null, limit: 1 })).rows;
  if (secret === undefined) throw new Error("no secret");
  await slipway.store.sealedValues.save(secret.arn, secret.versions[0]?.id ?? "", "v1.00000000.AAAA.AAAA");
  expect(await refusal(read("db"))).toEqual({
    name: "DecryptionFailure",
    message: "The value cannot be opened: sealed under a key that is not here (00000000).",
  });
});
