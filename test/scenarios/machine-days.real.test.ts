/** What the machine does to us: a port that is taken, no engine, an engine that restarts, a disk that is full. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import { afterEach, describe, expect, it } from "vitest";
import { buildTestImages } from "../support/images/build.ts";
import { COMMAND, Installation, type InstallationOptions } from "../support/installation.ts";
import { createService, describeService, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
const START_COMMAND = "/node /app/server.js";

/** Undone in reverse order, whatever happened. */
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function installation(options: InstallationOptions = {}): Promise<Installation> {
  const slipway = await Installation.create(options);
  cleanups.push(() => slipway.remove());
  return slipway;
}

/** A program that is in the way. */
async function occupy(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return server;
}

/** All of an installation, sandboxes too. */
async function runningContainers(slipway: Installation): Promise<readonly string[]> {
  const filters = { label: [`slipway.owner=${slipway.info()["InstallationId"]}`] };
  const found = await new Docker({ socketPath: "/var/run/docker.sock" }).listContainers({ filters });
  return found.flatMap(({ Names }) => Names);
}

describe("a port that is taken", () => {
  it("is named by `slipway up`, with what to do, when it is the API's", async () => {
    const slipway = await installation();
    await occupy(slipway.apiPort);
    await expect(slipway.slipway(["up"])).rejects.toThrow(
      new RegExp(`${slipway.apiPort} is in use.*SLIPWAY_API_PORT`, "s"),
    );
  });

  it("is named by `slipway up`, with what to do, when it is the edge's", async () => {
    const slipway = await installation();
    await occupy(slipway.edgePort);
    await expect(slipway.slipway(["up"])).rejects.toThrow(
      new RegExp(`${slipway.edgePort} is in use.*SLIPWAY_EDGE_PORT`, "s"),
    );
  });

  it("is named by `slipway up`, with what to do, when it is the edge's for HTTPS", async () => {
    const slipway = await installation();
    await occupy(slipway.edgeHttpsPort);
    await expect(slipway.slipway(["up"])).rejects.toThrow(
      new RegExp(`${slipway.edgeHttpsPort} is in use.*SLIPWAY_EDGE_HTTPS_PORT`, "s"),
    );
  });

  it("is waited for by a control plane that was started all the same, which says so", async () => {
    const slipway = await installation();
    const server = await occupy(slipway.edgePort);
    slipway.launch();
    const health = await waitFor(async () => {
      const answer = await slipway.api("/health");
      return answer.body.includes("edge") && answer;
    });
    expect(health.status).toBe(503);
    expect(health.body).toContain(String(slipway.edgePort));
    await new Promise((resolve) => server.close(resolve));
    await slipway.waitUntilServing();
  });
});

describe("an engine that does not run", () => {
  it("is named by `slipway up` and by the doctor, with what to do", async () => {
    const slipway = await installation({ env: { SLIPWAY_DOCKER_SOCKET: "/nowhere/docker.sock" } });
    await expect(slipway.slipway(["up"])).rejects.toThrow(
      /No engine answers on \/nowhere\/docker\.sock.*dockerd/s,
    );
    const doctor = await slipway
      .slipway(["doctor", "--json"])
      .catch((error: { stdout: string }) => error.stdout);
    expect(doctor).toContain("/nowhere/docker.sock");
    // Nothing was made on an engine that is not there.
    cleanups.pop();
    rmSync(slipway.stateDirectory, { recursive: true });
  });
});

describe("a control plane that was started in the background", () => {
  it("comes back by itself when it is killed, and ends for good when it is told to", async () => {
    const slipway = await installation();
    await slipway.slipway(["up"]);
    const pid = slipway.servingPid();
    process.kill(pid, "SIGKILL");
    await waitFor(async () => slipway.servingPid() !== pid && (await slipway.api("/health")).status === 200, {
      what: "another control plane",
    });
    await slipway.slipway(["down"]);
    await expect(slipway.api("/health")).rejects.toThrow("ECONNREFUSED");
    expect(await runningContainers(slipway)).toEqual([]);
    const again = await slipway.slipway(["up", "--json"]);
    expect(JSON.parse(again)).toMatchObject({ Outcome: "started", Pid: slipway.servingPid() });
  });

  it("says which settings it does not have yet, and has them after it was stopped", async () => {
    const slipway = await installation();
    await slipway.slipway(["up"]);
    const file = join(slipway.stateDirectory, "settings.json");
    const settings = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...settings, buildsAtOnce: 3 }));
    const up = async () => JSON.parse(await slipway.slipway(["up", "--json"])) as Record<string, unknown>;
    const Differences = [{ Setting: "buildsAtOnce", Running: "1", Given: "3" }];
    expect(await up()).toMatchObject({ Outcome: "running", Differences });
    await slipway.slipway(["down"]);
    expect(await up()).toMatchObject({ Outcome: "started", Differences: [] });
    expect(await up()).toMatchObject({ Outcome: "running", Differences: [] });
  });
});

describe("an edge that was left serving", () => {
  it("is taken over by the next control plane, without a failed request", async () => {
    const images = await buildTestImages();
    cleanups.push(() => images.remove());
    const slipway = await installation();
    await slipway.slipway(["up"]);
    const { ServiceArn } = await createService(slipway, {
      name: "left-alone",
      image: images.app,
      startCommand: START_COMMAND,
    });
    const { ServiceUrl } = await waitForStatus(slipway, ServiceArn, "RUNNING");
    await slipway.slipway(["down", "--keep-serving"]);
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);
    await slipway.slipway(["up"]);
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);
    expect((await describeService(slipway, ServiceArn)).Status).toBe("RUNNING");
  });
});

describe("an installation that was ended", () => {
  it("leaves no container running, and has its services back with the next start", async () => {
    const images = await buildTestImages();
    cleanups.push(() => images.remove());
    const slipway = await installation();
    await slipway.slipway(["up"]);
    const request = { name: "rests", image: images.app, startCommand: START_COMMAND };
    const { ServiceArn } = await createService(slipway, request);
    const { ServiceUrl } = await waitForStatus(slipway, ServiceArn, "RUNNING");
    await slipway.slipway(["down"]);
    expect(await runningContainers(slipway)).toEqual([]);
    // As `npx slipway` starts it: by a link that lies elsewhere.
    const link = join(slipway.stateDirectory, "slipway");
    symlinkSync(COMMAND, link);
    await slipway.slipway(["up"], { command: link });
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);
    expect((await describeService(slipway, ServiceArn)).Status).toBe("RUNNING");
    // It was ended on purpose: no word of a crash.
    expect(await slipway.slipway(["status", "rests"])).not.toContain("ended in the last");
  });
});

describe("an engine that restarts", () => {
  it("has its services back by itself", async () => {
    const engine = new PrivateEngine();
    cleanups.push(() => engine.remove());
    await engine.start();
    const images = await buildTestImages(engine.socket);
    const slipway = await installation({ env: { SLIPWAY_DOCKER_SOCKET: engine.socket } });
    await slipway.start();
    const request = { name: "comes-back", image: images.app, startCommand: START_COMMAND };
    const { ServiceArn } = await createService(slipway, request);
    const { ServiceUrl } = await waitForStatus(slipway, ServiceArn, "RUNNING");
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);

    await engine.stop();
    await engine.start();
    await waitFor(async () => (await slipway.fetch(ServiceUrl)).status === 200, {
      what: "the service after its engine restarted",
      timeoutMs: 60_000,
    });
    expect((await describeService(slipway, ServiceArn)).Status).toBe("RUNNING");
  });
});

describe("a disk that is full", () => {
  it("refuses what cannot be kept, goes on serving, and recovers when there is room", async () => {
    const directory = mkdtempSync(join(tmpdir(), "slipway-full-"));
    await run("mount", ["-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", directory]);
    cleanups.push(async () => {
      await run("umount", ["-l", directory]);
      rmSync(directory, { recursive: true, force: true });
    });
    const images = await buildTestImages();
    cleanups.push(() => images.remove());
    const slipway = await Installation.create({ stateDirectory: join(directory, "state") });
    mkdirSync(slipway.stateDirectory, { mode: 0o700 });
    cleanups.push(() => slipway.remove());
    await slipway.start();
    const app = { image: images.app, startCommand: START_COMMAND };
    const { ServiceArn } = await createService(slipway, { ...app, name: "before" });
    const { ServiceUrl } = await waitForStatus(slipway, ServiceArn, "RUNNING");

    const ballast = join(directory, "ballast");
    await run("dd", ["if=/dev/zero", `of=${ballast}`, "bs=64k", "count=1024"]).catch(() => null);
    await expect(createService(slipway, { ...app, name: "meanwhile" })).rejects.toThrow(/disk|full|space/i);
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);

    writeFileSync(ballast, "");
    const { ServiceArn: after } = await waitFor(() => createService(slipway, { ...app, name: "afterwards" }));
    await waitForStatus(slipway, after, "RUNNING");
    expect((await slipway.fetch(ServiceUrl)).status).toBe(200);
  });
});

/**
 * An engine of its own, beside the machine's: may be stopped and started as a test likes. It gets a bridge made here:
 * without one it would take the machine's `docker0`, and `--bridge none` would even remove that. Packets are the machine's
 * engine's business, so it leaves iptables alone.
 */
class PrivateEngine {
  readonly #directory = mkdtempSync("/var/lib/slipway-test-engine-");
  readonly #bridge = `slwt${this.#directory.slice(-6)}`;
  #process: ChildProcess | null = null;

  get socket(): string {
    return join(this.#directory, "docker.sock");
  }

  async start(): Promise<void> {
    const at = (name: string): string => join(this.#directory, name);
    rmSync(at("docker.pid"), { force: true });
    await run("ip", ["link", "add", this.#bridge, "type", "bridge"]).catch(() => null);
    await run("ip", ["addr", "replace", "10.231.77.1/24", "dev", this.#bridge]);
    await run("ip", ["link", "set", this.#bridge, "up"]);
    const args = ["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("docker.pid")];
    args.push("--host", `unix://${this.socket}`, "--bridge", this.#bridge, "--iptables=false");
    const child = spawn("dockerd", args, { stdio: "ignore" });
    this.#process = child;
    await waitFor(async () => (await new Docker({ socketPath: this.socket }).ping()) !== null, {
      what: "an engine",
    });
  }

  /** As an upgrade of its package would: all containers end. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    this.#process = null;
  }

  async remove(): Promise<void> {
    await this.stop();
    await run("ip", ["link", "delete", this.#bridge]);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
