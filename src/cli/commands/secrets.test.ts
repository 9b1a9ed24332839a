import { expect, test } from "vitest";
import { NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-AbCdEf";
const stored = { ARN, Name: "shop/db", VersionId: "v1" };
const seconds = NOW_MS / 1000;
const missing = () => {
  throw new Refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
};

test("set makes a secret where there is none, and a new version where there is one", async () => {
  await using api = await startFakeApi({ PutSecretValue: missing, CreateSecret: () => stored });
  const made = await slipway(api, ["secrets", "set", "shop/db"], { secret: "hunter2\n" });
  expect(made).toMatchObject({ exitCode: 0, out: ARN });
  expect(api.callsOf("CreateSecret")[0]?.input).toEqual({ Name: "shop/db", SecretString: "hunter2" });
  await using other = await startFakeApi({ PutSecretValue: () => ({ ...stored, VersionStages: [] }) });
  const changed = await slipway(other, ["secrets", "set", "shop/db", "--json"], { secret: "hunter3" });
  expect(JSON.parse(changed.out)).toEqual(stored);
  expect(other.callsOf("PutSecretValue")[0]?.input).toEqual({ SecretId: "shop/db", SecretString: "hunter3" });
  for (const { out, err } of [made, changed]) expect(out + err).not.toContain("hunter");
});

test("set takes a file as it is, and refuses nothing at all", async () => {
  await using api = await startFakeApi({ PutSecretValue: () => stored });
  const files = { "/home/ada/shop/key.pem": "line\n" };
  await slipway(api, ["secrets", "set", "key", "--file", "key.pem"], { files });
  expect(api.callsOf("PutSecretValue")[0]?.input).toMatchObject({ SecretString: "line\n" });
  expect(await slipway(api, ["secrets", "set", "key"], { secret: "\n" })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("The value is empty."),
  });
  const bytes = Buffer.from([0x30, 0x82, 0xff]).toString();
  expect(await slipway(api, ["secrets", "set", "key"], { secret: bytes })).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("--secret-binary fileb://FILE"),
  });
  expect(await slipway(api, ["secrets", "set", "key", "--file", "none"])).toMatchObject({ exitCode: 2 });
  expect(await slipway(api, ["secrets", "set", "key", "hunter2"])).toMatchObject({ exitCode: 2 });
  expect(api.callsOf("PutSecretValue")).toHaveLength(1);
});

test("set says how a deleted secret comes back", async () => {
  await using api = await startFakeApi({
    PutSecretValue: () => {
      throw new Refusal("InvalidRequestException", "it was marked for deletion.");
    },
  });
  expect(await slipway(api, ["secrets", "set", "db"], { secret: "x" })).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("slipway secrets restore db"),
  });
});

test("ls lists all pages, deleted ones too, without values", async () => {
  const pages = [
    { SecretList: [{ ARN, Name: "shop/db", LastChangedDate: seconds - 60 }], NextToken: "more" },
    { SecretList: [{ ARN: "arn:b", Name: "old", LastChangedDate: seconds, DeletedDate: seconds - 7200 }] },
  ];
  await using api = await startFakeApi({ ListSecrets: (_input, times) => pages[(times - 1) % 2] });
  const { out } = await slipway(api, ["secrets"]);
  expect(out.split("\n").map((line) => line.split(/\s{2,}/))).toEqual([
    ["NAME", "CHANGED", "DELETED", "ARN"],
    ["shop/db", "60s ago", ARN],
    ["old", "0.0s ago", "2h ago", "arn:b"],
  ]);
  expect(JSON.parse((await slipway(api, ["secrets", "ls", "--json"])).out)).toHaveLength(2);
  await using empty = await startFakeApi({ ListSecrets: () => ({ SecretList: [] }) });
  expect((await slipway(empty, ["secrets"])).err).toContain("No secrets yet");
});

test("show tells the value only when it is asked to reveal it", async () => {
  await using api = await startFakeApi({
    DescribeSecret: () => ({
      ARN,
      Name: "shop/db",
      CreatedDate: seconds - 60,
      DeletedDate: seconds,
      VersionIdsToStages: { v1: ["AWSCURRENT"] },
    }),
    GetSecretValue: () => ({ ...stored, SecretString: "hunter2" }),
  });
  const facts = await slipway(api, ["secrets", "show", "shop/db"]);
  expect(facts.out.split("\n")).toEqual([
    "Name        shop/db",
    `ARN         ${ARN}`,
    "Created     60s ago",
    "Deleted     for good on 2026-05-01T12:00:00Z",
    "AWSCURRENT  v1",
  ]);
  expect(api.callsOf("GetSecretValue")).toEqual([]);
  expect(await slipway(api, ["secrets", "show", "shop/db", "--reveal"])).toMatchObject({
    exitCode: 0,
    out: "hunter2",
    err: "",
  });
});

test("rm leaves the way back open; --now asks first, and knows whether there is something", async () => {
  await using api = await startFakeApi({
    DeleteSecret: () => ({ ARN, Name: "shop/db", DeletionDate: seconds + 86_400 }),
    RestoreSecret: () => ({ ARN, Name: "shop/db" }),
    DescribeSecret: ({ SecretId }) => (SecretId === "none" ? missing() : stored),
  });
  expect(await slipway(api, ["secrets", "rm", "shop/db"])).toMatchObject({
    exitCode: 0,
    err: expect.stringContaining("Until 2026-05-02T12:00:00Z it can be brought back"),
  });
  expect(await slipway(api, ["secrets", "restore", "shop/db"])).toMatchObject({ exitCode: 0 });
  expect(await slipway(api, ["secrets", "rm", "shop/db", "--now"])).toMatchObject({ exitCode: 2 });
  const absent = await slipway(api, ["secrets", "rm", "none", "--now", "--yes"]);
  expect(absent).toMatchObject({ exitCode: 1, err: expect.stringContaining("slipway secrets ls") });
  await slipway(api, ["secrets", "rm", "shop/db", "--now", "--yes"]);
  expect(api.callsOf("DeleteSecret").map(({ input }) => input)).toEqual([
    { SecretId: "shop/db" },
    { SecretId: "shop/db", ForceDeleteWithoutRecovery: true },
  ]);
});

test("every command has help with examples", async () => {
  for (const command of ["ls", "set", "show", "rm", "restore"]) {
    const { out } = await slipway(null, ["secrets", command, "--help"]);
    expect(out).toContain(`$ slipway secrets ${command}`);
  }
});
