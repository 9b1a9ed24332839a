// What the API model demands of a value beyond its type: length, range, pattern. The SDK does not carry these, so they
// are written down here by hand; enumerations are in the model itself. Sources as in reference/apprunner.md:
// [M] the API model (section 1.5), [AR] the API Reference, [CWL] the CloudWatch Logs API Reference, [own] our choice.

import { iamConstraints } from "./iam-constraints.ts";
import { kmsConstraints } from "./kms-constraints.ts";
import { networkConstraints } from "./network-constraints.ts";
import { logsConstraints } from "./logs-constraints.ts";
import { cloudWatchConstraints } from "./cloudwatch-constraints.ts";
import { secretConstraints } from "./secret-constraints.ts";

export interface Pattern {
  /** Anchored at both ends unless it says otherwise, and linear: no repetition inside a repetition that can overlap. */
  readonly regex: RegExp;
  /** Completes the sentence "it must ...". */
  readonly says: string;
}

export interface Constraint {
  readonly source: "M" | "AR" | "CWL" | "own";
  /** Strings: fewest Unicode characters (code points). Numbers: smallest value. */
  readonly min?: number;
  /** Strings: most Unicode characters (code points). Numbers: largest value. */
  readonly max?: number;
  readonly pattern?: Pattern;
  /** The only strings allowed; where AWS writes a pattern that is a plain list. */
  readonly values?: readonly string[];
}

const nameSays = "begin with a letter or digit and hold only letters, digits, - and _";
const name = (min: number, max: number): Constraint => ({
  source: "M",
  min,
  max,
  pattern: { regex: /^[A-Za-z0-9][A-Za-z0-9_-]*$/, says: nameSays },
});
const range = (min: number, max: number): Constraint => ({ source: "M", min, max });
const oneLine: Pattern = { regex: /^[^\n\r]+$/, says: "be one line of at least one character" };

const resourceArn: Pattern = {
  regex: /^arn:aws(?:-\w+)*:[a-z0-9\-\\.]{0,63}:[a-z0-9\-\\.]{0,63}:[0-9]{12}:[\w/-]{1,1011}$/,
  says: "be an ARN such as arn:aws:apprunner:us-east-1:000000000000:service/name/id",
};
const roleArn: Pattern = {
  regex: /^arn:(?:aws|aws-us-gov|aws-cn|aws-iso|aws-iso-b):iam::[0-9]{12}:role\/[\w+=,.@\-/]{1,1000}$/,
  says: "be a role ARN such as arn:aws:iam::000000000000:role/name",
};
const keyArn: Pattern = {
  regex: /^arn:aws(?:-\w+)*:kms:[a-z-]+-[0-9]:[0-9]{12}:key\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  says: "be a key ARN such as arn:aws:kms:us-east-1:000000000000:key/<uuid>, not an alias",
};

const cpuUnits = ["256", "512", "1024", "2048", "4096"];
const cpuCores = ["0.25 vCPU", "0.5 vCPU", "1 vCPU", "2 vCPU", "4 vCPU"];
const memoryMiB = ["512", "1024", "2048", "3072", "4096", "6144", "8192", "10240", "12288"];
const memoryGB = ["0.5 GB", "1 GB", "2 GB", "3 GB", "4 GB", "6 GB", "8 GB", "10 GB", "12 GB"];

/** Named as AWS's model names the shapes; a pattern of ".*" says nothing and is left out. */
export const constraints = {
  AppRunnerResourceArn: { source: "M", min: 1, max: 1011, pattern: resourceArn },
  ASConfigMaxConcurrency: range(1, 200),
  ASConfigMaxSize: { source: "M", min: 1 },
  ASConfigMinSize: range(1, 25),
  AutoScalingConfigurationName: name(4, 32),
  BuildCommand: { source: "M", pattern: oneLine },
  ConnectionName: name(4, 32),
  Cpu: { source: "M", values: [...cpuUnits, ...cpuCores] },
  DescribeCustomDomainsMaxResults: range(1, 5),
  DomainName: {
    source: "M",
    min: 1,
    max: 255,
    pattern: { regex: /^[A-Za-z0-9*.-]+$/, says: "hold only letters, digits, *, . and -" },
  },
  HealthCheckNumber: range(1, 20),
  HealthCheckPath: { source: "M", min: 1 },
  // AWS's pattern admits ECR and ECR Public only. Ours admits whatever a registry does; the domain parses the reference.
  ImageIdentifier: { source: "own", min: 1, max: 1024 },
  KmsKeyArn: { source: "M", min: 0, max: 256, pattern: keyArn },
  ListOperationsMaxResults: range(1, 20),
  LogLevelSeconds: range(1, 86_400),
  LookupMaxResults: range(1, 50),
  LookupValue: range(1, 2000),
  MaxResults: range(1, 100),
  Memory: { source: "M", values: [...memoryMiB, ...memoryGB] },
  NextToken: range(1, 1024),
  ObservabilityConfigurationName: name(4, 32),
  RoleArn: { source: "M", min: 29, max: 1024, pattern: roleArn },
  ServiceId: {
    source: "own",
    pattern: { regex: /^[0-9a-f]{32}$/, says: "be the 32 hexadecimal digits at the end of a service's ARN" },
  },
  ExampleName: {
    source: "own",
    min: 1,
    max: 64,
    pattern: { regex: /^[a-z0-9-]+$/, says: "be a name that ListExamples tells" },
  },
  RuntimeEnvironmentSecretsName: range(1, 2048),
  RuntimeEnvironmentSecretsValue: range(1, 2048),
  RuntimeEnvironmentVariablesKey: range(1, 51_200),
  RuntimeEnvironmentVariablesValue: range(0, 51_200),
  ServiceMaxResults: range(1, 20),
  ServiceName: name(4, 40),
  SourceDirectory: {
    source: "M",
    min: 1,
    max: 4096,
    // oxlint-disable-next-line no-control-regex -- the model's own rule
    pattern: { regex: /^[^\x00]+$/, says: "hold no NUL character" },
  },
  StartCommand: { source: "M", pattern: oneLine },
  String: range(0, 51_200),
  TagKey: {
    source: "M",
    min: 1,
    max: 128,
    // Looks at the beginning only, as AWS's does.
    pattern: { regex: /^(?!aws:)/, says: 'not begin with "aws:", which is reserved' },
  },
  TagValue: range(0, 256),
  VpcConnectorName: name(4, 40),
  VpcIngressConnectionName: name(4, 40),

  ConnectionUsername: {
    source: "own",
    min: 1,
    max: 256,
    pattern: { regex: /^[!-9;-~]+$/, says: "hold printable characters other than blanks and :" },
  },
  GitHubAppId: {
    source: "own",
    min: 1,
    max: 64,
    pattern: { regex: /^[A-Za-z0-9.]+$/, says: "be the number or the client id of a GitHub App" },
  },
  GitHubInstallationId: {
    source: "own",
    min: 1,
    max: 20,
    pattern: { regex: /^[0-9]+$/, says: "be the number of an installation" },
  },
  KnownHosts: { source: "own", min: 1, max: 65_536 },
  /** A chain of five certificates with RSA keys takes some 10,000. */
  CertificateText: { source: "own", min: 1, max: 65_536 },
  CertificateKeyText: { source: "own", min: 1, max: 16_384 },
  CertificateId: {
    source: "own",
    min: 32,
    max: 32,
    pattern: { regex: /^[0-9a-f]+$/, says: "be the id of a certificate: 32 hexadecimal digits" },
  },
  PrivateKeyText: { source: "own", min: 1, max: 16_384 },
  ServerUrl: { source: "own", min: 1, max: 2048 },
  TokenText: {
    source: "own",
    min: 1,
    max: 4096,
    pattern: { regex: /^[!-~]+$/, says: "hold printable characters and no blanks" },
  },

  EventDestinationName: name(1, 64),
  EventId: {
    source: "own",
    min: 36,
    max: 36,
    pattern: { regex: /^[0-9a-f-]+$/, says: "be the id of an event, as ListEvents tells it" },
  },
  EventServiceName: {
    source: "own",
    min: 1,
    max: 64,
    pattern: { regex: /^[A-Za-z0-9_*-]+$/, says: "be a service's name, where * stands for any characters" },
  },
  EventDestinationUrl: { source: "own", min: 1, max: 2048 },
  SignInSessionId: {
    source: "own",
    min: 1,
    max: 64,
    pattern: { regex: /^[A-Za-z0-9_-]+$/, says: "be the id of a session, as ListSignInSessions tells it" },
  },
  PolicyAction: {
    source: "own",
    min: 3,
    max: 128,
    pattern: { regex: /^[a-z0-9-]+:[A-Za-z]+$/, says: "be an action such as apprunner:PauseService" },
  },
  PolicyResource: {
    source: "own",
    min: 1,
    max: 2048,
    pattern: { regex: /^(?:\*|arn:.+)$/, says: "be an ARN, or *" },
  },
  ReleaseNumber: { source: "own", min: 1 },
  RepositoryName: name(4, 40),
  RuntimeName: {
    source: "own",
    min: 1,
    max: 64,
    pattern: { regex: /^[A-Za-z0-9_]+$/, says: "be the name of a runtime such as NODEJS_22" },
  },
  RuntimeVersion: {
    source: "own",
    min: 1,
    max: 64,
    pattern: { regex: /^[0-9.]+$/, says: "be a version such as 22.14.0" },
  },
  CheckName: { source: "own", min: 1, max: 256 },
  SimulatedDurationMs: { source: "own", min: 1, max: 120_000 },
  SimulatedPeak: { source: "own", min: 0, max: 20_000 },
  SimulatedRate: { source: "own", min: 0, max: 2_000 },
  SimulatedStartMs: { source: "own", min: 1, max: 600_000 },
  OperationId: {
    source: "own",
    min: 32,
    max: 36,
    pattern: { regex: /^[0-9A-Fa-f-]+$/, says: "be an operation id: 32 hexadecimal digits" },
  },
  ...logsConstraints,
  ...kmsConstraints,
  ...networkConstraints,
  ...iamConstraints,
  ...cloudWatchConstraints,
  ...secretConstraints,
} as const satisfies Readonly<Record<string, Constraint>>;

export type ConstraintName = keyof typeof constraints;
