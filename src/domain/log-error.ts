/** The part of the error catalogue that the CloudWatch Logs API needs. */

const entry = <Code extends string>(code: Code, template: string) =>
  ({ code, isRetryable: false, template }) as const;

/** Texts marked [AWS] are theirs. */
export const logErrors = {
  LogGroupNotFound: entry("ResourceNotFoundException", "The specified log group does not exist."), // [AWS]
  LogStreamNotFound: entry("ResourceNotFoundException", "The specified log stream does not exist."), // [AWS]
  InvalidLogRequest: entry("InvalidParameterException", "{path}: {problem}."),
  MalformedFilterPattern: entry(
    "InvalidParameterException",
    "Invalid filter pattern: character {position}: {problem}.",
  ),
  LogsAreReadOnly: entry(
    "InvalidParameterException",
    "{operation}: log groups here are written by the platform alone; what an instance writes to its standard output is in its service's group.",
  ),
  LogsUnreadable: entry(
    "InvalidParameterException",
    "These logs are encrypted and cannot be read now. {problem}",
  ),
  TooManyLiveTails: entry("LimitExceededException", "The limit of {limit} live tails at once is reached."),
} as const;

export type LogErrorCode = (typeof logErrors)[keyof typeof logErrors]["code"];
