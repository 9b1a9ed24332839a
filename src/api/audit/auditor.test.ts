import { afterEach, beforeEach, expect, test } from "vitest";
import { CreateServiceCommand, ListServicesCommand, UpdateServiceCommand } from "@aws-sdk/client-apprunner";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { FakeAuditTrail } from "../../ports/fake-audit-trail.ts";
import { startTestApi, testScope, type TestApi } from "../testing/test-api.ts";

let audit: FakeAuditTrail;
let api: TestApi;

beforeEach(async () => {
  audit = new FakeAuditTrail();
  api = await startTestApi({ audit });
});

afterEach(() => api.close());

const image = (name: string, environment: Readonly<Record<string, string>> = {}) => ({
  ImageRepository: {
    ImageIdentifier: name,
    ImageRepositoryType: "ECR_PUBLIC" as const,
    ImageConfiguration: { RuntimeEnvironmentVariables: environment },
  },
});

async function createWeb(): Promise<string> {
  const reply = await api.client.send(
    new CreateServiceCommand({ ServiceName: "shop", SourceConfiguration: image("web:1") }),
  );
  return reply.Service?.ServiceArn ?? "";
}

function cloudTrail(): CloudTrailClient {
  return new CloudTrailClient({
    region: testScope.region,
    endpoint: api.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: api.key.id, secretAccessKey: api.key.secret },
  });
}

test("a changing call is on disk before it is answered, with who, what and where", async () => {
  const arn = await createWeb();
  expect(audit.records).toEqual([
    expect.objectContaining({
      eventSource: "apprunner.amazonaws.com",
      eventName: "CreateService",
      isReadOnly: false,
      principalArn: "arn:aws:iam::000000000000:root",
      accessKeyId: api.key.id,
      sourceAddress: "127.0.0.1",
      errorCode: null,
      response: { operationId: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown },
    }),
  ]);
  expect(audit.records[0]?.resources).toContain(arn);
  expect(audit.records[0]?.userAgent).toContain("aws-sdk-js");
  expect([...audit.lasting]).toEqual([1]);
  await api.client.send(new ListServicesCommand({}));
  expect(audit.records[1]).toMatchObject({ eventName: "ListServices", isReadOnly: true });
  expect([...audit.lasting]).toEqual([1]);
});

test("an update tells what it changed, and not to what", async () => {
  const ServiceArn = await createWeb();
  await api.commands.settle(ServiceArn.slice(-32), "RUNNING");
  await api.client.send(
    new UpdateServiceCommand({ ServiceArn, SourceConfiguration: image("web:2", { PASSWORD: "canary" }) }),
  );
  const record = audit.records.at(-1);
  expect(record?.changedMembers).toEqual([
    "sourceConfiguration.imageRepository.imageIdentifier",
    "sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables",
  ]);
  expect(JSON.stringify(audit.records)).not.toContain("canary");
});

test("refused calls are told with their error: of a stranger what was claimed, and no more than some", async () => {
  const stranger = api.clientWith({ id: "AKIANOBODY", secret: "wrong" });
  await expect(stranger.send(new ListServicesCommand({}))).rejects.toThrow("security token");
  expect(audit.records[0]).toMatchObject({
    eventName: "ListServices",
    principalArn: null,
    accessKeyId: "AKIANOBODY",
    errorCode: "UnrecognizedClientException",
  });
  await expect(api.client.send(new UpdateServiceCommand({ ServiceArn: "nonsense" }))).rejects.toThrow(
    "ServiceArn",
  );
  expect(audit.records[1]).toMatchObject({
    eventName: "UpdateService",
    errorCode: "InvalidRequestException",
  });
  for (let count = 0; count < 100; count++) await fetch(api.endpoint, { method: "POST", body: "{}" });
  expect(audit.records.length).toBeLessThan(80);
});

test("CloudTrail's client looks them up, newest first, page by page", async () => {
  const arn = await createWeb();
  await api.client.send(new ListServicesCommand({}));
  const client = cloudTrail();
  const reply = await client.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "CreateService" }],
    }),
  );
  const [event] = reply.Events ?? [];
  expect(event).toMatchObject({ EventName: "CreateService", Username: "root", ReadOnly: "false" });
  expect(event?.Resources).toContainEqual({ ResourceName: arn, ResourceType: "AWS::AppRunner::Service" });
  expect(JSON.parse(event?.CloudTrailEvent ?? "")).toMatchObject({
    eventVersion: "1.08",
    eventName: "CreateService",
    userIdentity: { type: "Root", arn: "arn:aws:iam::000000000000:root" },
    requestParameters: { serviceName: "shop" },
  });
  const first = await client.send(new LookupEventsCommand({ MaxResults: 1, StartTime: new Date(0) }));
  expect(first.Events?.map(({ EventName }) => EventName)).toEqual(["LookupEvents"]);
  const second = await client.send(
    new LookupEventsCommand({ MaxResults: 1, StartTime: new Date(0), NextToken: first.NextToken }),
  );
  expect(second.Events?.map(({ EventName }) => EventName)).toEqual(["ListServices"]);
  await expect(client.send(new LookupEventsCommand({ NextToken: "nonsense" }))).rejects.toMatchObject({
    name: "InvalidNextTokenException",
  });
  await expect(
    client.send(new LookupEventsCommand({ StartTime: new Date(2000), EndTime: new Date(1000) })),
  ).rejects.toMatchObject({ name: "InvalidParameterException" });
});

test("pushes, and deliveries of webhooks, are told with who sent them and how they ended", async () => {
  const basic = (secret: string) => `Basic ${Buffer.from(`${api.key.id}:${secret}`).toString("base64")}`;
  const push = (headers: Readonly<Record<string, string>>) =>
    fetch(`${api.endpoint}/git/shop.git/git-receive-pack`, { method: "POST", headers, body: "0000" });
  await (await push({})).text();
  expect(audit.records).toEqual([]);
  await (await push({ authorization: basic("wrong") })).text();
  await (await push({ authorization: basic(api.key.secret) })).text();
  const resources = ["arn:aws:apprunner:us-east-1:000000000000:repository/shop"];
  expect(audit.records.map(({ eventName, principalArn }) => [eventName, principalArn])).toEqual([
    ["GitPush", null],
    ["GitPush", "arn:aws:iam::000000000000:root"],
  ]);
  expect(audit.records[0]).toMatchObject({ errorCode: "UnrecognizedClientException", resources });
  const delivery = await fetch(`${api.endpoint}/webhooks/${"a".repeat(32)}`, { method: "POST", body: "{}" });
  expect(delivery.status).toBeGreaterThanOrEqual(400);
  expect(audit.records[2]).toMatchObject({ eventName: "ReceiveWebhook", principalArn: null });
});
