import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ReleaseCandidate } from "../ports/release-gate.ts";
import { askForReport, type ReportSettings } from "./image-report.ts";
import { InstallationGate } from "./installation-gate.ts";

const signal = () => AbortSignal.timeout(10_000);
const candidate: ReleaseCandidate = {
  serviceName: "web",
  serviceArn: "arn:aws:apprunner:us-east-1:000000000000:service/web/1",
  image: { registry: "registry.example.com", repository: "team/app", tag: "1" },
  credentials: { username: "deploy", password: "canary-password" },
  digest: "sha256:0d",
  imageId: "sha256:1d",
  keyName: null,
  before: null,
};
const question = {
  ServiceName: "web",
  ServiceArn: candidate.serviceArn,
  Image: "registry.example.com/team/app@sha256:0d",
  ImageDigest: "sha256:0d",
  ImageId: "sha256:1d",
  Sbom: { components: [] },
};
const bill = '{"components":[]}';
const keys = {
  files: {},
  required: null,
  now: () => 7,
  network: { configured: new Set<string>(), closedPorts: [] },
};

const pidFile = join(tmpdir(), `slipway-report-${randomUUID()}`);
afterAll(() => rmSync(pidFile, { force: true }));

/** Gone, or a zombie that nobody has waited for. */
function hasEnded(pid: string): boolean {
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || / Z /.test(readFileSync(stat, "utf8"));
}

const reports: unknown[] = [];
const settings = (ask: ReportSettings["ask"], change: Partial<ReportSettings> = {}): ReportSettings => ({
  ask,
  deadlineMs: 5_000,
  isOpenOnFailure: false,
  report: (...told) => reports.push(told),
  ...change,
});
beforeEach(() => {
  reports.length = 0;
});

describe("A program that is asked about an image", () => {
  const program = (code: string) => ({ command: [process.execPath, "-e", code] });
  const ask = (code: string, change: Partial<ReportSettings> = {}) =>
    askForReport({ candidate, bill }, settings(program(code), change), signal());

  it("gets the question, without credentials, and allows with exit code 0", async () => {
    const compare = `
      const asked = require("node:fs").readFileSync(0, "utf8");
      process.exit(asked === ${JSON.stringify(JSON.stringify(question))} ? 0 : 1);
    `;
    await expect(ask(compare)).resolves.toBe("allowed");
  });

  it("refuses with exit code 1, and the first line of what it says", async () => {
    await expect(ask('console.log("CVE-2026-1 in\\topenssl\\nmore"); process.exit(1)')).rejects.toThrow(
      "The check of images refused it: CVE-2026-1 in openssl",
    );
    await expect(ask("process.exit(1)")).rejects.toThrow("it gave no reason");
  });

  it.each([
    ["ends with another exit code", "process.exit(2)", /exit code 2/],
    ["does not end in time", "setTimeout(() => {}, 60_000)", /no answer within 0\.3 s/],
    ["floods", 'process.stdout.write("x".repeat(1e6))', /longer than/],
  ])("that %s is a failure: the release is refused, or let in and told of", async (_how, code, problem) => {
    const deadlineMs = code.startsWith("setTimeout") ? 300 : 5_000;
    await expect(ask(code, { deadlineMs })).rejects.toThrow(problem);
    expect(await ask(code, { deadlineMs, isOpenOnFailure: true })).toBe("unanswered");
    expect(reports).toMatchObject([
      ["image-report-failed", { service: "web", isAdmitted: false }],
      ["image-report-failed", { service: "web", isAdmitted: true }],
    ]);
  });

  it("gets none of our settings, of which the master key may be one", async () => {
    vi.stubEnv("SLIPWAY_MASTER_KEY", "canary-key");
    await expect(ask("process.exit(JSON.stringify(process.env).includes('canary') ? 1 : 0)")).resolves.toBe(
      "allowed",
    );
    vi.unstubAllEnvs();
  });

  it("ends with all that it started, when it does not end in time", async () => {
    const code = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { stdio: "inherit" });
      require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
      setTimeout(() => {}, 60_000);
    `;
    await expect(ask(code, { deadlineMs: 3_000 })).rejects.toThrow("no answer within");
    const pid = readFileSync(pidFile, "utf8");
    await vi.waitFor(() => expect(hasEnded(pid)).toBe(true), 20_000);
  });

  it("that is not there is a failure", async () => {
    await expect(
      askForReport({ candidate, bill }, settings({ command: ["/no/such/program"] }), signal()),
    ).rejects.toThrow("ENOENT");
  });

  it("gets no bill of materials where none can be made, and that is told of", async () => {
    const told: unknown[] = [];
    const gate = new InstallationGate({
      keys,
      bills: { of: () => Promise.reject(new Error("the engine is away")) },
      report: settings(
        program(
          'const q = JSON.parse(require("node:fs").readFileSync(0)); process.exit(q.Sbom === null ? 0 : 1)',
        ),
      ),
      tell: (...one) => told.push(one),
    });
    expect(await gate.admit(candidate, signal())).toEqual({
      imageCheck: { result: "allowed", checkedAtMs: 7 },
    });
    expect(told).toEqual([["bill-of-materials-not-made", { service: "web", problem: "the engine is away" }]]);
  });

  it("is not asked about an image that was admitted before", async () => {
    const report = settings(program("process.exit(1)"));
    const gate = new InstallationGate({
      keys,
      bills: { of: () => Promise.resolve(bill) },
      report,
      tell: () => undefined,
    });
    const imageCheck = { result: "unanswered", checkedAtMs: 3 } as const;
    const before = { ...candidate, before: { imageCheck } };
    expect(await gate.admit(before, signal())).toEqual({ imageCheck });
    expect(await gate.admit({ ...candidate, before: {} }, signal())).toEqual({});
    await expect(gate.admit(candidate, signal())).rejects.toThrow("refused");
  });
});

describe("A service that is asked about an image", () => {
  let server: Server;
  let asked: string;
  let answer: { status: number; body: string };

  beforeEach(async () => {
    const listener = async (request: IncomingMessage, response: ServerResponse) => {
      asked = await text(request);
      response.writeHead(answer.status, { location: "/elsewhere" }).end(answer.body);
    };
    server = createServer((request, response) => void listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const ask = async (status: number, body: string) => {
    answer = { status, body };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await askForReport({ candidate, bill }, settings({ url }), signal());
  };

  it("gets the same question, and allows or refuses", async () => {
    await ask(200, '{"Allow":true}');
    expect(JSON.parse(asked)).toEqual(question);
    await expect(ask(200, '{"Allow":false,"Reason":"too old"}')).rejects.toThrow("refused it: too old");
  });

  it.each([
    [500, "{}"],
    [302, "{}"],
    [200, "yes"],
    [200, '{"Allow":"true"}'],
  ])("that answers %i %s is a failure", async (status, body) => {
    await expect(ask(status, body)).rejects.toThrow("The check of images failed");
  });
});
