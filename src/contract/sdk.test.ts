// The real AWS client against this codec over a real socket.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { buffer } from "node:stream/consumers";
import {
  AppRunnerClient,
  CreateServiceCommand,
  DescribeServiceCommand,
  InternalServiceErrorException,
  InvalidRequestException,
  InvalidStateException,
  ListServicesCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
} from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WireError } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import type { CreateServiceRequest, Service } from "./model.gen.ts";
import { encodeError, encodeOutput } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { parseRequest } from "./request.ts";
import type { WireRequest } from "./request.ts";
import { validateInput } from "./validate.ts";

const requestId = "0d990263-018e-4e65-a703-eff731de951e";
const now = new Date(1_760_000_000_123);
let received: CreateServiceRequest | undefined;

function serviceOf(input: CreateServiceRequest): Service {
  return {
    ServiceName: input.ServiceName,
    ServiceId: "8fe1e10304f84fd2b0df550fe98a71fa",
    ServiceArn: `arn:aws:apprunner:us-east-1:000000000000:service/${input.ServiceName}/8fe1e10304f84fd2b0df550fe98a71fa`,
    CreatedAt: now,
    UpdatedAt: now,
    Status: "OPERATION_IN_PROGRESS",
    SourceConfiguration: input.SourceConfiguration,
    InstanceConfiguration: { Cpu: "1024", Memory: "2048" },
    AutoScalingConfigurationSummary: { Status: "active" },
    NetworkConfiguration: {},
  };
}

function answer(request: WireRequest): Reply {
  const { operation, value } = parseRequest(request);
  if (operation.name === "CreateService") {
    received = validateInput("CreateService", value);
    return encodeOutput(
      "CreateService",
      { Service: serviceOf(received), OperationId: "0".repeat(32) },
      requestId,
    );
  }
  if (operation.name === "ListServices") {
    validateInput("ListServices", value);
    return encodeOutput(
      "ListServices",
      { ServiceSummaryList: [{ ServiceName: "web1", CreatedAt: now }] },
      requestId,
    );
  }
  // DescribeService: the last part of the ARN is the code of the error to answer with.
  const { ServiceArn } = validateInput("DescribeService", value);
  throw new WireError(ServiceArn.split("/").at(-1) as ErrorCode, "as asked");
}

function safely(request: WireRequest): Reply {
  try {
    return answer(request);
  } catch (error) {
    if (error instanceof WireError) return encodeError(error, requestId);
    throw error;
  }
}

let server: Server;
let client: AppRunnerClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const reply = safely({ headers: request.headers, body });
      return response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
  client = new AppRunnerClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials,
    maxAttempts: 1,
  });
});

afterAll(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const arnFor = (code: string): string => `arn:aws:apprunner:us-east-1:000000000000:service/web1/${code}`;

test("CreateService reaches the handler whole and its reply comes back with dates", async () => {
  const input = {
    ServiceName: "web1",
    SourceConfiguration: {
      ImageRepository: {
        ImageIdentifier: "ghcr.io/acme/web:1",
        ImageRepositoryType: "ECR_PUBLIC",
        ImageConfiguration: { Port: "8080", RuntimeEnvironmentVariables: { GREETING: "hé 🚀" } },
      },
    },
    Tags: [{ Key: "slipway:scale-to-zero", Value: "15m" }],
  } as const;
  const output = await client.send(new CreateServiceCommand({ ...input, Tags: [...input.Tags] }));
  expect(JSON.parse(JSON.stringify(received))).toEqual(input);
  expect(output.$metadata).toMatchObject({ httpStatusCode: 200, requestId });
  expect(output.Service).toMatchObject({ Status: "OPERATION_IN_PROGRESS", CreatedAt: now });
  expect(output.Service?.SourceConfiguration).toEqual(input.SourceConfiguration);
});

test("ListServices comes back in whole seconds", async () => {
  const { ServiceSummaryList } = await client.send(new ListServicesCommand({}));
  expect(ServiceSummaryList).toEqual([{ ServiceName: "web1", CreatedAt: new Date(1_760_000_000_000) }]);
});

test("a refused input is an InvalidRequestException that says where", async () => {
  const command = new CreateServiceCommand({ ServiceName: "w", SourceConfiguration: {} });
  const error: unknown = await client.send(command).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidRequestException);
  expect(error).toMatchObject({ message: "ServiceName has 1 character; it must have 4 to 40." });
});

test.each([
  [InternalServiceErrorException, 500],
  [InvalidRequestException, 400],
  [InvalidStateException, 400],
  [ResourceNotFoundException, 400],
  [ServiceQuotaExceededException, 402],
])("%o arrives as its own class", async (errorClass, status) => {
  const command = new DescribeServiceCommand({ ServiceArn: arnFor(errorClass.name) });
  const error: unknown = await client.send(command).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(errorClass);
  expect(error).toMatchObject({ message: "as asked", $metadata: { httpStatusCode: status, requestId } });
});

test("a common error arrives by its name", async () => {
  const command = new DescribeServiceCommand({ ServiceArn: arnFor("AccessDeniedException") });
  const error: unknown = await client.send(command).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "AccessDeniedException", message: "as asked" });
});
