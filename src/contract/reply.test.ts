import { expect, test } from "vitest";
import { errorShapes, WireError } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import type { ListServicesResponse, Service } from "./model.gen.ts";
import { encodeError, encodeOutput } from "./reply.ts";

const requestId = "0d990263-018e-4e65-a703-eff731de951e";
const createdAt = new Date(1_760_000_000_123);

const service: Service = {
  ServiceName: "web1",
  ServiceId: "8fe1e10304f84fd2b0df550fe98a71fa",
  ServiceArn: "arn:aws:apprunner:us-east-1:000000000000:service/web1/8fe1e10304f84fd2b0df550fe98a71fa",
  CreatedAt: createdAt,
  UpdatedAt: createdAt,
  DeletedAt: undefined,
  Status: "RUNNING",
  SourceConfiguration: { AutoDeploymentsEnabled: false },
  InstanceConfiguration: {},
  AutoScalingConfigurationSummary: {},
  NetworkConfiguration: {},
};

const bodyOf = (reply: { body: string }): Record<string, unknown> =>
  JSON.parse(reply.body) as Record<string, unknown>;

test("a reply carries the headers AWS's do", () => {
  expect(encodeOutput("TagResource", {}, requestId)).toEqual({
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": requestId },
    body: "{}",
  });
});

test("absent members are left out and times keep their milliseconds", () => {
  const { Service } = bodyOf(encodeOutput("DescribeService", { Service: service }, requestId));
  expect(Service).toMatchObject({
    CreatedAt: 1_760_000_000.123,
    SourceConfiguration: { AutoDeploymentsEnabled: false },
  });
  expect(Service).not.toHaveProperty("DeletedAt");
  expect(Service).not.toHaveProperty("ServiceUrl");
});

test("ListServices cuts times to whole seconds", () => {
  const output: ListServicesResponse = {
    ServiceSummaryList: [{ ServiceName: "web1", CreatedAt: createdAt }],
  };
  expect(encodeOutput("ListServices", output, requestId).body).toBe(
    '{"ServiceSummaryList":[{"ServiceName":"web1","CreatedAt":1760000000}]}',
  );
});

test("members that the model does not know stay inside", () => {
  const output = { Service: { ...service, Password: "hunter2" }, Debug: true };
  const reply = encodeOutput("DescribeService", output, requestId);
  expect(reply.body).not.toContain("hunter2");
  expect(reply.body).not.toContain("Debug");
});

test("times of log lines stay milliseconds", () => {
  const event = { timestamp: createdAt.getTime(), message: "hello", ingestionTime: createdAt.getTime() };
  const reply = encodeOutput(
    "Logs_20140328.GetLogEvents",
    { events: [event], nextForwardToken: "f/1", nextBackwardToken: "b/1" },
    requestId,
  );
  expect(bodyOf(reply)).toMatchObject({ events: [event] });
});

test("a number or time that JSON cannot carry is our own mistake", () => {
  const release = {
    ReleaseNumber: Number.NaN,
    ImageIdentifier: "nginx",
    CreatedAt: createdAt,
    Status: "ready",
    HasServed: true,
    OperationId: "0".repeat(32),
  };
  expect(() => encodeOutput("ListReleases", { Releases: [release] }, requestId)).toThrow(TypeError);
  const undated = { ...release, ReleaseNumber: 1, CreatedAt: new Date(Number.NaN) };
  expect(() => encodeOutput("ListReleases", { Releases: [undated] }, requestId)).toThrow(TypeError);
});

test.each<[ErrorCode, number]>([
  ["InvalidRequestException", 400],
  ["InvalidStateException", 400],
  ["ResourceNotFoundException", 400],
  ["ServiceQuotaExceededException", 402],
  ["InternalServiceErrorException", 500],
  ["AccessDeniedException", 403],
  ["ThrottlingException", 400],
  ["UnknownOperationException", 404],
])("%s is sent with HTTP %i", (code, status) => {
  const reply = encodeError({ code, message: "No." }, requestId);
  expect(reply.status).toBe(status);
  expect(reply.body).toBe(`{"__type":"${code}","Message":"No."}`);
});

test("only server errors have a 5xx status", () => {
  for (const { status, fault } of Object.values(errorShapes)) expect(status >= 500).toBe(fault === "server");
});

test("a long message is cut to 600 characters, not inside one", () => {
  const { message } = new WireError("InternalFailure", `${"x".repeat(598)}🚀🚀`);
  expect(message).toBe(`${"x".repeat(598)}…`);
  expect(
    bodyOf(encodeError({ code: "InternalFailure", message: "y".repeat(601) }, requestId))["Message"],
  ).toHaveLength(600);
});
