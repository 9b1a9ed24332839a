import { expect, test } from "vitest";
import type { OperationName } from "./operations.ts";
import { InputRefused, maxEntries, maxViolations, validateInput, validateStructure } from "./validate.ts";

const arn = "arn:aws:apprunner:us-east-1:000000000000:service/web1/8fe1e10304f84fd2b0df550fe98a71fa";

function aService(change: Record<string, unknown> = {}): Record<string, unknown> {
  const image = { ImageIdentifier: "ghcr.io/acme/web:1", ImageRepositoryType: "ECR_PUBLIC" };
  return { ServiceName: "web1", SourceConfiguration: { ImageRepository: image }, ...change };
}

function withImageConfiguration(configuration: unknown): Record<string, unknown> {
  const image = { ImageIdentifier: "nginx", ImageRepositoryType: "ECR", ImageConfiguration: configuration };
  return aService({ SourceConfiguration: { ImageRepository: image } });
}

function refusal(operation: OperationName, value: unknown): InputRefused {
  try {
    validateInput(operation, value);
  } catch (error) {
    if (error instanceof InputRefused) return error;
    throw error;
  }
  throw new Error("the input was accepted");
}

test("a valid input comes back as it was sent", () => {
  const input = withImageConfiguration({ Port: "8080", StartCommand: "run" });
  expect(validateInput("CreateService", input)).toEqual(input);
});

test("any image name of 1 to 1024 characters passes, not only AWS's registries", () => {
  for (const ImageIdentifier of ["nginx", "registry.local:5000/a/b@sha256:00", "x".repeat(1024)]) {
    const source = { ImageRepository: { ImageIdentifier, ImageRepositoryType: "ECR_PUBLIC" } };
    expect(
      validateInput("CreateService", aService({ SourceConfiguration: source })).SourceConfiguration,
    ).toEqual(source);
  }
});

test("unknown members are dropped, also when they are named like parts of every object", () => {
  const input = JSON.parse(`{"ServiceArn":"${arn}","Colour":"red","__proto__":{"Tags":[]},"constructor":1}`);
  const output = validateInput("DeleteService", input);
  expect(Object.keys(output)).toEqual(["ServiceArn"]);
  expect(Object.getPrototypeOf(output)).toBe(Object.prototype);
});

test("no text of an input may hold NUL, and the refusal does not show it", () => {
  const tagged = refusal("CreateService", aService({ Tags: [{ Key: "team", Value: "a\0b" }] }));
  expect(tagged.message).toBe("Tags[0].Value holds a NUL character; it must hold none.");
  const secret = { RuntimeEnvironmentVariables: { "A\0secret": "x\0secret" } };
  expect(refusal("CreateService", withImageConfiguration(secret)).message).toMatch(
    /\{0\}\.key holds a NUL .*\{0\}\.value holds a NUL (?!.*secret)/,
  );
});

test("null counts as absent", () => {
  expect(validateInput("CreateService", aService({ Tags: null }))).toEqual(aService());
  expect(refusal("CreateService", aService({ ServiceName: null })).message).toBe(
    "ServiceName is missing; it is required.",
  );
});

test("a required member cannot come from the prototype", () => {
  const input: unknown = Object.create({ ServiceArn: arn });
  expect(refusal("DeleteService", input).message).toBe("ServiceArn is missing; it is required.");
});

test("null inside a list or map is refused", () => {
  expect(refusal("TagResource", { ResourceArn: arn, Tags: [null] }).message).toBe(
    "Tags[0] is null; it must be an object.",
  );
  const { message } = refusal(
    "CreateService",
    withImageConfiguration({ RuntimeEnvironmentVariables: { A: null } }),
  );
  expect(message).toMatch(/RuntimeEnvironmentVariables\{0\}\.value is null; it must be a string\.$/);
});

test.each<[string, unknown, string]>([
  ["ServiceName", 7, "ServiceName is a number; it must be a string."],
  ["ServiceName", ["web1"], "ServiceName is a list; it must be a string."],
  ["Tags", {}, "Tags is an object; it must be a list."],
  ["Tags", ["a"], "Tags[0] is a string; it must be an object."],
  ["SourceConfiguration", "x", "SourceConfiguration is a string; it must be an object."],
  [
    "HealthCheckConfiguration",
    { Interval: "5" },
    "HealthCheckConfiguration.Interval is a string; it must be an integer.",
  ],
  [
    "HealthCheckConfiguration",
    { Interval: 2.5 },
    "HealthCheckConfiguration.Interval is 2.5; it must be an integer.",
  ],
  [
    "HealthCheckConfiguration",
    { Interval: 1e300 },
    "HealthCheckConfiguration.Interval is 1e+300; it must be -2147483648 to 2147483647.",
  ],
  ["ServiceName", "web\ud800", "ServiceName holds half of a surrogate pair; it must be valid Unicode."],
  [
    "NetworkConfiguration",
    { IngressConfiguration: { IsPubliclyAccessible: "true" } },
    "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible is a string; it must be true or false.",
  ],
])("a wrong type is a SerializationException: %s = %j", (member, value, message) => {
  const error = refusal("CreateService", aService({ [member]: value }));
  expect([error.code, error.status, error.message]).toEqual(["SerializationException", 400, message]);
});

test.each<[string, unknown, string]>([
  ["ServiceName", "web", "ServiceName has 3 characters; it must have 4 to 40."],
  [
    "ServiceName",
    "web 1",
    'ServiceName is "web 1"; it must begin with a letter or digit and hold only letters, digits, - and _.',
  ],
  [
    "InstanceConfiguration",
    { Cpu: "0.1" },
    'InstanceConfiguration.Cpu is "0.1"; it must be one of 256, 512, 1024, 2048, 4096, 0.25 vCPU, 0.5 vCPU, 1 vCPU, 2 vCPU, 4 vCPU.',
  ],
  [
    "HealthCheckConfiguration",
    { Protocol: "UDP" },
    'HealthCheckConfiguration.Protocol is "UDP"; it must be one of HTTP, TCP.',
  ],
  [
    "HealthCheckConfiguration",
    { Interval: 21 },
    "HealthCheckConfiguration.Interval is 21; it must be 1 to 20.",
  ],
  [
    "HealthCheckConfiguration",
    { Path: "" },
    "HealthCheckConfiguration.Path has 0 characters; it must have at least 1.",
  ],
  ["Tags", [{ Key: "aws:x" }], 'Tags[0].Key is "aws:x"; it must not begin with "aws:", which is reserved.'],
  [
    "Tags",
    [{ Key: "k", Value: "v".repeat(257) }],
    "Tags[0].Value has 257 characters; it must have at most 256.",
  ],
  [
    "ObservabilityConfiguration",
    {},
    "ObservabilityConfiguration.ObservabilityEnabled is missing; it is required.",
  ],
])("a wrong value is an InvalidRequestException: %s = %j", (member, value, message) => {
  const error = refusal("CreateService", aService({ [member]: value }));
  expect([error.code, error.status, error.message]).toEqual(["InvalidRequestException", 400, message]);
});

test("the request itself must be an object", () => {
  for (const [value, type] of [
    [[], "a list"],
    ["x", "a string"],
    [null, "null"],
    [1, "a number"],
  ] as const) {
    expect(refusal("ListServices", value).message).toBe(`The request is ${type}; it must be an object.`);
  }
});

test("length counts characters as people see code points, not JavaScript's units", () => {
  const tags = (Value: string): unknown => ({ ResourceArn: arn, Tags: [{ Key: "k", Value }] });
  expect(() => validateInput("TagResource", tags("🚀".repeat(256)))).not.toThrow();
  expect(refusal("TagResource", tags("🚀".repeat(257))).message).toContain("has 257 characters");
});

test("several violations make one message; a wrong type decides the code", () => {
  const error = refusal("CreateAutoScalingConfiguration", {
    AutoScalingConfigurationName: "a",
    MinSize: "1",
    MaxSize: 0,
  });
  expect(error.code).toBe("SerializationException");
  expect(error.message).toBe(
    "AutoScalingConfigurationName has 1 character; it must have 4 to 32. MinSize is a string; it must be an integer. " +
      "MaxSize is 0; it must be at least 1.",
  );
});

test("sensitive values and names never appear in a message", () => {
  const secret = "hunter2\nhunter2";
  const configurations = [
    { StartCommand: secret },
    { StartCommand: [secret] },
    { RuntimeEnvironmentVariables: secret },
    { RuntimeEnvironmentVariables: { [secret]: 1 } },
    { RuntimeEnvironmentVariables: { [secret]: secret.repeat(10_000) } },
    { RuntimeEnvironmentVariables: { [`${secret}\udc00`]: `${secret}\ud800` } },
    { RuntimeEnvironmentSecrets: { [secret.repeat(200)]: secret } },
  ];
  for (const configuration of configurations) {
    const error = refusal("CreateService", withImageConfiguration(configuration));
    expect(JSON.stringify([error.message, error.violations, error.stack])).not.toContain("hunter2");
  }
});

test("names of environment variables that mean something to JavaScript stay plain data", () => {
  const variables = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c","1":"d"}') as unknown;
  const input = validateInput(
    "CreateService",
    withImageConfiguration({ RuntimeEnvironmentVariables: variables }),
  );
  const kept =
    input.SourceConfiguration.ImageRepository?.ImageConfiguration?.RuntimeEnvironmentVariables ?? {};
  expect(Object.getPrototypeOf(kept)).toBeNull();
  expect(new Map(Object.entries(kept))).toEqual(
    new Map([
      ["1", "d"],
      ["__proto__", "a"],
      ["constructor", "b"],
      ["toString", "c"],
    ]),
  );
  expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
});

test("lists and maps above the limit are refused unread", () => {
  const tags = Array.from({ length: maxEntries + 1 }, () => 0);
  expect(refusal("TagResource", { ResourceArn: arn, Tags: tags }).message).toBe(
    "Tags has 10001 entries; it must have at most 10000.",
  );
  const variables = Object.fromEntries(tags.map((_, index) => [`k${index}`, ""]));
  const { violations } = refusal(
    "CreateService",
    withImageConfiguration({ RuntimeEnvironmentVariables: variables }),
  );
  expect(violations).toHaveLength(1);
});

test("the walk stops when enough is wrong, and the message stays short", () => {
  let reads = 0;
  const tag = {
    get Key(): string {
      reads += 1;
      return "aws:".repeat(30);
    },
  };
  const tags = Array.from({ length: maxEntries }, () => tag);
  const error = refusal("TagResource", { ResourceArn: arn, Tags: tags });
  expect(error.violations).toHaveLength(maxViolations);
  expect(reads).toBe(maxViolations);
  expect(error.message.length).toBeLessThanOrEqual(600);
  expect(error.message).toMatch(/ \(and \d more\)$/);
});

test("our own operations pass the same gate", () => {
  const names = { logGroupName: "/aws/apprunner/web/1/application", logStreamName: "instance/1" };
  const input = { ...names, limit: 10_000, startTime: 1_760_000_000_000 };
  expect(validateInput("Logs_20140328.GetLogEvents", input)).toEqual(input);
  expect(refusal("Logs_20140328.GetLogEvents", { ...names, limit: 10_001 }).message).toBe(
    "limit is 10001; it must be 1 to 10000.",
  );
  expect(refusal("Logs_20140328.GetLogEvents", { ...names, startTime: -1 }).message).toBe(
    "startTime is -1; it must be at least 0.",
  );
  expect(refusal("ListInstances", { ServiceArn: "web1" }).message).toContain(
    "must be an ARN such as arn:aws:apprunner",
  );
  expect(validateInput("GetInfo", {})).toEqual({});
  expect(validateInput("GetUsage", { StartTime: 1.5 })).toEqual({ StartTime: new Date(1500) });
  expect(refusal("GetUsage", { Granularity: "WEEK" }).message).toContain("HOUR, DAY, MONTH");
});

test("timestamps are read as Dates and must be numbers a Date can hold", () => {
  const structure = (CreatedAt: unknown): unknown => validateStructure("ConnectionSummary", { CreatedAt });
  expect(structure(1.5)).toEqual({ CreatedAt: new Date(1500) });
  for (const wrong of ["2026-01-01", 1e300])
    expect(() => structure(wrong)).toThrow(/must be a number of seconds/);
});
