/**
 * A program that tries everything to leave its instance (test/support/images/hostile): what it must not reach listens
 * and counts, so that a refusal is not mistaken for a target that is not there.
 */
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHostileImage } from "../../test/support/images/hostile.ts";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { PublicPlace } from "./public-place.test-support.ts";
import type { InstanceSpec } from "../ports/container-engine.ts";
import { EngineClient } from "./client.ts";
import { takenBytes } from "./disk-use.ts";
import { DockerEngine } from "./docker-engine.ts";
import { Names } from "./naming.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath });
const signal = () => AbortSignal.timeout(60_000);
const newId = () => randomBytes(16).toString("hex");
/** Addresses at which clouds tell a machine its secrets. */
const METADATA = ["169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192"];
const MIB = 1_024 * 1_024;
const PUBLIC = "203.0.113.10";

describe("A program that tries to leave its instance", () => {
  const ownerId = newId();
  const names = new Names(ownerId);
  const engine = new DockerEngine({ socketPath, ownerId, sandboxPoolSize: 1 });
  let images: TestImages;
  let rootImageId: string;
  let userImageId: string;

  beforeAll(async () => {
    images = await buildTestImages();
    rootImageId = await buildHostileImage();
    userImageId = await buildHostileImage(["USER 65532:65532"]);
    await engine.prepare(signal());
  });
  afterAll(async () => {
    await engine.uninstall(signal());
    await images.remove();
  });

  const specOf = (change: Partial<InstanceSpec>): InstanceSpec => ({
    instanceId: newId(),
    serviceId: "service",
    releaseNumber: 1,
    imageId: rootImageId,
    command: null,
    environment: {},
    port: 8080,
    cpuMillis: 1_000,
    memoryMiB: 256,
    ...change,
  });

  /** What came of each attempt, by its name. */
  const attempts = async (
    groups: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    imageId = rootImageId,
  ): Promise<Readonly<Record<string, string>>> => {
    const { Arch } = await docker.version();
    const command = ["/perl", "/attack.pl", ...groups];
    const spec = specOf({ imageId, command, environment: { ARCHITECTURE: Arch, ...environment } });
    await engine.startInstance(spec, signal());
    const lines: string[] = [];
    for await (const batch of engine.readOutput(spec.instanceId, null, signal())) {
      lines.push(...Array.from(batch, ({ text }) => text));
    }
    await engine.removeInstance(spec.instanceId, signal());
    return Object.fromEntries(lines.map((line) => line.split("\t") as [string, string]));
  };

  it("gets no system call that leads out, as root", async () => {
    // Engines from 25 on refuse this to everybody; older ones leave it to the kernel.
    const { "io-uring": _allowedByOldEngines, ...outcomes } = await attempts(["calls"]);
    expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(27);
    expect(namesOf(outcomes, (text) => !/^(Operation not permitted|Permission denied)$/.test(text))).toEqual(
      [],
    );
  });

  it("finds no file of the host: nothing to write, no device, no process, no core dump", async () => {
    const outcomes = await attempts(["files"]);
    expect(namesOf(outcomes, (text) => text === "DONE")).toEqual([]);
    expect(outcomes).toMatchObject({
      "write /proc/sys/kernel/core_pattern": "Read-only file system",
      "write /sys/power/state": "Read-only file system",
      "write /var/run/docker.sock": "No such file or directory",
      "read /proc/keys": "empty",
      strangers: "none",
      core: "1 1",
      devices: "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero",
    });
    expect(namesOf(outcomes, (_text, name) => name.startsWith("cgroup "))).not.toEqual([]);
  });

  it("cannot forge packets, nor touch its interface", async () => {
    // Newer engines refuse these to everybody.
    const { vsock: _vsock, "kernel crypto": _crypto, ...outcomes } = await attempts(["sockets"]);
    expect(outcomes).toMatchObject({
      "packet socket": "Operation not permitted",
      "raw socket": "Operation not permitted",
      "header socket": "Operation not permitted",
      transparent: "Operation not permitted",
      "change interface": "Operation not permitted",
    });
    expect(namesOf(outcomes, (text) => text === "DONE")).toEqual([]);
  });

  it("does not become root by a program with the setuid bit", async () => {
    expect(await attempts(["setuid"], {}, userImageId)).toEqual({ setuid: "65532" });
  });

  it("fills its shared memory only up to its limit", async () => {
    const { shm = "" } = await attempts(["shm"]);
    expect(Number(/^full after (\d+): No space left/.exec(shm)?.[1])).toBeLessThanOrEqual(65);
  });

  it.each([
    ["its own files", {}],
    ["a volume that its image asked for", { DISK: "/data/filler" }],
    ["a file that the engine mounts", { DISK: "/etc/hosts" }],
  ])("is killed when it fills the disk with %s", async (_what, where) => {
    const bounded = new DockerEngine({
      socketPath,
      ownerId,
      sandboxPoolSize: 0,
      instanceDiskBytes: 32 * MIB,
    });
    const stop = new AbortController();
    const watching = bounded.boundDisks(stop.signal);
    const events = bounded.watch(stop.signal)[Symbol.asyncIterator]();
    await events.next();
    const spec = specOf({
      imageId: await buildHostileImage(["VOLUME /data"]),
      command: ["/perl", "/attack.pl", "disk"],
      environment: { DISK_MIB: "64", ...where },
    });
    await bounded.startInstance(spec, signal());
    const exit = { exitCode: 137, isOutOfMemory: false, isDiskFull: true };
    expect((await events.next()).value).toEqual({ type: "exited", instanceId: spec.instanceId, exit });
    expect(await bounded.listInstances(signal())).toMatchObject([{ state: "exited", exit }]);
    await bounded.removeInstance(spec.instanceId, signal());
    stop.abort();
    await watching;
    bounded.close();
  });

  it("takes of the disk what it takes, whatever its files look like", async () => {
    const spec = specOf({ command: ["/perl", "/attack.pl", "hide"] });
    await engine.startInstance(spec, signal());
    const over = new AbortController();
    const output = engine.readOutput(spec.instanceId, null, AbortSignal.any([signal(), over.signal]));
    for await (const batch of output) if (batch.length > 0) break;
    over.abort();
    const name = names.instanceContainer(spec.instanceId);
    const dataDirectory = ((await docker.info()) as { readonly DockerRootDir: string }).DockerRootDir;
    const client = new EngineClient(socketPath);
    const mebibytes = (await takenBytes({ client }, { name, dataDirectory }, signal())) / MIB;
    expect(Math.round(mebibytes)).toBe(20);
    await engine.removeInstance(spec.instanceId, signal());
  });

  it("reaches a public address, and neither host, metadata, engine nor another service, by no protocol", async () => {
    const place = await PublicPlace.open(names.bridge, [PUBLIC, ...METADATA], signal());
    const canaries = await HostCanaries.open();
    const victim = specOf({ imageId: images.appImageId, environment: { PORT: "8080" } });
    const { address } = await engine.startInstance(victim, signal());
    const isUp = async () => (await fetch(`http://${address}:8080/`)).ok;
    try {
      await waitFor(isUp, { what: "the other instance's answer" });
      const targets = [
        target("public", "tcp", PUBLIC, place.port),
        ...METADATA.map((host) => target(`metadata ${host}`, "tcp", host, place.port)),
        ...hostAddresses().flatMap((host) => [
          target(`host ${host}`, "tcp", host, canaries.port),
          target(`host ${host} by UDP`, "udp", host, canaries.port),
          target(`engine ${host}`, "tcp", host, 2375),
        ]),
        ...linkLocalAddresses().map((host) => target(`host ${host}`, "tcp6", host, canaries.port)),
        target("other instance", "tcp", address, 8080),
      ];
      const strangers = [
        names.instanceContainer(victim.instanceId),
        "host.docker.internal",
        "gateway.docker.internal",
      ];
      const { public: reached, ...others } = await attempts(["targets", "names"], {
        TARGETS: targets.join(" "),
        NAMES: strangers.join(" "),
      });
      expect(reached).toBe("DONE");
      expect(Object.keys(others)).toHaveLength(targets.length - 1 + strangers.length);
      expect(namesOf(others, (text) => text === "DONE")).toEqual([]);
      expect(canaries.count).toBe(0);
      expect(await place.connections(signal())).toEqual([PUBLIC]);
    } finally {
      await engine.removeInstance(victim.instanceId, signal());
      await canaries.close();
      await place.close(signal());
    }
  });
});

function namesOf(
  outcomes: Readonly<Record<string, string>>,
  isMeant: (text: string, name: string) => boolean,
): readonly string[] {
  return Object.entries(outcomes)
    .filter(([name, text]) => isMeant(text, name))
    .map(([name, text]) => `${name}: ${text}`);
}

function target(name: string, protocol: "tcp" | "udp" | "tcp6", host: string, port: number): string {
  return `${name.replaceAll(" ", "_")}=${protocol}:${protocol === "tcp6" ? hexOf(host) : host}:${port}`;
}

/** `fe80::42:1ff:fe02:3` as 32 hex digits. */
function hexOf(address: string): string {
  const [left = "", right = ""] = address.split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const [before, after] = [groups(left), groups(right)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, "0")).join("");
}

function hostAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}

function linkLocalAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ address }) => address.startsWith("fe80:")).map(({ address }) => address);
}

/** Listens by TCP and UDP at every address of the host, as its own services may. */
class HostCanaries {
  count = 0;
  readonly #tcp: Server;
  readonly #udp: Socket;
  readonly port: number;

  private constructor(tcp: Server, udp: Socket, port: number) {
    this.#tcp = tcp;
    this.#udp = udp;
    this.port = port;
    tcp.on("connection", (socket) => {
      this.count += 1;
      socket.destroy();
    });
    udp.on("message", () => (this.count += 1));
  }

  static async open(): Promise<HostCanaries> {
    const tcp = createServer();
    await new Promise<void>((resolve) => tcp.listen(0, "::", resolve));
    const { port } = tcp.address() as { readonly port: number };
    const udp = createSocket("udp6");
    await new Promise<void>((resolve) => udp.bind(port, "::", resolve));
    return new HostCanaries(tcp, udp, port);
  }

  async close(): Promise<void> {
    this.#udp.close();
    await new Promise((resolve) => this.#tcp.close(resolve));
  }
}
