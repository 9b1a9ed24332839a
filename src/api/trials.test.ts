/** What answers before anything is made: images, simulations, health checks. */
import { once } from "node:events";
import { request } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import type { Instance } from "../domain/instance.ts";
import type { ProbeTarget } from "../ports/edge.ts";
import type { MachineImage } from "../ports/container-engine.ts";
import type { InspectedImage } from "../ports/image-inspector.ts";
import { SimulationRefused, type SimulationWish } from "../ports/scaling-simulation.ts";
import { aService, makeService } from "./testing/requests.ts";
import { aServiceRole } from "./testing/service-roles.ts";
import { call, sign } from "./testing/signed-request.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;
let image: InspectedImage;
let role: string | null;
let ofMachine: readonly MachineImage[];
let wish: SimulationWish | null;
let probed: ProbeTarget[];
let wasLeft: boolean;
let simulatedFor: string[];

beforeEach(async () => {
  image = { place: "machine", digest: null, architecture: "amd64", exposedPorts: [8080], sizeBytes: 5 };
  role = null;
  ofMachine = [];
  wish = null;
  probed = [];
  wasLeft = false;
  simulatedFor = [];
  slipway = await startTestApi({
    images: {
      inspect: ({ accessRoleArn }) => {
        role = accessRoleArn;
        return Promise.resolve(image);
      },
      tagsOf: ({ accessRoleArn }) => {
        role = accessRoleArn;
        return Promise.resolve({ tags: ["1", "2"], problem: null });
      },
      ofMachine: () => Promise.resolve(ofMachine),
    },
    simulation: {
      run: (given, caller, signal) => {
        wish = given;
        simulatedFor.push(caller);
        if (given.load === "spikes") return untilGone(signal);
        if (given.load === "day") return Promise.reject(new SimulationRefused("That is too much."));
        return Promise.resolve(aRun);
      },
    },
    probeInstance: (target) => {
      probed.push(target);
      const isHealthy = target.healthCheck.path === "/up";
      return Promise.resolve(isHealthy ? { isHealthy } : { isHealthy, problem: "status", status: 500 });
    },
  });
});
afterEach(() => slipway.close());

async function untilGone(signal: AbortSignal): Promise<never> {
  await once(signal, "abort");
  wasLeft = true;
  throw new SimulationRefused("nobody reads this");
}

const anInstance: Instance = {
  id: "1".repeat(32),
  serviceId: "",
  releaseNumber: 1,
  colour: "blue",
  state: "ready",
  address: "10.0.0.2",
  port: 8080,
  startReason: "deployment",
  endReason: null,
  exitCode: null,
  isOutOfMemory: false,
  createdAtMs: 1000,
  readyAtMs: 2000,
  drainingSinceMs: null,
  stoppedAtMs: null,
};

const aRun = {
  intervalS: 5,
  lengthS: 1_200,
  requests: [1.5],
  instances: [2],
  waiting: [0],
  refused: [0],
  requestCount: 10,
  refusedCount: 0,
  p50WaitMs: 0,
  p99WaitMs: 3,
  maxWaitMs: 4,
  peakInstances: 2,
  starts: 1,
  provisionedHours: 0.5,
  cost: 0.01,
};

test("InspectImage tells where an image is and its ports, or why it is nowhere", async () => {
  const inspect = (ImageIdentifier: string) =>
    callOperation(slipway, "Slipway.InspectImage", { ImageIdentifier });
  expect((await inspect("team/app:1")).body).toEqual({
    Place: "machine",
    Architecture: "amd64",
    ExposedPorts: [8080],
    SizeBytes: 5,
  });
  image = { place: "nowhere", problem: "There is none." };
  expect((await inspect("team/app:1")).body).toEqual({
    Place: "nowhere",
    Problem: "There is none.",
    ExposedPorts: [],
  });
  expect((await inspect("Team/App")).body).toMatchObject({
    __type: "InvalidRequestException",
    Message: expect.stringContaining("ImageIdentifier"),
  });
});

test("an image can be looked at with an access role that is here, and trusts builds", async () => {
  const pulls = aServiceRole("pulls", "access");
  const AccessRoleArn = pulls.arn;
  const ask = (target: "Slipway.InspectImage" | "Slipway.InspectImageRepository") =>
    callOperation(slipway, target, { ImageIdentifier: "registry.example.com/team/app:1", AccessRoleArn });
  expect((await ask("Slipway.InspectImage")).body["Message"]).toContain("There is no such role here");
  await slipway.store.roles.save(pulls);
  expect((await ask("Slipway.InspectImage")).body).toMatchObject({ Place: "machine" });
  expect(role).toBe(AccessRoleArn);
  role = null;
  expect((await ask("Slipway.InspectImageRepository")).body).toEqual({ Tags: ["1", "2"] });
  expect(role).toBe(AccessRoleArn);
});

test("ListImages tells the newest images of this machine first", async () => {
  const names = Array.from({ length: 501 }, (_, index) => `app:${index}`);
  ofMachine = names.map((name, index) => ({ name, createdAtMs: index * 1_000, sizeBytes: 5 }));
  const { body } = await callOperation(slipway, "Slipway.ListImages", {});
  expect(body["Images"]).toHaveLength(500);
  const [newest] = body["Images"] as readonly unknown[];
  expect(newest).toEqual({ ImageIdentifier: "app:500", CreatedAt: 500, SizeBytes: 5 });
});

const scaling = {
  MinSize: 1,
  MaxSize: 5,
  MaxConcurrency: 10,
  Load: "step",
  RequestsPerSecond: 20,
} as const;

test("SimulateScaling plays a load and tells what a month of it would cost", async () => {
  const { body } = await callOperation(slipway, "Slipway.SimulateScaling", scaling);
  expect(body).toMatchObject({ Requests: [1.5], Instances: [2], PeakInstances: 2, WaitP99Ms: 3 });
  expect(body["CostPerMonth"]).toBeCloseTo(21.9);
  expect(wish).toMatchObject({ minSize: 1, peakRequestsPerSecond: 160, vcpu: 1, memoryGiB: 2 });
});

const mayDoAll = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

test("SimulateScaling says whose it is: all keys of a user are the same caller", async () => {
  const user = (name: string) => `arn:aws:iam::000000000000:user/${name}`;
  for (const name of ["ann", "ann", "ben"]) {
    await slipway.store.users.save({
      arn: user(name),
      name,
      path: "/",
      id: `AIDA${name}`,
      createdAtMs: 1,
      inlinePolicies: { some: JSON.stringify(mayDoAll) },
      attachedPolicyArns: [],
      status: "ACTIVE",
      login: null,
    });
    const key = await slipway.keyOf(user(name));
    await callOperation({ ...slipway, key }, "Slipway.SimulateScaling", scaling);
  }
  expect(simulatedFor).toEqual(["AIDAann", "AIDAann", "AIDAben"]);
});

test.each([
  [{ MinSize: 26 }, "MinSize"],
  [{ RequestsPerSecond: 2_001 }, "RequestsPerSecond"],
  [{ DurationMs: 0 }, "DurationMs"],
  [{ Cpu: "256", Memory: "4096" }, "InstanceConfiguration"],
  [{ Load: "day" }, "That is too much."],
] as const)("SimulateScaling refuses %j", async (change, message) => {
  const { status, body } = await callOperation(slipway, "Slipway.SimulateScaling", { ...scaling, ...change });
  expect(status).toBe(400);
  expect(body["Message"]).toContain(message);
});

test("SimulateScaling ends when nobody waits for its answer any more", async () => {
  const unsigned = call("Slipway.SimulateScaling", { ...scaling, Load: "spikes" });
  const { headers, body } = await sign(unsigned, slipway.key);
  const asked = request(slipway.endpoint, { method: "POST", headers: { ...headers } });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  asked.on("error", () => undefined).on("close", end);
  asked.end(body);
  await waitFor(() => wish !== null, { what: "the simulation" });
  asked.destroy();
  await ended;
  await waitFor(() => wasLeft, { what: "the simulation's end" });
});

test("TryHealthCheck asks the service's own instances at their own port, not those that are frozen", async () => {
  const { ServiceArn = "", ServiceId = "" } = await makeService(slipway, aService("shop"));
  for (const change of [
    { id: "1".repeat(32) },
    { id: "2".repeat(32), state: "idle", activity: "freeze" },
    { id: "3".repeat(32), state: "starting", address: null },
  ] as const) {
    await slipway.store.instances.save({ ...anInstance, serviceId: ServiceId, ...change });
  }
  const attempt = (Path: string) =>
    callOperation(slipway, "Slipway.TryHealthCheck", {
      ServiceArn,
      HealthCheckConfiguration: { Protocol: "HTTP", Path },
    });
  expect((await attempt("/up")).body).toEqual({
    Results: [{ InstanceId: "1".repeat(32), IsHealthy: true, TookMs: expect.any(Number) }],
  });
  expect((await attempt("/down")).body).toMatchObject({
    Results: [{ IsHealthy: false, Problem: "status", StatusCode: 500 }],
  });
  expect(probed).toMatchObject([
    { address: "10.0.0.2", port: 8080, healthCheck: { protocol: "HTTP", path: "/up" } },
    { healthCheck: { path: "/down" } },
  ]);
  expect((await attempt("http://elsewhere/")).body).toMatchObject({ __type: "InvalidRequestException" });
});
