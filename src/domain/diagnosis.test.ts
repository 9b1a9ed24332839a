import { describe, expect, test } from "vitest";
import type { CustomDomain } from "./custom-domain.ts";
import { diagnose, type Symptoms } from "./diagnosis.ts";
import { countEnds } from "./ends-diagnosis.ts";
import type { InstanceEnd } from "./instance-end.ts";
import type { Instance } from "./instance.ts";
import type { Operation } from "./operation.ts";
import type { Service } from "./service.ts";

const NOW_MS = Date.UTC(2026, 4, 1);
const MINUTE_MS = 60_000;
const HOUR_AGO_MS = NOW_MS - 60 * MINUTE_MS;

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
    requests: { sinceMs: HOUR_AGO_MS, isEstimated: false, count: 1_000, failedCount: 0, limitedCount: 0 },
    maxSize: 5,
    isAtZero: false,
    hasAccessLog: false,
    passwordProblem: null,
    nextStartMs: 0,
    sinceMs: NOW_MS - 1,
    nowMs: NOW_MS,
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

  test("a pause comes before all else, and what it refuses is no failure", () => {
    const findings = see({
      service: { ...service, status: "PAUSED" },
      instances: [ended("out-of-memory")],
      requests: { sinceMs: HOUR_AGO_MS, isEstimated: false, count: 10, failedCount: 10, limitedCount: 1 },
    });
    expect(findings.map(({ severity }) => severity)).toEqual(["info", "warning"]);
    expect(findings[0]?.summary).toBe("The service is paused.");
    expect(findings[1]?.summary).toMatch(/^1 instance of release 7 used more than/);
  });

  test("a creation that failed gives its cause, once", () => {
    const cause = { phase: "pull", class: "pull", message: "There is no such image." } as const;
    const failed = anOperation({ type: "CREATE_SERVICE", status: "FAILED", cause });
    const findings = see({
      service: { ...service, status: "CREATE_FAILED" },
      operations: [failed],
      instances: [],
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      severity: "error",
      summary: "The service could not be created. There is no such image.",
      advice:
        "Mend that and deploy again: slipway deploy --name shop keeps what is not said. The whole story: slipway ops shop 01234567",
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
      operationId: "0123456789abcdef0123456789abcdef",
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
  test("are counted by kind and release since the time asked for, those of the serving release first", () => {
    const instances = [
      ended("out-of-memory", { id: "b".repeat(32), releaseNumber: 6 }),
      ended("exited"),
      ended("out-of-memory", { releaseNumber: 6 }),
      ended("exited", { stoppedAtMs: NOW_MS - 2 }),
      ended("exited", { releaseNumber: 6 }),
      anInstance(),
    ];
    const counts = countEnds(instances, { sinceMs: NOW_MS - 1, servingNumber: 7 });
    expect(counts.map(({ end, releaseNumber, count }) => [end, releaseNumber, count])).toEqual([
      ["exited", 7, 1],
      ["out-of-memory", 6, 2],
      ["exited", 6, 1],
    ]);
    expect(counts[1]?.last.id).toBe("b".repeat(32));
  });

  test("that nobody asked for are told with their release and with what to do", () => {
    expect(see({ instances: [anInstance(), ended("out-of-memory"), ended("out-of-memory")] })).toEqual([
      {
        severity: "warning",
        summary: "2 instances of release 7 used more than 512 MiB of memory and got killed.",
        advice:
          "Give the service more memory, or find the leak. The last one's last words: slipway logs shop --instance aaaaaaaa",
      },
    ]);
    const exited = ended("exited", { exitCode: 3, releaseNumber: 2 });
    expect(summaries({ instances: [anInstance(), exited] })).toEqual([
      "1 instance of release 2 ended by itself with exit code 3.",
    ]);
    expect(summaries({ instances: [anInstance(), exited, exited, exited] })).toEqual([
      "3 instances of release 2 ended by themselves, the last one with exit code 3.",
    ]);
    const unhealthy = ended("unhealthy", { healthProblem: "status 500" });
    expect(summaries({ instances: [anInstance(), unhealthy] })).toEqual([
      "1 instance of release 7 stopped passing the health check (status 500).",
    ]);
  });

  test("of a release that never served are told by its deployment alone", () => {
    const cause = { phase: "health-check", class: "exit-code", message: "It stopped by itself." } as const;
    const failed = anOperation({ status: "ROLLBACK_SUCCEEDED", releaseNumber: 8, cause });
    const instances = [anInstance(), ended("exited", { releaseNumber: 8 })];
    expect(summaries({ instances, operations: [failed] })).toEqual([
      expect.stringMatching(/^The last update failed/),
    ]);
    const succeeded = anOperation({ releaseNumber: 8 });
    expect(summaries({ instances, operations: [succeeded, failed] })).toEqual([
      "1 instance of release 8 ended by itself.",
    ]);
  });

  test("of the serving release, three within ten minutes, are a crash loop: logs first, then a way back", () => {
    const twice = [ended("exited"), ended("out-of-memory", { stoppedAtMs: NOW_MS - 9 * MINUTE_MS })];
    const loop = { instances: [anInstance(), ...twice, ended("unhealthy")], sinceMs: 0 };
    expect(see(loop)[0]).toEqual({
      severity: "error",
      summary: "Release 7 does not stay up: 3 of its instances ended within 10 minutes.",
      advice:
        "First see what they say: slipway logs shop. Then, if the release is at fault, go back: slipway rollback shop",
    });
    expect(summaries({ ...loop, nextStartMs: NOW_MS + 3_200 })[0]).toMatch(
      /ended within 10 minutes\. The next one starts in 4 s\.$/,
    );
    expect(see({ ...loop, service: { ...service, activeReleaseNumber: 1 } })[0]?.severity).toBe("warning");
    const others = [
      ended("exited", { stoppedAtMs: NOW_MS - 11 * MINUTE_MS }),
      ended("exited", { releaseNumber: 6 }),
      ended("lost"),
      ended("scaled-in"),
    ];
    for (const other of others) {
      const findings = see({ ...loop, instances: [anInstance(), ...twice, other] });
      expect(findings.map(({ severity }) => severity)).not.toContain("error");
    }
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
    expect(
      summaries({
        requests: { sinceMs: HOUR_AGO_MS, isEstimated: false, count, failedCount: 1, limitedCount: 0 },
      }),
    ).toEqual(["Nothing wrong was seen."]);
    expect(
      summaries({
        requests: { sinceMs: HOUR_AGO_MS, isEstimated: false, count, failedCount: 2, limitedCount: 0 },
      }),
    ).toEqual(["2 of 1000 requests of the last hour failed (5xx)."]);
  });

  test("that are estimated say so", () => {
    const counts = { sinceMs: HOUR_AGO_MS, isEstimated: true, count: 100, failedCount: 20, limitedCount: 10 };
    expect(summaries({ requests: { ...counts, cuts: { "guard-address": 12 } } })).toEqual([
      "About 20 of about 100 requests of the last hour failed (5xx).",
      "About 10 requests of the last hour were refused (429): all instances were busy.",
      "The edge kept requests of the last hour from the service: about 12 by slipway:allow-cidrs.",
    ]);
  });

  test("are of the time since Slipway's start where that is less than an hour", () => {
    const counts = { isEstimated: false, count: 2, failedCount: 1, limitedCount: 0 };
    const since = (sinceMs: number) => summaries({ requests: { sinceMs, ...counts } });
    expect(since(NOW_MS - 2 * MINUTE_MS)).toEqual([
      "1 of 2 requests since Slipway's start 2 minutes ago failed (5xx).",
    ]);
    expect(since(NOW_MS - 1)).toEqual([
      "1 of 2 requests since Slipway's start less than a minute ago failed (5xx).",
    ]);
  });

  test("name the tag of the access log only where it is off", () => {
    const requests = { sinceMs: HOUR_AGO_MS, isEstimated: false, count: 2, failedCount: 1, limitedCount: 0 };
    expect(see({ requests })[0]?.advice).toContain("slipway:access-log=on");
    expect(see({ requests, hasAccessLog: true })[0]?.advice).toMatch(/slipway logs shop --access$/);
  });

  test("that nobody may make, for want of a password, are told of", () => {
    const passwordProblem = "The secret /shop/people is no parameter that is there.";
    expect(see({ passwordProblem })).toEqual([
      {
        severity: "error",
        summary: `slipway:basic-auth asks for a password, and nobody gets in. ${passwordProblem}`,
        advice: "Mend the secret or change the tag: both count within seconds.",
      },
    ]);
  });

  test("that its guard refused are told with the tags that ask for it", () => {
    const cuts = { "guard-address": 12, "guard-rate": 5, "client-left": 3 };
    const requests = {
      sinceMs: HOUR_AGO_MS,
      isEstimated: false,
      count: 100,
      failedCount: 0,
      limitedCount: 0,
      cuts,
    };
    expect(summaries({ requests })).toEqual([
      "The edge kept requests of the last hour from the service: 12 by slipway:allow-cidrs, 5 by slipway:rate-limit.",
    ]);
  });

  test("that were refused say whether the service may not grow, or grew too late", () => {
    const requests = {
      sinceMs: HOUR_AGO_MS,
      isEstimated: false,
      count: 100,
      failedCount: 0,
      limitedCount: 10,
    };
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
