// The page that says why.
import { expect, test } from "vitest";
import { NOW_MS, slipway, startFakeApi } from "../testing/fake-api.ts";
import { ARN, aSummary } from "../testing/service.ts";

const NOW_S = NOW_MS / 1000;
const INSTANCE = "b".repeat(32);

function anExplanation(change: Readonly<Record<string, unknown>> = {}) {
  return {
    ServiceName: "web",
    Status: "RUNNING",
    ReleaseNumber: 7,
    StartTime: NOW_S - 86_400,
    Findings: [{ Severity: "info", Summary: "Nothing wrong was seen." }],
    Operations: [],
    InstanceEnds: [],
    Requests: {
      Since: NOW_S - 3_600,
      IsEstimated: false,
      Count: 0,
      Failed: 0,
      Limited: 0,
      Cuts: {},
      Slowest: [],
      FailedSamples: [],
    },
    ...change,
  };
}

function api(change: Readonly<Record<string, unknown>> = {}) {
  return startFakeApi({
    ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
    ExplainService: () => anExplanation(change),
  });
}

test("counts that are made of a sample say so", async () => {
  const sampled = {
    ...anExplanation().Requests,
    IsEstimated: true,
    Count: 100,
    Failed: 20,
    Cuts: { "client-left": 4 },
  };
  await using fake = await api({ Requests: sampled });
  const { out } = await slipway(fake, ["why", "web"]);
  expect(out).toContain("about 100 requests since");
  expect(out).toContain("about 20 failed (5xx), 0 refused (429), about 4 client-left");
});

test("a service without a fault is a few lines", async () => {
  await using fake = await api();
  const { out, exitCode } = await slipway(fake, ["why", "web"]);
  expect(exitCode).toBe(0);
  expect(out.split("\n")).toEqual([
    "web  RUNNING  release 7",
    "",
    "· Nothing wrong was seen.",
    "",
    "No request ended since 60m ago.",
  ]);
  expect(fake.callsOf("ExplainService")[0]?.input).toEqual({ ServiceArn: ARN, StartTime: NOW_S - 86_400 });
});

test("a fault comes with what to do, and with what it was concluded from", async () => {
  const sample = {
    At: NOW_S - 60,
    Method: "GET",
    Path: "/\u001B[2Jx",
    DurationMs: 1_500,
    RequestId: "1-2-3",
  };
  await using fake = await api({
    Findings: [{ Severity: "error", Summary: "It is broken.", Advice: "Mend it." }],
    Operations: [
      {
        Id: "0123456789abcdef0123456789abcdef",
        Type: "UPDATE_SERVICE",
        Status: "FAILED",
        TargetArn: ARN,
        StartedAt: NOW_S - 300,
        UpdatedAt: NOW_S,
        Cause: { Phase: "build", Class: "build", Message: "…", LogLines: [] },
      },
    ],
    InstanceEnds: [
      {
        End: "exited",
        Count: 3,
        LastAt: NOW_S - 120,
        LastInstanceId: INSTANCE,
        ReleaseNumber: 7,
        Reason: "exited with code 1",
        ExitCode: 1,
      },
    ],
    Requests: {
      Since: NOW_S - 3_600,
      Count: 100.4,
      Failed: 2,
      Limited: 1,
      Cuts: { "client-left": 4 },
      Slowest: [{ ...sample, Status: 200, InstanceId: INSTANCE }],
      FailedSamples: [{ ...sample, Status: 0, Cut: "client-left" }],
    },
  });
  const { out } = await slipway(fake, ["why", "web", "--since", "7d"]);
  expect(out.split("\n")).toEqual([
    "web  RUNNING  release 7",
    "",
    "✗ It is broken.",
    "  Mend it.",
    "",
    "OPERATION  TYPE            STATUS  STARTED  CAUSE",
    "01234567   UPDATE_SERVICE  FAILED  5m ago   build (build)",
    "",
    "ENDED   COUNT  LAST    INSTANCE  RELEASE  REASON",
    "exited      3  2m ago  bbbbbbbb        7  exited with code 1",
    "",
    "100 requests since 60m ago, 2 failed (5xx), 1 refused (429), 4 client-left",
    "",
    "FAILED   STATUS  TOOK  REQUEST    INSTANCE  CUT          ID",
    "60s ago       -  1.5s  GET /[2Jx  -         client-left  1-2-3",
    "",
    "SLOWEST  STATUS  TOOK  REQUEST    INSTANCE  CUT  ID",
    "60s ago     200  1.5s  GET /[2Jx  bbbbbbbb       1-2-3",
  ]);
  expect(fake.callsOf("ExplainService")[0]?.input).toMatchObject({ StartTime: NOW_S - 7 * 86_400 });
});

test("--json prints the reply", async () => {
  await using fake = await api();
  const { out } = await slipway(fake, ["why", "web", "--json"]);
  expect(JSON.parse(out)).toEqual(anExplanation());
});

test("requests are known since Slipway's start where that is less than an hour ago", async () => {
  const none = { Count: 0, Failed: 0, Limited: 0, Cuts: {}, Slowest: [], FailedSamples: [] };
  await using fake = await api({ Requests: { ...none, Since: NOW_S - 120 } });
  const { out } = await slipway(fake, ["why", "web"]);
  expect(out).toMatch(/^No request ended since Slipway's start 2m ago\.$/m);
});
