// What CreateService and UpdateService take as source code, and what they refuse.
import {
  type CodeConfiguration,
  type CodeRepository,
  CreateServiceCommand,
  type SourceConfiguration,
  UpdateServiceCommand,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeRuntimeCatalogue } from "./testing/fake-runtime-catalogue.ts";
import { makeService } from "./testing/requests.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;
let runtimes: FakeRuntimeCatalogue;
beforeEach(async () => {
  runtimes = new FakeRuntimeCatalogue();
  slipway = await startTestApi({ runtimes });
});
afterEach(() => slipway.close());

const branch = { Type: "BRANCH", Value: "main" } as const;
const aRepository = (change: Partial<CodeRepository> = {}): CodeRepository => ({
  RepositoryUrl: "https://git.example.com/shop/web",
  SourceCodeVersion: branch,
  ...change,
});
const values: CodeConfiguration = {
  ConfigurationSource: "API",
  CodeConfigurationValues: {
    Runtime: "NODEJS_22",
    BuildCommand: "npm ci",
    StartCommand: "node a.js && true",
    Port: "3000",
    RuntimeEnvironmentVariables: { MODE: "prod" },
    RuntimeEnvironmentSecrets: { TOKEN: "/shop/token" },
  },
};
const aService = (change: Partial<CodeRepository> = {}, source: Partial<SourceConfiguration> = {}) => ({
  ServiceName: "web1",
  SourceConfiguration: { CodeRepository: aRepository(change), ...source },
});
const created = async (change: Partial<CodeRepository> = {}) => {
  const { Service: service } = await slipway.client.send(new CreateServiceCommand(aService(change)));
  return service?.SourceConfiguration?.CodeRepository;
};
const refusal = (change: Partial<CodeRepository>, source: Partial<SourceConfiguration> = {}) =>
  slipway.client.send(new CreateServiceCommand(aService(change, source))).then(
    () => "accepted",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("source code", () => {
  test("comes back as it was given", async () => {
    const given = aRepository({ SourceDirectory: "/services/web", CodeConfiguration: values });
    expect(await created(given)).toEqual(given);
  });

  test("has App Runner's defaults: the root, and apprunner.yaml where nothing else is said", async () => {
    expect(await created()).toEqual(
      aRepository({ SourceDirectory: "/", CodeConfiguration: { ConfigurationSource: "REPOSITORY" } }),
    );
  });

  test("that apprunner.yaml describes has no values of the API's", async () => {
    const CodeConfiguration = { ...values, ConfigurationSource: "REPOSITORY" as const };
    expect((await created({ CodeConfiguration }))?.CodeConfiguration).toEqual({
      ConfigurationSource: "REPOSITORY",
    });
  });

  test.each(["../..", "services/web", "/a/../../b", "/a\\b", "/."])(
    "is refused in the directory %j",
    async (SourceDirectory) => {
      expect(await refusal({ SourceDirectory })).toMatch(
        /^InvalidRequestException: SourceConfiguration.CodeRepository.SourceDirectory: must/,
      );
    },
  );

  test.each(["--upload-pack=touch /tmp/x", "-x", "a..b", "a b", "a~1", "x.lock", "@", "a//b", "/a", "a@{1}"])(
    "is refused from the branch %j",
    async (Value) => {
      expect(await refusal({ SourceCodeVersion: { Type: "BRANCH", Value } })).toMatch(
        /^InvalidRequestException: .*SourceCodeVersion.Value: is not a name a branch can have/,
      );
    },
  );

  test("is refused with a secret under the name of a variable", async () => {
    const both = { ...values.CodeConfigurationValues, RuntimeEnvironmentSecrets: { MODE: "/shop/mode" } };
    const CodeConfiguration = {
      ...values,
      CodeConfigurationValues: { ...both, Runtime: "NODEJS_22" as const },
    };
    expect(await refusal({ CodeConfiguration })).toMatch(
      /CodeConfigurationValues.RuntimeEnvironmentSecrets\{0\}: a variable has this name already/,
    );
  });

  test("is refused without the values that ConfigurationSource announces", async () => {
    expect(await refusal({ CodeConfiguration: { ConfigurationSource: "API" } })).toMatch(
      /CodeConfigurationValues: must be given when ConfigurationSource is API/,
    );
  });

  test("is refused with an access role, which is for images", async () => {
    const AuthenticationConfiguration = { AccessRoleArn: "arn:aws:iam::000000000000:role/ecr" };
    expect(await refusal({}, { AuthenticationConfiguration })).toMatch(/AccessRoleArn: is for images only/);
  });
});

const UNAVAILABLE = "NODEJS_16 cannot be had on this machine. There are NODEJS_22 (22).";
const old: CodeConfiguration = {
  ConfigurationSource: "API",
  CodeConfigurationValues: { Runtime: "NODEJS_16", StartCommand: "node a.js" },
};

describe("a runtime that this machine cannot have", () => {
  test("is refused at once, with those that can be had", async () => {
    runtimes.unavailable.set("NODEJS_16", UNAVAILABLE);
    expect(await refusal({ CodeConfiguration: old })).toBe(
      `InvalidRequestException: SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.Runtime: ${UNAVAILABLE}`,
    );
    expect(await created({ CodeConfiguration: values })).toBeDefined();
  });

  test("is accepted with a Dockerfile, which has its own images", async () => {
    runtimes.unavailable.set("NODEJS_16", UNAVAILABLE);
    const Tags = [{ Key: "slipway:dockerfile", Value: "Dockerfile" }];
    const service = await makeService(slipway, { ...aService({ CodeConfiguration: old }), Tags });
    expect(service.Status).toBe("OPERATION_IN_PROGRESS");
  });

  test("is refused by an update to it; what was built with it may still be changed", async () => {
    const { ServiceArn, ServiceId } = await makeService(slipway, aService({ CodeConfiguration: values }));
    const update = (CodeConfiguration: CodeConfiguration) =>
      slipway.client.send(
        new UpdateServiceCommand({
          ServiceArn,
          SourceConfiguration: { CodeRepository: aRepository({ CodeConfiguration }) },
        }),
      );
    runtimes.unavailable.set("NODEJS_16", UNAVAILABLE);
    await expect(update(old)).rejects.toThrow(UNAVAILABLE);
    runtimes.unavailable.clear();
    await update(old);
    await slipway.commands.settle(ServiceId ?? "", "RUNNING");
    runtimes.unavailable.set("NODEJS_16", UNAVAILABLE);
    const changed = {
      ...old.CodeConfigurationValues,
      Port: "3000",
    } as CodeConfiguration["CodeConfigurationValues"];
    expect(await update({ ...old, CodeConfigurationValues: changed })).toBeDefined();
  });
});

describe("an update", () => {
  test("keeps what is not sent, and does not turn code into an image", async () => {
    const service = await makeService(
      slipway,
      aService({ SourceDirectory: "/web", CodeConfiguration: values }),
    );
    const { ServiceArn } = service;
    const { Service: changed } = await slipway.client.send(
      new UpdateServiceCommand({
        ServiceArn,
        SourceConfiguration: {
          CodeRepository: aRepository({ SourceCodeVersion: { Type: "BRANCH", Value: "next" } }),
        },
      }),
    );
    expect(changed?.SourceConfiguration?.CodeRepository).toEqual(
      aRepository({
        SourceCodeVersion: { Type: "BRANCH", Value: "next" },
        SourceDirectory: "/web",
        CodeConfiguration: values,
      }),
    );
    await slipway.commands.settle(service.ServiceId ?? "", "RUNNING");
    const ImageRepository = { ImageIdentifier: "web:1", ImageRepositoryType: "ECR" as const };
    await expect(
      slipway.client.send(new UpdateServiceCommand({ ServiceArn, SourceConfiguration: { ImageRepository } })),
    ).rejects.toThrow(/made from source code cannot change to an image/);
  });
});
