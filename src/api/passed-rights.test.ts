// What a service is given by who may not have it themselves: roles and secrets.
import { randomBytes } from "node:crypto";
import {
  type CreateServiceCommandInput,
  CreateServiceCommand,
  DeleteServiceCommand,
  TagResourceCommand,
  UpdateServiceCommand,
  type AppRunnerClient,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ServiceConfiguration } from "../domain/service.ts";
import { aUser } from "./testing/identities.ts";
import { aCodeService, aService, makeService } from "./testing/requests.ts";
import { aServiceRole } from "./testing/service-roles.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const tasks = aServiceRole("shop", "instance");
const pulls = aServiceRole("pulls", "access");
const SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/db-AbCdEf";
const PARAMETER = "arn:aws:ssm:us-east-1:000000000000:parameter/shop/key";
const services = { Effect: "Allow", Action: "apprunner:*", Resource: "*" };

let slipway: TestApi;
let guest: AppRunnerClient;

beforeEach(async () => {
  slipway = await startTestApi();
  for (const role of [tasks, pulls]) await slipway.store.roles.save(role);
  await give(services);
  guest = slipway.clientWith(await slipway.keyOf(aUser("guest").arn));
});
afterEach(async () => {
  guest.destroy();
  await slipway.close();
});

async function give(...statements: readonly object[]): Promise<void> {
  await slipway.store.users.save(aUser("guest", { own: { Version: "2012-10-17", Statement: statements } }));
}

const create = (input: Partial<CreateServiceCommandInput>) =>
  guest.send(new CreateServiceCommand({ ...aService(), ...input }));
const refused = (action: string, resource: string) => ({
  name: "AccessDeniedException",
  message: `User: ${aUser("guest").arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
});
const source = aCodeService("web1", "https://git.example.com/shop.git");
const fromFile = {
  ...source,
  SourceConfiguration: {
    CodeRepository: {
      ...source.SourceConfiguration?.CodeRepository,
      CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
    },
  },
} as CreateServiceCommandInput;
const withSecrets = (references: Readonly<Record<string, string>>) =>
  aService("web1", { RuntimeEnvironmentSecrets: references });

describe("a role", () => {
  const withRole = { InstanceConfiguration: { InstanceRoleArn: tasks.arn } };
  const pass = { Effect: "Allow", Action: "iam:PassRole", Resource: tasks.arn };

  test("is given by who may pass it, to App Runner", async () => {
    await expect(create(withRole)).rejects.toMatchObject(refused("iam:PassRole", tasks.arn));
    const elsewhere = { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } };
    await give(services, { ...pass, Condition: elsewhere });
    await expect(create(withRole)).rejects.toMatchObject(refused("iam:PassRole", tasks.arn));
    const here = { StringEquals: { "iam:PassedToService": "apprunner.amazonaws.com" } };
    await give(services, { ...pass, Condition: here });
    await create(withRole);
  });

  test("for pulls too, and with an update", async () => {
    const source = {
      SourceConfiguration: {
        ...aService().SourceConfiguration,
        AuthenticationConfiguration: { AccessRoleArn: pulls.arn },
      },
    };
    await expect(create(source)).rejects.toMatchObject(refused("iam:PassRole", pulls.arn));
    const { ServiceArn } = await makeService(slipway, aService());
    await expect(guest.send(new UpdateServiceCommand({ ServiceArn, ...withRole }))).rejects.toMatchObject(
      refused("iam:PassRole", tasks.arn),
    );
  });
});

describe("AWSAppRunnerFullAccess", () => {
  const attachedPolicyArns = ["arn:aws:iam::aws:policy/AWSAppRunnerFullAccess"];
  const withRole = (InstanceRoleArn: string) => ({ InstanceConfiguration: { InstanceRoleArn } });

  beforeEach(async () => await slipway.store.users.save({ ...aUser("guest"), attachedPolicyArns }));

  test("passes roles to App Runner that let it take them, and no others", async () => {
    await create(withRole(tasks.arn));
    const others = ["ec2.amazonaws.com", "apprunner.amazonaws.com", "build.apprunner.amazonaws.com"];
    for (const service of others) {
      const trustPolicy = tasks.trustPolicy.replace("tasks.apprunner.amazonaws.com", service);
      expect(trustPolicy).toContain(service);
      await slipway.store.roles.save({ ...tasks, trustPolicy });
      await expect(create({ ...withRole(tasks.arn), ServiceName: "web2" })).rejects.toMatchObject({
        name: "InvalidRequestException",
        message: expect.stringMatching(
          /^Error in assuming instance role .* must allow tasks\.apprunner/,
        ) as string,
      });
    }
  });

  test("passes no role of people, whoever may take it", async () => {
    const trustPolicy = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "*" } },
    });
    await slipway.store.roles.save({ ...tasks, trustPolicy });
    await expect(create(withRole(tasks.arn))).rejects.toThrow("Error in assuming instance role");
  });
});

test("the credentials of an access role look at images for who may pass it", async () => {
  const key = await slipway.keyOf(aUser("guest").arn);
  const looks = { Effect: "Allow", Action: "slipway:Inspect*", Resource: "*" };
  const input = { ImageIdentifier: "registry.example.com/app", AccessRoleArn: pulls.arn };
  for (const target of ["Slipway.InspectImage", "Slipway.InspectImageRepository"] as const) {
    const look = async () => await callOperation({ endpoint: slipway.endpoint, key }, target, input);
    await give(looks);
    expect(await look()).toMatchObject({
      status: 403,
      body: { Message: refused("iam:PassRole", pulls.arn).message },
    });
    await give(looks, { Effect: "Allow", Action: "iam:PassRole", Resource: pulls.arn });
    expect((await look()).status).toBe(200);
  }
});

describe("a repository that is hosted here", () => {
  const resource = "arn:aws:apprunner:us-east-1:000000000000:repository/shop";
  const RepositoryUrl = "slipway://shop";

  test("is built from, by who may pull it", async () => {
    await give(services);
    const hosted = aCodeService("web1", RepositoryUrl);
    await expect(create(hosted)).rejects.toMatchObject(refused("slipway:PullRepository", resource));
    const { ServiceArn } = await makeService(slipway, aService("web2"));
    const { SourceConfiguration } = hosted;
    await expect(
      guest.send(new UpdateServiceCommand({ ServiceArn, SourceConfiguration })),
    ).rejects.toMatchObject(refused("slipway:PullRepository", resource));
    await give(services, { Effect: "Allow", Action: "slipway:PullRepository", Resource: resource });
    await create(hosted);
  });

  test("goes with the service of its name, by who may delete it", async () => {
    const { ServiceArn } = await makeService(slipway, aCodeService("shop", RepositoryUrl));
    const other = await makeService(slipway, aCodeService("web1", RepositoryUrl));
    const remove = (arn: string | undefined) => guest.send(new DeleteServiceCommand({ ServiceArn: arn }));
    await expect(remove(ServiceArn)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: refused("slipway:DeleteRepository", resource).message,
    });
    await remove(other.ServiceArn);
    await give(services, { Effect: "Allow", Action: "slipway:DeleteRepository", Resource: resource });
    await remove(ServiceArn);
  });

  test("is looked into by who may pull it", async () => {
    await give({
      Effect: "Allow",
      Action: ["slipway:DetectSource", "slipway:GetDefaultBranch", "slipway:ListBranches"],
      Resource: "*",
    });
    const key = await slipway.keyOf(aUser("guest").arn);
    const targets = ["Slipway.DetectSource", "Slipway.GetDefaultBranch", "Slipway.ListBranches"] as const;
    for (const target of targets) {
      const { status, body } = await callOperation({ ...slipway, key }, target, { RepositoryUrl });
      expect([status, body["Message"] ?? body["message"]]).toEqual([
        403,
        refused("slipway:PullRepository", resource).message,
      ]);
    }
  });
});

describe("a release that is gone back to", () => {
  const release = async (ServiceArn: string | undefined, changes: Partial<ServiceConfiguration>) => {
    const serviceId = ServiceArn?.slice(-32) ?? "";
    const service = await slipway.store.services.get(serviceId);
    if (service === null) throw new Error("no service");
    await slipway.store.releases.save({
      serviceId,
      number: 1,
      operationId: randomBytes(16).toString("hex"),
      imageId: "sha256:1",
      imageDigest: null,
      configuration: { ...service.configuration, ...changes },
      scale: { minSize: 1, maxSize: 25, maxConcurrency: 100 },
      createdAtMs: 1000,
    });
  };
  const rollBack = async (ServiceArn = "") => {
    const key = await slipway.keyOf(aUser("guest").arn);
    const { status, body } = await callOperation({ ...slipway, key }, "Slipway.RollbackService", {
      ServiceArn,
    });
    return { status, text: body["Message"] ?? body["message"] };
  };
  const rollsBack = { Effect: "Allow", Action: "slipway:RollbackService", Resource: "*" };

  test("brings back no role that one may not pass", async () => {
    await give(services, rollsBack);
    const { ServiceArn } = await makeService(slipway, aService());
    const { instance } =
      (await slipway.store.services.get(ServiceArn?.slice(-32) ?? ""))?.configuration ?? {};
    if (instance === undefined) throw new Error("no service");
    await release(ServiceArn, { instance: { ...instance, instanceRoleArn: tasks.arn } });
    const refusal = refused("iam:PassRole", tasks.arn).message;
    expect(await rollBack(ServiceArn)).toEqual({ status: 403, text: refusal });
    await give(services, rollsBack, { Effect: "Allow", Action: "iam:PassRole", Resource: tasks.arn });
    expect(await rollBack(ServiceArn)).toMatchObject({ status: 200 });
  });

  test("brings back no secret that one may not read", async () => {
    await give(services, rollsBack);
    const { ServiceArn } = await makeService(slipway, aService());
    const { source } = (await slipway.store.services.get(ServiceArn?.slice(-32) ?? ""))?.configuration ?? {};
    if (source?.kind !== "image") throw new Error("no service of an image");
    await release(ServiceArn, { source: { ...source, environmentSecrets: { DB: SECRET } } });
    const refusal = refused("secretsmanager:GetSecretValue", SECRET).message;
    expect(await rollBack(ServiceArn)).toEqual({ status: 403, text: refusal });
    const reads = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: SECRET };
    await give(services, rollsBack, reads);
    expect(await rollBack(ServiceArn)).toMatchObject({ status: 200 });
  });
});

describe("a secret of a service without an instance role", () => {
  test("is named by who may read it", async () => {
    await expect(create(withSecrets({ DB: SECRET }))).rejects.toMatchObject(
      refused("secretsmanager:GetSecretValue", SECRET),
    );
    await expect(create(withSecrets({ KEY: PARAMETER }))).rejects.toMatchObject(
      refused("ssm:GetParameters", PARAMETER),
    );
    expect((await slipway.store.services.list({ after: null, limit: 10 })).rows).toEqual([]);
    await give(
      services,
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: SECRET },
      { Effect: "Allow", Action: "ssm:GetParameters", Resource: PARAMETER },
    );
    await create(withSecrets({ DB: `${SECRET}:password::`, KEY: PARAMETER }));
  });

  test("that it has already stays when others change it, a further one is asked for", async () => {
    const { ServiceArn } = await makeService(slipway, withSecrets({ DB: SECRET }));
    const { SourceConfiguration } = withSecrets({ OTHER: SECRET });
    await guest.send(new UpdateServiceCommand({ ServiceArn, SourceConfiguration }));
    const further = withSecrets({ DB: SECRET, KEY: PARAMETER });
    await slipway.commands.settle(ServiceArn?.slice(-32) ?? "", "RUNNING");
    await expect(
      guest.send(new UpdateServiceCommand({ ServiceArn, SourceConfiguration: further.SourceConfiguration })),
    ).rejects.toMatchObject(refused("ssm:GetParameters", PARAMETER));
  });

  test("of its build is asked for as well", async () => {
    const Tags = [{ Key: "slipway:build-secrets", Value: `npm=${PARAMETER}` }];
    await expect(create({ Tags })).rejects.toMatchObject(refused("ssm:GetParameters", PARAMETER));
    const { ServiceArn: ResourceArn } = await makeService(slipway, aService());
    await expect(guest.send(new TagResourceCommand({ ResourceArn, Tags }))).rejects.toMatchObject(
      refused("ssm:GetParameters", PARAMETER),
    );
    await give(services, { Effect: "Allow", Action: "ssm:GetParameters", Resource: PARAMETER });
    await guest.send(new TagResourceCommand({ ResourceArn, Tags }));
  });

  test("of its password at the edge is asked for as well: who may guess without end reads it", async () => {
    const Tags = [{ Key: "slipway:basic-auth", Value: `alice=${PARAMETER}` }];
    await expect(create({ Tags })).rejects.toMatchObject(refused("ssm:GetParameters", PARAMETER));
    const { ServiceArn: ResourceArn } = await makeService(slipway, aService());
    await expect(guest.send(new TagResourceCommand({ ResourceArn, Tags }))).rejects.toMatchObject(
      refused("ssm:GetParameters", PARAMETER),
    );
    await give(services, { Effect: "Allow", Action: "ssm:GetParameters", Resource: PARAMETER });
    await guest.send(new TagResourceCommand({ ResourceArn, Tags }));
  });

  test("is the role's to read where there is one", async () => {
    await give(services, { Effect: "Allow", Action: "iam:PassRole", Resource: "*" });
    const reply = await create({
      ...withSecrets({ DB: SECRET }),
      InstanceConfiguration: { InstanceRoleArn: tasks.arn },
    });
    expect(reply.Service?.InstanceConfiguration?.InstanceRoleArn).toBe(tasks.arn);
  });

  test("that a file will name is refused later, unless whoever gives the source may read all", async () => {
    const isRefused = async (arn: string | undefined) =>
      (await slipway.store.services.get(arn?.slice(-32) ?? ""))?.configuration.refusesFileSecrets;
    const { Service: ofGuest } = await guest.send(new CreateServiceCommand(fromFile));
    expect(await isRefused(ofGuest?.ServiceArn)).toBe(true);
    const { ServiceArn } = await makeService(slipway, { ...fromFile, ServiceName: "web2" });
    expect(await isRefused(ServiceArn)).toBeUndefined();
    const sized = { ServiceArn, InstanceConfiguration: { Cpu: "512", Memory: "1024" } };
    await guest.send(new UpdateServiceCommand(sized));
    expect(await isRefused(ServiceArn)).toBeUndefined();
    await slipway.commands.settle(ServiceArn?.slice(-32) ?? "", "RUNNING");
    const elsewhere = structuredClone(fromFile.SourceConfiguration);
    if (elsewhere?.CodeRepository !== undefined) {
      elsewhere.CodeRepository.SourceCodeVersion = { Type: "BRANCH", Value: "mine" };
    }
    await guest.send(new UpdateServiceCommand({ ServiceArn, SourceConfiguration: elsewhere }));
    expect(await isRefused(ServiceArn)).toBe(true);
  });

  test("that a file will name is refused to who may read all but some", async () => {
    const reading = ["secretsmanager:GetSecretValue", "ssm:GetParameters", "slipway:GetExternalSecret"];
    const all = { Effect: "Allow", Action: reading, Resource: "*" };
    const isRefused = async (name: string) => {
      const { Service } = await create({ ...fromFile, ServiceName: name });
      const service = await slipway.store.services.get(Service?.ServiceArn?.slice(-32) ?? "");
      return service?.configuration.refusesFileSecrets;
    };
    await give(services, all);
    expect(await isRefused("web1")).toBeUndefined();
    await give(services, all, { Effect: "Deny", Action: "secretsmanager:*", Resource: SECRET });
    expect(await isRefused("web2")).toBe(true);
    await give(services, { Effect: "Allow", Action: reading, NotResource: SECRET });
    expect(await isRefused("web3")).toBe(true);
  });

  test("may be asked for under conditions of the call", async () => {
    const from = (address: string) => ({ IpAddress: { "aws:SourceIp": address } });
    const read = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: SECRET };
    await give(services, { ...read, Condition: from("192.0.2.1") });
    await expect(create(withSecrets({ DB: SECRET }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    await give(services, { ...read, Condition: from("127.0.0.1") });
    await create(withSecrets({ DB: SECRET }));
  });
});
