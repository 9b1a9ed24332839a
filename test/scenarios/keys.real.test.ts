/** Keys of KMS with the distribution's AWS CLI, and a service under one of them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createService,
  describeOperation,
  describeService,
  listOperations,
  waitForStatus,
} from "../support/service.ts";

let slipway: Installation;
let images: TestImages;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

const kms = <Output = Record<string, unknown>>(...args: string[]) => slipway.awsOf<Output>("kms", args);

interface CreatedKey {
  readonly KeyMetadata: { readonly KeyId: string; readonly Arn: string };
}

async function aKey(alias: string): Promise<CreatedKey["KeyMetadata"]> {
  const { KeyMetadata: key } = await kms<CreatedKey>("create-key", "--description", alias);
  await kms("create-alias", "--alias-name", `alias/${alias}`, "--target-key-id", key.KeyId);
  return key;
}

describe("the AWS CLI", () => {
  it("names, tags and shows a key, and says what there is not", async () => {
    const { KeyId, Arn } = await aKey("first");
    const described = await kms("describe-key", "--key-id", "alias/first");
    expect(described).toMatchObject({ KeyMetadata: { KeyId, Arn, KeyState: "Enabled", Enabled: true } });
    await kms("tag-resource", "--key-id", KeyId, "--tags", "TagKey=team,TagValue=shop");
    expect(await kms("list-resource-tags", "--key-id", KeyId)).toMatchObject({
      Tags: [{ TagKey: "team", TagValue: "shop" }],
    });
    expect(await kms("list-aliases", "--key-id", KeyId)).toMatchObject({
      Aliases: [{ AliasName: "alias/first", TargetKeyId: KeyId }],
    });
    expect(await kms("get-key-rotation-status", "--key-id", KeyId)).toMatchObject({
      KeyRotationEnabled: false,
    });
    await kms("get-key-policy", "--key-id", KeyId, "--policy-name", "default");
    await kms("delete-alias", "--alias-name", "alias/first");
    await expect(kms("describe-key", "--key-id", "alias/first")).rejects.toThrow(/NotFoundException/);
    await expect(
      kms("put-key-policy", "--key-id", KeyId, "--policy", "{}", "--policy-name", "default"),
    ).rejects.toThrow(/PutKeyPolicy is not available/);
  });

  it("disables a key, deletes it and takes that back", async () => {
    const { KeyId } = await aKey("second");
    await kms("disable-key", "--key-id", KeyId);
    const using = kms("generate-data-key", "--key-id", KeyId, "--key-spec", "AES_256");
    await expect(using).rejects.toThrow(/DisabledException.*is disabled/);
    await kms("schedule-key-deletion", "--key-id", KeyId, "--pending-window-in-days", "7");
    expect(await kms("describe-key", "--key-id", KeyId)).toMatchObject({
      KeyMetadata: { KeyState: "PendingDeletion", DeletionDate: expect.anything() },
    });
    await kms("cancel-key-deletion", "--key-id", KeyId);
    await kms("enable-key", "--key-id", KeyId);
  });

  it("encrypts and decrypts, also after a restart and a rotation of the master key", async () => {
    await aKey("texts");
    const context = ["--encryption-context", "service=web,what=logs"];
    const plaintext = Buffer.from("hunter2 is a password").toString("base64");
    const { CiphertextBlob } = await kms<{ CiphertextBlob: string }>(
      "encrypt",
      "--key-id",
      "alias/texts",
      "--plaintext",
      plaintext,
      ...context,
    );
    const decrypt = (...more: string[]) =>
      kms<{ Plaintext: string }>("decrypt", "--ciphertext-blob", CiphertextBlob, ...more);
    expect((await decrypt(...context)).Plaintext).toBe(plaintext);
    await expect(decrypt()).rejects.toThrow(/InvalidCiphertextException/);
    await slipway.slipway(["vault", "rotate"]);
    await slipway.kill();
    await slipway.start();
    expect((await decrypt(...context)).Plaintext).toBe(plaintext);
  });
});

describe("a service under a key", () => {
  it("is made with it, tells it, and is deployed only while it can be used", async () => {
    const { Arn } = await aKey("services");
    const { ServiceArn: arn } = await createService(slipway, {
      name: "sealed",
      image: images.app,
      kmsKeyArn: Arn,
    });
    const { EncryptionConfiguration } = await waitForStatus(slipway, arn, "RUNNING");
    expect(EncryptionConfiguration).toEqual({ KmsKey: Arn });
    expect(await slipway.slipway(["keys"])).toMatch(/services +enabled +sealed/);

    await slipway.slipway(["keys", "disable", "services"]);
    await slipway.aws(["start-deployment", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "RUNNING");
    const [failed] = await listOperations(slipway, arn);
    const { Cause } = await describeOperation(slipway, arn, failed?.Id ?? "");
    expect([failed?.Status, Cause?.Message]).toEqual([
      "ROLLBACK_SUCCEEDED",
      expect.stringContaining(`The key ${Arn} is disabled.`),
    ]);

    expect(await keyWarnings()).toEqual(["disabled"]);

    await slipway.slipway(["keys", "enable", "services"]);
    await slipway.aws(["start-deployment", "--service-arn", arn]);
    await waitForStatus(slipway, arn, "RUNNING");
    expect((await listOperations(slipway, arn))[0]?.Status).toBe("SUCCEEDED");
    expect((await describeService(slipway, arn)).EncryptionConfiguration).toEqual({ KmsKey: Arn });

    await slipway.slipway(["keys", "delete", "services", "--in-days", "7", "--yes"]);
    expect(await slipway.slipway(["keys"])).toMatch(/services +pending deletion +\d{4}-\S+Z +sealed/);
    await slipway.slipway(["keys", "cancel-deletion", "services"]);
    expect(await slipway.slipway(["keys", "show", "services"])).toMatch(/State +disabled/);
    expect(await keyWarnings()).toEqual(["disabled", "deletion-scheduled", "disabled"]);
  });
});

/** Oldest first. */
async function keyWarnings(): Promise<readonly string[]> {
  const input = { DetailTypes: ["Slipway Key Warning"] } as const;
  const { Events } = await slipway.client().call("Slipway.ListEvents", input);
  return Events.map(({ Detail }) => (JSON.parse(Detail) as { warning: string }).warning).toReversed();
}
