/** The part of the error catalogue that metrics and alarms need, in CloudWatch's codes. */

const entry = <Code extends string>(code: Code, template: string) =>
  ({ code, isRetryable: false, template }) as const;

export const monitoringErrors = {
  InvalidMonitoringRequest: entry("InvalidParameterValueException", "{path}: {problem}."),
  InvalidMonitoringCombination: entry("InvalidParameterCombinationException", "{problem}."),
  AlarmNotFound: entry("ResourceNotFound", "There is no alarm {name}."),
  AlarmResourceNotFound: entry("ResourceNotFoundException", "ResourceARN: there is no alarm {arn}."),
  AlarmLimitReached: entry("LimitExceededFault", "The limit of {limit} alarms is reached. Delete one first."),
} as const;

export type MonitoringErrorCode = (typeof monitoringErrors)[keyof typeof monitoringErrors]["code"];
