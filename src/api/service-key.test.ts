import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServiceCommand,
  InvalidRequestException,
  UpdateServiceCommand,
} from "@aws-sdk/client-apprunner";
import {
  CancelKeyDeletionCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type EncryptionKey,
  encryptionKeyArn,
  type EncryptionKeyStatus,
  KEY_MATERIAL,
} from "../domain/encryption-key.ts";
import { aUser } from "./testing/identities.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";

let slipway: TestApi;
beforeEach(async () => {
  slipway = await startTestApi();
});
afterEach(() => slipway.close());

async function aKey(status: EncryptionKeyStatus = "ENABLED"): Promise<EncryptionKey> {
  const { store, vault } = slipway;
  const name = randomUUID();
  const arn = encryptionKeyArn(testScope, name);
  const dates = { createdAtMs: 1, deleteAtMs: status === "PENDING_DELETION" ? Date.now() + 1e9 : null };
  const key = { arn, name, status, description: "logs", tags: [], ...dates };
  await store.encryptionKeys.save(key);
  await store.sealedValues.save(arn, KEY_MATERIAL, vault.seal(`key material ${arn}`, "x"));
  return key;
}

function wish(KmsKey: string, ServiceName = "web1"): CreateServiceCommandInput {
  const ImageRepository = { ImageIdentifier: "web:1", ImageRepositoryType: "ECR" as const };
  return { ServiceName, SourceConfiguration: { ImageRepository }, EncryptionConfiguration: { KmsKey } };
}

test("a service keeps the key that it is made with, and tells it", async () => {
  const { arn } = await aKey();
  const { Service } = await slipway.client.send(new CreateServiceCommand(wish(arn)));
  expect(Service?.EncryptionConfiguration).toEqual({ KmsKey: arn });
  const ServiceArn = Service?.ServiceArn;
  const told = await slipway.client.send(new DescribeServiceCommand({ ServiceArn }));
  expect(told.Service?.EncryptionConfiguration).toEqual({ KmsKey: arn });
  expect((await slipway.store.services.get(Service?.ServiceId ?? ""))?.encryptionKeyArn).toBe(arn);
});

test("a service with a key is not made from a repository that is kept here, which is under no key", async () => {
  const { arn } = await aKey();
  const from = (RepositoryUrl: string): CreateServiceCommandInput["SourceConfiguration"] => ({
    CodeRepository: {
      RepositoryUrl,
      SourceCodeVersion: { Type: "BRANCH", Value: "main" },
      CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
    },
  });
  const refusal = {
    name: "InvalidRequestException",
    message: expect.stringContaining(
      "a repository that Slipway hosts is not encrypted under a key",
    ) as string,
  };
  const hosted = { ...wish(arn), SourceConfiguration: from("slipway://web1") };
  await expect(slipway.client.send(new CreateServiceCommand(hosted))).rejects.toMatchObject(refusal);
  const elsewhere = { ...wish(arn), SourceConfiguration: from("https://example.com/web1.git") };
  const { Service } = await slipway.client.send(new CreateServiceCommand(elsewhere));
  const update = { ServiceArn: Service?.ServiceArn, SourceConfiguration: from("slipway://web1") };
  await expect(slipway.client.send(new UpdateServiceCommand(update))).rejects.toMatchObject(refusal);
});

test("a key that cannot be used is refused, with the reason and what would help", async () => {
  const unknown = encryptionKeyArn(testScope, randomUUID());
  const cases = [
    [unknown, "is not here"],
    [(await aKey("DISABLED")).arn, "is disabled. Enable it with"],
    [(await aKey("PENDING_DELETION")).arn, "is pending deletion. Keep it with"],
    [(await aKey("DELETED")).arn, "was deleted"],
  ] as const;
  for (const [arn, why] of cases) {
    const error: unknown = await slipway.client
      .send(new CreateServiceCommand(wish(arn)))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidRequestException);
    expect((error as Error).message).toContain(`EncryptionConfiguration.KmsKey: The key ${arn} ${why}`);
  }
  expect(await slipway.store.services.count()).toBe(0);
});

test("who gives a service a key must be allowed to make data keys under it, and to open them", async () => {
  const [{ arn }, other] = [await aKey(), await aKey()];
  const guest = async (...Action: readonly string[]) => {
    const Statement = [
      { Effect: "Allow", Action: "apprunner:*", Resource: "*" },
      ...(Action.length > 0 ? [{ Effect: "Allow", Action, Resource: arn }] : []),
    ];
    await slipway.store.users.save(aUser("guest", { own: { Version: "2012-10-17", Statement } }));
    return slipway.clientWith(await slipway.keyOf("arn:aws:iam::000000000000:user/guest"));
  };
  for (const actions of [[], ["kms:Decrypt"], ["kms:GenerateDataKey"]]) {
    const client = await guest(...actions);
    await expect(client.send(new CreateServiceCommand(wish(arn)))).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(arn),
    });
    client.destroy();
  }
  const client = await guest("kms:GenerateDataKey", "kms:Decrypt");
  await client.send(new CreateServiceCommand(wish(arn)));
  await expect(client.send(new CreateServiceCommand(wish(other.arn, "web2")))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
  client.destroy();
});

test("keys are listed with their aliases and the services that use them", async () => {
  const [used, free] = [await aKey(), await aKey("PENDING_DELETION")];
  await aKey("DELETED");
  const { Service } = await slipway.client.send(new CreateServiceCommand(wish(used.arn)));
  const alias = { keyArn: used.arn, status: "ACTIVE", createdAtMs: 1, changedAtMs: 1 } as const;
  const aliasArn = "arn:aws:kms:us-east-1:000000000000:alias/logs";
  await slipway.store.keyAliases.save({ ...alias, arn: aliasArn, name: "alias/logs" });
  const { body } = await callOperation(slipway, "Slipway.ListEncryptionKeys", {});
  const keys = body["Keys"] as readonly Record<string, unknown>[];
  expect(keys).toHaveLength(2);
  expect(keys.find(({ KeyArn }) => KeyArn === used.arn)).toMatchObject({
    KeyId: used.name,
    Description: "logs",
    Aliases: ["alias/logs"],
    KeyState: "Enabled",
    Services: [{ ServiceName: "web1", ServiceArn: Service?.ServiceArn }],
  });
  expect(keys.find(({ KeyArn }) => KeyArn === free.arn)).toMatchObject({
    KeyState: "PendingDeletion",
    DeletionDate: (free.deleteAtMs ?? 0) / 1000,
    Services: [],
  });
});

test("a service hears of it when its key is disabled or to be deleted, and nobody else does", async () => {
  const [used, other] = [await aKey(), await aKey()];
  const { Service } = await slipway.client.send(new CreateServiceCommand(wish(used.arn)));
  const { id, secret } = slipway.key;
  const kms = new KMSClient({
    region: testScope.region,
    endpoint: slipway.endpoint,
    credentials: { accessKeyId: id, secretAccessKey: secret },
  });
  for (const { name: KeyId } of [used, other]) {
    await kms.send(new DisableKeyCommand({ KeyId }));
    await kms.send(new DisableKeyCommand({ KeyId }));
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    await kms.send(new EnableKeyCommand({ KeyId }));
  }
  kms.destroy();
  const { body } = await callOperation(slipway, "Slipway.ListEvents", {
    DetailTypes: ["Slipway Key Warning"],
  });
  const events = body["Events"] as readonly { Detail: string; Resources: readonly string[] }[];
  const told = events.map(({ Detail }) => (JSON.parse(Detail) as { warning: string }).warning);
  expect(told.toSorted()).toEqual(["deletion-scheduled", "disabled", "disabled"]);
  expect(events[0]?.Resources).toEqual([Service?.ServiceArn, used.arn]);
});
