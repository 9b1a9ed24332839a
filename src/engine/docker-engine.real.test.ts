import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { parseImageReference } from "../domain/image-reference.ts";
import { describeContainerEngine } from "../ports/container-engine.contract.ts";
import type { EngineEvent, InstanceSpec, OutputLine } from "../ports/container-engine.ts";
import { DockerEngine, type DockerEngineOptions } from "./docker-engine.ts";
import { EngineClient } from "./client.ts";
import { Names } from "./naming.ts";
import { runProgram } from "./program.ts";
import { followStream } from "./read-output.ts";
import { Relay } from "./relay.test-support.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath });
const signal = () => AbortSignal.timeout(60_000);
const newId = () => randomBytes(16).toString("hex");
const anEngine = (ownerId: string, options: Partial<DockerEngineOptions> = {}) =>
  new DockerEngine({ socketPath, ownerId, sandboxPoolSize: 2, ...options });

/** Asks the application in an instance; waits until it listens. */
async function ask(address: string, path: string): Promise<string> {
  const url = `http://${address}:8080${path}`;
  return await waitFor(async () => await (await fetch(url, { signal: signal() })).text(), {
    everyMs: 10,
    what: `an answer of ${url}`,
  });
}

describeContainerEngine("Docker", async () => {
  const images = await buildTestImages();
  const ownerId = newId();
  const engine = anEngine(ownerId);
  return {
    engine,
    reconnect: () => anEngine(ownerId),
    image: parseImageReference(images.app, "image"),
    command: ["/node", "/app/server.js"],
    unreachableImage: parseImageReference("127.0.0.1:1/app:1", "image"),
    exit: async ({ address }, exitCode) => {
      await ask(address, `/exit?code=${exitCode}`);
    },
    exhaustMemory: async ({ address }) => {
      await ask(address, "/oom");
    },
    count: async ({ address }) => Number(await ask(address, "/count")),
    burn: async ({ address }, ms) => {
      await ask(address, `/burn?ms=${ms}`);
    },
    writeLines: async ({ address }, first, count) => {
      await ask(address, `/log?from=${first}&lines=${count}`);
    },
    cleanUp: async () => {
      await engine.uninstall(signal());
      await images.remove();
    },
  };
});

describe("The Docker adapter", () => {
  const ownerId = newId();
  const names = new Names(ownerId);
  const engine = anEngine(ownerId);
  let images: TestImages;

  const aSpec = (change: Partial<InstanceSpec> = {}): InstanceSpec => ({
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
  });
  const started = async (change: Partial<InstanceSpec> = {}) => {
    const spec = aSpec(change);
    return { ...spec, ...(await engine.startInstance(spec, signal())) };
  };
  const inspect = async (instanceId: string) =>
    await docker.getContainer(names.instanceContainer(instanceId)).inspect();
  const sandboxes = async (owner = ownerId) =>
    await docker.listContainers({
      all: true,
      filters: { label: [`slipway.owner=${owner}`, "slipway.role=sandbox"] },
    });

  beforeAll(async () => {
    images = await buildTestImages();
    await engine.prepare(signal());
  });
  afterEach(async () => {
    for (const { instanceId } of await engine.listInstances(signal()))
      await engine.removeInstance(instanceId, signal());
  });
  afterAll(async () => {
    await engine.uninstall(signal());
    await images.remove();
  });

  describe("isolation", () => {
    const from = async (address: string, host: string, port: number) => {
      const answer = await ask(address, `/connect?host=${host}&port=${port}`);
      return (JSON.parse(answer) as { readonly result: string }).result;
    };

    it("keeps instances from each other, while the host reaches both", async () => {
      const [one, two] = [await started(), await started()];
      await ask(one.address, "/");
      await ask(two.address, "/");
      expect(await from(one.address, two.address, 8080)).not.toBe("connected");
      expect(await from(two.address, one.address, 8080)).not.toBe("connected");
    });

    /** A service of the host at every address of it. */
    const hostServer = async () => {
      const server = createServer((_request, response) => response.end("host"));
      await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
      return { port: (server.address() as AddressInfo).port, close: () => server.close() };
    };
    const hostAddresses = () =>
      Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter(({ family, internal }) => family === "IPv4" && !internal)
        .map(({ address }) => address);
    /** What came of it at each; without those that went meanwhile, as the networks of other tests do. */
    const atEachAddress = async (act: (address: string) => Promise<readonly string[]>) => {
      const answers = new Map<string, readonly string[]>();
      for (const address of hostAddresses()) {
        const answer = await act(address).catch((error: unknown) => [String(error)]);
        if (hostAddresses().includes(address)) answers.set(address, answer);
      }
      return answers;
    };

    it("keeps instances from services of the host, at the gateway and at each of its addresses", async () => {
      const server = await hostServer();
      const one = await started();
      const answers = await atEachAddress(async (address) => [
        await (await fetch(`http://${address}:${server.port}/`)).text(),
        await from(one.address, address, server.port),
      ]);
      expect(answers.size).toBeGreaterThan(0);
      for (const answer of answers) expect(answer).toEqual([answer[0], ["host", "ECONNREFUSED"]]);
      server.close();
    });

    it("lets instances reach the edge at each address of the host, and nothing else there", async () => {
      const [edge, other] = [await hostServer(), await hostServer()];
      const opened = anEngine(ownerId, { firewall: { edge: { address: "*", ports: [edge.port] } } });
      await opened.prepare(signal());
      const [one, two] = [await started(), await started()];
      await ask(two.address, "/");
      const answers = await atEachAddress(async (address) => [
        await from(one.address, address, edge.port),
        await from(one.address, address, other.port),
      ]);
      for (const answer of answers) expect(answer).toEqual([answer[0], ["connected", "ECONNREFUSED"]]);
      expect(await from(one.address, two.address, 8080)).not.toBe("connected");
      expect(await from(one.address, "169.254.169.254", edge.port)).toBe("ECONNREFUSED");
      opened.close();
      await engine.prepare(signal());
      expect(await from(one.address, hostAddresses()[0] ?? "", edge.port)).toBe("ECONNREFUSED");
      edge.close();
      other.close();
    });

    it("stands in front of what another tool accepts, once it has looked again", async () => {
      const server = await hostServer();
      const one = await started();
      const [gateway = ""] = hostAddresses();
      const accept = ["-i", names.bridge, "-j", "ACCEPT"];
      const iptables = async (...args: readonly string[]) =>
        expect(await runProgram("iptables", ["-w", ...args], "", signal())).toMatchObject({ exitCode: 0 });
      for (const chain of ["INPUT", "FORWARD"]) await iptables("-I", chain, "1", ...accept);
      expect(await from(one.address, gateway, server.port)).toBe("connected");
      expect(await from(one.address, "10.1.2.3", 80)).not.toBe("ECONNREFUSED");
      await engine.prepare(signal());
      expect(await from(one.address, gateway, server.port)).toBe("ECONNREFUSED");
      expect(await from(one.address, "10.1.2.3", 80)).toBe("ECONNREFUSED");
      for (const chain of ["INPUT", "FORWARD"]) await iptables("-D", chain, ...accept);
      server.close();
    });

    it.each(["169.254.169.254", "10.1.2.3", "172.16.0.9", "192.168.1.1", "100.64.0.1", "100.100.100.200"])(
      "refuses %s at once",
      async (host) => {
        const one = await started();
        expect(await from(one.address, host, 80)).toBe("ECONNREFUSED");
      },
    );

    it("drops every capability but those for stepping down from root", async () => {
      const one = await started();
      const bare = await started({ imageId: images.bareImageId });
      expect((await inspect(one.instanceId)).HostConfig.CapAdd).toEqual(
        ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETUID", "SETGID", "KILL"].map(
          (name) => expect.stringMatching(new RegExp(`^(CAP_)?${name}$`)) as string,
        ),
      );
      expect((await inspect(bare.instanceId)).HostConfig.CapAdd ?? []).toEqual([]);
      const { Pid } = (await inspect(bare.instanceId)).State;
      const status = await processStatus(Pid);
      expect(status).toMatchObject({ CapEff: "0000000000000000", CapBnd: "0000000000000000" });
      expect(status).toMatchObject({ NoNewPrivs: "1", Seccomp: "2" });
    });
  });

  describe("limits", () => {
    it("are set as asked", async () => {
      const one = await started({ cpuMillis: 250, memoryMiB: 512 });
      const { HostConfig, Config } = await inspect(one.instanceId);
      expect(HostConfig).toMatchObject({
        NanoCpus: 250_000_000,
        CpuShares: 1_024,
        Memory: 512 * 1_024 * 1_024,
        MemorySwap: 512 * 1_024 * 1_024,
        PidsLimit: 1_024,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        Privileged: false,
        RestartPolicy: { Name: "no" },
        LogConfig: { Type: "json-file", Config: { "max-size": "20m", "max-file": "3" } },
      });
      expect(HostConfig.Binds ?? []).toEqual([]);
      expect(Config.Healthcheck).toEqual({ Test: ["NONE"] });
    });

    it("hold: a quarter of a core takes four times as long", async () => {
      const spin =
        "const t=process.cpuUsage();const s=Date.now();while(Date.now()-s<1000);" +
        "const u=process.cpuUsage(t);console.log('ms',Math.round((u.user+u.system)/1000))";
      const one = await started({ cpuMillis: 250, command: ["/node", "-e", spin] });
      const lines = await allOutput(engine, one.instanceId);
      const used = Number(/ms (\d+)/.exec(lines.map(({ text }) => text).join("\n"))?.[1]);
      expect(used).toBeGreaterThan(100);
      expect(used).toBeLessThan(500);
    });

    it("hold: processes beyond the limit cannot be started", async () => {
      const one = await started({ memoryMiB: 1_024 });
      const { started: count, problem } = JSON.parse(await ask(one.address, "/fork?count=2000")) as {
        readonly started: number;
        readonly problem: string;
      };
      expect(problem).toBe("EAGAIN");
      expect(count).toBeGreaterThan(900);
      expect(count).toBeLessThan(1_024);
      expect(await ask(one.address, "/")).toContain("from");
    });
  });

  describe("crashes", () => {
    it("finds instances and sandboxes again from labels", async () => {
      const one = await started();
      const successor = anEngine(ownerId);
      expect(await successor.listInstances(signal())).toMatchObject([
        { instanceId: one.instanceId, state: "running", address: one.address },
      ]);
      // Two free, one with the instance; the predecessor may be filling the pool in the same moment.
      await waitFor(async () => {
        await successor.prepare(signal());
        return (await sandboxes()).length === 3;
      });
      expect(await ask(one.address, "/")).toContain("from");
      successor.close();
    });

    it("leaves no sandbox with a removed instance, and none twice", async () => {
      // Not addresses: the engine gives one that has become free to the next sandbox.
      const used = new Set<string | undefined>();
      for (let round = 0; round < 4; round += 1) {
        const one = await started();
        used.add((await inspect(one.instanceId)).HostConfig.NetworkMode);
        await engine.removeInstance(one.instanceId, signal());
      }
      await engine.prepare(signal());
      expect(await sandboxes()).toHaveLength(2);
      expect(used.size).toBe(4);
    });

    it("gives each of many a sandbox of its own, with the pool empty and full", async () => {
      const all = await Promise.all(Array.from({ length: 6 }, async () => await started()));
      expect(new Set(all.map(({ address }) => address)).size).toBe(6);
      await engine.prepare(signal());
      const modes = await Promise.all(
        all.map(async (one) => (await inspect(one.instanceId)).HostConfig.NetworkMode),
      );
      expect(new Set(modes).size).toBe(6);
      await Promise.all(all.map(async (one) => await engine.removeInstance(one.instanceId, signal())));
      await engine.prepare(signal());
      expect(await sandboxes()).toHaveLength(2);
    });

    it("connects again when the engine's stream of events breaks, and asks for a resync", async () => {
      const relay = await Relay.start();
      const distant = anEngine(ownerId, { socketPath: relay.path });
      const stop = new AbortController();
      const events = distant.watch(stop.signal)[Symbol.asyncIterator]();
      expect((await events.next()).value).toEqual({ type: "resync" });
      const one = await started();
      relay.cut();
      expect((await events.next()).value).toEqual({ type: "resync" });
      await engine.removeInstance(one.instanceId, signal());
      expect((await events.next()).value).toMatchObject({ type: "exited", instanceId: one.instanceId });
      stop.abort();
      distant.close();
      relay.close();
    });

    it("starts an instance that was created when the control plane died", async () => {
      const spec = aSpec();
      // The pool may be making others still: those have no address yet.
      const sandbox = (await sandboxes()).find(({ State }) => State === "running");
      await docker.createContainer({
        name: names.instanceContainer(spec.instanceId),
        Image: spec.imageId,
        Env: ["PORT=8080"],
        Labels: {
          "slipway.owner": ownerId,
          "slipway.role": "instance",
          "slipway.instance": spec.instanceId,
          "slipway.service": "service",
          "slipway.release": "1",
          "slipway.port": "8080",
          "slipway.address": sandbox?.NetworkSettings.Networks[names.network]?.IPAddress ?? "",
        },
        HostConfig: { NetworkMode: `container:${sandbox?.Id}` },
      });
      const successor = anEngine(ownerId);
      await successor.prepare(signal());
      expect(await successor.listInstances(signal())).toMatchObject([{ state: "created" }]);
      const { address } = await successor.startInstance(spec, signal());
      expect(await ask(address, "/")).toContain("from");
      successor.close();
    });

    it("takes another sandbox when the one at hand has died", async () => {
      const reports: string[] = [];
      const other = anEngine(ownerId, { report: (event) => reports.push(event) });
      await other.prepare(signal());
      for (const { Id } of await sandboxes()) await docker.getContainer(Id).remove({ force: true });
      const spec = aSpec();
      const instance = await waitFor(async () => await other.startInstance(spec, signal()));
      expect(await ask(instance.address, "/")).toContain("from");
      other.close();
      await engine.prepare(signal());
    });

    it("tells an instance whose sandbox died as exited", async () => {
      const one = await started();
      const stop = new AbortController();
      const events = engine.watch(stop.signal)[Symbol.asyncIterator]();
      await events.next();
      const { HostConfig } = await inspect(one.instanceId);
      await docker.getContainer((HostConfig.NetworkMode ?? "").replace("container:", "")).kill();
      const { value } = await events.next();
      expect(value as EngineEvent).toMatchObject({ type: "exited", instanceId: one.instanceId });
      expect(await engine.listInstances(signal())).toMatchObject([{ state: "exited" }]);
      stop.abort();
    });

    it("takes everything of its own away when it is uninstalled", async () => {
      const other = newId();
      const departing = anEngine(other, { sandboxPoolSize: 1 });
      await departing.prepare(signal());
      await departing.startInstance(aSpec(), signal());
      const gone = await departing.uninstall(signal());
      // The instance and its sandbox at least, and the sandbox's image.
      expect(gone.containers).toBeGreaterThanOrEqual(2);
      expect(gone.images).toBeGreaterThanOrEqual(1);
      const filters = { label: [`slipway.owner=${other}`] };
      expect(await docker.listContainers({ all: true, filters })).toEqual([]);
      expect(await docker.listNetworks({ filters })).toEqual([]);
      for (const chain of [new Names(other).inputChain, new Names(other).forwardChain]) {
        for (const program of ["iptables", "ip6tables"]) {
          expect((await runProgram(program, ["-w", "-S", chain], "", signal())).exitCode).not.toBe(0);
        }
      }
    });

    it("waits until the network is empty when it is uninstalled", async () => {
      const other = newId();
      const departing = anEngine(other, { sandboxPoolSize: 1 });
      await departing.prepare(signal());
      // As a sandbox that the engine was making when the containers were listed.
      const late = await docker.createContainer({
        Image: images.bareImageId,
        HostConfig: { NetworkMode: new Names(other).network },
      });
      await late.start();
      const uninstalled = departing.uninstall(signal());
      await waitFor(async () => (await sandboxes(other)).length === 0);
      await sleep(500);
      await late.remove({ force: true });
      await uninstalled;
      const filters = { label: [`slipway.owner=${other}`] };
      expect(await docker.listNetworks({ filters })).toEqual([]);
    });

    it("lets nothing sleep for nothing when it rests, and serves on", async () => {
      const [one, two] = [await started(), await started()];
      await engine.prepare(signal());
      await engine.stopInstance(two.instanceId, { graceMs: 0 }, signal());
      const resting = anEngine(ownerId);
      await resting.rest(signal());
      const left = await sandboxes();
      expect(left.map(({ Id }) => `container:${Id}`)).toEqual([
        (await inspect(one.instanceId)).HostConfig.NetworkMode,
      ]);
      expect(await ask(one.address, "/")).toContain("from");
      expect(await resting.listInstances(signal())).toHaveLength(2);
      await engine.prepare(signal());
      expect(await sandboxes()).toHaveLength(3);
    });

    it("tells an instance that was stopped before it rested from one that ended by itself", async () => {
      const [one, two] = [await started(), await started()];
      await engine.stopInstance(one.instanceId, { graceMs: 0 }, signal());
      await anEngine(ownerId).rest(signal());
      await engine.stopInstance(two.instanceId, { graceMs: 0 }, signal());
      const listed = await engine.listInstances(signal());
      const exitOf = ({ instanceId }: { instanceId: string }) =>
        listed.find((other) => other.instanceId === instanceId);
      expect(exitOf(one)).toMatchObject({ state: "exited", exit: { wasStopped: true } });
      expect(exitOf(two)).not.toMatchObject({ exit: { wasStopped: true } });
      await engine.prepare(signal());
    });

    it("never touches a container that only carries copies of its labels", async () => {
      const other = newId();
      const departing = anEngine(other, { sandboxPoolSize: 1 });
      await departing.prepare(signal());
      const one = await departing.startInstance(aSpec(), signal());
      const [{ instanceId } = { instanceId: "" }] = await departing.listInstances(signal());
      const owner = { "slipway.owner": other };
      const copies = await Promise.all(
        [
          { ...owner, "slipway.role": "instance", "slipway.instance": instanceId },
          { ...owner, "slipway.role": "instance", "slipway.instance": "../../x" },
          { ...owner, "slipway.role": "sandbox" },
        ].map(async (Labels) => await docker.createContainer({ Image: images.bareImageId, Labels })),
      );
      await Promise.all(copies.map(async (copy) => await copy.start()));
      const stop = new AbortController();
      const events = departing.watch(stop.signal)[Symbol.asyncIterator]();
      await events.next();
      for (const copy of copies.slice(0, 2)) await copy.kill();
      expect(await departing.listInstances(signal())).toMatchObject([{ instanceId, state: "running" }]);
      await ask(one.address, "/exit?code=7");
      expect((await events.next()).value).toMatchObject({ instanceId, exit: { exitCode: 7 } });
      stop.abort();
      await departing.rest(signal());
      await departing.uninstall(signal());
      for (const copy of copies) {
        await copy.inspect();
        await copy.remove({ force: true });
      }
    });

    it("never stops or removes a container that has an instance's name without its labels", async () => {
      const instanceId = newId();
      const name = names.instanceContainer(instanceId);
      const foreign = await docker.createContainer({ name, Image: images.bareImageId });
      await foreign.start();
      await engine.stopInstance(instanceId, { graceMs: 0 }, signal());
      await engine.removeInstance(instanceId, signal());
      await expect(engine.startInstance(aSpec({ instanceId }), signal())).rejects.toThrow(
        "Another container has the name",
      );
      expect((await foreign.inspect()).State.Running).toBe(true);
      await foreign.remove({ force: true });
    });

    it("refuses a network that has its name without its label, and leaves it", async () => {
      const other = newId();
      const blocked = anEngine(other, { sandboxPoolSize: 0 });
      const foreign = await docker.createNetwork({ Name: new Names(other).network });
      await expect(blocked.prepare(signal())).rejects.toThrow(/docker network rm slipway-/);
      await blocked.uninstall(signal());
      await foreign.inspect();
      await foreign.remove();
    });

    it("leaves the names that others gave to its sandbox image", async () => {
      const other = newId();
      const departing = anEngine(other, { sandboxPoolSize: 1 });
      await departing.prepare(signal());
      const kept = `slipway-test/kept-${other}`;
      await docker.getImage(`${new Names(other).sandboxRepository}:1`).tag({ repo: kept, tag: "1" });
      await departing.uninstall(signal());
      expect((await docker.getImage(`${kept}:1`).inspect()).RepoTags).toEqual([`${kept}:1`]);
      await docker.getImage(`${kept}:1`).remove();
    });

    it("never touches what another installation owns", async () => {
      const stranger = anEngine(newId(), { sandboxPoolSize: 1 });
      await stranger.prepare(signal());
      const one = await started();
      expect(await stranger.listInstances(signal())).toEqual([]);
      await stranger.removeInstance(one.instanceId, signal());
      await stranger.stopInstance(one.instanceId, { graceMs: 0 }, signal());
      await stranger.uninstall(signal());
      expect(await engine.listInstances(signal())).toMatchObject([{ state: "running" }]);
      await ask(one.address, "/");
    });
  });

  describe("output", () => {
    it("joins long lines and keeps the two streams apart", async () => {
      const script =
        "process.stdout.write('a'.repeat(40000)+'\\n');process.stderr.write('error\\n');process.stdout.write('no newline')";
      const one = await started({ command: ["/node", "-e", script] });
      const lines = await allOutput(engine, one.instanceId);
      expect(lines.map(({ stream, text }) => `${stream} ${text.length}`).sort()).toEqual([
        "stderr 5",
        "stdout 10",
        "stdout 40000",
      ]);
    });

    it("loses nothing over rotations of the log", { timeout: 120_000 }, async () => {
      const count = 300_000; // 100 bytes a record and more: two rotations at 20 MB
      const script =
        `const l='x'.repeat(60);let s='';for(let i=1;i<=${count};i++){s+=i+' '+l+'\\n';` +
        `if(i%1000===0){require('fs').writeSync(1,s);s=''}}`;
      const one = await started({ command: ["/node", "-e", script] });
      let next = 1;
      let last = "";
      for await (const batch of engine.readOutput(one.instanceId, null, signal())) {
        for (const { text, cursor } of batch) {
          if (Number.parseInt(text, 10) !== next) throw new Error(`line ${next} expected, found ${text}`);
          next += 1;
          last = cursor;
        }
      }
      expect(next).toBe(count + 1);
      expect(await allOutput(engine, one.instanceId, last)).toEqual([]);
    });

    it("reads the same through the API as from the file, cursors of either fit both", async () => {
      const one = await started();
      await ask(one.address, "/log?lines=20");
      await engine.stopInstance(one.instanceId, { graceMs: 5_000 }, signal());
      const context = {
        client: new EngineClient(socketPath),
        names,
        report: () => undefined,
        overfull: new Set<string>(),
        now: Date.now,
      };
      const throughApi = async (from: Parameters<typeof followStream>[2]) => {
        const lines: OutputLine[] = [];
        const name = names.instanceContainer(one.instanceId);
        for await (const batch of followStream(context, name, from, signal())) lines.push(...batch);
        return lines;
      };
      const texts = (lines: readonly OutputLine[]) =>
        lines.map(({ text, timestampMs }) => [text, timestampMs]);
      const fromFile = await allOutput(engine, one.instanceId);
      const fromApi = await throughApi(null);
      expect(texts(fromApi)).toEqual(texts(fromFile));
      const rest = await allOutput(engine, one.instanceId, fromApi[9]?.cursor);
      expect(texts(rest)).toEqual(texts(fromFile.slice(10)));
    });

    it("ends when the instance is removed while it is read", async () => {
      const one = await started();
      await ask(one.address, "/log?lines=2");
      const lines = allOutput(engine, one.instanceId);
      await engine.removeInstance(one.instanceId, signal());
      expect((await lines).length).toBeGreaterThanOrEqual(2);
    });
  });

  describe("an engine that is not there", () => {
    const nowhere = new DockerEngine({ socketPath: "/nowhere/docker.sock", ownerId: newId() });

    it("is told with what to do", async () => {
      await expect(nowhere.prepare(signal())).rejects.toThrow(
        /nothing listens at \/nowhere\/docker.sock.*start Docker/,
      );
    });

    it("that does not answer is given up on abort", async () => {
      const silent = createTcpServer();
      const path = `/tmp/slipway-${newId()}.sock`;
      await new Promise<void>((resolve) => silent.listen(path, resolve));
      const engine = new DockerEngine({ socketPath: path, ownerId: newId() });
      await expect(engine.listInstances(AbortSignal.timeout(100))).rejects.toThrow(/aborted/);
      silent.close();
    });
  });
});

async function allOutput(engine: DockerEngine, instanceId: string, cursor: string | null = null) {
  const lines: OutputLine[] = [];
  for await (const batch of engine.readOutput(instanceId, cursor, signal())) lines.push(...batch);
  return lines;
}

/** The kernel's own view of a process. */
async function processStatus(pid: number): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Object.fromEntries([...text.matchAll(/^(\w+):\s*(.*)$/gm)].map(([, key, value]) => [key, value]));
}
