/** The part of the error catalogue that Secrets Manager and Parameter Store need beside App Runner's codes. */

const entry = <Code extends string>(code: Code, template: string) =>
  ({ code, isRetryable: false, template }) as const;

/** Texts marked [AWS] are theirs. None holds a value. */
export const secretErrors = {
  SecretNotFound: entry("ResourceNotFoundException", "Secrets Manager can't find the specified secret."), // [AWS]
  SecretVersionNotFound: entry(
    "ResourceNotFoundException",
    "Secrets Manager can't find the specified secret value for {what}", // [AWS]
  ),
  SecretExists: entry(
    "ResourceExistsException",
    "The operation failed because the secret {name} already exists.", // [AWS]
  ),
  SecretVersionExists: entry(
    "ResourceExistsException",
    "You can't use ClientRequestToken {id} because that value is already in use for a version of secret {arn}.", // [AWS]
  ),
  SecretMarkedDeleted: entry(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.", // [AWS]
  ),
  SecretNameMarkedDeleted: entry(
    "InvalidRequestException",
    "You can't create this secret because a secret with this name is already scheduled for deletion.", // [AWS]
  ),
  SecretStageMismatch: entry(
    "InvalidRequestException",
    "You provided a VersionStage that is not associated to the provided VersionId.", // [AWS]
  ),
  InvalidSecretRequest: entry("InvalidParameterException", "{path}: {problem}."),
  SecretLimitReached: entry("LimitExceededException", "The limit is reached of {what}."),
  SecretNotOpened: entry("DecryptionFailure", "The value cannot be opened: {problem}."),

  ParameterNotFound: entry("ParameterNotFound", "There is no parameter {name}."),
  ParameterVersionNotFound: entry(
    "ParameterVersionNotFound",
    "Systems Manager could not find version {version} of {name}. Verify the version and try again.", // [AWS]
  ),
  ParameterExists: entry(
    "ParameterAlreadyExists",
    "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.", // [AWS]
  ),
  ParameterTwinExists: entry(
    "ParameterAlreadyExists",
    "The parameter {name} exists already, and has the same ARN. Take another name.",
  ),
  InvalidParameterRequest: entry("ValidationException", "{path}: {problem}."),
  ParameterTooDeep: entry(
    "HierarchyLevelLimitExceededException",
    "Name: {name} has more than {limit} levels.",
  ),
  ParameterTypeFixed: entry(
    "HierarchyTypeMismatchException",
    "Type: {name} is a {type}, and the type of a parameter cannot be changed. Delete it first, or take another name.",
  ),
  ParameterPatternBroken: entry("InvalidAllowedPatternException", "AllowedPattern: {problem}."),
  ParameterPatternMismatch: entry(
    "ParameterPatternMismatchException",
    "Parameter value, cannot be validated against allowedPattern: {pattern}", // [AWS]
  ),
  ParameterLimitReached: entry("ParameterLimitExceeded", "The limit of {limit} parameters is reached."),
  ParameterNotOpened: entry("InvalidKeyId", "The value cannot be opened: {problem}."),
  ParameterResourceUnknown: entry("InvalidResourceId", "ResourceId: there is no parameter {name}."),
  ParameterResourceType: entry(
    "InvalidResourceType",
    "ResourceType: only Parameter has tags here, {type} is not known.",
  ),
  ParameterTagsFull: entry("TooManyTagsError", "Tags: a parameter has at most {limit} tags."),
  ParameterFilterKey: entry("InvalidFilterKey", "Key: {key} cannot be filtered by here; it may be {valid}."),
  ParameterFilterOption: entry(
    "InvalidFilterOption",
    "Option: {option} does not go with {key}; it may be {valid}.",
  ),
} as const;

export type SecretErrorCode = (typeof secretErrors)[keyof typeof secretErrors]["code"];
