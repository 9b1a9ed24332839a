import { expect, test } from "vitest";
import { operations, shapeOf } from "./operations.ts";
import { HIDDEN, redactedInput } from "./redacted-input.ts";

const CANARY = "canary-c4n4ry";

/** A value of the type in which everything that must not be read is the canary. */
function planted(type: string): unknown {
  const shape = shapeOf(type);
  if (shape?.kind === "structure") {
    return Object.fromEntries(
      Object.entries(shape.members).map(([name, model]) => [name, planted(model.type)]),
    );
  }
  if (shape?.kind === "list") return [planted(shape.element)];
  if (shape?.kind === "map") {
    const key = shapeOf(shape.key)?.kind === "sensitive" ? CANARY : "key";
    return { [key]: planted(shape.value) };
  }
  if (shape?.kind === "sensitive") return CANARY;
  if (shape?.kind === "enum") return shape.values[0];
  return type === "boolean" ? true : type === "string" ? "text" : 1;
}

const TEXT = CANARY;
const LIST = [CANARY];
const OBJECT = { [CANARY]: CANARY };

/** Values in which one part is of another type than it must be, with the canary in it. */
function* mistyped(type: string): Generator {
  const shape = shapeOf(type);
  if (shape?.kind === "structure") {
    yield* [TEXT, LIST];
    for (const [name, model] of Object.entries(shape.members)) {
      for (const wrong of mistyped(model.type)) yield { [name]: wrong };
    }
  } else if (shape?.kind === "list") {
    yield* [TEXT, OBJECT];
    for (const wrong of mistyped(shape.element)) yield [wrong];
  } else if (shape?.kind === "map") {
    yield* [TEXT, LIST];
    for (const wrong of mistyped(shape.value)) yield { key: wrong };
  } else if (type === "string" || shape !== undefined) yield* [LIST, OBJECT];
  else yield* [TEXT, LIST, OBJECT];
}

test.each(operations.map((operation) => [operation.target, operation] as const))(
  "nothing that must not be read is kept of %s, not even of an input that is wrong",
  (_target, { name, model }) => {
    const input = planted(model.input);
    expect(JSON.stringify(redactedInput(name, input))).not.toContain(CANARY);
    for (const wrong of mistyped(model.input)) {
      expect(JSON.stringify(redactedInput(name, wrong))).not.toContain(CANARY);
    }
    expect(JSON.stringify(redactedInput(name, { unknown: CANARY }))).not.toContain(CANARY);
  },
);

test("what may be read stands there in CloudTrail's camelCase", () => {
  const input = {
    ServiceName: "web",
    SourceConfiguration: {
      AutoDeploymentsEnabled: false,
      ImageRepository: {
        ImageIdentifier: "web:1",
        ImageRepositoryType: "ECR_PUBLIC",
        ImageConfiguration: { Port: "80", StartCommand: "node a", RuntimeEnvironmentVariables: { A: "1" } },
      },
    },
  };
  expect(redactedInput("CreateService", input)).toEqual({
    serviceName: "web",
    sourceConfiguration: {
      autoDeploymentsEnabled: false,
      imageRepository: {
        imageIdentifier: "web:1",
        imageRepositoryType: "ECR_PUBLIC",
        imageConfiguration: { port: "80", startCommand: HIDDEN, runtimeEnvironmentVariables: HIDDEN },
      },
    },
  });
});

test("who is named in an address, and what a chat room's address hides, is left out", () => {
  const repository = { CodeRepository: { RepositoryUrl: "https://me:secret@git.example.com/a/b" } };
  expect(JSON.stringify(redactedInput("CreateService", { SourceConfiguration: repository }))).toContain(
    '"https://git.example.com/a/b"',
  );
  expect(redactedInput("CreateService", { ServiceName: "https://chat.example.com/hooks/secret" })).toEqual({
    serviceName: "https://chat.example.com/…",
  });
});

test("it stays small, whatever is sent", () => {
  const Tags = Array.from({ length: 10_000 }, () => ({ Key: "k".repeat(1000), Value: "v".repeat(1000) }));
  const kept = redactedInput("CreateService", { ServiceName: "w".repeat(1_000_000), Tags });
  expect(JSON.stringify(kept).length).toBeLessThan(12_000);
});
