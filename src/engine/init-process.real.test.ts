import { randomBytes } from "node:crypto";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import Docker from "dockerode";
import { type Pack, pack } from "tar-stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../../test/support/images/build.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { InstanceStartError, type InstanceExit, type InstanceSpec } from "../ports/container-engine.ts";
import { DockerEngine, type DockerEngineOptions } from "./docker-engine.ts";

const socketPath = "/var/run/docker.sock";
const docker = new Docker({ socketPath });
const signal = () => AbortSignal.timeout(60_000);
const newId = () => randomBytes(16).toString("hex");
const GRACE_MS = 30_000;

/** A server without a handler for any signal; it answers with the states of the processes around it, itself first. */
const PLAIN_SERVER = `
  const { readdirSync, readFileSync } = require("node:fs");
  const stat = (pid) => { try { return readFileSync("/proc/" + pid + "/stat", "latin1") } catch { return "" } };
  const state = (pid) => stat(pid).split(") ").pop().slice(0, 1);
  const pids = () => readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name));
  require("node:http").createServer((_request, response) =>
    response.end(JSON.stringify({ pid: process.pid, states: pids().map(state) }))).listen(8080);
`;
/** Its child ends before the grandchild does, which then is the first process's to reap. */
const ORPHAN = `
  require("node:child_process").spawn("/node", ["-e",
    'require("node:child_process").spawn("/node", ["-e", "setTimeout(() => {}, 300)"]).unref()']);
`;

describe("The engine's init", () => {
  const engine = new DockerEngine({ socketPath, ownerId: newId(), sandboxPoolSize: 1 });
  const variants: string[] = [];
  let images: TestImages;

  beforeAll(async () => {
    images = await buildTestImages();
    await engine.prepare(signal());
  });
  afterEach(async () => {
    for (const { instanceId } of await engine.listInstances(signal())) {
      await engine.removeInstance(instanceId, signal());
    }
  });
  afterAll(async () => {
    await engine.uninstall(signal());
    for (const name of variants) await docker.getImage(name).remove();
    await images.remove();
  });

  const aSpec = (command: readonly string[], imageId = images.appImageId): InstanceSpec => ({
    instanceId: newId(),
    serviceId: "service",
    releaseNumber: 1,
    imageId,
    command,
    environment: { PORT: "8080" },
    port: 8080,
    cpuMillis: 1_000,
    memoryMiB: 256,
  });
  const started = async (command: readonly string[], imageId?: string) => {
    const spec = aSpec(command, imageId);
    const { address } = await engine.startInstance(spec, signal());
    const ask = async () => {
      const answer = await fetch(`http://${address}:8080/`, { signal: signal() });
      return (await answer.json()) as { readonly pid: number; readonly states: readonly string[] };
    };
    return { ...spec, ask, untilAnswer: async () => await waitFor(ask, { everyMs: 10 }) };
  };
  const exitOf = async (instanceId: string, of = engine): Promise<InstanceExit> =>
    await waitFor(async () => {
      const all = await of.listInstances(signal());
      const found = all.find((instance) => instance.instanceId === instanceId);
      return found?.state === "exited" && found.exit;
    });
  /** The test image with something else said of it, and more files in it. */
  const variant = async (said: { readonly StopSignal?: string }, archive: Pack = pack()): Promise<string> => {
    archive.finalize();
    const name = `slipway-test/variant:${newId()}`;
    variants.push(name);
    const [repo = "", tag = ""] = name.split(":");
    const model = await docker.createContainer({ Image: images.appImageId, ...said });
    // tar-stream's streams are not Node's own.
    await model.putArchive(Readable.from(archive as AsyncIterable<Buffer>), { path: "/" });
    await model.commit({ repo, tag });
    await model.remove({ v: true });
    return (await docker.getImage(name).inspect()).Id;
  };

  it("lets a server without a handler for SIGTERM end at once", async () => {
    const one = await started(["/node", "-e", PLAIN_SERVER]);
    await one.untilAnswer();
    const beganMs = performance.now();
    await engine.stopInstance(one.instanceId, { graceMs: GRACE_MS }, signal());
    // Far from the grace, and far from what the engine takes when others ask it too.
    expect(performance.now() - beganMs).toBeLessThan(GRACE_MS / 6);
    expect(await exitOf(one.instanceId)).toEqual({ exitCode: 143, isOutOfMemory: false });
  });

  it("hands on the image's own STOPSIGNAL, and the exit code back", async () => {
    const imageId = await variant({ StopSignal: "SIGUSR2" });
    const handler = 'process.on("SIGUSR2", () => process.exit(42)); process.on("SIGTERM", () => {});';
    const one = await started(["/node", "-e", handler + PLAIN_SERVER], imageId);
    await one.untilAnswer();
    await engine.stopInstance(one.instanceId, { graceMs: GRACE_MS }, signal());
    expect(await exitOf(one.instanceId)).toEqual({ exitCode: 42, isOutOfMemory: false });
  });

  it("leaves no zombie of a process whose parent is gone", async () => {
    const one = await started(["/node", "-e", PLAIN_SERVER + ORPHAN]);
    await one.untilAnswer();
    // The init, the server, and for a while its descendants.
    await waitFor(async () => (await one.ask()).states.length > 2, { everyMs: 5, what: "a grandchild" });
    await waitFor(async () => (await one.ask()).states.length === 2, { what: "two processes, no zombie" });
  });

  it("stands back where the image has an init of its own", async () => {
    const archive = pack();
    archive.entry({ name: "init", type: "symlink", linkname: "/node" });
    const imageId = await variant({}, archive);
    const own = await started(["/init", "-e", PLAIN_SERVER], imageId);
    expect((await own.untilAnswer()).pid).toBe(1);
    const other = await started(["/node", "-e", PLAIN_SERVER], imageId);
    expect((await other.untilAnswer()).pid).toBeGreaterThan(1);
  });

  it.each([
    ["/no/such/program", 127, 'The image has no executable "/no/such/program"; check '],
    ["no-such-program", 127, 'The image has no executable "no-such-program"; check '],
    ["/not-executable", 126, 'In the image "/not-executable" is not executable; check '],
  ])("says why it cannot start %s", async (program, exitCode, problem) => {
    const one = await started([program], images.bareImageId);
    expect(await exitOf(one.instanceId)).toEqual({
      exitCode,
      isOutOfMemory: false,
      startProblem: expect.stringContaining(problem) as string,
    });
  });

  it("says that a script has no interpreter, not that the script is missing", async () => {
    const archive = pack();
    archive.entry({ name: "script", mode: 0o755 }, "#!/no/interpreter\n");
    const imageId = await variant({}, archive);
    const one = await started(["/script"], imageId);
    expect((await exitOf(one.instanceId)).startProblem).toContain('"/script" cannot be run: the interpreter');
  });

  it("leaves an exit code of the application's own as it is", async () => {
    const one = await started(["/node", "-e", "process.exit(127)"]);
    expect(await exitOf(one.instanceId)).toEqual({ exitCode: 127, isOutOfMemory: false });
  });

  it("is done without where the engine has none that starts", async () => {
    const reports: string[] = [];
    const relay = await withoutInit();
    const options: DockerEngineOptions = { socketPath: relay.path, ownerId: newId(), sandboxPoolSize: 1 };
    const other = new DockerEngine({ ...options, report: (event) => reports.push(event) });
    await other.prepare(signal());
    const spec = aSpec(["/node", "-e", PLAIN_SERVER]);
    const { address } = await other.startInstance(spec, signal());
    const { pid } = await waitFor(
      async () => (await (await fetch(`http://${address}:8080/`)).json()) as { readonly pid: number },
      { everyMs: 10 },
    );
    expect(pid).toBe(1);
    const missing = other.startInstance(aSpec(["/no/such/program"]), signal());
    await expect(missing).rejects.toBeInstanceOf(InstanceStartError);
    expect(reports).toEqual(["engine-init-unusable"]);
    await other.uninstall(signal());
    relay.server.close();
  });
});

/** The engine, but one that lacks docker-init: containers that ask for it do not start. */
async function withoutInit(): Promise<{ readonly path: string; readonly server: Server }> {
  const path = join(tmpdir(), `slipway-${newId()}.sock`);
  const server = createServer((asked, answer) => {
    if (/init-trial-[^/]+\/start/.test(asked.url ?? "")) {
      answer.writeHead(500, { "content-type": "application/json" });
      answer.end(JSON.stringify({ message: 'exec: "docker-init": executable file not found in $PATH' }));
      return;
    }
    const { url, method, headers } = asked;
    const onward = request({ socketPath, path: url, method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 500, got.headers);
      got.pipe(answer);
    });
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { path, server };
}
