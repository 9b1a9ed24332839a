/** Private services and VPC connectors through the public API: who reaches what, from where, and under which name. */
import {
  CreateVpcConnectorCommand,
  CreateVpcIngressConnectionCommand,
  DeleteServiceCommand,
  DeleteVpcConnectorCommand,
  DeleteVpcIngressConnectionCommand,
  DescribeVpcIngressConnectionCommand,
  TagResourceCommand,
} from "@aws-sdk/client-apprunner";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createService,
  type ServiceRequest,
  type ServiceView,
  sdk,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const docker = new Docker({ socketPath: "/var/run/docker.sock" });

describe("a private service", () => {
  const database = `db-${process.pid}`;
  const cleanups: (() => unknown)[] = [];
  let slipway: Installation;
  let images: TestImages;
  let billing: ServiceView;
  let shop: ServiceView;
  let other: ServiceView;
  let connectorArn: string;

  const running = async (request: Pick<ServiceRequest, "name" | "network" | "tags">) => {
    const { ServiceArn } = await createService(slipway, {
      image: images.app,
      startCommand: "/node /app/server.js",
      environment: { VERSION: request.name },
      ...request,
    });
    return await waitForStatus(slipway, ServiceArn, "RUNNING");
  };

  /** What a service gets when it asks another by its internal name. */
  const call = async (from: ServiceView, host: string, name = host) => {
    const path = `/call?host=${host}&port=${slipway.internalPort}&name=${name}`;
    const { status, body } = await slipway.fetch(from.ServiceUrl, path);
    return `${status} ${body.slice(0, 20).trim()}`;
  };
  const connect = async (from: ServiceView, host: string, port: number) => {
    const { body } = await slipway.fetch(from.ServiceUrl, `/connect?host=${host}&port=${port}`);
    return (JSON.parse(body) as { readonly result: string }).result;
  };

  beforeAll(async () => {
    images = await buildTestImages();
    cleanups.push(() => images.remove());
    await docker.createNetwork({ Name: database, Driver: "bridge" });
    cleanups.push(() => docker.getNetwork(database).remove());
    const container = await docker.createContainer({
      Image: images.appImageId,
      Env: ["PORT=5432"],
      HostConfig: { NetworkMode: database },
      NetworkingConfig: { EndpointsConfig: { [database]: { Aliases: ["postgres"] } } },
    });
    cleanups.push(() => container.remove({ force: true }));
    await container.start();
    slipway = await Installation.create();
    cleanups.push(() => slipway.remove());
    await slipway.start();
    const create = async (...args: readonly string[]) =>
      (await slipway.slipway(["network", "create", ...args])).trim();
    const made = await sdk(slipway).send(
      new CreateVpcConnectorCommand({
        VpcConnectorName: "database",
        Subnets: [await create("db", "--docker-network", database)],
        SecurityGroups: [await create("postgres-only", "--rule", "tcp:5432")],
      }),
    );
    connectorArn = made.VpcConnector?.VpcConnectorArn ?? "";
    const egress = { EgressConfiguration: { EgressType: "VPC" as const, VpcConnectorArn: connectorArn } };
    [billing, shop, other] = await Promise.all([
      running({ name: "billing", network: { IngressConfiguration: { IsPubliclyAccessible: false } } }),
      running({ name: "shop", network: egress, tags: { "slipway:connect": "billing" } }),
      running({ name: "other" }),
    ]);
  });
  afterAll(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  it("is unknown to the public, and answers those that are connected to it by its internal name", async () => {
    expect((await slipway.fetch(billing.ServiceUrl)).status).toBe(404);
    expect((await slipway.fetch("billing.internal")).status).toBe(404);
    expect(await call(shop, "billing.internal")).toMatch(/^200 billing from/);
    expect(await call(shop, "billing.internal", "other.internal")).toMatch(/^404 /);
    expect(await call(shop, "billing.internal", billing.ServiceUrl)).toMatch(/^404 /);
  });

  it("does not answer a service that is not connected, which does not even know the name", async () => {
    expect(await call(other, "billing.internal")).toMatch(/^502 (ENOTFOUND|EAI_AGAIN)/);
    const { address } = await bridge();
    expect(await call(other, address, "billing.internal")).toMatch(/^404 /);
    const tag = new TagResourceCommand({
      ResourceArn: shop.ServiceArn,
      Tags: [{ Key: "slipway:connect", Value: "other" }],
    });
    await sdk(slipway).send(tag);
    await waitFor(async () => (await call(shop, "billing.internal")).startsWith("404 "), {
      what: "the end of the connection",
    });
    await sdk(slipway).send(
      new TagResourceCommand({ ...tag.input, Tags: [{ Key: "slipway:connect", Value: "billing" }] }),
    );
    await waitFor(async () => (await call(shop, "billing.internal")).startsWith("200 "), {
      what: "the connection again",
    });
  });

  it("is published by an ingress connection on its own listener, until that is deleted", async () => {
    const { VpcIngressConnection: made } = await sdk(slipway).send(
      new CreateVpcIngressConnectionCommand({
        ServiceArn: billing.ServiceArn,
        VpcIngressConnectionName: "office",
        IngressVpcConfiguration: { VpcId: "vpc-1", VpcEndpointId: "vpce-1" },
      }),
    );
    const { DomainName = "", VpcIngressConnectionArn } = made ?? {};
    const answer = await waitFor(
      async () => {
        const { status, body } = await slipway.fetchInside(DomainName);
        return status === 200 && body;
      },
      { what: "an answer under the connection's name" },
    );
    expect(answer).toMatch(/^billing from/);
    expect((await slipway.fetch(DomainName)).status).toBe(404);
    expect((await slipway.fetchInside("billing.internal")).status).toBe(404);
    const described = await sdk(slipway).send(
      new DescribeVpcIngressConnectionCommand({ VpcIngressConnectionArn }),
    );
    expect(described.VpcIngressConnection?.Status).toBe("AVAILABLE");
    const deletion = new DeleteServiceCommand({ ServiceArn: billing.ServiceArn });
    await expect(sdk(slipway).send(deletion)).rejects.toThrow(/is in use by VPC ingress connection office/);
    await sdk(slipway).send(new DeleteVpcIngressConnectionCommand({ VpcIngressConnectionArn }));
    await waitFor(async () => (await slipway.fetchInside(DomainName)).status === 404, {
      what: "the end of the connection's name",
    });
  });

  it("shares the machine with one that reaches its database through a connector, and nothing else", async () => {
    expect(await connect(shop, "postgres", 5432)).toBe("connected");
    const { address } = await bridge();
    expect(await connect(shop, address, slipway.edgePort)).toBe("ECONNREFUSED");
    expect(await connect(shop, "10.0.0.1", 80)).toBe("ECONNREFUSED");
    const deletion = new DeleteVpcConnectorCommand({ VpcConnectorArn: connectorArn });
    await expect(sdk(slipway).send(deletion)).rejects.toThrow(/is in use by service shop/);
  });

  it("is as private and as connected after the control plane was killed", async () => {
    await slipway.kill();
    expect((await slipway.fetch(billing.ServiceUrl)).status).toBe(404);
    expect(await call(shop, "billing.internal")).toMatch(/^200 billing from/);
    let isServing = false;
    let callsLeft = 20;
    const answers = new Set<string>();
    const calling = (async () => {
      while (callsLeft > 0) {
        answers.add((await call(shop, "billing.internal")).slice(0, 3));
        if (isServing) callsLeft -= 1;
      }
    })();
    await slipway.start();
    isServing = true;
    await calling;
    expect([...answers]).toEqual(["200"]);
    expect((await slipway.fetch(billing.ServiceUrl)).status).toBe(404);
    expect(await call(shop, "billing.internal")).toMatch(/^200 billing from/);
    expect(await connect(shop, "postgres", 5432)).toBe("connected");
  });

  async function bridge(): Promise<{ readonly address: string }> {
    const owner = slipway.info()["InstallationId"] ?? "";
    const network = (await docker.getNetwork(`slipway-${owner.slice(0, 8)}`).inspect()) as {
      readonly IPAM: { readonly Config: readonly { readonly Gateway: string }[] };
    };
    return { address: network.IPAM.Config[0]?.Gateway ?? "" };
  }
});
