/** What must go on, or come back, when processes die, files break, or somebody else has the port. */
import { readdir, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { freePort } from "../../test/support/free-port.ts";
import { DesiredState } from "./desired-state.ts";
import { HaproxyEdge } from "./haproxy-edge.ts";
import { runCommand } from "./runtime-socket.ts";
import { hasEnded, stopEdge } from "./supervisor.ts";
import { get, startLoad, until } from "./testing/client.ts";
import type { Origin } from "./testing/origin.ts";
import { serverOf, signal, Workbench } from "./testing/workbench.ts";

let bench: Workbench;
let origin: Origin;

beforeEach(async () => {
  bench = await Workbench.create();
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  origin = await bench.origin("app");
  await bench.serve(1, origin);
  await bench.route("app.test", 1, 20);
});
afterEach(async () => bench.dispose());

const answers = async (): Promise<boolean> =>
  bench.get("app.test").then(
    ({ status, body }) => status === 200 && body === "app",
    () => false,
  );

/** A request would wait: the supervisor holds the port while HAProxy is away. */
const isUnknown = async (): Promise<boolean> => (await bench.edge.observe(signal)) === "unknown";

it.each(["worker", "master"] as const)(
  "is back by itself after the %s is killed, with everything it had",
  async (who) => {
    const drained = await bench.origin("drained");
    await bench.serve(1, drained);
    await bench.edge.drainServer(1, "drained", signal);
    await bench.edge.setRoute("paused.test", { kind: "refuse", reason: "paused" }, signal);
    const before = await bench.pids();
    process.kill(before[who], "SIGKILL");
    const began = performance.now();
    await until(() => hasEnded(before.worker), "the old worker to be gone");
    await until(answers, "the edge to be back");
    expect(performance.now() - began).toBeLessThan(5_000);
    for (let round = 0; round < 5; round += 1) expect((await bench.get("app.test")).body).toBe("app");
    expect((await bench.get("paused.test")).body).toContain("paused");
    // Workers answer requests a little before the new master answers about them.
    await until(async () => !(await isUnknown()), "the edge to know its workers");
    const slot = await bench.slot(1);
    expect(slot.servers.map(({ instanceId, isDraining }) => [instanceId, isDraining])).toEqual([
      ["app", false],
      ["drained", true],
    ]);
    expect((await bench.pids()).supervisor).toBe(before.supervisor);
  },
);

it("does not check after a crash what it did not check before, and can be told to", async () => {
  const healthCheck = { protocol: "HTTP", intervalS: 1, timeoutS: 1, unhealthyThreshold: 1 } as const;
  const [frozen, other] = [await bench.origin("frozen"), await bench.origin("other")];
  await bench.serve(3, frozen, { healthCheck });
  await bench.serve(3, other, { healthCheck });
  await bench.edge.setServerCheck(3, "frozen", false, signal);
  frozen.setCheckStatus(500);
  process.kill((await bench.pids()).worker, "SIGKILL");
  await until(isUnknown, "HAProxy to be gone");
  await until(async () => !(await isUnknown()), "HAProxy to be back");
  const checks = [frozen.checks.length, other.checks.length] as const;
  await until(() => other.checks.length >= checks[1] + 3, "three checks of the other");
  expect(frozen.checks.length).toBe(checks[0]);
  const state = async () => (await bench.slot(3)).servers.find(({ instanceId }) => instanceId === "frozen");
  expect(await state()).toMatchObject({ isChecked: false, health: "up" });
  await bench.edge.setServerCheck(3, "frozen", true, signal);
  await until(async () => (await state())?.health === "down", "the check to fail");
});

it("does not know the load while HAProxy is away, and knows it again", async () => {
  process.kill((await bench.pids()).worker, "SIGKILL");
  const load = async () => bench.edge.sampleLoad([1], signal);
  await until(async () => (await load()) === "unknown", "no load to be known");
  await until(async () => (await load()) !== "unknown", "the load to be known");
  expect(await load()).toEqual(
    new Map([[1, { inFlight: new Map([["app", 0]]), queued: 0, requestCount: 0 }]]),
  );
});

it("refuses no connection while HAProxy is killed again and again", async () => {
  const load = startLoad({ port: bench.port, host: "app.test" }, 4);
  for (let round = 0; round < 3; round += 1) {
    await load.more(20);
    const { worker } = await bench.pids();
    process.kill(worker, "SIGKILL");
    await until(async () => (await bench.pids().catch(() => ({ worker }))).worker !== worker, "a new worker");
    await load.more(20);
  }
  await load.stop();
  const failures = [...load.counts.keys()].filter((outcome) => outcome !== "app 200");
  // What was in flight is lost; nobody finds the port closed.
  expect(failures.filter((failure) => failure.includes("ECONNREFUSED"))).toEqual([]);
  expect(failures.filter((failure) => !/ECONNRESET|socket hang up/.test(failure))).toEqual([]);
});

it("makes changes while HAProxy is being restarted", async () => {
  const { worker } = await bench.pids();
  process.kill(worker, "SIGKILL");
  const second = await bench.origin("second");
  await bench.serve(2, second);
  await bench.route("app.test", 2);
  expect((await bench.get("app.test")).body).toBe("second");
});

it("serves on when the supervisor is killed, and prepare gives HAProxy a new one without touching it", async () => {
  const before = await bench.pids();
  const load = startLoad({ port: bench.port, host: "app.test" }, 4);
  process.kill(before.supervisor, "SIGKILL");
  await until(async () => (await bench.pids()).supervisor === 0, "the supervisor to be gone");
  await load.more(50);
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  await load.more(50);
  await load.stop();
  expect([...load.counts.keys()]).toEqual(["app 200"]);
  await until(async () => (await bench.pids()).supervisor !== 0, "the new supervisor to say who it is");
  const adopted = await bench.pids();
  expect(adopted).toMatchObject({ master: before.master, worker: before.worker });
  expect(adopted.supervisor).not.toBe(before.supervisor);

  process.kill(adopted.worker, "SIGKILL");
  await until(
    async () => (await bench.pids().catch(() => adopted)).worker !== adopted.worker,
    "a new worker",
  );
  await until(answers, "the edge to be back");
  expect((await bench.pids()).supervisor).toBe(adopted.supervisor);
});

it("is adopted by the next control plane as it is, and brought to what is on disk", async () => {
  const before = await bench.pids();
  const next = bench.anotherEdge();
  await next.prepare({ minimumSlots: 4 }, signal);
  expect(await bench.pids()).toEqual(before);
  const state = await next.observe(signal);
  if (state === "unknown") throw new Error("the edge does not answer");
  expect(state.routes.get("app.test")).toEqual({ kind: "slot", slot: 1, queueLimit: 20, gate: "open" });
  await next.removeServer(1, "app", signal);
  expect((await bench.get("app.test")).status).toBe(503);
  expect(next.facts()).toMatchObject({ httpAddress: "127.0.0.1", httpPort: bench.port });
});

it("undoes what a control plane left half-done", async () => {
  const command = async (text: string): Promise<string> =>
    runCommand(bench.layout.runtimeSocket, text, signal);
  await command(`add server slot_1/stray 127.0.0.1:${origin.port} maxconn 1`);
  await command("set server slot_1/app state maint");
  await command(`add map ${bench.layout.hostMap} stray.test slot_1/1`);
  await command(`del map ${bench.layout.hostMap} app.test`);
  await bench.anotherEdge().prepare({ minimumSlots: 8 }, signal);
  expect((await bench.slot(1)).servers.map(({ instanceId }) => instanceId)).toEqual(["app"]);
  expect((await bench.get("stray.test")).status).toBe(404);
  expect((await bench.get("app.test")).body).toBe("app");
});

it("has what a control plane wrote that was killed before its reload", async () => {
  const killed = new DesiredState(bench.layout, () => undefined);
  await killed.reconcile();
  await killed.declareSlots(12);
  const before = await bench.pids();
  const next = bench.anotherEdge();
  await next.prepare({ minimumSlots: 12 }, signal);
  await next.addServer(11, serverOf(origin), signal);
  const { worker } = await bench.pids();
  expect(worker).not.toBe(before.worker);
  await next.prepare({ minimumSlots: 12 }, signal);
  expect((await bench.pids()).worker).toBe(worker);
});

it("moves to another port when configured so", async () => {
  const httpPort = await freePort();
  const next = bench.anotherEdge({ httpPort, httpBindAddress: "*" });
  await next.prepare({ minimumSlots: 8 }, signal);
  expect((await get({ port: httpPort, host: "app.test" })).body).toBe("app");
  await expect(bench.get("app.test")).rejects.toThrow(/ECONNREFUSED/);
});

it("says who has the port", async () => {
  const other = await Workbench.create();
  const holder = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  const { port } = holder.address() as AddressInfo;
  const attempt = other.anotherEdge({ httpPort: port }).prepare({ minimumSlots: 1 }, signal);
  await expect(attempt).rejects.toThrow(
    new RegExp(
      `cannot listen on 127.0.0.1 port ${port}: Address already in use. .+ \\(pid ${process.pid}\\) has it.`,
    ),
  );
  await new Promise((resolve) => holder.close(resolve));
  await other.anotherEdge({ httpPort: port }).prepare({ minimumSlots: 1 }, signal);
  expect((await get({ port, host: "x.test" })).status).toBe(404);
  await other.dispose();
});

it("mends broken state: what is readable is served, what is not is moved aside and reported", async () => {
  await bench.edge.prepare({ minimumSlots: 10 }, signal);
  const broken = async (path: string, text: string): Promise<void> =>
    writeFile(join(bench.stateDirectory, path), text);
  await broken("slots/slot_3.cfg", "backend slot_3 from nowhere\n  server x y\n");
  await broken("slots/notes.cfg", "not ours\n");
  await broken("hosts.map", "app.test slot_1/20\n???\n");
  await broken("base.cfg", "garbage\n");
  await rm(join(bench.stateDirectory, "slots/slot_5.cfg"));
  process.kill((await bench.pids()).worker, "SIGKILL");
  await until(isUnknown, "HAProxy to be gone");

  const messages = bench.messages.length;
  await bench.anotherEdge().prepare({ minimumSlots: 8 }, signal);
  await until(answers, "the edge to be back");
  expect(bench.messages.slice(messages).join("\n")).toMatch(
    /slot_3.cfg.*\n?.*notes.cfg|notes.cfg.*\n?.*slot_3.cfg/,
  );
  const files = await readdir(join(bench.stateDirectory, "slots"));
  expect(files).toHaveLength(10);
  expect(files).toContain("slot_5.cfg");
});

it("writes lost files anew from memory", async () => {
  for (const path of ["slots", "hosts.map", "base.cfg"]) {
    await rm(join(bench.stateDirectory, path), { recursive: true });
  }
  process.kill((await bench.pids()).worker, "SIGKILL");
  await until(isUnknown, "HAProxy to be gone");
  await bench.edge.prepare({ minimumSlots: 8 }, signal);
  expect(await answers()).toBe(true);
});

it("says so when HAProxy is not there", async () => {
  const options = {
    httpBindAddress: "127.0.0.1",
    httpPort: await freePort(),
    httpsPort: await freePort(),
    haproxyPath: "/nowhere/haproxy",
  };
  const stateDirectory = join(bench.stateDirectory, "another");
  const edge = new HaproxyEdge({ ...options, stateDirectory, log: () => undefined });
  await expect(edge.prepare({ minimumSlots: 1 }, signal)).rejects.toThrow(
    /\/nowhere\/haproxy does not exist/,
  );
  await expect(edge.setRoute("a.test", { kind: "refuse", reason: "paused" }, signal)).rejects.toThrow(
    /not been prepared/,
  );
});

it("lets requests end when it is stopped, and takes no new ones", async () => {
  const held = bench.get("app.test", "/hold");
  await until(async () => (await bench.inFlight(1)) === 1, "the request");
  const stopping = stopEdge({ stateDirectory: bench.stateDirectory, drainMs: 20_000 });
  await until(
    async () =>
      bench.get("app.test").then(
        () => false,
        () => true,
      ),
    "the port to be closed",
  );
  origin.release();
  expect(await held).toMatchObject({ status: 200 });
  await stopping;
  expect(await bench.pids().catch(() => "gone")).toBe("gone");
});

it("stops an HAProxy that lost its supervisor", async () => {
  process.kill((await bench.pids()).supervisor, "SIGKILL");
  await stopEdge({ stateDirectory: bench.stateDirectory, drainMs: 1_000 });
  await expect(bench.get("app.test")).rejects.toThrow(/ECONNREFUSED/);
});
