/** A service and its operation as the API tells them. */
export const ARN = "arn:aws:apprunner:us-east-1:000000000000:service/web/8fe1e10304f84fd2b0df550fe98a71fa";
export const ID = "8fe1e10304f84fd2b0df550fe98a71fa";
export const OPERATION_ID = "17fe9f55f7f94ab29a0ab1af1ba4ddb6";
export const URL_OF_WEB = "abcdefghij.us-east-1.slipway.localhost:8080";
const CREATED_S = Date.UTC(2026, 4, 1, 11, 0, 0) / 1000;

export function aSummary(change: Readonly<Record<string, unknown>> = {}) {
  return {
    ServiceName: "web",
    ServiceId: ID,
    ServiceArn: ARN,
    ServiceUrl: URL_OF_WEB,
    CreatedAt: CREATED_S,
    UpdatedAt: CREATED_S + 3540,
    Status: "RUNNING",
    ...change,
  };
}

export function aService(change: Readonly<Record<string, unknown>> = {}) {
  return {
    ...aSummary(),
    SourceConfiguration: {
      AutoDeploymentsEnabled: false,
      ImageRepository: {
        ImageIdentifier: "team/web:1",
        ImageRepositoryType: "ECR",
        ImageConfiguration: {
          Port: "3000",
          RuntimeEnvironmentVariables: { MODE: "blue", PASSWORD: "hunter2" },
        },
      },
    },
    InstanceConfiguration: { Cpu: "1024", Memory: "2048" },
    HealthCheckConfiguration: {
      Protocol: "TCP",
      Path: "/",
      Interval: 5,
      Timeout: 2,
      HealthyThreshold: 1,
      UnhealthyThreshold: 5,
    },
    AutoScalingConfigurationSummary: { AutoScalingConfigurationArn: scalingArn("DefaultConfiguration", 1) },
    NetworkConfiguration: {},
    ...change,
  };
}

export function anOperation(change: Readonly<Record<string, unknown>> = {}) {
  return {
    Operation: {
      Id: OPERATION_ID,
      Type: "CREATE_SERVICE",
      Status: "SUCCEEDED",
      TargetArn: ARN,
      StartedAt: CREATED_S,
      EndedAt: CREATED_S + 2,
      UpdatedAt: CREATED_S + 2,
      ...change,
    },
  };
}

export function scalingArn(name: string, revision: number): string {
  return `arn:aws:apprunner:us-east-1:000000000000:autoscalingconfiguration/${name}/${revision}/${"0".repeat(31)}${revision}`;
}

export function aStream(name: string, change: Readonly<Record<string, unknown>> = {}) {
  return {
    logStreamName: name,
    firstEventTimestamp: 1000,
    lastEventTimestamp: 2000,
    storedBytes: 10,
    ...change,
  };
}

/** GetLogEvents for a stream that has these lines and gets no more. */
export function logReply(lines: readonly (readonly [number, string])[], token: unknown) {
  const events = lines.map(([timestamp, message]) => ({ timestamp, message, ingestionTime: timestamp }));
  return {
    events: token === undefined ? events : [],
    nextForwardToken: "f/end",
    nextBackwardToken: "b/start",
  };
}
