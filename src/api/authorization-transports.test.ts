// A refusal in each protocol, in the operation's own shape; and nothing in it of what there is.
import { AppRunnerClient, DescribeServiceCommand } from "@aws-sdk/client-apprunner";
import { CloudWatchClient, DeleteAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, StartLiveTailCommand } from "@aws-sdk/client-cloudwatch-logs";
import { IAMClient, DeleteUserCommand } from "@aws-sdk/client-iam";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aUser } from "./testing/identities.ts";
import { sampleServiceArn } from "./testing/operation-inputs.ts";
import { aService, makeService } from "./testing/requests.ts";
import { sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, type TestApi, type TestKey, testScope } from "./testing/test-api.ts";

const guest = aUser("guest").arn;
let slipway: TestApi;
let key: TestKey;

beforeAll(async () => {
  slipway = await startTestApi();
  await slipway.store.users.save(aUser("guest"));
  key = await slipway.keyOf(guest);
});
afterAll(() => slipway.close());

const settings = () => ({
  region: testScope.region,
  endpoint: slipway.endpoint,
  maxAttempts: 1,
  credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
});

async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => null,
    (refusal: unknown) => refusal,
  );
  if (!(error instanceof Error)) throw new Error("it was allowed");
  return `${error.name}: ${error.message}`;
}

const sentence = (action: string, resource: string) =>
  `User: ${guest} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

test("AWS's clients read it in JSON, CBOR, XML, and instead of a stream", async () => {
  const group = "/aws/apprunner/web1/x/service";
  const logArn = `arn:aws:logs:us-east-1:000000000000:log-group:${group}`;
  const refusals = [
    new AppRunnerClient(settings()).send(new DescribeServiceCommand({ ServiceArn: sampleServiceArn })),
    new CloudWatchClient(settings()).send(new DeleteAlarmsCommand({ AlarmNames: ["busy"] })),
    new CloudWatchLogsClient({ ...settings(), disableHostPrefix: true }).send(
      new StartLiveTailCommand({ logGroupIdentifiers: [logArn] }),
    ),
    new IAMClient(settings()).send(new DeleteUserCommand({ UserName: "bob" })),
    new SecretsManagerClient(settings()).send(new GetSecretValueCommand({ SecretId: "shop/db" })),
    new SSMClient(settings()).send(new GetParametersCommand({ Names: ["/shop/db"] })),
  ].map(refusalOf);
  const alarm = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:busy";
  const parameter = "arn:aws:ssm:us-east-1:000000000000:parameter/shop/db";
  expect(
    (await Promise.all(refusals)).map((text) => text.replace(/^AccessDenied(?:Exception)?: /, "")),
  ).toEqual([
    sentence("apprunner:DescribeService", sampleServiceArn),
    sentence("cloudwatch:DeleteAlarms", alarm),
    sentence("logs:StartLiveTail", `${logArn}:log-stream:`),
    sentence("iam:DeleteUser", "arn:aws:iam::000000000000:user/bob"),
    sentence("secretsmanager:GetSecretValue", "shop/db"),
    sentence("ssm:GetParameters", parameter),
  ]);
});

test("the query protocol has it as AccessDenied", async () => {
  const body = "Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=busy";
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const signed = await sign({ headers, body }, { ...key, service: "monitoring" });
  const answer = await sendRaw(slipway.endpoint, signed);
  expect([answer.status, answer.text]).toEqual([
    403,
    expect.stringContaining(
      "<Code>AccessDenied</Code><Message>User: arn:aws:iam::000000000000:user/guest is not authorized",
    ),
  ]);
});

test("whether there is such a service, user or secret cannot be told from it", async () => {
  const { ServiceArn } = await makeService(slipway, aService());
  await slipway.store.users.save({ ...aUser("bob"), arn: `${guest.slice(0, -5)}team/bob`, path: "/team/" });
  const apprunner = new AppRunnerClient(settings());
  const describe = (arn = "") => refusalOf(apprunner.send(new DescribeServiceCommand({ ServiceArn: arn })));
  expect(await describe(ServiceArn)).toContain(sentence("apprunner:DescribeService", ServiceArn ?? ""));
  const iam = new IAMClient(settings());
  const there = await refusalOf(iam.send(new DeleteUserCommand({ UserName: "bob" })));
  const absent = await refusalOf(iam.send(new DeleteUserCommand({ UserName: "eve" })));
  expect(there.replaceAll("bob", "eve")).toBe(absent);
});
