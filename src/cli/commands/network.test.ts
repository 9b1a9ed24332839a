import { expect, test } from "vitest";
import { slipway, startFakeApi } from "../testing/fake-api.ts";

const subnet = {
  NetworkId: "subnet-0123456789abcdef0",
  NetworkArn: "arn:aws:apprunner:us-east-1:000000000000:network/subnet-0123456789abcdef0",
  Name: "shop-db",
  Kind: "SUBNET",
  DockerNetwork: "shop_default",
  Cidrs: ["10.0.5.0/24"],
  CreatedAt: 1,
  UpdatedAt: 1,
};
const group = {
  ...subnet,
  NetworkId: "sg-0123456789abcdef0",
  Name: "postgres-only",
  Kind: "SECURITY_GROUP",
  DockerNetwork: undefined,
  Cidrs: undefined,
  Rules: [
    { Protocol: "tcp", FromPort: 5432, ToPort: 5432 },
    { Protocol: "all", Cidr: "10.0.0.0/8" },
  ],
};

test("networks are listed with their ids and what they stand for", async () => {
  await using api = await startFakeApi({ ListNetworks: () => ({ Networks: [group, subnet] }) });
  const { out } = await slipway(api, ["network"]);
  expect(out).toMatch(/postgres-only +sg-0123456789abcdef0 +tcp:5432, all@10\.0\.0\.0\/8/);
  expect(out).toMatch(/shop-db +subnet-0123456789abcdef0 +Docker network shop_default, 10\.0\.5\.0\/24/);
});

test("a subnet is made of a Docker network and ranges; its id is all that is printed", async () => {
  await using api = await startFakeApi({ CreateNetwork: () => ({ Network: subnet }) });
  const args = ["network", "create", "shop-db", "--docker-network", "shop_default", "--cidr", "10.0.5.0/24"];
  const { out, err } = await slipway(api, args);
  expect(out.trim()).toBe(subnet.NetworkId);
  expect(err).toContain("The Docker network shop_default was not looked for: `slipway doctor` warns");
  expect(api.calls[0]?.input).toEqual({
    Name: "shop-db",
    Kind: "SUBNET",
    DockerNetwork: "shop_default",
    Cidrs: ["10.0.5.0/24"],
  });
});

test("rules make a security group", async () => {
  await using api = await startFakeApi({ CreateNetwork: () => ({ Network: group }) });
  const rules = ["tcp:5432", "udp:8000-8100@10.0.5.7", "icmp", "all@10.0.0.0/8"];
  await slipway(api, ["network", "create", "pg", ...rules.flatMap((rule) => ["--rule", rule])]);
  expect(api.calls[0]?.input).toEqual({
    Name: "pg",
    Kind: "SECURITY_GROUP",
    Rules: [
      { Protocol: "tcp", FromPort: 5432 },
      { Protocol: "udp", FromPort: 8000, ToPort: 8100, Cidr: "10.0.5.7" },
      { Protocol: "icmp" },
      { Protocol: "all", Cidr: "10.0.0.0/8" },
    ],
  });
});

test("a rule that is none is refused before anybody is asked", async () => {
  await using api = await startFakeApi({});
  const { err, exitCode } = await slipway(api, ["network", "create", "pg", "--rule", "5432"]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining("Write for example tcp:5432")]);
  expect(api.calls).toEqual([]);
});

test("one is changed and removed by its name", async () => {
  await using api = await startFakeApi({
    ListNetworks: () => ({ Networks: [group] }),
    UpdateNetwork: () => ({ Network: group }),
    DeleteNetwork: () => ({ Network: group }),
  });
  await slipway(api, ["network", "update", "postgres-only", "--rule", "tcp:5433"]);
  await slipway(api, ["network", "rm", "postgres-only", "--yes"]);
  expect(api.callsOf("UpdateNetwork")[0]?.input).toEqual({
    NetworkId: group.NetworkId,
    Rules: [{ Protocol: "tcp", FromPort: 5433 }],
  });
  expect(api.callsOf("DeleteNetwork")[0]?.input).toEqual({ NetworkId: group.NetworkId });
  expect((await slipway(api, ["network", "show", "nothing"])).err).toContain("There is no network nothing");
});
