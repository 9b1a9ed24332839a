import {
  CreateAutoScalingConfigurationCommand,
  CreateConnectionCommand,
  CreateVpcConnectorCommand,
  InvalidRequestException,
  ListTagsForResourceCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, expect, test } from "vitest";
import { networkArn } from "../domain/network.ts";
import { aService, makeService } from "./testing/requests.ts";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";

let slipway: TestApi;
let client: TestApi["client"];

beforeEach(async () => {
  slipway = await startTestApi();
  client = slipway.client;
});
afterEach(() => slipway.close());

const tag = (ResourceArn: string | undefined, tags: Readonly<Record<string, string>>) =>
  client.send(
    new TagResourceCommand({
      ResourceArn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );

async function tagsOf(ResourceArn: string | undefined): Promise<Record<string, string | undefined>> {
  const { Tags = [] } = await client.send(new ListTagsForResourceCommand({ ResourceArn }));
  return Object.fromEntries(Tags.map(({ Key = "", Value }) => [Key, Value]));
}

test("tags are added, overwritten and taken away; keys that are not there are no error", async () => {
  const { ServiceArn } = await makeService(slipway, { ...aService(), Tags: [{ Key: "team", Value: "a" }] });
  await tag(ServiceArn, { team: "b", empty: "" });
  expect(await tagsOf(ServiceArn)).toEqual({ team: "b", empty: "" });
  await client.send(new UntagResourceCommand({ ResourceArn: ServiceArn, TagKeys: ["team", "nothing"] }));
  expect(await tagsOf(ServiceArn)).toEqual({ empty: "" });
});

test("every kind of resource takes tags, on creation and later, and loses them with its end", async () => {
  const Tags = [{ Key: "made", Value: "with" }];
  const connection = await client.send(
    new CreateConnectionCommand({ ConnectionName: "github", ProviderType: "GITHUB", Tags }),
  );
  const scaling = await client.send(
    new CreateAutoScalingConfigurationCommand({ AutoScalingConfigurationName: "busy", Tags }),
  );
  await slipway.store.networks.save({
    arn: networkArn(testScope, "subnet-1"),
    id: "subnet-1",
    name: "inner",
    kind: "subnet",
    dockerNetwork: null,
    cidrs: ["10.0.0.0/8"],
    createdAtMs: 1,
    updatedAtMs: 1,
    status: "ACTIVE",
  });
  const connector = await client.send(
    new CreateVpcConnectorCommand({ VpcConnectorName: "inner", Subnets: ["subnet-1"], Tags }),
  );
  const arns = [
    connection.Connection?.ConnectionArn,
    scaling.AutoScalingConfiguration?.AutoScalingConfigurationArn,
    connector.VpcConnector?.VpcConnectorArn,
  ];
  for (const arn of arns) {
    await tag(arn, { added: "later" });
    expect(await tagsOf(arn)).toEqual({ made: "with", added: "later" });
  }
});

test("a resource has at most fifty tags; new values for present keys are not more", async () => {
  const { ServiceArn } = await makeService(slipway);
  await tag(ServiceArn, Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, "1"])));
  await tag(ServiceArn, { k0: "2" });
  await expect(tag(ServiceArn, { k50: "1" })).rejects.toThrow("Tags: a resource has at most 50 tags");
});

test.each(["500 /x", "/x 403"])("deny-paths %j is no answer and a path, which is said", async (value) => {
  const { ServiceArn } = await makeService(slipway);
  await expect(tag(ServiceArn, { "slipway:deny-paths": value })).rejects.toThrow(
    "is neither an answer, which is 403 or 404 and stands first, nor a path",
  );
  expect(await tagsOf(ServiceArn)).toEqual({});
});

test("slipway: tags must be valid extensions on a service, and belong on nothing else", async () => {
  const { ServiceArn, ServiceId } = await makeService(slipway);
  await tag(ServiceArn, { "slipway:stop-grace": "10s" });
  await expect(tag(ServiceArn, { "slipway:stop-grace": "2h" })).rejects.toThrow("must be between 0s and 10m");
  await expect(tag(ServiceArn, { "slipway:nonsense": "1" })).rejects.toThrow("is not a Slipway extension");
  expect(await tagsOf(ServiceArn)).toEqual({ "slipway:stop-grace": "10s" });
  // They take effect at once, also when they go; what was refused changes nothing.
  expect(slipway.commands.reconsidered).toEqual([ServiceId]);
  await slipway.client.send(new UntagResourceCommand({ ResourceArn: ServiceArn, TagKeys: ["slipway:idle"] }));
  expect(slipway.commands.reconsidered).toEqual([ServiceId, ServiceId]);
  const { Connection } = await client.send(
    new CreateConnectionCommand({ ConnectionName: "github", ProviderType: "GITHUB" }),
  );
  await expect(tag(Connection?.ConnectionArn, { "slipway:stop-grace": "10s" })).rejects.toBeInstanceOf(
    InvalidRequestException,
  );
});

test("a paused service takes tags, a deleted or unknown one is not found", async () => {
  const { ServiceArn, ServiceId = "" } = await makeService(slipway, aService(), "PAUSED");
  await tag(ServiceArn, { a: "1" });
  await slipway.commands.settle(ServiceId, "DELETED");
  for (const arn of [ServiceArn, "arn:aws:apprunner:us-east-1:000000000000:widget/a/b", `${ServiceArn}0`]) {
    await expect(tag(arn, { a: "1" })).rejects.toBeInstanceOf(ResourceNotFoundException);
  }
});
