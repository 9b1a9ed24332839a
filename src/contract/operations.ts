// Every operation of the front door, AWS's and ours, as one table with one namespace of shapes.
import { cloudWatchOperations, unavailableCloudWatchOperations } from "./cloudwatch-operations.ts";
import { cloudWatchShapes } from "./cloudwatch-shapes.ts";
import { cloudTrailOperations } from "./audit-operations.ts";
import { WireError } from "./errors.ts";
import { iamOperations, unavailableIamOperations } from "./iam-operations.ts";
import { iamShapes } from "./iam-shapes.ts";
import { kmsOperations, kmsShapes, unavailableKmsOperations } from "./kms-operations.ts";
import { logsOperations } from "./logs-operations.ts";
import { logsShapes } from "./logs-shapes.ts";
import { appRunnerOperations, appRunnerShapes } from "./model.gen.ts";
import type { AppRunnerOperationTypes } from "./model.gen.ts";
import { parameterStoreOperations, parameterStoreShapes } from "./parameter-store-operations.ts";
import { secretsManagerOperations, secretsManagerShapes } from "./secrets-manager-operations.ts";
import type { OperationModel, Shape, Shapes, TypeOf } from "./shape.ts";
import { slipwayOperations, slipwayShapes } from "./slipway-operations.ts";
import type { SlipwayOperationTypes } from "./slipway-operations.ts";
import { stsOperations, stsShapes } from "./sts-operations.ts";
import { quote } from "./violation.ts";
import { type ServicePrefix, shortTarget, wireServices } from "./wire-service.ts";

export type AppRunnerOperationName = keyof AppRunnerOperationTypes;
export type SlipwayOperationName = keyof SlipwayOperationTypes;
/** With the prefix of the target, for some are App Runner's too. */
export type SecretOperationName = keyof typeof secretOperations;
export type KeyOperationName = keyof typeof kmsOperations;
export type LogOperationName = keyof typeof logsOperations;
export type MonitoringOperationName = keyof typeof cloudWatchOperations;
export type IdentityOperationName = keyof typeof identityOperations;
export type OperationName =
  | AppRunnerOperationName
  | SlipwayOperationName
  | SecretOperationName
  | KeyOperationName
  | LogOperationName
  | MonitoringOperationName
  | IdentityOperationName
  | keyof typeof cloudTrailOperations;

const secretOperations = { ...secretsManagerOperations, ...parameterStoreOperations } as const;
const secretShapes = { ...secretsManagerShapes, ...parameterStoreShapes } as const;
type SecretOperations = typeof secretOperations;
/** A structure of Secrets Manager or Parameter Store. */
export type SecretType<Name extends keyof typeof secretShapes> = TypeOf<typeof secretShapes, Name>;

type SecretOperationTypes = {
  readonly [Name in SecretOperationName]: {
    readonly input: SecretType<SecretOperations[Name]["input"]>;
    readonly output: SecretType<SecretOperations[Name]["output"]>;
  };
};
/** A structure of KMS. */
export type KeyType<Name extends keyof typeof kmsShapes> = TypeOf<typeof kmsShapes, Name>;
type KeyOperationTypes = {
  readonly [Name in KeyOperationName]: {
    readonly input: KeyType<(typeof kmsOperations)[Name]["input"]>;
    readonly output: KeyType<(typeof kmsOperations)[Name]["output"]>;
  };
};
/** A structure of CloudWatch Logs. */
export type LogsType<Name extends keyof typeof logsShapes> = TypeOf<typeof logsShapes, Name>;
type LogOperationTypes = {
  readonly [Name in LogOperationName]: {
    readonly input: LogsType<(typeof logsOperations)[Name]["input"]>;
    readonly output: LogsType<(typeof logsOperations)[Name]["output"]>;
  };
};
/** A structure of CloudWatch's metrics and alarms. */
export type MonitoringType<Name extends keyof typeof cloudWatchShapes> = TypeOf<
  typeof cloudWatchShapes,
  Name
>;
type MonitoringOperationTypes = {
  readonly [Name in MonitoringOperationName]: {
    readonly input: MonitoringType<(typeof cloudWatchOperations)[Name]["input"]>;
    readonly output: MonitoringType<(typeof cloudWatchOperations)[Name]["output"]>;
  };
};
const identityOperations = { ...iamOperations, ...stsOperations } as const;
const identityShapes = { ...iamShapes, ...stsShapes } as const;
/** A structure of IAM or STS. */
export type IdentityType<Name extends keyof typeof identityShapes> = TypeOf<typeof identityShapes, Name>;
type IdentityOperationTypes = {
  readonly [Name in IdentityOperationName]: {
    readonly input: IdentityType<(typeof identityOperations)[Name]["input"]>;
    readonly output: IdentityType<(typeof identityOperations)[Name]["output"]>;
  };
};
type CloudTrailOperationTypes = Readonly<
  Record<keyof typeof cloudTrailOperations, SlipwayOperationTypes["LookupEvents"]>
>;
type OperationTypes = AppRunnerOperationTypes &
  SlipwayOperationTypes &
  SecretOperationTypes &
  KeyOperationTypes &
  LogOperationTypes &
  MonitoringOperationTypes &
  IdentityOperationTypes &
  CloudTrailOperationTypes;
/** What a handler of the operation receives. */
export type InputOf<Name extends OperationName> = OperationTypes[Name]["input"];
/** What a handler of the operation returns. */
export type OutputOf<Name extends OperationName> = OperationTypes[Name]["output"];

export interface ContractOperation {
  readonly name: OperationName;
  readonly service: ServicePrefix;
  /** For example "AppRunner.CreateService". */
  readonly target: string;
  /** As policies name it, for example "apprunner:CreateService". */
  readonly action: string;
  readonly model: OperationModel;
}

function operationsOf(
  service: ServicePrefix,
  models: Readonly<Record<string, OperationModel>>,
): ContractOperation[] {
  return Object.entries(models).map(([name, model]) => {
    const bareName = name.slice(name.indexOf(".") + 1);
    return {
      name: name as OperationName,
      service,
      target: `${service}.${bareName}`,
      action: `${wireServices[service].actionPrefix}:${bareName}`,
      model,
    };
  });
}

const all = [
  ...operationsOf("AppRunner", appRunnerOperations),
  ...operationsOf("Slipway", slipwayOperations),
  ...operationsOf("secretsmanager", secretsManagerOperations),
  ...operationsOf("AmazonSSM", parameterStoreOperations),
  ...operationsOf("TrentService", kmsOperations),
  ...operationsOf("CloudTrail_20131101", cloudTrailOperations),
  ...operationsOf("Logs_20140328", logsOperations),
  ...operationsOf("GraniteServiceVersion20100801", cloudWatchOperations),
  ...operationsOf("AWSIdentityManagementV20100508", iamOperations),
  ...operationsOf("AWSSecurityTokenServiceV20110615", stsOperations),
];
const byTarget: ReadonlyMap<string, ContractOperation> = new Map(
  all.map((operation) => [operation.target, operation]),
);
const byName: ReadonlyMap<string, ContractOperation> = new Map(
  all.map((operation) => [operation.name, operation]),
);
const shapes: Shapes = {
  ...appRunnerShapes,
  ...slipwayShapes,
  ...secretShapes,
  ...kmsShapes,
  ...logsShapes,
  ...cloudWatchShapes,
  ...identityShapes,
};

/** All operations: App Runner's in alphabetical order, then ours, Secrets Manager's and Parameter Store's. */
export const operations: readonly ContractOperation[] = all;

/** The operation of an X-Amz-Target value, if there is one. */
export function operationOfTarget(target: string): ContractOperation | undefined {
  return byTarget.get(shortTarget(target));
}

/** The operation of a service whose protocol names both. Unknown: UnknownOperationException, 404. */
export function operationNamed(service: string, name: string): ContractOperation {
  const target = `${service}.${name}`;
  const operation = operationOfTarget(target);
  if (operation !== undefined) return operation;
  throw new WireError(
    "UnknownOperationException",
    unavailableReason(target) ?? `${quote(target)} names no operation of Slipway.`,
  );
}

const unavailable: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map([
  ["GraniteServiceVersion20100801", unavailableCloudWatchOperations],
  ["TrentService", unavailableKmsOperations],
  ["AWSIdentityManagementV20100508", unavailableIamOperations],
]);

/** Why an operation of AWS's is not here. */
export function unavailableReason(target: string): string | undefined {
  const [service, name = ""] = target.split(".", 2);
  const reasons = unavailable.get(service ?? "") ?? {};
  return Object.hasOwn(reasons, name) ? `${name} is not available: ${reasons[name]}.` : undefined;
}

export function operationOf(name: OperationName): ContractOperation {
  const operation = byName.get(name);
  if (operation === undefined) throw new TypeError(`there is no operation ${name}`);
  return operation;
}

/** The shape of that name; undefined for a scalar. */
export function shapeOf(name: string): Shape | undefined {
  return Object.hasOwn(shapes, name) ? shapes[name] : undefined;
}

/** The shape names of all models, for documentation and tests. */
export const shapeNames: readonly string[] = Object.keys(shapes);
