// Lengths and patterns of KMS's inputs, and which members they hold for: a part of constraints.ts and member-constraints.ts.

const base64 = {
  regex: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  says: "be base64",
} as const;

export const kmsConstraints = {
  KmsAliasName: {
    source: "M",
    min: 1,
    max: 256,
    pattern: {
      regex: /^alias\/[a-zA-Z0-9/_-]+$/,
      says: "begin with alias/ and hold only letters, digits, /, _ and -",
    },
  },
  KmsBytesCount: { source: "M", min: 1, max: 1024 },
  // 6144 bytes in base64.
  KmsCiphertext: { source: "M", min: 1, max: 8192, pattern: base64 },
  KmsContextText: { source: "own", min: 0, max: 8192 },
  KmsDeletionDays: { source: "M", min: 7, max: 30 },
  KmsDescription: { source: "M", min: 0, max: 8192 },
  KmsGrantToken: { source: "M", min: 1, max: 8192 },
  KmsKeyId: { source: "M", min: 1, max: 2048 },
  KmsLimit: { source: "M", min: 1, max: 1000 },
  KmsMarker: { source: "M", min: 1, max: 1024 },
  // 4096 bytes in base64.
  KmsPlaintext: { source: "M", min: 1, max: 5464, pattern: base64 },
  KmsPolicyName: { source: "M", min: 1, max: 128 },
  KmsShortText: { source: "own", min: 1, max: 256 },
} as const;

/** Members of these names are KMS's alone. */
export const kmsMembers = {
  AliasName: "KmsAliasName",
  DestinationKeyId: "KmsKeyId",
  KeyId: "KmsKeyId",
  PendingWindowInDays: "KmsDeletionDays",
  SourceKeyId: "KmsKeyId",
  TargetKeyId: "KmsKeyId",
} as const;

export const kmsPaths = {
  "DescribeKmsKeyRequest.GrantTokens[]": "KmsGrantToken",
  "KmsReEncryptRequest.GrantTokens[]": "KmsGrantToken",
  "KmsEncryptRequest.GrantTokens[]": "KmsGrantToken",
  "KmsDecryptRequest.GrantTokens[]": "KmsGrantToken",
  "KmsDataKeyRequest.GrantTokens[]": "KmsGrantToken",
  "CreateKmsKeyRequest.CustomKeyStoreId": "KmsShortText",
  "CreateKmsKeyRequest.CustomerMasterKeySpec": "KmsShortText",
  "CreateKmsKeyRequest.Description": "KmsDescription",
  "CreateKmsKeyRequest.KeySpec": "KmsShortText",
  "CreateKmsKeyRequest.KeyUsage": "KmsShortText",
  "CreateKmsKeyRequest.Origin": "KmsShortText",
  "CreateKmsKeyRequest.Policy": "String",
  "CreateKmsKeyRequest.XksKeyId": "KmsShortText",
  "KmsDataKeyRequest.EncryptionContext{}": "KmsContextText",
  "KmsDataKeyRequest.NumberOfBytes": "KmsBytesCount",
  "KmsDecryptRequest.EncryptionAlgorithm": "KmsShortText",
  "KmsDecryptRequest.EncryptionContext{}": "KmsContextText",
  "KmsEncryptRequest.EncryptionAlgorithm": "KmsShortText",
  "KmsEncryptRequest.EncryptionContext{}": "KmsContextText",
  "KmsKeyPolicyRequest.PolicyName": "KmsPolicyName",
  "KmsPageRequest.Limit": "KmsLimit",
  "KmsPageRequest.Marker": "KmsMarker",
  "KmsReEncryptRequest.DestinationEncryptionAlgorithm": "KmsShortText",
  "KmsReEncryptRequest.DestinationEncryptionContext{}": "KmsContextText",
  "KmsReEncryptRequest.SourceEncryptionAlgorithm": "KmsShortText",
  "KmsReEncryptRequest.SourceEncryptionContext{}": "KmsContextText",
  "KmsTag.TagKey": "TagKey",
  "KmsTag.TagValue": "TagValue",
  "ListKmsAliasesRequest.Limit": "KmsLimit",
  "ListKmsAliasesRequest.Marker": "KmsMarker",
  "ListOfKmsKeyRequest.Limit": "KmsLimit",
  "ListOfKmsKeyRequest.Marker": "KmsMarker",
  "UntagKmsKeyRequest.TagKeys[]": "TagKey",
  "UpdateKmsKeyDescriptionRequest.Description": "KmsDescription",
} as const;
