import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";

let slipway: TestApi;
let count: number;
let secrets: SecretsManagerClient;
let parameters: SSMClient;

beforeEach(async () => {
  count = 0;
  slipway = await startTestApi({ secretsChanged: () => (count += 1) });
  const { endpoint, key } = slipway;
  const credentials = { accessKeyId: key.id, secretAccessKey: key.secret };
  const settings = { region: testScope.region, endpoint, credentials, maxAttempts: 1 };
  secrets = new SecretsManagerClient(settings);
  parameters = new SSMClient(settings);
});
afterEach(() => slipway.close());

test("whoever waits for new values is told of each call that may have brought one, when it went well", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "db", SecretString: "a" }));
  expect(count).toBe(0);
  await secrets.send(new PutSecretValueCommand({ SecretId: "db", SecretString: "b" }));
  expect(count).toBe(1);
  await secrets.send(new UpdateSecretCommand({ SecretId: "db", SecretString: "c" }));
  expect(count).toBe(2);
  await parameters.send(new PutParameterCommand({ Name: "/key", Type: "String", Value: "a" }));
  expect(count).toBe(3);
  const refused = secrets.send(new PutSecretValueCommand({ SecretId: "nosuch", SecretString: "b" }));
  await expect(refused).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  expect(count).toBe(3);
});
