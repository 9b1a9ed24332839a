/** The part of the error catalogue that IAM and STS need, in their codes. */

const entry = <Code extends string>(code: Code, template: string) =>
  ({ code, isRetryable: false, template }) as const;

/** Sentences are IAM's where it has one: tools look for them. */
export const identityErrors = {
  IdentityNotFound: entry("NoSuchEntity", "{what} cannot be found."), // [AWS]
  PolicyNotFound: entry("NoSuchEntity", "Policy {arn} was not found."), // [AWS]
  PolicyNotAttachable: entry("NoSuchEntity", "Policy {arn} does not exist or is not attachable."), // [AWS]
  PolicyVersionNotFound: entry(
    "NoSuchEntity",
    "Policy {arn} version {version} does not exist or is not attachable.", // [AWS]
  ),
  IdentityExists: entry("EntityAlreadyExists", "{what} already exists."), // [AWS]
  DeleteConflict: entry("DeleteConflict", "{problem}."),
  IdentityLimitReached: entry("LimitExceeded", "Cannot exceed quota for {what}: {limit}"), // [AWS]
  PolicyTooLarge: entry("LimitExceeded", "Maximum policy size of {limit} bytes exceeded for {what}"), // [AWS]
  PolicyVersionsFull: entry(
    "LimitExceeded",
    "A managed policy can have up to {limit} versions. Before you create a new version, you must delete an existing version.", // [AWS]
  ),
  MalformedPolicyDocument: entry("MalformedPolicyDocument", "{problem}"),
  SessionPolicyTooLarge: entry(
    "PackedPolicyTooLarge",
    "Policy: a session's policy has at most {limit} characters.",
  ),
  InvalidIdentityRequest: entry("ValidationError", "{path}: {problem}."),
  InvalidIdentityInput: entry("InvalidInput", "{path}: {problem}."),
  NameNeeded: entry("ValidationError", "Must specify userName when calling with non-User credentials"), // [AWS]
  OnlyUsersHavePasswords: entry(
    "InvalidUserType",
    "Only a user can change their own password; sign with an access key of the user, or use UpdateLoginProfile.",
  ),
  PasswordRefused: entry("PasswordPolicyViolation", "{problem}"),
  AwsPolicyFixed: entry("UnmodifiableEntity", "{arn} is AWS's own and cannot be changed."),
} as const;

export type IdentityErrorCode = (typeof identityErrors)[keyof typeof identityErrors]["code"];
