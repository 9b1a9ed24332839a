/** `slipway why` after a bad day: whatever happened to a service is on one page, with what to do. */
import { UpdateServiceCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createService,
  QUICK_HTTP,
  sdk,
  type ServiceRequest,
  type ServiceView,
  sourceConfiguration,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

/** A replacement is started, checked and taken into traffic; a failing deployment is given up. */
const MENDED_MS = 90_000;

let images: TestImages;
let slipway: Installation;
let request: ServiceRequest;
let service: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
  request = {
    name: "sick",
    image: images.app,
    startCommand: "/node /app/server.js",
    healthCheck: QUICK_HTTP,
    size: { Cpu: "256", Memory: "512" },
  };
  const { ServiceArn } = await createService(slipway, request);
  service = await waitForStatus(slipway, ServiceArn, "RUNNING");
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

interface Page {
  readonly Findings: readonly {
    readonly Severity: string;
    readonly Summary: string;
    readonly Advice?: string;
  }[];
  readonly InstanceEnds: readonly {
    readonly End: string;
    readonly Count: number;
    readonly ExitCode?: number;
  }[];
  readonly Operations: readonly { readonly Status: string; readonly Cause?: { readonly Class: string } }[];
  readonly Requests: {
    readonly Count: number;
    readonly Failed: number;
    readonly FailedSamples: readonly { readonly Path: string; readonly Status: number }[];
    readonly Slowest: readonly { readonly Path: string; readonly DurationMs: number }[];
  };
}

async function why(): Promise<Page> {
  return JSON.parse(await slipway.slipway(["why", "sick", "--json"])) as Page;
}

/** The page once it has a finding that says this. */
function pageSaying(words: RegExp): Promise<Page> {
  const look = async () => {
    const page = await why();
    return page.Findings.some(({ Summary }) => words.test(Summary)) ? page : null;
  };
  return waitFor(look, { what: `a finding that says ${words.source}`, timeoutMs: MENDED_MS });
}

async function untilServing(): Promise<void> {
  await waitFor(async () => (await slipway.fetch(service.ServiceUrl)).status === 200, {
    what: "an answer",
    timeoutMs: MENDED_MS,
  });
}

describe("why", () => {
  it("has nothing to say of a service that is well", async () => {
    expect((await why()).Findings).toEqual([{ Severity: "info", Summary: "Nothing wrong was seen." }]);
    expect(await slipway.slipway(["why", "sick"])).toContain("Nothing wrong was seen.");
  });

  it("tells of an instance that ended by itself, with its exit code", async () => {
    await slipway.fetch(service.ServiceUrl, "/exit?code=3").catch(() => null);
    const page = await pageSaying(/1 instance of release 1 ended by itself with exit code 3/);
    expect(page.InstanceEnds).toEqual([expect.objectContaining({ End: "exited", Count: 1, ExitCode: 3 })]);
    await untilServing();
  });

  it("tells of one that used too much memory, and of how much it had", async () => {
    await slipway.fetch(service.ServiceUrl, "/oom").catch(() => null);
    const page = await pageSaying(/1 instance of release 1 used more than 512 MiB of memory/);
    expect(page.InstanceEnds).toContainEqual(expect.objectContaining({ End: "out-of-memory", Count: 1 }));
    await untilServing();
  });

  it("tells of one that fails its health check, and by what", async () => {
    await slipway.fetch(service.ServiceUrl, "/toggle-health");
    const page = await pageSaying(/stopped passing the health check \(.*500.*\)/);
    expect(page.InstanceEnds).toContainEqual(expect.objectContaining({ End: "unhealthy", Count: 1 }));
    await untilServing();
  });

  it("tells of slow and of failed requests", async () => {
    await slipway.fetch(service.ServiceUrl, "/slow?ms=1500");
    for (let index = 0; index < 3; index++) await slipway.fetch(service.ServiceUrl, "/status/503");
    const page = await pageSaying(/requests since Slipway's start .* ago failed \(5xx\)/);
    expect(page.Requests.FailedSamples).toContainEqual(
      expect.objectContaining({ Path: "/status/503", Status: 503 }),
    );
    expect(page.Requests.Slowest[0]).toMatchObject({ Path: "/slow" });
    expect(page.Requests.Slowest[0]?.DurationMs).toBeGreaterThanOrEqual(1_500);
  });

  it("tells of a deployment that failed, what serves on, and where the story is; also after kill -9", async () => {
    const broken = sourceConfiguration({ ...request, startCommand: "/node /app/nowhere.js" });
    await sdk(slipway).send(
      new UpdateServiceCommand({ ServiceArn: service.ServiceArn, SourceConfiguration: broken }),
    );
    const words = /The last update failed\. .*exit code 1.* Release 1 goes on serving\./;
    const page = await pageSaying(words);
    expect(page.Findings[0]?.Severity).toBe("error");
    expect(page.Operations[0]?.Cause?.Class).toBe("exit-code");
    await slipway.kill();
    await slipway.start();
    const after = await pageSaying(words);
    expect(after.InstanceEnds).toContainEqual(expect.objectContaining({ End: "out-of-memory", Count: 1 }));
  });
});
