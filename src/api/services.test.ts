import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServiceCommand,
  ListOperationsCommand,
  ListServicesCommand,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;

beforeEach(async () => {
  slipway = await startTestApi();
});
afterEach(() => slipway.close());

const smallest = {
  ServiceName: "web1",
  SourceConfiguration: {
    ImageRepository: { ImageIdentifier: "team/web:1", ImageRepositoryType: "ECR_PUBLIC" as const },
  },
};

test("the smallest create answers with every default filled in, as App Runner does", async () => {
  const reply = await slipway.client.send(new CreateServiceCommand(smallest));
  expect(reply.OperationId).toMatch(/^[0-9a-f]{32}$/);
  expect(reply.Service).toMatchObject({
    ServiceName: "web1",
    Status: "OPERATION_IN_PROGRESS",
    ServiceUrl: expect.stringMatching(/^[a-z0-9]{10}\.us-east-1\.slipway\.localhost:8080$/),
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
  expect(reply.Service).not.toHaveProperty("ObservabilityConfiguration");
  expect(reply.Service).not.toHaveProperty("EncryptionConfiguration");
});

test("a service is described, listed with its operation, deleted, and still described as DELETED", async () => {
  const { client, commands } = slipway;
  const { Service: made } = await client.send(new CreateServiceCommand(smallest));
  const ServiceArn = made?.ServiceArn;
  await commands.settle(made?.ServiceId ?? "", "RUNNING");
  const described = await client.send(new DescribeServiceCommand({ ServiceArn }));
  expect(described.Service?.Status).toBe("RUNNING");
  const listed = await client.send(new ListServicesCommand({}));
  expect(listed.ServiceSummaryList?.map((service) => service.ServiceArn)).toEqual([ServiceArn]);
  const operations = await client.send(new ListOperationsCommand({ ServiceArn }));
  expect(operations.OperationSummaryList).toMatchObject([
    { Type: "CREATE_SERVICE", Status: "SUCCEEDED", TargetArn: ServiceArn },
  ]);
  const deleting = await client.send(new DeleteServiceCommand({ ServiceArn }));
  expect(deleting.Service?.Status).toBe("OPERATION_IN_PROGRESS");
  await commands.settle(made?.ServiceId ?? "", "DELETED");
  const gone = await client.send(new DescribeServiceCommand({ ServiceArn }));
  expect(gone.Service).toMatchObject({ Status: "DELETED", DeletedAt: expect.any(Date) });
  expect((await client.send(new ListServicesCommand({}))).ServiceSummaryList).toEqual([]);
});
