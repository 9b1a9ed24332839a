// The roles that services are given.
import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServiceCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aService, makeService } from "./testing/requests.ts";
import { aServiceRole } from "./testing/service-roles.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const tasks = aServiceRole("shop", "instance");
const pulls = aServiceRole("pulls", "access");
let slipway: TestApi;

beforeEach(async () => {
  slipway = await startTestApi();
  for (const role of [tasks, pulls]) await slipway.store.roles.save(role);
});
afterEach(() => slipway.close());

const create = (input: Partial<CreateServiceCommandInput>) =>
  slipway.client.send(new CreateServiceCommand({ ...aService(), ...input }));
const withInstanceRole = (InstanceRoleArn: string) => ({ InstanceConfiguration: { InstanceRoleArn } });
const withAccessRole = (AccessRoleArn: string) => ({
  SourceConfiguration: {
    ...aService().SourceConfiguration,
    AuthenticationConfiguration: { AccessRoleArn },
  },
});

test("roles are kept, shown, and stay when an update does not name them", async () => {
  const input = { ...aService(), ...withInstanceRole(tasks.arn), ...withAccessRole(pulls.arn) };
  const service = await makeService(slipway, input);
  const expected = {
    InstanceConfiguration: { Cpu: "1024", Memory: "2048", InstanceRoleArn: tasks.arn },
    SourceConfiguration: { AuthenticationConfiguration: { AccessRoleArn: pulls.arn } },
  };
  expect(service).toMatchObject(expected);
  const { ServiceArn } = service;
  const described = await slipway.client.send(new DescribeServiceCommand({ ServiceArn }));
  expect(described.Service).toMatchObject(expected);
  const updated = await slipway.client.send(
    new UpdateServiceCommand({ ServiceArn, InstanceConfiguration: { Cpu: "512", Memory: "1024" } }),
  );
  expect(updated.Service?.InstanceConfiguration).toMatchObject({ Cpu: "512", InstanceRoleArn: tasks.arn });
});

test.each([
  ["instance", withInstanceRole("arn:aws:iam::000000000000:role/nobody"), /There is no such role here/],
  ["access", withAccessRole("arn:aws:iam::000000000000:role/nobody"), /There is no such role here/],
  ["instance", withInstanceRole(pulls.arn), /must allow tasks\.apprunner\.amazonaws\.com/],
  ["access", withAccessRole(tasks.arn), /must allow build\.apprunner\.amazonaws\.com/],
])("an %s role that cannot be taken is refused in App Runner's words", async (kind, input, remedy) => {
  const error: unknown = await create(input).catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ name: "InvalidRequestException" });
  expect(String(error)).toContain(`Error in assuming ${kind} role arn:aws:iam::000000000000:role/`);
  expect(String(error)).toMatch(remedy);
});

test("a role that is gone does not keep a service from other changes", async () => {
  const { ServiceArn } = await makeService(slipway, { ...aService(), ...withInstanceRole(tasks.arn) });
  await slipway.store.roles.remove(tasks.arn);
  const command = new UpdateServiceCommand({
    ServiceArn,
    InstanceConfiguration: { Cpu: "512", Memory: "1024" },
  });
  expect((await slipway.client.send(command)).Service).toMatchObject({
    InstanceConfiguration: { InstanceRoleArn: tasks.arn },
  });
});
