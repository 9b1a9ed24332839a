// What CreateService and UpdateService take, what they refuse, and how an update is laid over what is there.
import {
  CreateAutoScalingConfigurationCommand,
  CreateObservabilityConfigurationCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteAutoScalingConfigurationCommand,
  DeleteObservabilityConfigurationCommand,
  DescribeServiceCommand,
  type SourceConfiguration,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { aService, makeService } from "./testing/requests.ts";
import { aServiceRole } from "./testing/service-roles.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;

beforeEach(async () => {
  slipway = await startTestApi();
  for (const name of ["access", "ecr-access"]) {
    await slipway.store.roles.save(aServiceRole(name, "access"));
  }
});
afterEach(() => slipway.close());

const create = (input: Partial<CreateServiceCommandInput>) =>
  slipway.client.send(new CreateServiceCommand({ ...aService(), ...input }));
const image = { ImageIdentifier: "team/web:1", ImageRepositoryType: "ECR_PUBLIC" as const };
const container = "SourceConfiguration.ImageRepository.ImageConfiguration";
const invalid = (message: RegExp | string): unknown =>
  expect.objectContaining({ name: "InvalidRequestException", message: expect.stringMatching(message) });

describe("what is given comes back as it was given", () => {
  test("a full description", async () => {
    const accessRole = "arn:aws:iam::000000000000:role/ecr-access";
    const given = {
      SourceConfiguration: {
        ImageRepository: {
          ImageIdentifier: "000000000000.dkr.ecr.us-east-1.amazonaws.com/web@sha256:" + "a".repeat(64),
          ImageRepositoryType: "ECR" as const,
          ImageConfiguration: {
            Port: "65535",
            StartCommand: "node 'a file.js' --flag=$HOME",
            RuntimeEnvironmentVariables: {
              MODE: "prod",
              EMPTY: "",
              lower_case: "ä=ß\n€",
              ["__proto__"]: "name",
            },
            RuntimeEnvironmentSecrets: {
              DB_URL: "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:url::",
              API_KEY: "/shop/api-key",
            },
          },
        },
        AutoDeploymentsEnabled: false,
        AuthenticationConfiguration: { AccessRoleArn: accessRole },
      },
      HealthCheckConfiguration: {
        Protocol: "HTTP" as const,
        Path: "/health?deep=1",
        Interval: 1,
        Timeout: 20,
        HealthyThreshold: 20,
        UnhealthyThreshold: 1,
      },
      ObservabilityConfiguration: { ObservabilityEnabled: false },
    };
    const { Service } = await create(given);
    expect(Service).toMatchObject(given);
    const described = await slipway.client.send(
      new DescribeServiceCommand({ ServiceArn: Service?.ServiceArn }),
    );
    expect(described.Service).toEqual(Service);
  });

  test("automatic deployments are on by default for source code and ECR, off for ECR Public, where they can be had", async () => {
    const defaultOf = async (ServiceName: string, source: SourceConfiguration) => {
      const command = new CreateServiceCommand({ ServiceName, SourceConfiguration: source });
      const { Service: service } = await slipway.client.send(command);
      return service?.SourceConfiguration?.AutoDeploymentsEnabled;
    };
    const code = {
      RepositoryUrl: "https://git.example.com/team/web",
      SourceCodeVersion: { Type: "BRANCH" as const, Value: "main" },
    };
    const repository = (ImageRepositoryType: "ECR" | "ECR_PUBLIC") => ({
      ImageRepository: { ImageIdentifier: "team/web:1", ImageRepositoryType },
    });
    expect(await defaultOf("code", { CodeRepository: code })).toBe(true);
    expect(await defaultOf("code-off", { CodeRepository: code, AutoDeploymentsEnabled: false })).toBe(false);
    expect(await defaultOf("private", repository("ECR"))).toBe(true);
    expect(await defaultOf("public", repository("ECR_PUBLIC"))).toBe(false);
    expect(await defaultOf("public-on", { ...repository("ECR_PUBLIC"), AutoDeploymentsEnabled: true })).toBe(
      true,
    );
  });

  test("sizes come back in plain units, however they were written", async () => {
    const { Service } = await create({ InstanceConfiguration: { Cpu: "0.25 vCPU", Memory: "0.5 GB" } });
    expect(Service?.InstanceConfiguration).toEqual({ Cpu: "256", Memory: "512" });
  });

  test("an auto scaling configuration named in part comes back as the exact revision", async () => {
    const made = await slipway.client.send(
      new CreateAutoScalingConfigurationCommand({ AutoScalingConfigurationName: "busy" }),
    );
    const arn = made.AutoScalingConfiguration?.AutoScalingConfigurationArn ?? "";
    const partial = arn.split("/").slice(0, 2).join("/");
    const { Service } = await create({ AutoScalingConfigurationArn: partial });
    expect(Service?.AutoScalingConfigurationSummary).toEqual({
      AutoScalingConfigurationArn: arn,
      AutoScalingConfigurationName: "busy",
      AutoScalingConfigurationRevision: 1,
    });
  });
});

describe("what cannot be is refused with its place", () => {
  test.each<[string, Partial<CreateServiceCommandInput>, RegExp]>([
    ["neither source", { SourceConfiguration: {} }, /^SourceConfiguration: must hold exactly one/],
    [
      "both sources",
      {
        SourceConfiguration: {
          ImageRepository: image,
          CodeRepository: {
            RepositoryUrl: "https://git.example.com/a",
            SourceCodeVersion: { Type: "BRANCH", Value: "main" },
          },
        },
      },
      /^SourceConfiguration: must hold exactly one/,
    ],
    [
      "a pair that is not offered",
      { InstanceConfiguration: { Cpu: "256", Memory: "2048" } },
      /Cpu 256 cannot be combined with Memory 2048/,
    ],
    [
      "a cpu without its memory",
      { InstanceConfiguration: { Cpu: "4 vCPU" } },
      /Cpu 4096 cannot be combined with Memory 2048/,
    ],
    [
      "a relative health check path",
      { HealthCheckConfiguration: { Path: "health" } },
      /^HealthCheckConfiguration\.Path: must start with "\/"/,
    ],
    [
      "a path that would end the request line",
      { HealthCheckConfiguration: { Path: "/ HTTP/1.1\r\nx: y" } },
      /^HealthCheckConfiguration\.Path/,
    ],
    [
      "an unknown auto scaling configuration",
      {
        AutoScalingConfigurationArn:
          "arn:aws:apprunner:us-east-1:000000000000:autoscalingconfiguration/nothing",
      },
      /^Auto scaling configuration not found/,
    ],
    [
      "a connector without VPC egress",
      {
        NetworkConfiguration: {
          EgressConfiguration: {
            VpcConnectorArn:
              "arn:aws:apprunner:us-east-1:000000000000:vpcconnector/name/1/0123456789abcdef0123456789abcdef",
          },
        },
      },
      /is only valid with EgressType VPC$/,
    ],
    [
      "VPC egress without a connector",
      { NetworkConfiguration: { EgressConfiguration: { EgressType: "VPC" as const } } },
      /VpcConnectorArn: is required with EgressType VPC/,
    ],
    [
      "a connection for an image",
      {
        SourceConfiguration: {
          ImageRepository: image,
          AuthenticationConfiguration: {
            ConnectionArn:
              "arn:aws:apprunner:us-east-1:000000000000:connection/name/0123456789abcdef0123456789abcdef",
          },
        },
      },
      /an image has no connection$/,
    ],
    [
      "an extension nobody knows",
      { Tags: [{ Key: "slipway:speed", Value: "11" }] },
      /^Tag slipway:speed is not a Slipway extension\. Valid ones: slipway:stop-grace/,
    ],
    [
      "a malformed extension",
      { Tags: [{ Key: "slipway:stop-grace", Value: "soon" }] },
      /^Tag slipway:stop-grace: "soon" is not a duration/,
    ],
    [
      "a key twice",
      {
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "a", Value: "2" },
        ],
      },
      /^Tags: holds the same key twice/,
    ],
    [
      "too many tags",
      { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "" })) },
      /^Tags: a resource has at most 50 tags/,
    ],
    ["a reserved tag", { Tags: [{ Key: "aws:x", Value: "" }] }, /aws:/],
  ])("%s", async (_name, input, message) => {
    await expect(create(input)).rejects.toEqual(invalid(message));
  });

  test.each<[string, NonNullable<Parameters<typeof aService>[1]>, string]>([
    ["port 0", { Port: "0" }, `^${container}.Port: must be a number from 1 to 65535`],
    ["port 65536", { Port: "65536" }, `^${container}.Port`],
    ["a port with a zero in front", { Port: "080" }, `^${container}.Port`],
    ["a port with a protocol", { Port: "80/udp" }, `^${container}.Port`],
    ["an open quote", { StartCommand: 'sh -c "echo' }, `^${container}.StartCommand: a " is never closed`],
    ["an empty command", { StartCommand: "   " }, `^${container}.StartCommand: the command is empty`],
    [
      "PORT in the environment",
      { RuntimeEnvironmentVariables: { A: "1", PORT: "80" } },
      `^${container}.RuntimeEnvironmentVariables\\{1\\}: PORT is set from`,
    ],
    [
      "= in a name",
      { RuntimeEnvironmentVariables: { "A=B": "1" } },
      `^${container}.RuntimeEnvironmentVariables\\{0\\}: a name must not`,
    ],
    [
      "a reserved variable",
      { RuntimeEnvironmentVariables: { AWSAPPRUNNER_X: "1" } },
      `^${container}.RuntimeEnvironmentVariables\\{0\\}: names that begin with AWSAPPRUNNER`,
    ],
    [
      "a secret as PORT",
      { RuntimeEnvironmentSecrets: { PORT: "port" } },
      `^${container}.RuntimeEnvironmentSecrets\\{0\\}: PORT is set`,
    ],
    [
      "a name that a variable and a secret have",
      { RuntimeEnvironmentVariables: { A: "1" }, RuntimeEnvironmentSecrets: { B: "b", A: "a" } },
      `^${container}.RuntimeEnvironmentSecrets\\{1\\}: a variable has this name already`,
    ],
    [
      "what is no reference to a secret",
      { RuntimeEnvironmentSecrets: { A: "/shop/a", B: "arn:aws:s3:::bucket" } },
      `^${container}.RuntimeEnvironmentSecrets\\{1\\}: is an ARN of neither Secrets Manager nor`,
    ],
    [
      "NUL in a value",
      { RuntimeEnvironmentVariables: { A: "a\0b" } },
      `^${container}.RuntimeEnvironmentVariables\\{0\\}.value holds a NUL character`,
    ],
    ["NUL in the start command", { StartCommand: "run a\0b" }, `^${container}.StartCommand holds a NUL`],
    [
      "a variable that no process can get",
      { RuntimeEnvironmentVariables: { A: "€".repeat(51_000) } },
      "at most 131071 bytes",
    ],
    [
      "too much environment in all",
      {
        RuntimeEnvironmentVariables: Object.fromEntries(
          Array.from({ length: 11 }, (_, index) => [`A${index}`, "x".repeat(51_000)]),
        ),
      },
      "it must have at most 524288",
    ],
  ])("%s", async (_name, given, message) => {
    await expect(create(aService("web1", given))).rejects.toEqual(invalid(message));
  });

  test.each([
    "UPPER/case",
    "a b",
    "web:",
    "web@sha256:12",
    "http://example.com/web",
    "../web",
    "a@b@c",
    "-rm",
  ])("the image name %j", async (ImageIdentifier) => {
    const SourceConfiguration = { ImageRepository: { ...image, ImageIdentifier } };
    await expect(create({ SourceConfiguration })).rejects.toEqual(
      invalid(/^SourceConfiguration\.ImageRepository\.ImageIdentifier: /),
    );
  });

  test("no refusal repeats a value from the environment", async () => {
    const cases = [
      [{ RuntimeEnvironmentVariables: { "secret-name=": "secret-value" } }, /a name must not be empty/],
      [{ RuntimeEnvironmentSecrets: { "secret-name=": "secret-reference" } }, /a name must not be empty/],
      [{ RuntimeEnvironmentSecrets: { A: "secret-value!" } }, /is neither the ARN of a secret nor/],
    ] as const;
    for (const [environment, problem] of cases) {
      const error: unknown = await create(aService("web1", environment)).catch((refusal: unknown) => refusal);
      expect(String(error)).toMatch(problem);
      expect(String(error)).not.toMatch(/secret-/);
    }
  });

  test("a deleted auto scaling configuration is refused in App Runner's words", async () => {
    const { client } = slipway;
    const made = await client.send(
      new CreateAutoScalingConfigurationCommand({ AutoScalingConfigurationName: "busy" }),
    );
    const AutoScalingConfigurationArn = made.AutoScalingConfiguration?.AutoScalingConfigurationArn;
    await client.send(new DeleteAutoScalingConfigurationCommand({ AutoScalingConfigurationArn }));
    await expect(create({ AutoScalingConfigurationArn })).rejects.toEqual(
      invalid(/^The auto scaling configuration you specified has been deleted: arn/),
    );
  });
});

describe("what has no effect yet is refused by name, not taken silently", () => {
  test.each<[string, Partial<CreateServiceCommandInput>]>([
    ["NetworkConfiguration.IpAddressType", { NetworkConfiguration: { IpAddressType: "DUAL_STACK" } }],
  ])("%s", async (path, input) => {
    await expect(create(input)).rejects.toEqual(
      invalid(`^${path}: .* is not available in this version of Slipway\\. \\w`),
    );
  });

  test("their defaults, spelled out, are taken", async () => {
    const input = {
      ...aService("web1", { RuntimeEnvironmentSecrets: {}, RuntimeEnvironmentVariables: {} }),
      NetworkConfiguration: {
        EgressConfiguration: { EgressType: "DEFAULT" as const },
        IngressConfiguration: { IsPubliclyAccessible: true },
        IpAddressType: "IPV4" as const,
      },
      ObservabilityConfiguration: { ObservabilityEnabled: false },
    };
    expect(await create(input)).toMatchObject({ Service: { ServiceName: "web1" } });
  });
});

describe("an update is laid over what is there", () => {
  const full = {
    Port: "3000",
    StartCommand: "node server.js",
    RuntimeEnvironmentVariables: { MODE: "prod", LEVEL: "info" },
  };
  let arn: string | undefined;
  const update = (input: Omit<UpdateServiceCommandInput, "ServiceArn">) =>
    slipway.client.send(new UpdateServiceCommand({ ServiceArn: arn, ...input }));

  beforeEach(async () => {
    const input = {
      ...aService("web1", full),
      InstanceConfiguration: { Cpu: "512", Memory: "1024" },
      HealthCheckConfiguration: { Protocol: "HTTP" as const, Path: "/up" },
    };
    input.SourceConfiguration = {
      ...input.SourceConfiguration,
      AuthenticationConfiguration: { AccessRoleArn: "arn:aws:iam::000000000000:role/access" },
    };
    arn = (await makeService(slipway, input)).ServiceArn;
  });

  test("members that are not sent keep their value, at every level", async () => {
    const { Service, OperationId } = await update({ HealthCheckConfiguration: { Interval: 9 } });
    expect(OperationId).toMatch(/^[0-9a-f]{32}$/);
    expect(Service).toMatchObject({
      Status: "OPERATION_IN_PROGRESS",
      HealthCheckConfiguration: { Protocol: "HTTP", Path: "/up", Interval: 9, Timeout: 2 },
      InstanceConfiguration: { Cpu: "512", Memory: "1024" },
      SourceConfiguration: {
        AuthenticationConfiguration: { AccessRoleArn: "arn:aws:iam::000000000000:role/access" },
        ImageRepository: { ImageConfiguration: full },
      },
    });
  });

  test("an image without ImageConfiguration keeps port, command and environment", async () => {
    const { Service } = await update({
      SourceConfiguration: { ImageRepository: { ...image, ImageIdentifier: "team/web:2" } },
    });
    expect(Service?.SourceConfiguration?.ImageRepository).toEqual({
      ...image,
      ImageIdentifier: "team/web:2",
      ImageConfiguration: full,
    });
  });

  test("an ImageConfiguration is the whole description: what it leaves out goes back to its default", async () => {
    const { Service } = await update({
      SourceConfiguration: {
        ImageRepository: { ...image, ImageConfiguration: { RuntimeEnvironmentVariables: { MODE: "test" } } },
      },
    });
    expect(Service?.SourceConfiguration?.ImageRepository?.ImageConfiguration).toEqual({
      Port: "8080",
      RuntimeEnvironmentVariables: { MODE: "test" },
    });
  });

  test("a cpu alone is checked against the memory that stays", async () => {
    await expect(update({ InstanceConfiguration: { Cpu: "4 vCPU" } })).rejects.toEqual(
      invalid(/Cpu 4096 cannot be combined with Memory 1024/),
    );
    expect(await update({ InstanceConfiguration: { Cpu: "256" } })).toMatchObject({
      Service: { InstanceConfiguration: { Cpu: "256", Memory: "1024" } },
    });
  });

  test("a change that changes nothing is taken without an operation", async () => {
    const reply = await update({ InstanceConfiguration: { Cpu: "0.5 vCPU", Memory: "1 GB" } });
    expect(reply).not.toHaveProperty("OperationId");
    expect(reply.Service?.Status).toBe("RUNNING");
  });

  test("an update that sends nothing is refused in App Runner's words, but rebuilds after CREATE_FAILED", async () => {
    await expect(update({})).rejects.toEqual(
      invalid("^No configurations provided in the UpdateService request.$"),
    );
    const failed = await makeService(slipway, aService("failed"), "CREATE_FAILED");
    const rebuilt = await slipway.client.send(new UpdateServiceCommand({ ServiceArn: failed.ServiceArn }));
    expect(rebuilt.OperationId).toMatch(/^[0-9a-f]{32}$/);
  });

  test("an image service does not change to source code", async () => {
    const CodeRepository = {
      RepositoryUrl: "https://git.example.com/a",
      SourceCodeVersion: { Type: "BRANCH" as const, Value: "main" },
    };
    await expect(update({ SourceConfiguration: { CodeRepository } })).rejects.toEqual(
      invalid(/cannot change to source code/),
    );
  });

  test("a busy service is refused in App Runner's words", async () => {
    await update({ HealthCheckConfiguration: { Interval: 9 } });
    await expect(update({ HealthCheckConfiguration: { Interval: 10 } })).rejects.toMatchObject({
      name: "InvalidStateException",
      message: "Service cannot be updated in the current state: OPERATION_IN_PROGRESS.",
    });
  });

  test("a refused update changes nothing", async () => {
    const before = await slipway.client.send(new DescribeServiceCommand({ ServiceArn: arn }));
    await expect(update({ HealthCheckConfiguration: { Path: "up" } })).rejects.toEqual(invalid(/Path/));
    const after = await slipway.client.send(new DescribeServiceCommand({ ServiceArn: arn }));
    expect(after.Service).toEqual(before.Service);
  });
});

describe("tracing", () => {
  const path = "ObservabilityConfiguration.ObservabilityConfigurationArn";
  const makeTracing = async (): Promise<string | undefined> => {
    const command = new CreateObservabilityConfigurationCommand({
      ObservabilityConfigurationName: "trace",
      TraceConfiguration: { Vendor: "AWSXRAY" },
    });
    const { ObservabilityConfiguration } = await slipway.client.send(command);
    return ObservabilityConfiguration?.ObservabilityConfigurationArn;
  };

  test("a service names a configuration, by a part of its ARN too, and gets the exact revision", async () => {
    const exact = await makeTracing();
    const { Service } = await create({
      ObservabilityConfiguration: {
        ObservabilityEnabled: true,
        ObservabilityConfigurationArn: exact?.split("/").slice(0, 2).join("/"),
      },
    });
    const enabled = { ObservabilityEnabled: true, ObservabilityConfigurationArn: exact };
    expect(Service?.ObservabilityConfiguration).toEqual(enabled);
    const remove = new DeleteObservabilityConfigurationCommand({ ObservabilityConfigurationArn: exact });
    await expect(slipway.client.send(remove)).rejects.toEqual(invalid(/in use|used by/i));
  });

  test("it is switched off and on again by an update, and stays when nothing is said of it", async () => {
    const { ServiceArn, ServiceId = "" } = await makeService(slipway);
    const update = async (input: Omit<UpdateServiceCommandInput, "ServiceArn">) => {
      const { Service } = await slipway.client.send(new UpdateServiceCommand({ ServiceArn, ...input }));
      await slipway.commands.settle(ServiceId, "RUNNING");
      return Service?.ObservabilityConfiguration;
    };
    const enabled = { ObservabilityEnabled: true, ObservabilityConfigurationArn: await makeTracing() };
    expect(await update({ ObservabilityConfiguration: enabled })).toEqual(enabled);
    expect(await update({ HealthCheckConfiguration: { Interval: 9 } })).toEqual(enabled);
    expect(await update({ ObservabilityConfiguration: { ObservabilityEnabled: false } })).toEqual({
      ObservabilityEnabled: false,
    });
  });

  test("none, one that is not there and one that is not enabled are refused with the place", async () => {
    const wish = (ObservabilityConfiguration: CreateServiceCommandInput["ObservabilityConfiguration"]) =>
      create({ ObservabilityConfiguration });
    await expect(wish({ ObservabilityEnabled: true })).rejects.toEqual(
      invalid(`^${path}: is required when ObservabilityEnabled is true`),
    );
    const ObservabilityConfigurationArn = await makeTracing();
    await expect(wish({ ObservabilityEnabled: false, ObservabilityConfigurationArn })).rejects.toEqual(
      invalid(`^${path}: is only valid when`),
    );
    const missing = `${ObservabilityConfigurationArn?.slice(0, -32)}${"0".repeat(32)}`;
    await expect(
      wish({ ObservabilityEnabled: true, ObservabilityConfigurationArn: missing }),
    ).rejects.toMatchObject({ name: expect.stringMatching(/ResourceNotFound|InvalidRequest/) });
  });
});
