import { expect, test } from "vitest";
import type { DescribedService } from "../../parts/all-services.ts";
import { connectorsNaming, contentOf, formOf, type Network, networkText, newRule } from "./network-form.ts";
import { networkPicture, pictureServices } from "./network-picture.ts";

const subnet: Network = {
  NetworkId: "subnet-1",
  NetworkArn: "arn:subnet-1",
  Name: "shop-db",
  Kind: "SUBNET",
  DockerNetwork: "shop_default",
  Cidrs: ["10.0.5.7/32"],
  CreatedAt: 1,
  UpdatedAt: 1,
};
const group: Network = {
  ...subnet,
  NetworkId: "sg-1",
  Name: "postgres-only",
  Kind: "SECURITY_GROUP",
  DockerNetwork: undefined,
  Cidrs: undefined,
  Rules: [
    { Protocol: "tcp", FromPort: 5432, ToPort: 5432 },
    { Protocol: "udp", FromPort: 8000, ToPort: 8100, Cidr: "10.0.0.0/8" },
    { Protocol: "icmp" },
  ],
};

test("a network comes out of its form as it went in", () => {
  expect(contentOf(formOf(subnet))).toEqual({ DockerNetwork: "shop_default", Cidrs: ["10.0.5.7/32"] });
  expect(contentOf(formOf(group))).toEqual({
    Rules: [
      { Protocol: "tcp", FromPort: 5432 },
      { Protocol: "udp", FromPort: 8000, ToPort: 8100, Cidr: "10.0.0.0/8" },
      { Protocol: "icmp" },
    ],
  });
});

test("ranges may be written in lines or with commas, and ports count for protocols that have some", () => {
  const form = { ...formOf(undefined), cidrs: " 10.0.0.1,\n10.0.0.2 \n\n" };
  expect(contentOf(form)).toEqual({ Cidrs: ["10.0.0.1", "10.0.0.2"] });
  const icmp = { ...newRule, protocol: "icmp", fromPort: "80" } as const;
  expect(contentOf({ ...form, kind: "SECURITY_GROUP", rules: [icmp] })).toEqual({
    Rules: [{ Protocol: "icmp" }],
  });
});

test("a network is told in the words of the command line", () => {
  expect(networkText(subnet)).toBe("Docker network shop_default, 10.0.5.7/32");
  expect(networkText(group)).toBe("tcp:5432, udp:8000-8100@10.0.0.0/8, icmp");
  expect(networkText({ ...group, Rules: [] })).toBe("nothing");
});

test("the picture leads from services over connectors to networks, and to public addresses without one", () => {
  const service = { arn: "s1", name: "shop", isPublic: true, isPaused: false, connectorArn: "c1" };
  const connector = { arn: "c1", name: "database", subnets: ["subnet-1", "subnet-9"], groups: ["sg-1"] };
  const free = { ...service, arn: "s2", name: "blog", isPublic: false, connectorArn: null };
  const { boxes, lines, rows } = networkPicture([service, free], [connector], [subnet, group]);
  expect(lines.map(({ from, to }) => `${from.title} > ${to.title}`)).toEqual([
    "shop > database",
    "blog > No connector",
    "No connector > Public addresses",
    "database > shop-db",
    "database > subnet-9",
  ]);
  expect(boxes.map(({ column, row, note }) => `${column}.${row} ${note}`)).toEqual([
    "0.0 public",
    "0.1 private",
    "1.0 as App Runner does",
    "1.1 narrowed by 1 group",
    "2.0 not private networks",
    "2.1 Docker network shop_default, 10.0.5.7/32",
    "2.2 does not exist",
  ]);
  expect(rows).toBe(3);
});

test("a service that was never made is not in the picture, and one that is paused is not called public", () => {
  const of = (ServiceName: string, Status: string) =>
    ({ ServiceArn: ServiceName, ServiceName, Status, NetworkConfiguration: {} }) as DescribedService;
  const all = [of("shop", "RUNNING"), of("broken", "CREATE_FAILED"), of("night", "PAUSED")];
  const { boxes, lines } = networkPicture(pictureServices(all), [], []);
  const drawn = boxes.filter(({ column }) => column === 0).map(({ title, note }) => `${title} ${note}`);
  expect(drawn).toEqual(["shop public", "night paused"]);
  expect(lines.some(({ from }) => from.title === "broken")).toBe(false);
});

test("a network knows the connectors that name it, each once, and one that nobody names knows none", () => {
  const connectors = [
    { VpcConnectorName: "database", Subnets: ["subnet-1"], SecurityGroups: ["sg-1"] },
    { VpcConnectorName: "database", Subnets: ["subnet-1"] },
    { VpcConnectorName: "mail", Subnets: ["subnet-2"] },
  ];
  expect(connectorsNaming("subnet-1", connectors)).toEqual(["database"]);
  expect(connectorsNaming("sg-1", connectors)).toEqual(["database"]);
  expect(connectorsNaming("subnet-3", connectors)).toEqual([]);
});
