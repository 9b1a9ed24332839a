// Of AWS KMS (X-Amz-Target prefix "TrentService.") what keys for encryption at rest need, in the words of shape.ts. Names of
// shapes are ours. Members that ask for what is not there are in the inputs, so that they can be refused.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["KMSInternalException", "ValidationException"] as const;
const naming = [...common, "InvalidArnException", "NotFoundException"] as const;
const changing = [...naming, "KMSInvalidStateException"] as const;
const using = [...changing, "DisabledException"] as const;
const opening = [...using, "IncorrectKeyException", "InvalidCiphertextException"] as const;
const listing = [...naming, "InvalidMarkerException"] as const;
const limited = [...changing, "LimitExceededException"] as const;

export const kmsOperations = {
  "TrentService.CancelKeyDeletion": { input: "KmsKeyRequest", output: "KmsKeyReference", errors: changing },
  "TrentService.CreateAlias": {
    input: "KmsAliasRequest",
    output: "NothingOfKms",
    errors: [...limited, "AlreadyExistsException", "InvalidAliasNameException"],
  },
  "TrentService.CreateKey": {
    input: "CreateKmsKeyRequest",
    output: "KmsKeyAnswer",
    errors: [...common, "LimitExceededException", "TagException", "UnsupportedOperationException"],
  },
  "TrentService.Decrypt": { input: "KmsDecryptRequest", output: "KmsDecryptResponse", errors: opening },
  "TrentService.DeleteAlias": {
    input: "DeleteKmsAliasRequest",
    output: "NothingOfKms",
    errors: [...changing, "InvalidAliasNameException"],
  },
  "TrentService.DescribeKey": { input: "DescribeKmsKeyRequest", output: "KmsKeyAnswer", errors: naming },
  "TrentService.DisableKey": { input: "KmsKeyRequest", output: "NothingOfKms", errors: changing },
  "TrentService.EnableKey": { input: "KmsKeyRequest", output: "NothingOfKms", errors: changing },
  "TrentService.Encrypt": { input: "KmsEncryptRequest", output: "KmsEncryptResponse", errors: using },
  "TrentService.GenerateDataKey": {
    input: "KmsDataKeyRequest",
    output: "KmsDataKeyResponse",
    errors: using,
  },
  "TrentService.GenerateDataKeyWithoutPlaintext": {
    input: "KmsDataKeyRequest",
    output: "KmsSealedDataKeyResponse",
    errors: using,
  },
  "TrentService.GetKeyPolicy": {
    input: "KmsKeyPolicyRequest",
    output: "KmsKeyPolicyResponse",
    errors: changing,
  },
  "TrentService.GetKeyRotationStatus": {
    input: "KmsKeyRequest",
    output: "KmsKeyRotationResponse",
    errors: changing,
  },
  "TrentService.ListAliases": {
    input: "ListKmsAliasesRequest",
    output: "ListKmsAliasesResponse",
    errors: listing,
  },
  "TrentService.ListKeyPolicies": {
    input: "ListOfKmsKeyRequest",
    output: "ListKmsKeyPoliciesResponse",
    errors: changing,
  },
  "TrentService.ListKeys": { input: "KmsPageRequest", output: "ListKmsKeysResponse", errors: listing },
  "TrentService.ListResourceTags": {
    input: "ListOfKmsKeyRequest",
    output: "ListKmsTagsResponse",
    errors: listing,
  },
  "TrentService.ReEncrypt": { input: "KmsReEncryptRequest", output: "KmsReEncryptResponse", errors: opening },
  "TrentService.ScheduleKeyDeletion": {
    input: "ScheduleKmsKeyDeletionRequest",
    output: "ScheduleKmsKeyDeletionResponse",
    errors: changing,
  },
  "TrentService.TagResource": {
    input: "TagKmsKeyRequest",
    output: "NothingOfKms",
    errors: [...limited, "TagException"],
  },
  "TrentService.UntagResource": {
    input: "UntagKmsKeyRequest",
    output: "NothingOfKms",
    errors: [...changing, "TagException"],
  },
  "TrentService.UpdateAlias": {
    input: "KmsAliasRequest",
    output: "NothingOfKms",
    errors: [...limited, "InvalidAliasNameException"],
  },
  "TrentService.UpdateKeyDescription": {
    input: "UpdateKmsKeyDescriptionRequest",
    output: "NothingOfKms",
    errors: changing,
  },
} as const satisfies OperationModels;

const asymmetric = "keys here encrypt and decrypt; there are none that sign or have a public half";
const grants = "there are no grants: give users and roles what they may by their policies";
const rotation = "the material of a key stays; make a new key and point the alias to it";
const imported = "material is made here and cannot be brought along";
const stores = "keys are in the database, under the vault";
const regions = "there is one Region";

/** AWS's operations that are not here, and why. */
export const unavailableKmsOperations: Readonly<Record<string, string>> = {
  ConnectCustomKeyStore: stores,
  CreateCustomKeyStore: stores,
  CreateGrant: grants,
  DeleteCustomKeyStore: stores,
  DeleteImportedKeyMaterial: imported,
  DeriveSharedSecret: asymmetric,
  DescribeCustomKeyStores: stores,
  DisableKeyRotation: rotation,
  DisconnectCustomKeyStore: stores,
  EnableKeyRotation: rotation,
  GenerateDataKeyPair: asymmetric,
  GenerateDataKeyPairWithoutPlaintext: asymmetric,
  GenerateMac: asymmetric,
  GenerateRandom: "take random bytes where they are needed",
  GetParametersForImport: imported,
  GetPublicKey: asymmetric,
  ImportKeyMaterial: imported,
  ListGrants: grants,
  ListKeyRotations: rotation,
  ListRetirableGrants: grants,
  PutKeyPolicy:
    "every key has the default policy, which leaves all to the policies of users and roles: change those",
  ReplicateKey: regions,
  RetireGrant: grants,
  RevokeGrant: grants,
  RotateKeyOnDemand: rotation,
  Sign: asymmetric,
  UpdateCustomKeyStore: stores,
  UpdatePrimaryRegion: regions,
  Verify: asymmetric,
  VerifyMac: asymmetric,
};

const required = true;
const text = { type: "string" } as const;
const keyId = { KeyId: { type: "string", required } } as const;
const page = { Limit: { type: "integer" }, Marker: text } as const;
const cut = { Truncated: { type: "boolean", required }, NextMarker: text } as const;
const context = { EncryptionContext: { type: "KmsContext" } } as const;
const refused = {
  DryRun: { type: "boolean" },
  GrantTokens: { type: "KmsTexts" },
  Recipient: { type: "KmsRecipient" },
} as const;
const sealed = { type: "KmsCiphertext", required } as const;
const plain = { type: "KmsPlaintext", required } as const;
const algorithm = { EncryptionAlgorithm: text } as const;

export const kmsShapes = {
  /** Base64. */
  KmsPlaintext: { kind: "sensitive" },
  /** Base64; no secret, but worth nothing in a trail. */
  KmsCiphertext: { kind: "sensitive" },
  KmsTexts: { kind: "list", element: "string" },
  KmsContext: { kind: "map", key: "string", value: "string" },
  KmsRecipient: { kind: "structure", members: {} },
  KmsTag: {
    kind: "structure",
    members: { TagKey: { type: "string", required }, TagValue: { type: "string", required } },
  },
  KmsTagList: { kind: "list", element: "KmsTag" },
  NothingOfKms: { kind: "structure", members: {} },

  KmsKeyRequest: { kind: "structure", members: keyId },
  KmsKeyReference: { kind: "structure", members: keyId },
  DescribeKmsKeyRequest: { kind: "structure", members: { ...keyId, GrantTokens: { type: "KmsTexts" } } },
  KmsPageRequest: { kind: "structure", members: page },
  ListOfKmsKeyRequest: { kind: "structure", members: { ...keyId, ...page } },

  CreateKmsKeyRequest: {
    kind: "structure",
    members: {
      Description: text,
      Tags: { type: "KmsTagList" },
      KeyUsage: text,
      KeySpec: text,
      CustomerMasterKeySpec: text,
      Origin: text,
      Policy: text,
      BypassPolicyLockoutSafetyCheck: { type: "boolean" },
      MultiRegion: { type: "boolean" },
      CustomKeyStoreId: text,
      XksKeyId: text,
    },
  },
  KmsKeyAnswer: { kind: "structure", members: { KeyMetadata: { type: "KmsKeyMetadata", required } } },
  KmsKeyMetadata: {
    kind: "structure",
    members: {
      ...keyId,
      AWSAccountId: text,
      Arn: text,
      CreationDate: { type: "timestamp" },
      Enabled: { type: "boolean" },
      Description: text,
      KeyUsage: text,
      KeyState: { type: "KmsKeyState" },
      DeletionDate: { type: "timestamp" },
      Origin: text,
      KeyManager: text,
      CustomerMasterKeySpec: text,
      KeySpec: text,
      EncryptionAlgorithms: { type: "KmsTexts" },
      MultiRegion: { type: "boolean" },
    },
  },
  KmsKeyState: { kind: "enum", values: ["Enabled", "Disabled", "PendingDeletion"] },
  UpdateKmsKeyDescriptionRequest: {
    kind: "structure",
    members: { ...keyId, Description: { type: "string", required } },
  },
  ScheduleKmsKeyDeletionRequest: {
    kind: "structure",
    members: { ...keyId, PendingWindowInDays: { type: "integer" } },
  },
  ScheduleKmsKeyDeletionResponse: {
    kind: "structure",
    members: {
      ...keyId,
      DeletionDate: { type: "timestamp" },
      KeyState: { type: "KmsKeyState" },
      PendingWindowInDays: { type: "integer" },
    },
  },
  ListKmsKeysResponse: {
    kind: "structure",
    members: { Keys: { type: "KmsKeyList", required }, ...cut },
  },
  KmsKeyList: { kind: "list", element: "KmsKeyEntry" },
  KmsKeyEntry: { kind: "structure", members: { ...keyId, KeyArn: text } },

  KmsAliasRequest: {
    kind: "structure",
    members: { AliasName: { type: "string", required }, TargetKeyId: { type: "string", required } },
  },
  DeleteKmsAliasRequest: { kind: "structure", members: { AliasName: { type: "string", required } } },
  ListKmsAliasesRequest: { kind: "structure", members: { KeyId: text, ...page } },
  ListKmsAliasesResponse: {
    kind: "structure",
    members: { Aliases: { type: "KmsAliasList", required }, ...cut },
  },
  KmsAliasList: { kind: "list", element: "KmsAliasEntry" },
  KmsAliasEntry: {
    kind: "structure",
    members: {
      AliasName: text,
      AliasArn: text,
      TargetKeyId: text,
      CreationDate: { type: "timestamp" },
      LastUpdatedDate: { type: "timestamp" },
    },
  },

  TagKmsKeyRequest: { kind: "structure", members: { ...keyId, Tags: { type: "KmsTagList", required } } },
  UntagKmsKeyRequest: { kind: "structure", members: { ...keyId, TagKeys: { type: "KmsTexts", required } } },
  ListKmsTagsResponse: {
    kind: "structure",
    members: { Tags: { type: "KmsTagList", required }, ...cut },
  },

  KmsEncryptRequest: {
    kind: "structure",
    members: { ...keyId, Plaintext: plain, ...context, ...algorithm, ...refused },
  },
  KmsEncryptResponse: {
    kind: "structure",
    members: { ...keyId, CiphertextBlob: sealed, ...algorithm },
  },
  KmsDecryptRequest: {
    kind: "structure",
    members: { KeyId: text, CiphertextBlob: sealed, ...context, ...algorithm, ...refused },
  },
  KmsDecryptResponse: { kind: "structure", members: { ...keyId, Plaintext: plain, ...algorithm } },
  KmsReEncryptRequest: {
    kind: "structure",
    members: {
      CiphertextBlob: sealed,
      SourceKeyId: text,
      SourceEncryptionContext: { type: "KmsContext" },
      SourceEncryptionAlgorithm: text,
      DestinationKeyId: { type: "string", required },
      DestinationEncryptionContext: { type: "KmsContext" },
      DestinationEncryptionAlgorithm: text,
      ...refused,
    },
  },
  KmsReEncryptResponse: {
    kind: "structure",
    members: {
      ...keyId,
      CiphertextBlob: sealed,
      SourceKeyId: text,
      SourceEncryptionAlgorithm: text,
      DestinationEncryptionAlgorithm: text,
    },
  },
  KmsDataKeyRequest: {
    kind: "structure",
    members: {
      ...keyId,
      ...context,
      KeySpec: { type: "KmsDataKeySpec" },
      NumberOfBytes: { type: "integer" },
      ...refused,
    },
  },
  KmsDataKeySpec: { kind: "enum", values: ["AES_256", "AES_128"] },
  KmsDataKeyResponse: { kind: "structure", members: { ...keyId, CiphertextBlob: sealed, Plaintext: plain } },
  KmsSealedDataKeyResponse: { kind: "structure", members: { ...keyId, CiphertextBlob: sealed } },

  KmsKeyPolicyRequest: { kind: "structure", members: { ...keyId, PolicyName: text } },
  KmsKeyPolicyResponse: { kind: "structure", members: { Policy: text, PolicyName: text } },
  ListKmsKeyPoliciesResponse: {
    kind: "structure",
    members: { PolicyNames: { type: "KmsTexts", required }, ...cut },
  },
  KmsKeyRotationResponse: {
    kind: "structure",
    members: { ...keyId, KeyRotationEnabled: { type: "boolean", required } },
  },
} as const satisfies Shapes;
