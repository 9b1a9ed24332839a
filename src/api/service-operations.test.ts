// The life of a service through AWS's own client: every operation on services, in and out of the states that allow it.
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeAutoScalingConfigurationCommand,
  DescribeServiceCommand,
  InvalidStateException,
  ListOperationsCommand,
  ListServicesCommand,
  PauseServiceCommand,
  ResourceNotFoundException,
  ResumeServiceCommand,
  StartDeploymentCommand,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aService, makeService } from "./testing/requests.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { serviceArnPrefix, startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;

beforeEach(async () => {
  slipway = await startTestApi();
});
afterEach(() => slipway.close());

const missingArn = `${serviceArnPrefix}web1/0123456789abcdef0123456789abcdef`;
const hexId: unknown = expect.stringMatching(/^[0-9a-f]{32}$/);

test("the smallest create answers with every default filled in, as App Runner does", async () => {
  const reply = await slipway.client.send(new CreateServiceCommand(aService()));
  expect(reply.OperationId).toEqual(hexId);
  expect(reply.Service).toEqual({
    ServiceName: "web1",
    ServiceId: hexId,
    ServiceArn: `${serviceArnPrefix}web1/${reply.Service?.ServiceId}`,
    ServiceUrl: expect.stringMatching(/^[a-z0-9]{10}\.us-east-1\.slipway\.localhost:8080$/),
    Status: "OPERATION_IN_PROGRESS",
    CreatedAt: expect.any(Date),
    UpdatedAt: expect.any(Date),
    SourceConfiguration: {
      ImageRepository: {
        ImageIdentifier: "team/web:1",
        ImageRepositoryType: "ECR_PUBLIC",
        ImageConfiguration: { Port: "8080" },
      },
      AutoDeploymentsEnabled: false,
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
    AutoScalingConfigurationSummary: {
      AutoScalingConfigurationArn:
        "arn:aws:apprunner:us-east-1:000000000000:autoscalingconfiguration/DefaultConfiguration/1/00000000000000000000000000000001",
      AutoScalingConfigurationName: "DefaultConfiguration",
      AutoScalingConfigurationRevision: 1,
    },
    NetworkConfiguration: {
      IpAddressType: "IPV4",
      EgressConfiguration: { EgressType: "DEFAULT" },
      IngressConfiguration: { IsPubliclyAccessible: true },
    },
  });
});

test("a deleted service is described as DELETED and listed no more; its operations stay readable", async () => {
  const { client, commands } = slipway;
  const { ServiceArn, ServiceId = "" } = await makeService(slipway);
  const deleting = await client.send(new DeleteServiceCommand({ ServiceArn }));
  expect(deleting).toMatchObject({ OperationId: hexId, Service: { Status: "OPERATION_IN_PROGRESS" } });
  await commands.settle(ServiceId, "DELETED");
  const { Service: gone } = await client.send(new DescribeServiceCommand({ ServiceArn }));
  expect(gone).toMatchObject({ Status: "DELETED", DeletedAt: expect.any(Date) });
  expect((await client.send(new ListServicesCommand({}))).ServiceSummaryList).toEqual([]);
  const operations = await client.send(new ListOperationsCommand({ ServiceArn }));
  expect(operations.OperationSummaryList?.map(({ Type }) => Type)).toEqual([
    "DELETE_SERVICE",
    "CREATE_SERVICE",
  ]);
});

test("a deleted service is not found by anything that acts", async () => {
  const { client, commands } = slipway;
  const { ServiceArn, ServiceId = "" } = await makeService(slipway);
  await commands.settle(ServiceId, "DELETED");
  const calls = [
    client.send(new DeleteServiceCommand({ ServiceArn })),
    client.send(new PauseServiceCommand({ ServiceArn })),
    client.send(new ResumeServiceCommand({ ServiceArn })),
    client.send(new StartDeploymentCommand({ ServiceArn })),
  ];
  const outcomes = await Promise.allSettled<unknown>(calls);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(ResourceNotFoundException) });
  }
});

test("CREATE_FAILED, PAUSED and busy services are listed", async () => {
  await makeService(slipway, aService("failed"), "CREATE_FAILED");
  await makeService(slipway, aService("paused"), "PAUSED");
  await makeService(slipway, aService("busy"), "OPERATION_IN_PROGRESS");
  const { ServiceSummaryList } = await slipway.client.send(new ListServicesCommand({}));
  expect(ServiceSummaryList?.map(({ Status }) => Status).sort()).toEqual([
    "CREATE_FAILED",
    "OPERATION_IN_PROGRESS",
    "PAUSED",
  ]);
});

test("a summary has App Runner's members, and whole seconds; DescribeService has milliseconds", async () => {
  const { ServiceArn = "" } = await makeService(slipway);
  const { body } = await callOperation(slipway, "AppRunner.ListServices", {});
  const [summary] = body["ServiceSummaryList"] as readonly Record<string, unknown>[];
  expect(Object.keys(summary ?? {})).toEqual([
    "ServiceName",
    "ServiceId",
    "ServiceArn",
    "ServiceUrl",
    "CreatedAt",
    "UpdatedAt",
    "Status",
  ]);
  expect(Number.isInteger(summary?.["CreatedAt"])).toBe(true);
  const described = await callOperation(slipway, "AppRunner.DescribeService", { ServiceArn });
  const service = described.body["Service"] as Record<string, unknown>;
  expect(Math.floor(Number(service["CreatedAt"]))).toBe(summary?.["CreatedAt"]);
});

test("an operation under way has no EndedAt, and all times and the target are there", async () => {
  const { ServiceArn } = await makeService(slipway, aService(), "OPERATION_IN_PROGRESS");
  await slipway.client.send(new DeleteServiceCommand({ ServiceArn }));
  const { OperationSummaryList } = await slipway.client.send(new ListOperationsCommand({ ServiceArn }));
  expect(OperationSummaryList?.[0]).toEqual({
    Id: hexId,
    Type: "DELETE_SERVICE",
    Status: "IN_PROGRESS",
    TargetArn: ServiceArn,
    StartedAt: expect.any(Date),
    UpdatedAt: expect.any(Date),
  });
  expect(OperationSummaryList?.[1]).toMatchObject({ Status: "SUCCEEDED", EndedAt: expect.any(Date) });
});

describe("names and ARNs", () => {
  test("a name that is taken is refused in App Runner's words", async () => {
    await makeService(slipway);
    await expect(slipway.client.send(new CreateServiceCommand(aService()))).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "Service with the provided name already exists: web1.",
    });
  });

  test.each([
    ["an id nobody has", missingArn],
    ["a name that does not belong to the id", "other"],
    ["another region", "eu-west-1"],
    ["an ARN without id", `${serviceArnPrefix}web1`],
    [
      "an ARN of another AWS service",
      "arn:aws:s3:us-east-1:000000000000:service/web1/0123456789abcdef0123456789abcdef",
    ],
  ])("%s is not found, with status 400", async (_name, variant) => {
    const { ServiceArn = "" } = await makeService(slipway);
    const arn = {
      other: ServiceArn.replace("/web1/", "/other/"),
      "eu-west-1": ServiceArn.replace("us-east-1", variant),
    };
    const asked = variant in arn ? arn[variant as keyof typeof arn] : variant;
    const error: unknown = await slipway.client
      .send(new DescribeServiceCommand({ ServiceArn: asked }))
      .catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({
      message: `Service not found: ${asked}`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("the ARN of another kind of resource is an invalid request", async () => {
    const ServiceArn =
      "arn:aws:apprunner:us-east-1:000000000000:connection/web1/0123456789abcdef0123456789abcdef";
    await expect(slipway.client.send(new DescribeServiceCommand({ ServiceArn }))).rejects.toThrow(
      /^ServiceArn: must be the ARN of a service/,
    );
    const AutoScalingConfigurationArn = ServiceArn;
    await expect(
      slipway.client.send(new DescribeAutoScalingConfigurationCommand({ AutoScalingConfigurationArn })),
    ).rejects.toThrow(/must be the ARN of an auto scaling configuration/);
  });

  test("another account's service is denied", async () => {
    const ServiceArn = missingArn.replace("000000000000", "111111111111");
    await expect(slipway.client.send(new DescribeServiceCommand({ ServiceArn }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });
});

describe("pause, resume and deployments", () => {
  test("a running service is paused, a paused one resumed; both are operations", async () => {
    const { client, commands } = slipway;
    const { ServiceArn, ServiceId = "" } = await makeService(slipway);
    expect(await client.send(new PauseServiceCommand({ ServiceArn }))).toMatchObject({ OperationId: hexId });
    await commands.settle(ServiceId, "PAUSED");
    expect(await client.send(new ResumeServiceCommand({ ServiceArn }))).toMatchObject({ OperationId: hexId });
  });

  test("pausing a paused service and resuming a running one succeed without an operation", async () => {
    const { client } = slipway;
    const paused = await makeService(slipway, aService("paused"), "PAUSED");
    const running = await makeService(slipway, aService("running"));
    const pause = await client.send(new PauseServiceCommand({ ServiceArn: paused.ServiceArn }));
    const resume = await client.send(new ResumeServiceCommand({ ServiceArn: running.ServiceArn }));
    for (const reply of [pause, resume]) expect(reply).not.toHaveProperty("OperationId");
    expect([pause.Service?.Status, resume.Service?.Status]).toEqual(["PAUSED", "RUNNING"]);
  });

  test("a busy service is refused with an InvalidStateException", async () => {
    const { ServiceArn } = await makeService(slipway, aService(), "OPERATION_IN_PROGRESS");
    await expect(slipway.client.send(new PauseServiceCommand({ ServiceArn }))).rejects.toBeInstanceOf(
      InvalidStateException,
    );
  });

  test("a deployment answers with its operation alone, and outside of RUNNING is an InvalidRequestException", async () => {
    const { client, commands } = slipway;
    const { ServiceArn, ServiceId = "" } = await makeService(slipway);
    const { $metadata: _metadata, ...reply } = await client.send(new StartDeploymentCommand({ ServiceArn }));
    expect(reply).toEqual({ OperationId: hexId });
    await commands.settle(ServiceId, "PAUSED");
    await expect(client.send(new StartDeploymentCommand({ ServiceArn }))).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "Can't start a deployment on the specified service, because it isn't in RUNNING state",
    });
  });
});
