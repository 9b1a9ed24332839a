import { CreateVpcConnectorCommand, DeleteVpcConnectorCommand } from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { InputOf } from "../contract/index.ts";
import { SlipwayError } from "../domain/error.ts";
import { readEgressPolicies } from "../operations/egress-policies.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;
let appliedCount: number;
let engineProblem: Error | null;

beforeEach(async () => {
  appliedCount = 0;
  engineProblem = null;
  const applyEgress = async () => {
    await Promise.resolve();
    if (engineProblem !== null) throw engineProblem;
    appliedCount += 1;
  };
  slipway = await startTestApi({ networks: { applyEgress, ingressChanged: () => undefined } });
});
afterEach(() => slipway.close());

type Row = Readonly<Record<string, unknown>> & { readonly NetworkId: string };

async function call(
  target: `Slipway.${"Create" | "Update" | "Delete" | "Describe"}Network`,
  input: InputOf<"CreateNetwork"> | InputOf<"UpdateNetwork">,
) {
  const { status, body } = await callOperation(slipway, target, input as never);
  return { status, network: body["Network"] as Row, message: body["Message"] ?? body["message"] };
}
const create = (input: InputOf<"CreateNetwork">) => call("Slipway.CreateNetwork", input);

describe("networks", () => {
  test("a subnet stands for a Docker network, for ranges, or for both", async () => {
    const { network } = await create({ Name: "db", DockerNetwork: "shop_default", Cidrs: ["10.0.5.7"] });
    expect(network).toEqual({
      NetworkId: expect.stringMatching(/^subnet-[0-9a-f]{17}$/),
      NetworkArn: `arn:aws:apprunner:us-east-1:000000000000:network/${network.NetworkId}`,
      Name: "db",
      Kind: "SUBNET",
      DockerNetwork: "shop_default",
      Cidrs: ["10.0.5.7/32"],
      CreatedAt: expect.any(Number),
      UpdatedAt: expect.any(Number),
    });
    expect((await call("Slipway.DescribeNetwork", network)).network).toEqual(network);
    const { body } = await callOperation(slipway, "Slipway.ListNetworks", {});
    expect(body["Networks"]).toEqual([network]);
  });

  test("a security group narrows by protocol, ports and range", async () => {
    const rules = [
      { Protocol: "tcp", FromPort: 5432 },
      { Protocol: "udp", FromPort: 1, ToPort: 9, Cidr: "10.0.0.1/8" },
      { Protocol: "icmp" },
    ] as const;
    const { network } = await create({ Name: "pg", Kind: "SECURITY_GROUP", Rules: rules });
    expect(network).toMatchObject({
      NetworkId: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
      Rules: [
        { Protocol: "tcp", FromPort: 5432, ToPort: 5432 },
        { Protocol: "udp", FromPort: 1, ToPort: 9, Cidr: "10.0.0.0/8" },
        { Protocol: "icmp" },
      ],
    });
  });

  test.each<[string, InputOf<"CreateNetwork">, RegExp]>([
    ["nothing it stands for", { Name: "a" }, /^Cidrs: must name at least one range, or DockerNetwork/],
    [
      "a name for a range",
      { Name: "a", Cidrs: ["db.local"] },
      /^Cidrs\[0\]: "db.local" is no IPv4 address or range/,
    ],
    [
      "metadata",
      { Name: "a", Cidrs: ["10.0.0.0/8", "169.254.169.254"] },
      /^Cidrs\[1\]: .* no service may reach/,
    ],
    ["rules of a group", { Name: "a", Rules: [] }, /^Rules: belong to a security group/],
    [
      "ranges in a group",
      { Name: "a", Kind: "SECURITY_GROUP", Cidrs: ["10.0.0.0/8"] },
      /^Cidrs: belongs to a subnet/,
    ],
    [
      "ports without a protocol that has some",
      { Name: "a", Kind: "SECURITY_GROUP", Rules: [{ Protocol: "icmp", FromPort: 1 }] },
      /^Rules\[0\]\.FromPort: is for tcp and udp/,
    ],
    [
      "ports upside down",
      { Name: "a", Kind: "SECURITY_GROUP", Rules: [{ Protocol: "tcp", FromPort: 2, ToPort: 1 }] },
      /^Rules\[0\]\.ToPort: must not be below FromPort/,
    ],
    ["a shell in a Docker network", { Name: "a", DockerNetwork: "x; rm -rf /" }, /DockerNetwork/],
  ])("%s is refused", async (_what, input, message) => {
    const answer = await create(input);
    expect([answer.status, answer.message]).toEqual([400, expect.stringMatching(message)]);
  });

  test("names are taken once, by subnets and groups together", async () => {
    await create({ Name: "db", Cidrs: ["10.0.0.0/8"] });
    const again = await create({ Name: "db", Kind: "SECURITY_GROUP", Rules: [] });
    expect(again.message).toBe("Network with the provided name already exists: db.");
  });

  test("a change counts at once for whoever uses it, and what is not given stays", async () => {
    const { network } = await create({ Name: "db", DockerNetwork: "shop", Cidrs: ["10.0.0.0/8"] });
    const changed = await call("Slipway.UpdateNetwork", {
      NetworkId: network.NetworkId,
      Cidrs: ["10.1.0.0/16"],
    });
    expect(changed.network).toMatchObject({ DockerNetwork: "shop", Cidrs: ["10.1.0.0/16"] });
    expect(appliedCount).toBe(1);
  });

  test("a change while the engine is away is kept, and the answer says from when it counts", async () => {
    const { network } = await create({ Name: "db", Cidrs: ["10.0.0.0/8"] });
    const change = { NetworkId: network.NetworkId, Cidrs: ["10.1.0.0/16"] };
    engineProblem = new SlipwayError("EngineUnavailable", { problem: "nothing listens" });
    const { status, body } = await callOperation(slipway, "Slipway.UpdateNetwork", change);
    expect([status, body["__type"]]).toEqual([400, "InvalidStateException"]);
    expect(body["Message"]).toBe(
      "Subnet db is changed, but instances that run still reach what they reached before. The container engine does not answer: nothing listens. Try `slipway doctor`. When the engine answers again they follow within a minute: nothing needs to be sent again.",
    );
    expect((await call("Slipway.DescribeNetwork", network)).network).toMatchObject({
      Cidrs: ["10.1.0.0/16"],
    });
    engineProblem = new Error("a surprise");
    expect((await call("Slipway.UpdateNetwork", change)).status).toBe(500);
  });

  test("one that a connector names is not deleted before the connector", async () => {
    const { network } = await create({ Name: "db", DockerNetwork: "shop" });
    const made = await slipway.client.send(
      new CreateVpcConnectorCommand({ VpcConnectorName: "inner", Subnets: [network.NetworkId] }),
    );
    expect((await call("Slipway.DeleteNetwork", network)).message).toBe(
      `Subnet ${network.NetworkId} is in use by VPC connector inner. Delete that first.`,
    );
    const { VpcConnectorArn } = made.VpcConnector ?? {};
    await slipway.client.send(new DeleteVpcConnectorCommand({ VpcConnectorArn }));
    expect((await call("Slipway.DeleteNetwork", network)).status).toBe(200);
    expect((await call("Slipway.DescribeNetwork", network)).status).toBe(400);
  });

  test("the engine is told what connectors reach: all of their subnets, narrowed by their groups if they name some", async () => {
    const { network: db } = await create({ Name: "db", DockerNetwork: "shop" });
    const { network: lan } = await create({ Name: "lan", Cidrs: ["10.0.0.0/8"] });
    const { network: pg } = await create({
      Name: "pg",
      Kind: "SECURITY_GROUP",
      Rules: [{ Protocol: "tcp", FromPort: 5432 }],
    });
    expect(await readEgressPolicies(slipway.store)).toEqual([]);
    const connect = async (VpcConnectorName: string, SecurityGroups: string[]) =>
      await slipway.client.send(
        new CreateVpcConnectorCommand({
          VpcConnectorName,
          Subnets: [db.NetworkId, lan.NetworkId],
          SecurityGroups,
        }),
      );
    await connect("narrow", [pg.NetworkId]);
    await connect("wide", []);
    const reach = { dockerNetworks: ["shop"], cidrs: ["10.0.0.0/8"] };
    expect(await readEgressPolicies(slipway.store)).toEqual([
      {
        connectorId: expect.stringMatching(/^[0-9a-f]{32}$/),
        ...reach,
        rules: [{ protocol: "tcp", ports: { from: 5432, to: 5432 }, cidr: null }],
      },
      { connectorId: expect.stringMatching(/^[0-9a-f]{32}$/), ...reach, rules: null },
    ]);
  });
});
