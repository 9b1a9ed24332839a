/** What instances with a VPC connector reach. All they must not reach listens, so that a refusal is one. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import type { EgressPolicy } from "../domain/network.ts";
import type { InstanceSpec } from "../ports/container-engine.ts";
import { EngineClient } from "./client.ts";
import { DockerEngine } from "./docker-engine.ts";
import { EgressRules } from "./egress-rules.ts";
import { Names } from "./naming.ts";
import { runProgram } from "./program.ts";
import { PublicPlace } from "./public-place.test-support.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath });
const signal = () => AbortSignal.timeout(60_000);
const newId = () => randomBytes(16).toString("hex");
const PUBLIC = "203.0.113.20";
const METADATA = "169.254.169.254";

describe("instances with a VPC connector", () => {
  const ownerId = newId();
  const names = new Names(ownerId);
  const shop = `shop-${ownerId.slice(0, 8)}`;
  const lan = `lan-${ownerId.slice(0, 8)}`;
  const connectorId = newId();
  const containers: string[] = [];
  let policies: readonly EgressPolicy[] = [];
  let engine: DockerEngine;
  let images: TestImages;
  let host: Server;
  /** Of Slipway itself, as it were. */
  let own: Server;
  let place: PublicPlace;
  let db = "";
  let neighbour = "";
  let stranger = "";

  function anEngine(): DockerEngine {
    return new DockerEngine({
      socketPath,
      ownerId,
      sandboxPoolSize: 1,
      closedPorts: [closedPort()],
      egressPolicies: async () => await Promise.resolve(policies),
    });
  }

  const aServer = async () => {
    const server = createServer((_request, response) => response.end("host")).listen(0, "0.0.0.0");
    await once(server, "listening");
    return server;
  };
  const closedPort = () => (own.address() as AddressInfo).port;

  const policy = (change: Partial<EgressPolicy> = {}): EgressPolicy => ({
    connectorId,
    dockerNetworks: [shop],
    cidrs: [],
    rules: [{ protocol: "tcp", ports: { from: 8080, to: 8080 }, cidr: `${db}/32` }],
    ...change,
  });

  const started = async (change: Partial<InstanceSpec> = {}) => {
    const spec = {
      instanceId: newId(),
      serviceId: "service",
      releaseNumber: 1,
      imageId: images.appImageId,
      command: null,
      environment: { PORT: "8080" },
      port: 8080,
      cpuMillis: 2_000,
      memoryMiB: 256,
      ...change,
    };
    return { ...spec, ...(await engine.startInstance(spec, signal())) };
  };

  const from = async ({ address }: { readonly address: string }, target: string, port: number) => {
    const url = `http://${address}:8080/connect?host=${target}&port=${port}`;
    const answer = await waitFor(async () => await (await fetch(url, { signal: signal() })).text(), {
      everyMs: 10,
      what: `an answer of ${url}`,
    });
    return (JSON.parse(answer) as { readonly result: string }).result;
  };

  /** A container of the user's. */
  const run = async (network: string, aliases: readonly string[], port: number): Promise<string> => {
    const isShared = network.startsWith("container:");
    const container = await docker.createContainer({
      Image: images.appImageId,
      Env: [`PORT=${port}`],
      HostConfig: { NetworkMode: network },
      ...(!isShared && { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [...aliases] } } } }),
    });
    containers.push(container.id);
    await container.start();
    const { NetworkSettings } = await container.inspect();
    return NetworkSettings.Networks[network]?.IPAddress ?? "";
  };

  /** A connection from the network of an instance that is in use all the time; and how it ended. */
  const talking = async (instanceId: string, host: string, port: number) => {
    const { State } = await docker.getContainer(names.instanceContainer(instanceId)).inspect();
    const program = `
      const socket = require("node:net").connect(${port}, "${host}", () => {
        console.log("open");
        setInterval(() => socket.write("G"), 20);
      });
      socket.on("error", ({ code }) => { console.log(code); process.exit(); });
      setTimeout(() => process.exit(), 30_000);
    `;
    const child = spawn("nsenter", ["-n", "-t", String(State.Pid), process.execPath, "-e", program]);
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("open");
    return { end: lines.next().then(({ value }) => value as string) };
  };

  beforeAll(async () => {
    [host, own] = await Promise.all([aServer(), aServer()]);
    engine = anEngine();
    images = await buildTestImages();
    await Promise.all([shop, lan].map((Name) => docker.createNetwork({ Name, Driver: "bridge" })));
    db = await run(shop, ["db"], 8080);
    [, neighbour, stranger] = await Promise.all([
      run(`container:${containers[0]}`, [], 8081),
      run(shop, ["neighbour"], 8080),
      run(lan, [], 8080),
    ]);
    place = await PublicPlace.open(
      [names.bridge, names.connectorBridge(connectorId)],
      [PUBLIC, METADATA],
      signal(),
    );
    await engine.prepare(signal());
  });
  afterEach(async () => {
    const all = await engine.listInstances(signal());
    await Promise.all(all.map(({ instanceId }) => engine.removeInstance(instanceId, signal())));
  });
  afterAll(async () => {
    await engine.uninstall(signal());
    host.close();
    own.close();
    await place.close(signal());
    await Promise.all(containers.map(async (id) => await docker.getContainer(id).remove({ force: true })));
    await Promise.all([shop, lan].map((name) => docker.getNetwork(name).remove()));
    await images.remove();
  });

  const rulesOf = async (program: string, ...args: readonly string[]) =>
    (await runProgram(program, ["-w", ...args], "", signal())).stdout;

  it("reach the database by its name, and nothing else", async () => {
    policies = [policy()];
    const other = await started();
    const one = await started({ connectorId });
    const hostPort = (host.address() as AddressInfo).port;
    const gateway = db.replace(/\.\d+$/, ".1");
    expect(await from(one, "db", 8080)).toBe("connected");
    expect(await from(one, db, 8080)).toBe("connected");
    const refused: readonly (readonly [string, number])[] = [
      [db, 8081],
      [neighbour, 8080],
      ["neighbour", 8080],
      [stranger, 8080],
      [other.address, 8080],
      [gateway, hostPort],
      [one.address.replace(/\.\d+$/, ".1"), hostPort],
      [METADATA, place.port],
      [PUBLIC, place.port],
    ];
    for (const [target, port] of refused) {
      expect([target, port, await from(one, target, port)]).toEqual([target, port, "ECONNREFUSED"]);
    }
    expect(await from(other, db, 8080)).toBe("ECONNREFUSED");
    expect(await from(other, PUBLIC, place.port)).toBe("connected");
  });

  it("find a database again that came back with another address", async () => {
    policies = [policy({ rules: null })];
    const one = await started({ connectorId });
    await run(shop, ["moving"], 8080);
    await engine.prepare(signal());
    // It listens a moment after its start.
    await waitFor(async () => (await from(one, "moving", 8080)) === "connected", {
      what: "a connection by its name",
    });
    expect(await from(one, "db", 8080)).toBe("connected");
  });

  it("reach the internet by a rule that says so, and still no private network", async () => {
    policies = [policy({ cidrs: ["0.0.0.0/0"], rules: null, dockerNetworks: [] })];
    const one = await started({ connectorId });
    expect(await from(one, PUBLIC, place.port)).toBe("connected");
    expect(await from(one, db, 8080)).toBe("ECONNREFUSED");
    expect(await from(one, METADATA, place.port)).toBe("ECONNREFUSED");
  });

  it("reach a port of the machine by a rule that says so, and none that is closed to all", async () => {
    const gateway = db.replace(/\.\d+$/, ".1");
    const hostPort = (host.address() as AddressInfo).port;
    const rule = (port: number) =>
      ({ protocol: "tcp", ports: { from: port, to: port }, cidr: null }) as const;
    policies = [policy({ cidrs: [`${gateway}/32`], dockerNetworks: [], rules: [rule(hostPort)] })];
    const one = await started({ connectorId });
    expect(await from(one, gateway, hostPort)).toBe("connected");
    expect(await from(one, gateway, closedPort())).toBe("ECONNREFUSED");
    policies = [policy({ cidrs: [`${gateway}/32`], dockerNetworks: [], rules: [rule(closedPort())] })];
    await engine.applyEgress(signal());
    expect(await from(one, gateway, closedPort())).toBe("ECONNREFUSED");
    expect(await from(one, gateway, hostPort)).toBe("ECONNREFUSED");
  });

  it("follow a change of their networks while they run, and lose all with their connector", async () => {
    policies = [policy()];
    const one = await started({ connectorId });
    expect(await from(one, db, 8080)).toBe("connected");
    const talk = await talking(one.instanceId, db, 8080);
    policies = [policy({ rules: [{ protocol: "tcp", ports: { from: 8081, to: 8081 }, cidr: null }] })];
    await engine.applyEgress(signal());
    // Whichever of its read and its write meets the reset first.
    expect(await talk.end).toMatch(/^(?:ECONNRESET|EPIPE)$/);
    expect(await from(one, db, 8080)).toBe("ECONNREFUSED");
    expect(await from(one, db, 8081)).toBe("connected");
    policies = [];
    await engine.prepare(signal());
    expect(await from(one, db, 8081)).toBe("ECONNREFUSED");
    await engine.removeInstance(one.instanceId, signal());
    await engine.prepare(signal());
    const left = await docker.listNetworks({ filters: { name: [names.connectorNetwork(connectorId)] } });
    expect(left).toEqual([]);
  });

  it("leave no bridge behind when the machine was restarted after the end of the last connector", async () => {
    const others = new Names(newId());
    const name = others.connectorNetwork(connectorId);
    const Labels = { "slipway.owner": others.ownerId, "slipway.connector": connectorId };
    await docker.createNetwork({ Name: name, Labels });
    const context = {
      client: new EngineClient(socketPath),
      names: others,
      report: () => undefined,
      overfull: new Set<string>(),
      now: Date.now,
    };
    const rules = new EgressRules(context, { policies: async () => await Promise.resolve([]) });
    await rules.apply(signal());
    await rules.tidy(signal());
    expect(await docker.listNetworks({ filters: { name: [name] } })).toEqual([]);
  });

  it("leave no right behind: neither their address nor their sandbox is another's with it", async () => {
    policies = [policy()];
    const first = await started({ connectorId });
    await engine.removeInstance(first.instanceId, signal());
    const strangers = [newId()];
    policies = [policy(), ...strangers.map((id) => policy({ connectorId: id, rules: [] }))];
    const again = await started({ connectorId });
    expect(again.address).toBe(first.address);
    for (const id of strangers) {
      const later = await started({ connectorId: id });
      expect(await from(later, db, 8080)).toBe("ECONNREFUSED");
    }
    // One that lost its instance half-way is no sandbox for others.
    const sandbox = await docker.getContainer(names.instanceContainer(again.instanceId)).inspect();
    const sandboxId = (sandbox.HostConfig.NetworkMode ?? "").replace("container:", "");
    await docker.getContainer(names.instanceContainer(again.instanceId)).remove({ force: true });
    const afresh = anEngine();
    await afresh.prepare(signal());
    const pooled = await afresh.startInstance(
      { ...again, instanceId: newId(), connectorId: undefined } as never,
      signal(),
    );
    afresh.close();
    expect(pooled.address).not.toBe(again.address);
    expect(await from(pooled, db, 8080)).toBe("ECONNREFUSED");
    await docker.getContainer(sandboxId).remove({ force: true });
  });

  it("keep to their rules after somebody reloads the firewall, and after a new start", async () => {
    policies = [policy()];
    const one = await started({ connectorId });
    const before = await rulesOf("iptables", "-S", names.connectorForwardChain);
    for (const chain of [names.connectorForwardChain, names.connectorInputChain]) {
      await rulesOf("iptables", "-F", chain);
    }
    await rulesOf("iptables", "-I", "DOCKER-USER", "-i", names.connectorBridge(connectorId), "-j", "ACCEPT");
    try {
      await anEngine().prepare(signal());
      expect(await rulesOf("iptables", "-S", names.connectorForwardChain)).toBe(before);
      expect(await from(one, db, 8080)).toBe("connected");
      expect(await from(one, neighbour, 8080)).toBe("ECONNREFUSED");
      expect(await from(one, PUBLIC, place.port)).toBe("ECONNREFUSED");
    } finally {
      await rulesOf(
        "iptables",
        "-D",
        "DOCKER-USER",
        "-i",
        names.connectorBridge(connectorId),
        "-j",
        "ACCEPT",
      );
    }
  });

  it("do not start when a network of theirs is missing, by the beginning of an id, or of instances", async () => {
    const { Id } = (await docker.getNetwork(shop).inspect()) as { readonly Id: string };
    for (const network of [Id, Id.slice(0, 12), names.network, "host"]) {
      policies = [policy({ dockerNetworks: [network] })];
      await expect(started({ connectorId })).rejects.toThrow(`The Docker network ${network}`);
    }
    policies = [policy({ dockerNetworks: ["no-such-network"] })];
    await expect(started({ connectorId })).rejects.toThrow(/The Docker network no-such-network/);
    policies = [];
    await expect(started({ connectorId })).rejects.toThrow(/VPC connector is gone/);
  });

  it("are called by nobody who is not the edge", async () => {
    policies = [policy()];
    const one = await started({ connectorId });
    await from(one, db, 8080);
    expect(await from({ address: db }, one.address, 8080)).not.toBe("connected");
    expect(await from({ address: stranger }, one.address, 8080)).not.toBe("connected");
  });
});
