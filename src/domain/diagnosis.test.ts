import { describe, expect, test } from "vitest";
import type { CustomDomain } from "./custom-domain.ts";
import { countEnds, diagnose, type Symptoms } from "./diagnosis.ts";
import type { InstanceEnd } from "./instance-end.ts";
import type { Instance } from "./instance.ts";
import type { Operation } from "./operation.ts";
import type { Service } from "./service.ts";

const NOW_MS = Date.UTC(2026, 4, 1);

const service = {
  name: "shop",
  status: "RUNNING",
  activeReleaseNumber: 7,
  configuration: { instance: { cpu: "1024", memory: "512" } },
} as Service;

function anInstance(change: Partial<Instance> = {}): Instance {
  return {
    id: "a".repeat(32),
    serviceId: "s",
    releaseNumber: 7,
    colour: "blue",
    state: "ready",
    address: "10.0.0.2",
    port: 8080,
    startReason: "deployment",
    endReason: null,
    exitCode: null,
    isOutOfMemory: false,
    createdAtMs: NOW_MS,
    readyAtMs: NOW_MS,
    drainingSinceMs: null,
    stoppedAtMs: null,
    ...change,
  };
}

function ended(end: InstanceEnd, change: Partial<Instance> = {}): Instance {
  return anInstance({ state: "stopped", end, stoppedAtMs: NOW_MS, ...change });
}

function anOperation(change: Partial<Operation> = {}): Operation {
  return {
    id: "0123456789abcdef0123456789abcdef",
    type: "UPDATE_SERVICE",
    status: "SUCCEEDED",
    phase: "done",
    cause: null,
    endedAtMs: NOW_MS,
    ...change,
  } as Operation;
}

function see(change: Partial<Symptoms> = {}) {
  return diagnose({
    service,
    operations: [anOperation()],
    instances: [anInstance()],
    domains: [],
    requests: { count: 1_000, failedCount: 0, limitedCount: 0 },
    maxSize: 5,
    isAtZero: false,
    sinceMs: NOW_MS - 1,
    ...change,
  });
}

const summaries = (change: Partial<Symptoms>) => see(change).map(({ summary }) => summary);

test("a service without a fault is told as one", () => {
  expect(see()).toEqual([{ severity: "info", summary: "Nothing wrong was seen.", advice: null }]);
});

describe("how it stands", () => {
  test("a running service without a healthy instance is an error, one at zero is not", () => {
    expect(see({ instances: [] })).toMatchObject([
      { severity: "error", advice: expect.stringMatching(/slipway logs shop/) },
    ]);
    expect(see({ instances: [anInstance({ isUnhealthy: true })] })).toMatchObject([{ severity: "error" }]);
    expect(summaries({ instances: [], isAtZero: true })).toEqual(["Nothing wrong was seen."]);
  });

  test("a paused service says how to go on", () => {
    const paused = { ...service, status: "PAUSED" } as Service;
    expect(see({ service: paused, instances: [] })).toEqual([
      { severity: "info", summary: "The service is paused.", advice: "Go on: slipway resume shop" },
    ]);
  });

  test("a creation that failed gives its cause, once", () => {
    const cause = { phase: "pull", class: "pull", message: "There is no such image." } as const;
    const failed = anOperation({ type: "CREATE_SERVICE", status: "FAILED", cause });
    const findings = see({
      service: { ...service, status: "CREATE_FAILED" } as Service,
      operations: [failed],
      instances: [],
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: "error",
      summary: "The service could not be created. There is no such image.",
    });
  });
});

describe("the last operation", () => {
  const cause = { phase: "health-check", class: "exit-code", message: "It stopped by itself." } as const;

  test("that failed gives its cause, what serves on and where the story is", () => {
    const [finding] = see({ operations: [anOperation({ status: "ROLLBACK_SUCCEEDED", cause })] });
    expect(finding).toEqual({
      severity: "error",
      summary: "The last update failed. It stopped by itself. Release 7 goes on serving.",
      advice: "The whole story: slipway ops shop 01234567",
    });
  });

  test("that goes on says its phase", () => {
    const open = anOperation({ status: "IN_PROGRESS", phase: "build", endedAtMs: null });
    expect(summaries({ operations: [open] })).toEqual(["The update is under way (phase build)."]);
  });

  test("that succeeded makes those before it not matter", () => {
    const before = anOperation({ status: "FAILED", cause });
    expect(summaries({ operations: [anOperation(), before] })).toEqual(["Nothing wrong was seen."]);
  });
});

describe("ends of instances", () => {
  test("are counted by kind, since the time asked for", () => {
    const instances = [
      ended("out-of-memory", { id: "b".repeat(32) }),
      ended("exited"),
      ended("out-of-memory"),
      ended("exited", { stoppedAtMs: NOW_MS - 2 }),
      anInstance(),
    ];
    const counts = countEnds(instances, NOW_MS - 1);
    expect(counts.map(({ end, count }) => [end, count])).toEqual([
      ["out-of-memory", 2],
      ["exited", 1],
    ]);
    expect(counts[0]?.last.id).toBe("b".repeat(32));
  });

  test("that nobody asked for are told with what to do", () => {
    expect(summaries({ instances: [anInstance(), ended("out-of-memory"), ended("out-of-memory")] })).toEqual([
      "2 instances used more than 512 MiB of memory and got killed.",
    ]);
    expect(summaries({ instances: [anInstance(), ended("exited", { exitCode: 3 })] })).toEqual([
      "1 instance ended by itself, the last one with exit code 3.",
    ]);
    const unhealthy = ended("unhealthy", { healthProblem: "status 500" });
    expect(summaries({ instances: [anInstance(), unhealthy] })).toEqual([
      "1 instance stopped passing the health check (status 500).",
    ]);
  });

  test("that belong to the day's work are not", () => {
    const ends = ["scaled-in", "superseded", "paused", "deleted", "shut-down"] as const;
    const instances = [anInstance(), ...ends.map((end) => ended(end))];
    expect(summaries({ instances })).toEqual(["Nothing wrong was seen."]);
  });
});

describe("requests", () => {
  test("that failed count from one in a thousand on", () => {
    const count = 1_000;
    expect(summaries({ requests: { count, failedCount: 1, limitedCount: 0 } })).toEqual([
      "Nothing wrong was seen.",
    ]);
    expect(summaries({ requests: { count, failedCount: 2, limitedCount: 0 } })).toEqual([
      "2 of 1000 requests of the last hour failed (5xx).",
    ]);
  });

  test("that were refused say whether the service may not grow, or grew too late", () => {
    const requests = { count: 100, failedCount: 0, limitedCount: 10 };
    expect(see({ requests, maxSize: 1 })[0]?.advice).toMatch(/^Raise MaxSize/);
    expect(see({ requests, maxSize: 2 })[0]?.advice).toMatch(/^New instances came too late/);
  });
});

test("a domain's problem is told, and the gravest comes first", () => {
  const domain = {
    name: "shop.example.com",
    status: "active",
    problem: "Its renewal fails.",
  } as CustomDomain;
  const findings = see({ domains: [domain], instances: [] });
  expect(findings.map(({ severity }) => severity)).toEqual(["error", "warning"]);
  expect(findings[1]?.summary).toBe("shop.example.com is served, but: Its renewal fails.");
});
