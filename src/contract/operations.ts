// Every operation of the front door, AWS's and ours, as one table with one namespace of shapes.
import { appRunnerOperations, appRunnerShapes } from "./model.gen.ts";
import type { AppRunnerOperationTypes } from "./model.gen.ts";
import type { OperationModel, Shape, Shapes } from "./shape.ts";
import { slipwayOperations, slipwayShapes } from "./slipway-operations.ts";
import type { SlipwayOperationTypes } from "./slipway-operations.ts";

export type AppRunnerOperationName = keyof AppRunnerOperationTypes;
export type SlipwayOperationName = keyof SlipwayOperationTypes;
export type OperationName = AppRunnerOperationName | SlipwayOperationName;

type OperationTypes = AppRunnerOperationTypes & SlipwayOperationTypes;
/** What a handler of the operation receives. */
export type InputOf<Name extends OperationName> = OperationTypes[Name]["input"];
/** What a handler of the operation returns. */
export type OutputOf<Name extends OperationName> = OperationTypes[Name]["output"];

/** The prefix in X-Amz-Target. In lower case it is also the prefix of the action in policies. */
export type ServicePrefix = "AppRunner" | "Slipway";

export interface ContractOperation {
  readonly name: OperationName;
  readonly service: ServicePrefix;
  /** For example "AppRunner.CreateService". */
  readonly target: string;
  readonly model: OperationModel;
}

function operationsOf(
  service: ServicePrefix,
  models: Readonly<Record<string, OperationModel>>,
): ContractOperation[] {
  return Object.entries(models).map(([name, model]) => ({
    name: name as OperationName,
    service,
    target: `${service}.${name}`,
    model,
  }));
}

const all = [
  ...operationsOf("AppRunner", appRunnerOperations),
  ...operationsOf("Slipway", slipwayOperations),
];
const byTarget: ReadonlyMap<string, ContractOperation> = new Map(
  all.map((operation) => [operation.target, operation]),
);
const byName: ReadonlyMap<string, ContractOperation> = new Map(
  all.map((operation) => [operation.name, operation]),
);
const shapes: Shapes = { ...appRunnerShapes, ...slipwayShapes };

/** All operations: App Runner's in alphabetical order, then ours. */
export const operations: readonly ContractOperation[] = all;

/** The operation of an X-Amz-Target value, if there is one. */
export function operationOfTarget(target: string): ContractOperation | undefined {
  return byTarget.get(target);
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

/** The shape names of both models, for documentation and tests. */
export const shapeNames: readonly string[] = Object.keys(shapes);
