/** The part of the error catalogue that KMS needs beside App Runner's codes. */

const entry = <Code extends string>(code: Code, template: string) =>
  ({ code, isRetryable: false, template }) as const;

/** Texts marked [AWS] are theirs: tools look for them. None holds a plaintext. */
export const keyErrors = {
  KeyNotFound: entry("NotFoundException", "Key '{arn}' does not exist"), // [AWS]
  KeyIdInvalid: entry("NotFoundException", "Invalid keyId '{id}'"), // [AWS]
  KeyAliasNotFound: entry("NotFoundException", "Alias {arn} is not found."), // [AWS]
  KeyArnForeign: entry("InvalidArnException", "{arn} is no key and no alias of this account and Region."),
  KeyPolicyNotFound: entry("NotFoundException", "No such policy exists"), // [AWS]
  KeyDisabled: entry("DisabledException", "{arn} is disabled."), // [AWS]
  KeyPendingDeletion: entry("KMSInvalidStateException", "{arn} is pending deletion."), // [AWS]
  KeyNotPendingDeletion: entry("KMSInvalidStateException", "{arn} is not pending deletion."), // [AWS]
  KeyAliasExists: entry("AlreadyExistsException", "An alias with the name {arn} already exists"), // [AWS]
  KeyAliasReserved: entry(
    "InvalidAliasNameException",
    "AliasName: names that begin with alias/aws/ are AWS's own.",
  ),
  CiphertextInvalid: entry(
    "InvalidCiphertextException",
    "The ciphertext was changed, or is of another key or encryption context.",
  ),
  KeyIncorrect: entry(
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.", // [AWS]
  ),
  KeyLimitReached: entry("LimitExceededException", "The limit is reached of {what}."),
  KeyTagsRefused: entry("TagException", "Tags: {problem}."),
  KeyUnsupported: entry("UnsupportedOperationException", "{path}: {problem}."),
  InvalidKeyRequest: entry("ValidationException", "{path}: {problem}."),
} as const;

export type KeyErrorCode = (typeof keyErrors)[keyof typeof keyErrors]["code"];
