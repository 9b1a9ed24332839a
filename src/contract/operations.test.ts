import { expect, test } from "vitest";
import { cloudTrailOperations } from "./audit-operations.ts";
import { cloudWatchOperations } from "./cloudwatch-operations.ts";
import { cloudWatchShapes } from "./cloudwatch-shapes.ts";
import { isErrorCode } from "./errors.ts";
import { iamOperations } from "./iam-operations.ts";
import { iamShapes } from "./iam-shapes.ts";
import { kmsOperations, kmsShapes } from "./kms-operations.ts";
import { logsOperations } from "./logs-operations.ts";
import { logsShapes } from "./logs-shapes.ts";
import { appRunnerOperations, appRunnerShapes } from "./model.gen.ts";
import { operationOf, operationOfTarget, operations, shapeNames, shapeOf } from "./operations.ts";
import type { OperationName } from "./operations.ts";
import { parameterStoreOperations, parameterStoreShapes } from "./parameter-store-operations.ts";
import { secretsManagerOperations, secretsManagerShapes } from "./secrets-manager-operations.ts";
import { slipwayOperations, slipwayShapes } from "./slipway-operations.ts";
import { stsOperations, stsShapes } from "./sts-operations.ts";
import type { Instance } from "./slipway-operations.ts";

const scalarNames = new Set(["string", "integer", "long", "double", "boolean", "timestamp"]);

function typesIn(name: string): readonly string[] {
  const shape = shapeOf(name);
  if (shape?.kind === "structure") return Object.values(shape.members).map(({ type }) => type);
  if (shape?.kind === "list") return [shape.element];
  return shape?.kind === "map" ? [shape.key, shape.value] : [];
}

/** Levels of JSON; throws when a shape contains itself. */
function depthOf(name: string, above: readonly string[] = []): number {
  expect(above, `${name} contains itself`).not.toContain(name);
  return 1 + Math.max(0, ...typesIn(name).map((type) => depthOf(type, [...above, name])));
}

test("every operation is found by its target and by its name", () => {
  const models = [
    appRunnerOperations,
    slipwayOperations,
    secretsManagerOperations,
    parameterStoreOperations,
    kmsOperations,
    cloudTrailOperations,
    cloudWatchOperations,
    logsOperations,
    iamOperations,
    stsOperations,
  ];
  expect(operations).toHaveLength(models.reduce((sum, model) => sum + Object.keys(model).length, 0));
  for (const operation of operations) {
    expect(operationOfTarget(operation.target)).toBe(operation);
    expect(operationOf(operation.name)).toBe(operation);
  }
});

test("names that exist on every object are no operations and no shapes", () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    expect(operationOfTarget(name)).toBeUndefined();
    expect(operationOfTarget(`AppRunner.${name}`)).toBeUndefined();
    expect(shapeOf(name)).toBeUndefined();
    expect(() => operationOf(name as OperationName)).toThrow(TypeError);
  }
});

test("no two models share a name of a shape", () => {
  const models = [
    appRunnerShapes,
    slipwayShapes,
    secretsManagerShapes,
    parameterStoreShapes,
    kmsShapes,
    cloudWatchShapes,
    logsShapes,
    iamShapes,
    stsShapes,
  ];
  expect(shapeNames).toHaveLength(models.reduce((sum, shapes) => sum + Object.keys(shapes).length, 0));
});

test("every type and every error that the models name exists", () => {
  for (const { model } of operations) {
    expect(shapeOf(model.input)?.kind).toBe("structure");
    expect(shapeOf(model.output)?.kind).toBe("structure");
    expect(model.errors.filter((code) => !isErrorCode(code))).toEqual([]);
  }
  const named = shapeNames.flatMap(typesIn);
  expect(named.filter((type) => shapeOf(type) === undefined && !scalarNames.has(type))).toEqual([]);
});

test("no shape contains itself, and inputs nest far less than the codec admits", () => {
  const depths = operations.map(({ model }) => depthOf(model.input));
  expect(Math.max(...depths)).toBe(8);
});

test("every operation and member of our own says what it means", () => {
  const silent = Object.values(slipwayShapes).flatMap((shape) =>
    shape.kind === "structure"
      ? Object.entries<{ says?: string }>(shape.members).filter(([, member]) => !member.says)
      : [],
  );
  expect(silent).toEqual([]);
});

test("types of our own structures follow from the data", () => {
  const instance: Instance = {
    InstanceId: "i-1",
    ReleaseNumber: 3,
    State: "ready",
    Activity: "run",
    StartReason: "deployment",
    CreatedAt: new Date(0),
    InFlight: undefined,
  };
  // @ts-expect-error -- a state that does not exist
  const wrong: Instance = { ...instance, State: "gone" };
  expect(wrong.ReleaseNumber).toBe(3);
});
