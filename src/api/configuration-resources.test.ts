// The life cycles of everything that services point to, through AWS's own client.
import {
  CreateAutoScalingConfigurationCommand,
  CreateConnectionCommand,
  CreateObservabilityConfigurationCommand,
  CreateVpcConnectorCommand,
  CreateVpcIngressConnectionCommand,
  DeleteAutoScalingConfigurationCommand,
  DeleteConnectionCommand,
  DeleteObservabilityConfigurationCommand,
  DeleteServiceCommand,
  DeleteVpcConnectorCommand,
  DeleteVpcIngressConnectionCommand,
  DescribeAutoScalingConfigurationCommand,
  DescribeObservabilityConfigurationCommand,
  DescribeCustomDomainsCommand,
  DescribeVpcConnectorCommand,
  DescribeVpcIngressConnectionCommand,
  InvalidRequestException,
  InvalidStateException,
  ListAutoScalingConfigurationsCommand,
  ListConnectionsCommand,
  ListObservabilityConfigurationsCommand,
  ListServicesForAutoScalingConfigurationCommand,
  ListVpcConnectorsCommand,
  ListVpcIngressConnectionsCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  UpdateDefaultAutoScalingConfigurationCommand,
  UpdateVpcIngressConnectionCommand,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DEFAULT_CONFIGURATION_ID } from "../domain/configuration.ts";
import { networkArn } from "../domain/network.ts";
import { ensureDefaultAutoScalingConfiguration } from "./index.ts";
import { aService, makeService } from "./testing/requests.ts";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";

let slipway: TestApi;
let client: TestApi["client"];

beforeEach(async () => {
  slipway = await startTestApi();
  client = slipway.client;
});
afterEach(() => slipway.close());

const prefix = "arn:aws:apprunner:us-east-1:000000000000:";
const defaultArn = `${prefix}autoscalingconfiguration/DefaultConfiguration/1/${DEFAULT_CONFIGURATION_ID}`;

/** The error of a call that must be refused. */
async function refusal(call: Promise<unknown>): Promise<Error> {
  const error: unknown = await call.then(
    () => "accepted",
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}

describe("auto scaling configurations", () => {
  const create = async (
    name = "busy",
    limits: { MinSize?: number; MaxSize?: number; MaxConcurrency?: number } = {},
  ) => {
    const input = { AutoScalingConfigurationName: name, ...limits };
    const reply = await client.send(new CreateAutoScalingConfigurationCommand(input));
    return reply.AutoScalingConfiguration ?? {};
  };
  const describeOne = async (AutoScalingConfigurationArn: string | undefined) => {
    const reply = await client.send(
      new DescribeAutoScalingConfigurationCommand({ AutoScalingConfigurationArn }),
    );
    return reply.AutoScalingConfiguration ?? {};
  };
  const remove = (AutoScalingConfigurationArn: string | undefined, DeleteAllRevisions?: boolean) =>
    client.send(
      new DeleteAutoScalingConfigurationCommand({
        AutoScalingConfigurationArn,
        ...(DeleteAllRevisions !== undefined && { DeleteAllRevisions }),
      }),
    );
  const list = async (input: { LatestOnly?: boolean; AutoScalingConfigurationName?: string } = {}) => {
    const reply = await client.send(new ListAutoScalingConfigurationsCommand(input));
    return (reply.AutoScalingConfigurationSummaryList ?? []).map(
      (row) => `${row.AutoScalingConfigurationName}/${row.AutoScalingConfigurationRevision}`,
    );
  };

  test("every account has the default, under the ARN that clients know, and it is made once", async () => {
    await ensureDefaultAutoScalingConfiguration(slipway.store, testScope, { now: () => 0 });
    expect(await describeOne(defaultArn)).toEqual({
      AutoScalingConfigurationArn: defaultArn,
      AutoScalingConfigurationName: "DefaultConfiguration",
      AutoScalingConfigurationRevision: 1,
      Latest: true,
      Status: "active",
      MaxConcurrency: 100,
      MinSize: 1,
      MaxSize: 25,
      CreatedAt: expect.any(Date),
      HasAssociatedService: false,
      IsDefault: true,
    });
  });

  test("the same name again is the next revision, and the older one is no longer the latest", async () => {
    const first = await create("busy", { MaxConcurrency: 7 });
    const second = await create();
    expect(first).toMatchObject({
      AutoScalingConfigurationRevision: 1,
      Latest: true,
      MaxConcurrency: 7,
      Status: "active",
    });
    expect(second).toMatchObject({
      AutoScalingConfigurationRevision: 2,
      Latest: true,
      MaxConcurrency: 100,
      IsDefault: false,
    });
    expect(await describeOne(first.AutoScalingConfigurationArn)).toMatchObject({
      Latest: false,
      Status: "active",
    });
  });

  test("a partial ARN names the latest active revision, or the revision it gives", async () => {
    await create();
    await create();
    const revisions = await Promise.all(
      ["", "/1", "/2"].map((end) => describeOne(`${prefix}autoscalingconfiguration/busy${end}`)),
    );
    expect(revisions.map((row) => row.AutoScalingConfigurationRevision)).toEqual([2, 1, 2]);
    expect(await refusal(describeOne(`${prefix}autoscalingconfiguration/busy/3`))).toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  test("a MinSize above MaxSize is refused", async () => {
    expect((await refusal(create("busy", { MinSize: 5, MaxSize: 4 }))).message).toBe(
      "MinSize: must not be above MaxSize: 5 is more than 4",
    );
    expect((await create("wide", { MinSize: 25, MaxSize: 900 })).MaxSize).toBe(900);
  });

  test("a deleted revision is inactive in lower case, still described, no longer listed; deleting it again is refused", async () => {
    const { AutoScalingConfigurationArn: arn } = await create();
    const reply = await remove(arn);
    const inactive = { Status: "inactive", Latest: false, DeletedAt: expect.any(Date) as unknown };
    expect(reply.AutoScalingConfiguration).toMatchObject(inactive);
    expect(await describeOne(arn)).toMatchObject(inactive);
    expect(await list()).toEqual(["DefaultConfiguration/1"]);
    for (const again of [arn, `${prefix}autoscalingconfiguration/busy`]) {
      const error = await refusal(remove(again));
      expect(error).toBeInstanceOf(InvalidRequestException);
      expect(error.message).toContain("The auto scaling configuration you specified has been deleted");
    }
  });

  test("without the latest the newest one left becomes the latest, and numbers are never used again", async () => {
    const first = await create();
    const second = await create();
    await remove(second.AutoScalingConfigurationArn);
    expect(await describeOne(first.AutoScalingConfigurationArn)).toMatchObject({ Latest: true });
    expect((await create()).AutoScalingConfigurationRevision).toBe(3);
  });

  test("a whole name is deleted only by its name, and only with DeleteAllRevisions", async () => {
    const first = await create();
    await create();
    const name = `${prefix}autoscalingconfiguration/busy`;
    expect((await refusal(remove(first.AutoScalingConfigurationArn, true))).message).toMatch(
      /^DeleteAllRevisions:/,
    );
    const reply = await remove(name, true);
    expect(reply.AutoScalingConfiguration).toMatchObject({
      AutoScalingConfigurationRevision: 2,
      Status: "inactive",
    });
    expect(await list({ LatestOnly: false })).toEqual(["DefaultConfiguration/1"]);
  });

  test("the default cannot be deleted; once another is the default it can", async () => {
    expect(await refusal(remove(defaultArn))).toBeInstanceOf(InvalidRequestException);
    const { AutoScalingConfigurationArn } = await create();
    const reply = await client.send(
      new UpdateDefaultAutoScalingConfigurationCommand({ AutoScalingConfigurationArn }),
    );
    expect(reply.AutoScalingConfiguration).toMatchObject({ IsDefault: true });
    expect(await describeOne(defaultArn)).toMatchObject({ IsDefault: false });
    await remove(defaultArn);
    expect(await refusal(remove(AutoScalingConfigurationArn))).toBeInstanceOf(InvalidRequestException);
  });

  test("a new default is for services made later", async () => {
    const before = await makeService(slipway, aService("before"));
    const { AutoScalingConfigurationArn } = await create();
    await client.send(new UpdateDefaultAutoScalingConfigurationCommand({ AutoScalingConfigurationArn }));
    const after = await makeService(slipway, aService("after"));
    expect(before.AutoScalingConfigurationSummary?.AutoScalingConfigurationArn).toBe(defaultArn);
    expect(after.AutoScalingConfigurationSummary?.AutoScalingConfigurationArn).toBe(
      AutoScalingConfigurationArn,
    );
  });

  test("one in use knows its services, and is not deleted until they are gone", async () => {
    const { AutoScalingConfigurationArn } = await create();
    const service = await makeService(slipway, { ...aService(), AutoScalingConfigurationArn });
    expect(await describeOne(AutoScalingConfigurationArn)).toMatchObject({ HasAssociatedService: true });
    const users = await client.send(
      new ListServicesForAutoScalingConfigurationCommand({
        AutoScalingConfigurationArn: `${prefix}autoscalingconfiguration/busy`,
      }),
    );
    expect(users.ServiceArnList).toEqual([service.ServiceArn]);
    expect((await refusal(remove(AutoScalingConfigurationArn))).message).toBe(
      `Auto scaling configuration ${AutoScalingConfigurationArn} is in use by service web1. Update or delete those services first.`,
    );
    await slipway.commands.settle(service.ServiceId ?? "", "DELETED");
    expect(await remove(AutoScalingConfigurationArn)).toMatchObject({
      AutoScalingConfiguration: { Status: "inactive" },
    });
  });

  test("one that a running update may go back to is in use as well", async () => {
    const { AutoScalingConfigurationArn } = await create();
    const other = await create("calm");
    const { ServiceId: id = "" } = await makeService(slipway, { ...aService(), AutoScalingConfigurationArn });
    await slipway.commands.settle(id, "RUNNING");
    await slipway.commands.update(id, (present) => ({
      ...present,
      autoScalingConfigurationArn: other.AutoScalingConfigurationArn ?? "",
    }));
    expect((await refusal(remove(AutoScalingConfigurationArn))).message).toContain(
      "is in use by service web1",
    );
    await slipway.commands.settle(id, "RUNNING");
    expect(await remove(AutoScalingConfigurationArn)).toMatchObject({
      AutoScalingConfiguration: { Status: "inactive" },
    });
  });

  test("the list shows the latest revisions of all names, or all of one name", async () => {
    for (const name of ["quiet", "busy", "busy"]) await create(name);
    expect(await list()).toEqual(["DefaultConfiguration/1", "busy/2", "quiet/1"]);
    expect(await list({ LatestOnly: false, AutoScalingConfigurationName: "busy" })).toEqual([
      "busy/1",
      "busy/2",
    ]);
  });

  test("five revisions of a name and ten names besides the built-in one, then the quota is reached", async () => {
    for (let count = 0; count < 5; count += 1) await create("busy");
    const sixth = await refusal(create("busy"));
    expect(sixth).toBeInstanceOf(ServiceQuotaExceededException);
    expect(sixth).toMatchObject({ $metadata: { httpStatusCode: 402 } });
    for (let count = 0; count < 9; count += 1) await create(`name${count}`);
    expect(await refusal(create("name10"))).toBeInstanceOf(ServiceQuotaExceededException);
    await create("name1");
  });
});

describe("observability configurations", () => {
  const create = async (ObservabilityConfigurationName = "trace", Vendor?: "AWSXRAY") => {
    const trace = Vendor === undefined ? {} : { TraceConfiguration: { Vendor } };
    const reply = await client.send(
      new CreateObservabilityConfigurationCommand({ ObservabilityConfigurationName, ...trace }),
    );
    return reply.ObservabilityConfiguration ?? {};
  };

  test("revisions are made, described by partial ARN, listed and deleted, with statuses in upper case", async () => {
    const first = await create("trace", "AWSXRAY");
    expect(first).toEqual({
      ObservabilityConfigurationArn: expect.stringMatching(
        /:observabilityconfiguration\/trace\/1\/[0-9a-f]{32}$/,
      ),
      ObservabilityConfigurationName: "trace",
      ObservabilityConfigurationRevision: 1,
      TraceConfiguration: { Vendor: "AWSXRAY" },
      Latest: true,
      Status: "ACTIVE",
      CreatedAt: expect.any(Date),
    });
    expect(await create()).not.toHaveProperty("TraceConfiguration");
    const arn = `${prefix}observabilityconfiguration/trace`;
    const input = { ObservabilityConfigurationArn: arn };
    const described = await client.send(new DescribeObservabilityConfigurationCommand(input));
    expect(described.ObservabilityConfiguration).toMatchObject({ ObservabilityConfigurationRevision: 2 });
    const deleted = await client.send(new DeleteObservabilityConfigurationCommand(input));
    expect(deleted.ObservabilityConfiguration).toMatchObject({
      ObservabilityConfigurationRevision: 2,
      Status: "INACTIVE",
      DeletedAt: expect.any(Date),
    });
    const listed = await client.send(new ListObservabilityConfigurationsCommand({}));
    expect(listed.ObservabilityConfigurationSummaryList).toEqual([
      {
        ObservabilityConfigurationArn: first.ObservabilityConfigurationArn,
        ObservabilityConfigurationName: "trace",
        ObservabilityConfigurationRevision: 1,
      },
    ]);
  });

  test("one name is reserved", async () => {
    expect((await refusal(create("DefaultConfiguration"))).message).toMatch(/is reserved/);
  });
});

describe("connections", () => {
  const create = async (ConnectionName: string) =>
    (await client.send(new CreateConnectionCommand({ ConnectionName, ProviderType: "GITHUB" }))).Connection ??
    {};

  test("one waits for its handshake, is listed by name, and is gone once deleted", async () => {
    const made = await create("github");
    expect(made).toEqual({
      ConnectionName: "github",
      ConnectionArn: expect.stringMatching(/:connection\/github\/[0-9a-f]{32}$/),
      ProviderType: "GITHUB",
      Status: "PENDING_HANDSHAKE",
      CreatedAt: expect.any(Date),
    });
    await create("other");
    const named = await client.send(new ListConnectionsCommand({ ConnectionName: "github" }));
    expect(named.ConnectionSummaryList).toEqual([made]);
    const { ConnectionArn } = made;
    const deleted = await client.send(new DeleteConnectionCommand({ ConnectionArn }));
    expect(deleted.Connection?.Status).toBe("DELETED");
    expect(await refusal(client.send(new DeleteConnectionCommand({ ConnectionArn })))).toBeInstanceOf(
      ResourceNotFoundException,
    );
    const rest = await client.send(new ListConnectionsCommand({}));
    expect(rest.ConnectionSummaryList?.map((row) => row.ConnectionName)).toEqual(["other"]);
    expect((await create("github")).ConnectionArn).not.toBe(ConnectionArn);
  });

  test("a name is used once, and ten are enough", async () => {
    for (let count = 0; count < 10; count += 1) await create(`name${count}`);
    expect((await refusal(create("name1"))).message).toBe(
      "Connection with the provided name already exists: name1.",
    );
    expect(await refusal(create("name10"))).toBeInstanceOf(ServiceQuotaExceededException);
  });
});

describe("VPC connectors", () => {
  const networks = { Subnets: ["subnet-1", "subnet-2"], SecurityGroups: ["sg-1"] };
  beforeEach(async () => {
    const times = { createdAtMs: 1, updatedAtMs: 1, status: "ACTIVE" } as const;
    for (const id of [...networks.Subnets, ...networks.SecurityGroups]) {
      const base = { arn: networkArn(testScope, id), id, name: `n-${id}`, ...times };
      await slipway.store.networks.save(
        id.startsWith("sg")
          ? { ...base, kind: "security-group", rules: [] }
          : { ...base, kind: "subnet", dockerNetwork: null, cidrs: ["10.0.0.0/8"] },
      );
    }
  });
  const create = async (VpcConnectorName = "inner", given = networks) => {
    const input = { VpcConnectorName, ...given };
    return (await client.send(new CreateVpcConnectorCommand(input))).VpcConnector ?? {};
  };

  test("one is made whole, described by its full ARN, listed whole, and INACTIVE once deleted", async () => {
    const made = await create();
    expect(made).toEqual({
      VpcConnectorName: "inner",
      VpcConnectorArn: expect.stringMatching(/:vpcconnector\/inner\/1\/[0-9a-f]{32}$/),
      VpcConnectorRevision: 1,
      Subnets: ["subnet-1", "subnet-2"],
      SecurityGroups: ["sg-1"],
      Status: "ACTIVE",
      CreatedAt: expect.any(Date),
    });
    const { VpcConnectorArn } = made;
    expect((await client.send(new ListVpcConnectorsCommand({}))).VpcConnectors).toEqual([made]);
    const partial = { VpcConnectorArn: `${prefix}vpcconnector/inner` };
    expect(await refusal(client.send(new DescribeVpcConnectorCommand(partial)))).toBeInstanceOf(
      ResourceNotFoundException,
    );
    const deleted = await client.send(new DeleteVpcConnectorCommand({ VpcConnectorArn }));
    expect(deleted.VpcConnector).toMatchObject({ Status: "INACTIVE", DeletedAt: expect.any(Date) });
    const described = await client.send(new DescribeVpcConnectorCommand({ VpcConnectorArn }));
    expect(described.VpcConnector).toEqual(deleted.VpcConnector);
    expect((await client.send(new ListVpcConnectorsCommand({}))).VpcConnectors).toEqual([]);
    expect(await refusal(client.send(new DeleteVpcConnectorCommand({ VpcConnectorArn })))).toBeInstanceOf(
      InvalidRequestException,
    );
  });

  test("names networks that are there, and is told which are", async () => {
    const unknown = { ...networks, Subnets: ["subnet-1", "subnet-9"] };
    expect((await refusal(create("inner", unknown))).message).toBe(
      "Subnets[1]: there is no subnet subnet-9. There are subnet-1 (n-subnet-1), subnet-2 (n-subnet-2); " +
        "make one: slipway network create <name> --docker-network <name>",
    );
    const swapped = { Subnets: ["sg-1"], SecurityGroups: ["subnet-1"] };
    expect((await refusal(create("inner", swapped))).message).toMatch(
      /^Subnets\[0\]: there is no subnet sg-1/,
    );
  });

  test("a name has one active revision, and a connector at least one subnet", async () => {
    await create();
    expect((await refusal(create())).message).toBe(
      "VPC connector with the provided name already exists: inner.",
    );
    const input = { VpcConnectorName: "empty", Subnets: [] };
    expect((await refusal(client.send(new CreateVpcConnectorCommand(input)))).message).toMatch(/^Subnets:/);
  });
});

describe("VPC ingress connections", () => {
  const target = { VpcId: "vpc-1", VpcEndpointId: "vpce-1" };
  const create = async (ServiceArn: string | undefined, VpcIngressConnectionName = "door") => {
    const input = { ServiceArn, VpcIngressConnectionName, IngressVpcConfiguration: target };
    return (await client.send(new CreateVpcIngressConnectionCommand(input))).VpcIngressConnection ?? {};
  };
  const describeOne = async (VpcIngressConnectionArn: string | undefined) =>
    (await client.send(new DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn })))
      .VpcIngressConnection;

  async function aPrivateService(name = "web1"): Promise<string> {
    const NetworkConfiguration = { IngressConfiguration: { IsPubliclyAccessible: false } };
    const { ServiceArn = "" } = await makeService(slipway, { ...aService(name), NetworkConfiguration });
    return ServiceArn;
  }

  test("a public service gets none, and is told how it would", async () => {
    const { ServiceArn } = await makeService(slipway);
    expect((await refusal(create(ServiceArn))).message).toBe(
      "ServiceArn: must be that of a private service; this one is public: update it with IsPubliclyAccessible false first",
    );
  });

  test("its status walks from pending to settled through create, update and delete", async () => {
    const serviceArn = await aPrivateService();
    const made = await create(serviceArn);
    expect(made).toEqual({
      VpcIngressConnectionArn: expect.stringMatching(/:vpcingressconnection\/door\/[0-9a-f]{32}$/),
      VpcIngressConnectionName: "door",
      ServiceArn: serviceArn,
      Status: "PENDING_CREATION",
      AccountId: "000000000000",
      DomainName: expect.stringMatching(/^[a-z0-9]{10}\.us-east-1\.slipway\.localhost$/),
      IngressVpcConfiguration: target,
      CreatedAt: expect.any(Date),
    });
    const { VpcIngressConnectionArn } = made;
    expect(await describeOne(VpcIngressConnectionArn)).toEqual({ ...made, Status: "AVAILABLE" });
    const change = { VpcIngressConnectionArn, IngressVpcConfiguration: { VpcEndpointId: "vpce-2" } };
    const updated = await client.send(new UpdateVpcIngressConnectionCommand(change));
    expect(updated.VpcIngressConnection).toMatchObject({
      Status: "PENDING_UPDATE",
      IngressVpcConfiguration: { VpcId: "vpc-1", VpcEndpointId: "vpce-2" },
    });
    expect(await describeOne(VpcIngressConnectionArn)).toMatchObject({ Status: "AVAILABLE" });
    const deleted = await client.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn }));
    expect(deleted.VpcIngressConnection).toMatchObject({ Status: "PENDING_DELETION" });
    expect(await describeOne(VpcIngressConnectionArn)).toMatchObject({
      Status: "DELETED",
      DeletedAt: expect.any(Date),
    });
    expect(await refusal(client.send(new UpdateVpcIngressConnectionCommand(change)))).toBeInstanceOf(
      InvalidStateException,
    );
    expect(
      (await client.send(new ListVpcIngressConnectionsCommand({}))).VpcIngressConnectionSummaryList,
    ).toEqual([]);
  });

  test("custom domains of its service are told where to lead", async () => {
    const ServiceArn = await aPrivateService();
    const targets = async () =>
      (await client.send(new DescribeCustomDomainsCommand({ ServiceArn }))).VpcDNSTargets;
    expect(await targets()).toEqual([]);
    const { VpcIngressConnectionArn, DomainName } = await create(ServiceArn);
    expect(await targets()).toEqual([{ VpcIngressConnectionArn, DomainName, VpcId: "vpc-1" }]);
    await client.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn }));
    expect(await targets()).toEqual([]);
  });

  test("one per service, and its service is not deleted before it", async () => {
    const ServiceArn = await aPrivateService();
    const { VpcIngressConnectionArn } = await create(ServiceArn);
    expect(await refusal(create(ServiceArn, "second"))).toBeInstanceOf(ServiceQuotaExceededException);
    expect((await refusal(client.send(new DeleteServiceCommand({ ServiceArn })))).message).toContain(
      `is in use by VPC ingress connection door. Delete it first: aws apprunner delete-vpc-ingress-connection --vpc-ingress-connection-arn ${VpcIngressConnectionArn}`,
    );
    await client.send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn }));
    expect(await client.send(new DeleteServiceCommand({ ServiceArn }))).toHaveProperty("OperationId");
  });

  test("the list is narrowed by service and by endpoint, page by page", async () => {
    const services = [
      await aPrivateService("web1"),
      await aPrivateService("web2"),
      await aPrivateService("web3"),
    ];
    for (const [index, arn] of services.entries()) await create(arn, `door${index}`);
    const list = async (Filter: { ServiceArn?: string; VpcEndpointId?: string }) => {
      const reply = await client.send(new ListVpcIngressConnectionsCommand({ Filter, MaxResults: 1 }));
      return reply.VpcIngressConnectionSummaryList?.map((row) => row.ServiceArn);
    };
    expect(await list({ ServiceArn: services[2] ?? "" })).toEqual([services[2]]);
    expect(await list({ VpcEndpointId: "vpce-9" })).toEqual([]);
    expect(await list({ VpcEndpointId: "vpce-1" })).toEqual([services[0]]);
  });
});
