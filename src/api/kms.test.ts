import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeyPoliciesCommand,
  ListKeysCommand,
  ListResourceTagsCommand,
  PutKeyPolicyCommand,
  ReEncryptCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeAuditTrail } from "../ports/fake-audit-trail.ts";
import { aUser } from "./testing/identities.ts";
import { startTestApi, type TestApi, type TestKey, testScope } from "./testing/test-api.ts";

const DAY_MS = 86_400_000;

let slipway: TestApi;
let client: KMSClient;
let trail: FakeAuditTrail;

beforeEach(async () => {
  trail = new FakeAuditTrail();
  slipway = await startTestApi({ audit: trail });
  client = clientWith(slipway.key);
});
afterEach(async () => {
  client.destroy();
  await slipway.close();
});

function clientWith({ id, secret }: TestKey): KMSClient {
  return new KMSClient({
    region: testScope.region,
    endpoint: slipway.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: id, secretAccessKey: secret },
  });
}

async function aKey(more: { Description?: string; Tags?: { TagKey: string; TagValue: string }[] } = {}) {
  const { KeyMetadata } = await client.send(new CreateKeyCommand(more));
  return { id: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" };
}

const describeKey = async (KeyId: string) =>
  (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
const alias = (AliasName: string, TargetKeyId: string) =>
  client.send(new CreateAliasCommand({ AliasName, TargetKeyId }));
const refusal = async (attempt: Promise<unknown>): Promise<readonly [string, string]> =>
  attempt.then(
    () => ["accepted", ""] as const,
    ({ name, message }: Error) => [name, message] as const,
  );
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

describe("a key", () => {
  test("is symmetric, enabled, and found by its id, its ARN, an alias and the alias's ARN", async () => {
    const { id, arn } = await aKey({ Description: "logs" });
    expect(arn).toBe(`arn:aws:kms:us-east-1:000000000000:key/${id}`);
    await alias("alias/logs", id);
    for (const name of [id, arn, "alias/logs", "arn:aws:kms:us-east-1:000000000000:alias/logs"]) {
      expect(await describeKey(name)).toMatchObject({
        AWSAccountId: "000000000000",
        KeyId: id,
        Arn: arn,
        Description: "logs",
        Enabled: true,
        KeyState: "Enabled",
        KeyUsage: "ENCRYPT_DECRYPT",
        KeySpec: "SYMMETRIC_DEFAULT",
        KeyManager: "CUSTOMER",
        Origin: "AWS_KMS",
        MultiRegion: false,
      });
    }
  });

  test("of another kind is refused by name", async () => {
    const cases = [
      [{ KeySpec: "RSA_2048" }, "KeySpec"],
      [{ KeyUsage: "SIGN_VERIFY" }, "KeyUsage"],
      [{ Origin: "EXTERNAL" }, "Origin"],
      [{ MultiRegion: true }, "MultiRegion"],
    ] as const;
    for (const [wish, member] of cases) {
      const [name, message] = await refusal(client.send(new CreateKeyCommand(wish)));
      expect([name, message.startsWith(`${member}: `)]).toEqual(["UnsupportedOperationException", true]);
    }
    const [name, message] = await refusal(client.send(new CreateKeyCommand({ Policy: "{}" })));
    expect([name, message]).toEqual(["ValidationException", expect.stringContaining("Policy: ")]);
  });

  test("that is not there is not found, in KMS's words", async () => {
    const id = randomUUID();
    const arn = `arn:aws:kms:us-east-1:000000000000:key/${id}`;
    expect(await refusal(describeKey(id))).toEqual(["NotFoundException", `Key '${arn}' does not exist`]);
    expect(await refusal(describeKey("alias/none"))).toEqual([
      "NotFoundException",
      "Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.",
    ]);
    expect((await refusal(describeKey("mine")))[0]).toBe("NotFoundException");
    expect((await refusal(describeKey(arn.replace("us-east-1", "eu-west-1"))))[0]).toBe(
      "InvalidArnException",
    );
  });

  test("gets another description, tags, and loses them", async () => {
    const { id, arn } = await aKey({ Tags: [{ TagKey: "team", TagValue: "shop" }] });
    await client.send(new UpdateKeyDescriptionCommand({ KeyId: id, Description: "new" }));
    expect((await describeKey(id))?.Description).toBe("new");
    await client.send(new TagResourceCommand({ KeyId: arn, Tags: [{ TagKey: "for", TagValue: "logs" }] }));
    await client.send(new UntagResourceCommand({ KeyId: id, TagKeys: ["team"] }));
    expect(await client.send(new ListResourceTagsCommand({ KeyId: id }))).toMatchObject({
      Tags: [{ TagKey: "for", TagValue: "logs" }],
      Truncated: false,
    });
  });

  test("has AWS's default policy, no other, and no rotation", async () => {
    const { id, arn } = await aKey();
    const { Policy = "" } = await client.send(new GetKeyPolicyCommand({ KeyId: id }));
    expect(JSON.parse(Policy)).toMatchObject({
      Statement: [{ Principal: { AWS: "arn:aws:iam::000000000000:root" }, Action: "kms:*" }],
    });
    expect((await client.send(new ListKeyPoliciesCommand({ KeyId: id }))).PolicyNames).toEqual(["default"]);
    expect(await client.send(new GetKeyRotationStatusCommand({ KeyId: id }))).toMatchObject({
      KeyId: arn,
      KeyRotationEnabled: false,
    });
    const [name, message] = await refusal(client.send(new PutKeyPolicyCommand({ KeyId: id, Policy })));
    expect(name).toBe("UnknownOperationException");
    expect(message).toContain("PutKeyPolicy is not available: every key has the default policy");
  });
});

test("keys and aliases come in pages, and a marker goes with its request alone", async () => {
  const ids = [await aKey(), await aKey(), await aKey()].map(({ id }) => id);
  for (const [index, id] of ids.entries()) await alias(`alias/key-${index}`, id);
  const first = await client.send(new ListKeysCommand({ Limit: 2 }));
  expect([first.Keys?.length, first.Truncated]).toEqual([2, true]);
  const rest = await client.send(new ListKeysCommand({ Limit: 2, Marker: first.NextMarker }));
  expect([...(first.Keys ?? []), ...(rest.Keys ?? [])].map(({ KeyId }) => KeyId)).toEqual(ids.toSorted());
  expect([rest.Truncated, rest.NextMarker]).toEqual([false, undefined]);
  const foreign = client.send(new ListAliasesCommand({ Limit: 2, Marker: first.NextMarker }));
  expect((await refusal(foreign))[0]).toBe("InvalidMarkerException");
  const aliases = await client.send(new ListAliasesCommand({ KeyId: ids[1] }));
  expect(aliases.Aliases?.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId])).toEqual([
    ["alias/key-1", ids[1]],
  ]);
});

describe("an alias", () => {
  test("is there once, moves to another key, and goes", async () => {
    const [one, two] = [await aKey(), await aKey()];
    await alias("alias/logs", one.id);
    expect(await refusal(alias("alias/logs", two.id))).toEqual([
      "AlreadyExistsException",
      "An alias with the name arn:aws:kms:us-east-1:000000000000:alias/logs already exists",
    ]);
    await client.send(new UpdateAliasCommand({ AliasName: "alias/logs", TargetKeyId: two.arn }));
    expect((await describeKey("alias/logs"))?.KeyId).toBe(two.id);
    await client.send(new DeleteAliasCommand({ AliasName: "alias/logs" }));
    expect((await refusal(describeKey("alias/logs")))[0]).toBe("NotFoundException");
  });

  test("has a name of its own kind", async () => {
    const { id } = await aKey();
    expect((await refusal(alias("logs", id)))[0]).toBe("ValidationException");
    expect((await refusal(alias("alias/aws/logs", id)))[0]).toBe("InvalidAliasNameException");
  });
});

describe("what is encrypted", () => {
  const EncryptionContext = { service: "web", what: "logs" };

  test("is decrypted without naming the key, with the same context in any order, and not with another", async () => {
    const { id, arn } = await aKey();
    const Plaintext = Buffer.from("hunter2");
    const { CiphertextBlob, KeyId } = await client.send(
      new EncryptCommand({ KeyId: id, Plaintext, EncryptionContext }),
    );
    expect([KeyId, text(CiphertextBlob).includes("hunter2")]).toEqual([arn, false]);
    const opened = await client.send(
      new DecryptCommand({ CiphertextBlob, EncryptionContext: { what: "logs", service: "web" } }),
    );
    expect([opened.KeyId, text(opened.Plaintext), opened.EncryptionAlgorithm]).toEqual([
      arn,
      "hunter2",
      "SYMMETRIC_DEFAULT",
    ]);
    for (const other of [undefined, { service: "web" }, { ...EncryptionContext, more: "" }]) {
      const attempt = client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: other }));
      expect((await refusal(attempt))[0]).toBe("InvalidCiphertextException");
    }
  });

  test("is refused when it was changed, is none, or another key is named", async () => {
    const [one, two] = [await aKey(), await aKey()];
    const { CiphertextBlob = new Uint8Array() } = await client.send(
      new EncryptCommand({ KeyId: one.id, Plaintext: Buffer.from("hunter2") }),
    );
    const flipped = Uint8Array.from(CiphertextBlob, (byte, at) =>
      at === CiphertextBlob.length - 1 ? byte ^ 1 : byte,
    );
    for (const blob of [flipped, Buffer.from("nonsense"), CiphertextBlob.slice(0, 20)]) {
      const attempt = client.send(new DecryptCommand({ CiphertextBlob: blob }));
      expect((await refusal(attempt))[0]).toBe("InvalidCiphertextException");
    }
    const named = client.send(new DecryptCommand({ CiphertextBlob, KeyId: two.id }));
    expect((await refusal(named))[0]).toBe("IncorrectKeyException");
  });

  test("has at most 4096 bytes", async () => {
    const { id } = await aKey();
    const encrypt = (bytes: number) =>
      client.send(new EncryptCommand({ KeyId: id, Plaintext: Buffer.alloc(bytes, 7) }));
    const { CiphertextBlob } = await encrypt(4_096);
    expect((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toHaveLength(4_096);
    expect((await refusal(encrypt(4_097)))[0]).toBe("ValidationException");
  });

  test("moves to another key", async () => {
    const [one, two] = [await aKey(), await aKey()];
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: one.id, Plaintext: Buffer.from("hunter2"), EncryptionContext }),
    );
    const moved = await client.send(
      new ReEncryptCommand({
        CiphertextBlob,
        SourceEncryptionContext: EncryptionContext,
        DestinationKeyId: two.id,
      }),
    );
    expect([moved.SourceKeyId, moved.KeyId]).toEqual([one.arn, two.arn]);
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob }));
    expect([opened.KeyId, text(opened.Plaintext)]).toEqual([two.arn, "hunter2"]);
  });

  test("may be a data key, in the open or not, of the size asked for", async () => {
    const { id } = await aKey();
    const made = await client.send(new GenerateDataKeyCommand({ KeyId: id, KeySpec: "AES_256" }));
    expect(made.Plaintext).toHaveLength(32);
    const { CiphertextBlob } = made;
    expect((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext).toEqual(made.Plaintext);
    const sealed = await client.send(
      new GenerateDataKeyWithoutPlaintextCommand({ KeyId: id, NumberOfBytes: 64 }),
    );
    expect("Plaintext" in sealed).toBe(false);
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: sealed.CiphertextBlob }));
    expect(opened.Plaintext).toHaveLength(64);
    const unsaid = client.send(new GenerateDataKeyCommand({ KeyId: id }));
    expect((await refusal(unsaid))[0]).toBe("ValidationException");
  });

  test("is in no log and in no audit trail", async () => {
    const { id } = await aKey();
    const canary = "canary-4711-canary";
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: id, Plaintext: Buffer.from(canary) }),
    );
    await client.send(new DecryptCommand({ CiphertextBlob }));
    const told = JSON.stringify([slipway.log, trail.records]);
    expect(told).toContain("Decrypt");
    for (const form of [canary, Buffer.from(canary).toString("base64")]) expect(told).not.toContain(form);
  });
});

describe("a key that is disabled or about to go", () => {
  const encrypt = (KeyId: string) =>
    client.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from("hunter2") }));

  test("does nothing until it is enabled again", async () => {
    const { id, arn } = await aKey();
    const { CiphertextBlob } = await encrypt(id);
    await client.send(new DisableKeyCommand({ KeyId: id }));
    expect(await describeKey(id)).toMatchObject({ Enabled: false, KeyState: "Disabled" });
    for (const attempt of [() => encrypt(id), () => client.send(new DecryptCommand({ CiphertextBlob }))]) {
      expect(await refusal(attempt())).toEqual(["DisabledException", `${arn} is disabled.`]);
    }
    await client.send(new EnableKeyCommand({ KeyId: id }));
    expect(text((await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext)).toBe("hunter2");
  });

  test("is deleted in 30 days, or in 7 to 30, unless that is cancelled, and then it is disabled", async () => {
    const { id, arn } = await aKey();
    const schedule = (PendingWindowInDays?: number) =>
      client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays }));
    for (const days of [6, 31]) expect((await refusal(schedule(days)))[0]).toBe("ValidationException");
    const { DeletionDate, KeyState, PendingWindowInDays } = await schedule();
    expect([KeyState, PendingWindowInDays]).toEqual(["PendingDeletion", 30]);
    expect((DeletionDate?.getTime() ?? 0) - Date.now()).toBeGreaterThan(30 * DAY_MS - 60_000);
    const pending = ["KMSInvalidStateException", `${arn} is pending deletion.`];
    const enable = () => client.send(new EnableKeyCommand({ KeyId: id }));
    expect(await refusal(schedule(7))).toEqual(pending);
    expect(await refusal(encrypt(id))).toEqual(pending);
    expect(await refusal(enable())).toEqual(pending);
    const cancel = () => client.send(new CancelKeyDeletionCommand({ KeyId: id }));
    expect((await cancel()).KeyId).toBe(arn);
    const kept = await describeKey(id);
    expect([kept?.KeyState, kept?.DeletionDate]).toEqual(["Disabled", undefined]);
    expect((await refusal(cancel()))[0]).toBe("KMSInvalidStateException");
    await enable();
    await encrypt(id);
  });
});

describe("policies", () => {
  async function guestMay(...statements: readonly object[]): Promise<KMSClient> {
    const document = { Version: "2012-10-17", Statement: statements };
    await slipway.store.users.save(aUser("guest", { own: document }));
    return clientWith(await slipway.keyOf("arn:aws:iam::000000000000:user/guest"));
  }

  test("speak of the key's ARN, however the call names it", async () => {
    const [mine, other] = [await aKey(), await aKey()];
    await alias("alias/mine", mine.id);
    await alias("alias/other", other.id);
    const guest = await guestMay({ Effect: "Allow", Action: "kms:*crypt", Resource: mine.arn });
    const Plaintext = Buffer.from("hunter2");
    const encrypt = (KeyId: string, by = guest) => by.send(new EncryptCommand({ KeyId, Plaintext }));
    for (const KeyId of [mine.id, mine.arn, "alias/mine"]) await encrypt(KeyId);
    for (const KeyId of [other.id, "alias/other"]) {
      expect((await refusal(encrypt(KeyId)))[0]).toBe("AccessDeniedException");
    }
    const decrypt = async (KeyId: string) => {
      const { CiphertextBlob } = await encrypt(KeyId, client);
      return guest.send(new DecryptCommand({ CiphertextBlob }));
    };
    expect(text((await decrypt(mine.id)).Plaintext)).toBe("hunter2");
    const [name, message] = await refusal(decrypt(other.id));
    expect([name, message]).toEqual(["AccessDeniedException", expect.stringContaining(other.arn)]);
    guest.destroy();
  });

  test("are asked for the key that made a ciphertext, also when the call names another", async () => {
    const [mine, other] = [await aKey(), await aKey()];
    const guest = await guestMay({ Effect: "Allow", Action: "kms:*", Resource: mine.arn });
    const Plaintext = Buffer.from("hunter2");
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: other.id, Plaintext }));
    const denied = ["AccessDeniedException", expect.stringContaining(other.arn)];
    expect(await refusal(guest.send(new DecryptCommand({ CiphertextBlob, KeyId: mine.id })))).toEqual(denied);
    const move = { CiphertextBlob, SourceKeyId: mine.id, DestinationKeyId: mine.id };
    expect(await refusal(guest.send(new ReEncryptCommand(move)))).toEqual(denied);
    const nonsense = { CiphertextBlob: Buffer.from("nonsense"), KeyId: mine.id };
    expect((await refusal(guest.send(new DecryptCommand(nonsense))))[0]).toBe("InvalidCiphertextException");
    guest.destroy();
  });

  test("allow a ciphertext to move by ReEncryptFrom and ReEncryptTo", async () => {
    const [one, two] = [await aKey(), await aKey()];
    const { CiphertextBlob } = await client.send(
      new EncryptCommand({ KeyId: one.id, Plaintext: Buffer.from("hunter2") }),
    );
    const move = async (guest: KMSClient) => {
      const moving = guest.send(new ReEncryptCommand({ CiphertextBlob, DestinationKeyId: two.id }));
      const [name] = await refusal(moving);
      guest.destroy();
      return name;
    };
    const from = { Effect: "Allow", Action: "kms:ReEncryptFrom", Resource: one.arn };
    expect(await move(await guestMay(from))).toBe("AccessDeniedException");
    const to = { Effect: "Allow", Action: "kms:ReEncryptTo", Resource: two.arn };
    expect(await move(await guestMay(to))).toBe("AccessDeniedException");
    expect(await move(await guestMay(from, to))).toBe("accepted");
  });

  test("may ask for tags of a key", async () => {
    const [mine, other] = [
      await aKey({ Tags: [{ TagKey: "team", TagValue: "shop" }] }),
      await aKey({ Tags: [{ TagKey: "team", TagValue: "bank" }] }),
    ];
    const guest = await guestMay({
      Effect: "Allow",
      Action: "kms:DescribeKey",
      Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/team": "shop" } },
    });
    const look = (KeyId: string) => refusal(guest.send(new DescribeKeyCommand({ KeyId })));
    expect((await look(mine.id))[0]).toBe("accepted");
    expect((await look(other.id))[0]).toBe("AccessDeniedException");
    guest.destroy();
  });
});
