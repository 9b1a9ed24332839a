// Pages through AWS's own paginators, over every list that has them.
import {
  CreateAutoScalingConfigurationCommand,
  CreateConnectionCommand,
  ListConnectionsCommand,
  ListServicesCommand,
  paginateListAutoScalingConfigurations,
  paginateListConnections,
  paginateListOperations,
  paginateListServices,
  StartDeploymentCommand,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aService, makeService } from "./testing/requests.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;

beforeEach(async () => {
  slipway = await startTestApi();
});
afterEach(() => slipway.close());

async function all<Page, Row>(
  pages: AsyncIterable<Page>,
  rowsOf: (page: Page) => readonly Row[] | undefined,
): Promise<Row[][]> {
  const found: Row[][] = [];
  for await (const page of pages) found.push([...(rowsOf(page) ?? [])]);
  return found;
}

test("services come in pages, newest first, each once, and the last page has no token", async () => {
  for (const name of ["web1", "web2", "web3", "web4", "web5"]) await makeService(slipway, aService(name));
  const { client } = slipway;
  const pages = await all(paginateListServices({ client, pageSize: 2 }, {}), (page) =>
    page.ServiceSummaryList?.map(({ ServiceName }) => ServiceName),
  );
  expect(pages).toEqual([["web5", "web4"], ["web3", "web2"], ["web1"]]);
  const whole = await client.send(new ListServicesCommand({}));
  expect(whole.ServiceSummaryList).toHaveLength(5);
  expect(whole).not.toHaveProperty("NextToken");
});

test("operations come in pages, newest first", async () => {
  const { client, commands } = slipway;
  const { ServiceArn, ServiceId = "" } = await makeService(slipway);
  for (let count = 0; count < 4; count += 1) {
    await client.send(new StartDeploymentCommand({ ServiceArn }));
    await commands.settle(ServiceId, "RUNNING");
  }
  const pages = await all(paginateListOperations({ client, pageSize: 3 }, { ServiceArn }), (page) =>
    page.OperationSummaryList?.map(({ Type }) => Type),
  );
  expect(pages).toEqual([
    ["START_DEPLOYMENT", "START_DEPLOYMENT", "START_DEPLOYMENT"],
    ["START_DEPLOYMENT", "CREATE_SERVICE"],
  ]);
});

test("configurations and connections come in pages, in order of their names", async () => {
  const { client } = slipway;
  for (const name of ["beta", "alpha", "gamma"]) {
    await client.send(new CreateAutoScalingConfigurationCommand({ AutoScalingConfigurationName: name }));
    await client.send(new CreateConnectionCommand({ ConnectionName: name, ProviderType: "GITHUB" }));
  }
  const configurations = await all(
    paginateListAutoScalingConfigurations({ client, pageSize: 3 }, {}),
    (page) => page.AutoScalingConfigurationSummaryList?.map((row) => row.AutoScalingConfigurationName),
  );
  expect(configurations).toEqual([["DefaultConfiguration", "alpha", "beta"], ["gamma"]]);
  const connections = await all(paginateListConnections({ client, pageSize: 1 }, {}), (page) =>
    page.ConnectionSummaryList?.map((row) => row.ConnectionName),
  );
  expect(connections).toEqual([["alpha"], ["beta"], ["gamma"]]);
});

test("a token is refused by another operation and with other parameters", async () => {
  const { client } = slipway;
  for (const name of ["web1", "web2"]) await makeService(slipway, aService(name));
  const { NextToken } = await client.send(new ListServicesCommand({ MaxResults: 1 }));
  expect(NextToken).toEqual(expect.any(String));
  const text = "NextToken: this token was not issued for this request. Start again without NextToken.";
  await expect(client.send(new ListServicesCommand({ MaxResults: 2, NextToken }))).rejects.toThrow(text);
  await expect(client.send(new ListConnectionsCommand({ MaxResults: 1, NextToken }))).rejects.toThrow(text);
  const again = await client.send(new ListServicesCommand({ MaxResults: 1, NextToken }));
  expect(again.ServiceSummaryList).toHaveLength(1);
});
