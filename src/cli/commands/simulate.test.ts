import { describe, expect, it } from "vitest";
import type { SimulatedRun, SimulationReport, SimulationRequest } from "../simulation.ts";
import { Refusal, slipway, startFakeApi, type World } from "../testing/fake-api.ts";
import { aService, aSummary, scalingArn } from "../testing/service.ts";

function aRun(name: string, change: Partial<SimulatedRun> = {}): SimulatedRun {
  const policy = {
    maxConcurrency: 100,
    minSize: 1,
    maxSize: 25,
    scaleToZeroMs: null,
    warmZeroMs: 600_000,
    idle: "throttle",
  };
  return {
    settings: { name, rule: "slipway", policy },
    requests: 300,
    refused: 3,
    held: 1,
    p50WaitMs: 0,
    p99WaitMs: 12.4,
    maxWaitMs: 1250,
    provisionedHours: 2.5,
    activeHours: 1.25,
    starts: 4,
    peakInstances: 5,
    changes: 6,
    cost: 0.1234,
    series: {
      requests: [100, 200, 0],
      refused: [0, 3, 0],
      waiting: [0, 8, 1],
      wished: [1, 4, 4],
      ready: [1, 1, 4],
      inFlight: [1, 2, 3],
    },
    ...change,
  };
}

interface Simulated {
  readonly requests: SimulationRequest[];
  readonly world: World;
}

function simulating(report: SimulationReport, world: World = {}): Simulated {
  const requests: SimulationRequest[] = [];
  const simulate = (request: SimulationRequest): SimulationReport => {
    requests.push(request);
    return report;
  };
  return { requests, world: { ...world, hooks: { simulate } } };
}

const plain: SimulationReport = { runs: [aRun("defaults")], recommendation: null };

describe("simulate", () => {
  it("plays a day with the defaults when nothing is said, without a control plane", async () => {
    const { requests, world } = simulating(plain);
    expect(await slipway(null, ["simulate"], world)).toMatchObject({ exitCode: 0 });
    expect(requests).toMatchObject([
      {
        load: { shape: "daily", rate: 10, peak: 80, lengthS: 86_400, everyS: 600 },
        durationMs: 100,
        spread: "exponential",
        seed: 1,
        startMs: 300,
        size: { vcpu: 1, memoryGiB: 2 },
        prices: { perGiBHour: 0.007, perVcpuHour: 0.064 },
        base: { name: "defaults", settings: "" },
        tries: [],
        compares: false,
        targetMs: null,
      },
    ]);
  });

  it("hands on what was asked for", async () => {
    const { requests, world } = simulating(plain);
    const load = "--shape step --rate 0.5 --peak 4 --length 90s --duration 50ms --spread fixed --seed 3";
    const rest = "--try min-size=2 --try idle=run --compare --recommend --target 1s --start 2.5s --cpu 2";
    await slipway(null, ["simulate", ...load.split(" "), ...rest.split(" ")], world);
    expect(requests).toMatchObject([
      {
        load: { shape: "step", rate: 0.5, peak: 4, lengthS: 90 },
        durationMs: 50,
        spread: "fixed",
        seed: 3,
        tries: ["min-size=2", "idle=run"],
        compares: true,
        targetMs: 1000,
        startMs: 2500,
        size: { vcpu: 2, memoryGiB: 4 },
      },
    ]);
  });

  it("begins with a service's settings, and says what of them cannot be simulated", async () => {
    await using api = await startFakeApi({
      ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
      DescribeService: () => ({
        Service: aService({ InstanceConfiguration: { Cpu: "512", Memory: "1024" } }),
      }),
      ListTagsForResource: () => ({
        Tags: [
          { Key: "slipway:scale-to-zero", Value: "10m" },
          { Key: "slipway:scale-cpu", Value: "70%" },
          { Key: "slipway:stop-grace", Value: "5s" },
          { Key: "team", Value: "a" },
        ],
      }),
      DescribeAutoScalingConfiguration: () => ({
        AutoScalingConfiguration: {
          AutoScalingConfigurationArn: scalingArn("web", 1),
          MaxConcurrency: 20,
          MinSize: 2,
          MaxSize: 9,
        },
      }),
    });
    const { requests, world } = simulating(plain);
    const { err } = await slipway(api, ["simulate", "web"], world);
    expect(requests).toMatchObject([
      {
        base: { name: "web", settings: "max-concurrency=20,min-size=2,max-size=9,scale-to-zero=10m" },
        size: { vcpu: 0.5, memoryGiB: 1 },
      },
    ]);
    expect(err).toBe("slipway:scale-cpu is left out: a trace does not tell what requests use.");
  });

  it("says that a service is not there before it simulates", async () => {
    await using api = await startFakeApi({
      ListServices: () => {
        throw new Refusal("InternalServiceErrorException", "no", 400);
      },
    });
    const { requests, world } = simulating(plain);
    expect(await slipway(api, ["simulate", "web"], world)).toMatchObject({ exitCode: 1 });
    expect(requests).toEqual([]);
  });
});

describe("its result", () => {
  it("is a chart, a table, and the recommendation", async () => {
    const recommendation = { best: aRun("min-size=2", { refused: 0 }), tried: 7, targetMs: 250 };
    const { world } = simulating({ runs: [aRun("defaults"), aRun("min-size=2")], recommendation });
    const { out } = await slipway(null, ["simulate"], world);
    const lines = out.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80 + 30);
    // 57 columns for three seconds.
    expect(lines[0]).toBe(`requests/s    ${"▄".repeat(19)}${"█".repeat(19)}${" ".repeat(19)} 0–200`);
    expect(lines[4]).toBe(`ready         ${"▂".repeat(38)}${"█".repeat(19)} 0–4`);
    expect(lines[5]).toBe(`waiting       ${" ".repeat(19)}${"█".repeat(19)}${"▁".repeat(19)} 0–8`);
    expect(out).toContain(
      "defaults    0ms       12ms  1.3s  3 (1.0%)  1     4       5     2.50   1.25    $0.123",
    );
    expect(lines.at(-1)).toBe(
      "Cheapest of 7 tries with a wait of 250ms for 99 of 100 and no refusal: min-size=2 (P99 12ms, $0.123).",
    );
  });

  it("says so when no try was good enough", async () => {
    const { world } = simulating({ ...plain, recommendation: { best: null, tried: 9, targetMs: 250 } });
    expect((await slipway(null, ["simulate"], world)).out).toContain("None of 9 tries met a wait of 250ms");
  });

  it("is JSON and nothing else for machines, and CSV in a file", async () => {
    const written = new Map<string, string>();
    const { world } = simulating({ ...plain, runs: [aRun("a=1,b=2")] }, { written });
    const { out } = await slipway(null, ["simulate", "--json", "--csv", "out.csv"], world);
    expect(JSON.parse(out)).toMatchObject({
      Runs: [{ Name: "a=1,b=2", WaitP99Ms: 12.4, Refused: 3, Series: { Ready: [1, 1, 4] } }],
      Recommendation: null,
    });
    expect(written.get("/home/ada/shop/out.csv")?.split("\n")).toEqual([
      "run,second,requests,refused,waiting,wished,ready,in_flight",
      '"a=1,b=2",0,100,0,0,1,1,1',
      '"a=1,b=2",1,200,3,8,4,1,2',
      '"a=1,b=2",2,0,0,1,4,4,3',
      "",
    ]);
  });
});

describe("mistakes", () => {
  it.each([
    ["--spread even", '--spread: "even" is not offered'],
    ["--duration 5", '--duration: "5" is not a time'],
    ["--rate many", '--rate: "many" is not a number'],
    ["--rate 100001", "More than 100000 requests a second"],
    ["--length 33d", "--length is not within"],
    ["--trace t.csv --shape step", "--trace and --shape are two loads"],
    ["--trace t.csv", "--trace: t.csv cannot be read (ENOENT)"],
  ])("%s", async (words, message) => {
    const { requests, world } = simulating(plain);
    const { exitCode, err } = await slipway(null, ["simulate", ...words.split(" ")], world);
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) });
    expect(requests).toEqual([]);
  });

  it("of the load or the settings are told as the simulator tells them", async () => {
    const hooks = { simulate: () => ({ problem: "Line 3 of the trace: requests is many." }) };
    const { exitCode, err } = await slipway(null, ["simulate"], { hooks });
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining("Line 3 of the trace") });
  });
});
