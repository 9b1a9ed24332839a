import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { CliFailure } from "../failure.ts";
import { Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import { ARN } from "../testing/service.ts";

const INFO = {
  Version: "1.2.3",
  Region: "us-east-1",
  AccountId: "000000000000",
  ApiEndpoint: "http://127.0.0.1:7070",
  EdgeHttpAddress: "127.0.0.1:8080",
  EdgeHttpsAddress: "127.0.0.1:8443",
  IngressHttpAddress: "127.0.0.1:7080",
  IngressHttpsAddress: "127.0.0.1:7443",
  BaseDomain: "slipway.localhost",
  InternalPort: 7081,
  SignatureKeys: [],
  StateDirectory: "/state",
  CredentialsFile: "/state/credentials",
};

const STATUS = {
  Ready: true,
  Problems: [],
  Services: 1,
  Instances: 2,
  LogProblems: 0,
  LogLevel: "info",
};

test("info tells people and programs the same", async () => {
  await using api = await startFakeApi({ GetInfo: () => INFO, GetStatus: () => STATUS });
  expect(JSON.parse((await slipway(api, ["info", "--json"])).out)).toEqual({ ...INFO, ...STATUS });
  expect((await slipway(api, ["info"])).out).toMatch(/^API endpoint +http:\/\/127\.0\.0\.1:7070$/m);
});

test("up and down report what goes on, and pass the directory on", async () => {
  const seen: unknown[] = [];
  const hooks = {
    up: async (request: {
      timeoutMs: number;
      environment: Readonly<Record<string, string | undefined>>;
      report: (line: string) => void;
    }) => {
      seen.push(request.timeoutMs, request.environment["SLIPWAY_STATE_DIR"]);
      request.report("starting the edge");
      return { outcome: "started" as const, pid: 7 };
    },
    down: async ({ keepServing }: { keepServing: boolean }) => {
      seen.push(keepServing);
      return { outcome: "not-running" as const };
    },
  };
  const up = await slipway(null, ["up", "--timeout", "5", "--state-dir", "/elsewhere", "--json"], { hooks });
  expect(up.err).toBe("Starting Slipway\n  starting the edge\nSlipway runs (process 7).");
  expect(JSON.parse(up.out)).toEqual({ Outcome: "started", Pid: 7, Differences: [] });
  expect((await slipway(null, ["down", "--keep-serving"], { hooks })).err).toContain("Slipway does not run.");
  expect(seen).toEqual([5000, "/elsewhere", true]);
});

test("down does not say that Slipway is stopped while services go on answering", async () => {
  const hooks = { down: async () => ({ outcome: "stopped" as const }) };
  expect((await slipway(null, ["down"], { hooks })).err).toContain("Slipway is stopped.");
  const kept = await slipway(null, ["down", "--keep-serving"], { hooks });
  expect(kept.err).toContain("services go on answering");
});

test("down --purge says what went, also where nothing ran, and whose it was", async () => {
  const removed = { installationId: "d3bdf4c1".repeat(4), containers: 6, images: 1 };
  const hooks = { down: async () => ({ outcome: "not-running" as const, removed }) };
  const { err } = await slipway(null, ["down", "--purge"], { hooks });
  expect(err).toContain(
    `Slipway did not run. Removed of installation ${removed.installationId}: 6 containers, 1 image, its networks and firewall rules.`,
  );
  expect(JSON.parse((await slipway(null, ["down", "--purge", "--json"], { hooks })).out)).toEqual({
    Outcome: "not-running",
    Removed: { InstallationId: removed.installationId, Containers: 6, Images: 1 },
  });
  const unknown = { down: async () => ({ outcome: "not-running" as const }) };
  expect((await slipway(null, ["down", "--purge"], { hooks: unknown })).err).toContain(
    "Nothing was removed from the engine: the state directory names no installation.",
  );
});

test("how to remove Slipway names nothing of other installations, and is the same in the docs", async () => {
  const { out } = await slipway(null, ["down", "--help"]);
  const docs = await readFile(new URL("../../../docs/getting-started.md", import.meta.url), "utf8");
  for (const text of [out, docs]) {
    const removals = text.split("\n").filter((line) => /docker (?:images|image prune)/.test(line));
    expect(removals).toHaveLength(3);
    expect(removals[0]).toContain("reference='slipway.local/runtime/*'");
    expect(removals[1]).toContain("reference='slipway/hello'");
    expect(removals[2]).toContain("label=slipway.built-by=ID");
    expect(text).toContain("docker builder prune --force");
    expect(text).toContain("rm -f /usr/local/bin/slipway");
  }
});

test("the first start shows the root access key once, to people and as JSON", async () => {
  const newKey = { accessKeyId: "AKIA", secretAccessKey: "secret", file: "/state/credentials" };
  const hooks = { up: async () => ({ outcome: "started" as const, pid: 7, newKey }) };
  expect((await slipway(null, ["up"], { hooks })).out).toBe(
    "Root access key: AKIA  secret\nIt is printed this once, and kept in /state/credentials (profile slipway), for your eyes only.",
  );
  expect(JSON.parse((await slipway(null, ["up", "--json"], { hooks })).out)).toEqual({
    Outcome: "started",
    Pid: 7,
    Differences: [],
    AccessKeyId: "AKIA",
    SecretAccessKey: "secret",
    CredentialsFile: "/state/credentials",
  });
});

test("up says which settings of the one that runs already are others", async () => {
  const differences = [
    { name: "buildsAtOnce", running: "1", given: "2" },
    { name: "otlpEndpoint", running: "http://a", given: "not set" },
  ];
  const hooks = { up: async () => ({ outcome: "running" as const, pid: 7, differences }) };
  const { exitCode, err } = await slipway(null, ["up"], { hooks });
  expect(exitCode).toBe(0);
  expect(err.split("\n").slice(1)).toEqual([
    "Slipway runs already (process 7).",
    "It was started with other settings than those given now, and keeps its own:",
    "  buildsAtOnce: 1 (given now: 2)",
    "  otlpEndpoint: http://a (not given now: give it again to keep it)",
    "→ Apply those given now: `slipway down --keep-serving`, then `slipway up` with the same variables as now; services go on.",
  ]);
  expect(JSON.parse((await slipway(null, ["up", "--json"], { hooks })).out)).toMatchObject({
    Differences: [{ Setting: "buildsAtOnce", Running: "1", Given: "2" }, { Setting: "otlpEndpoint" }],
  });
});

test("a failure of a hook is one line with the next thing to do", async () => {
  const up = async () => {
    throw new CliFailure("Port 7070 is taken.", { hint: "Choose another with SLIPWAY_API_PORT." });
  };
  expect(await slipway(null, ["up"], { hooks: { up } })).toEqual({
    exitCode: 1,
    out: "",
    err: "Starting Slipway\nStarting Slipway failed.\nerror: Port 7070 is taken.\n→ Choose another with SLIPWAY_API_PORT.",
  });
});

test("serve ends with the exit code of the control plane", async () => {
  expect((await slipway(null, ["serve"], { hooks: { serve: async () => 3 } })).exitCode).toBe(3);
  expect(await slipway(null, ["serve"])).toMatchObject({ exitCode: 0, err: "" });
});

test("doctor asks the control plane; without one it looks itself and says so", async () => {
  const disk = {
    Name: "disk",
    Status: "failed" as const,
    Detail: "0.1 GB free",
    Remedy: "Make room in /var.",
  };
  await using api = await startFakeApi({
    RunDoctor: () => ({ Checks: [{ Name: "engine", Status: "ok", Detail: "20.10" }] }),
  });
  expect(await slipway(api, ["doctor"])).toEqual({
    exitCode: 0,
    err: "",
    out: "ok      control plane: answers\nok      engine: 20.10",
  });
  const alone = await slipway(null, ["doctor"], { hooks: { doctorLocal: async () => [disk] } });
  expect(alone.exitCode).toBe(1);
  expect(alone.out).toContain("slipway up");
  expect(alone.out).toContain("failed  disk: 0.1 GB free\n        → Make room in /var.");
  expect(alone.err).toBe(
    "error: 2 of 2 checks failed.\n→ Mend what is marked → above, then run `slipway doctor` again.",
  );
});

test("without arguments there is help; every command has an example", async () => {
  const { out, exitCode } = await slipway(null, []);
  expect(exitCode).toBe(0);
  const commands = [...out.matchAll(/^ {2}([a-z][a-z-]*)(?:\|[a-z]+)?(?: \[options\]| {2})/gm)].map(
    ([, name]) => name ?? "",
  );
  expect(commands.sort()).toEqual([
    "alarms",
    "audit",
    "cancel",
    "certs",
    "connect",
    "console",
    "deploy",
    "destinations",
    "doctor",
    "domains",
    "down",
    "events",
    "info",
    "keys",
    "log-level",
    "logs",
    "ls",
    "metrics",
    "network",
    "nodes",
    "ops",
    "pause",
    "policies",
    "redeploy",
    "releases",
    "repos",
    "resume",
    "rm",
    "roles",
    "rollback",
    "runtimes",
    "sbom",
    "secrets",
    "serve",
    "simulate",
    "status",
    "trust",
    "up",
    "usage",
    "users",
    "vault",
    "webhook",
    "whoami",
    "why",
  ]);
  for (const command of commands) {
    const help = await slipway(null, [command, "--help"]);
    expect([help.exitCode, help.out]).toEqual([
      0,
      expect.stringContaining(`Examples:\n  $ slipway ${command}`),
    ]);
  }
  expect((await slipway(null, ["--version"])).out).toBe("1.2.3");
});

test("mistakes in typing end with 2 and where help is", async () => {
  expect(await slipway(null, ["deplo"])).toEqual({
    exitCode: 2,
    out: "",
    err: "error: unknown command 'deplo' (Did you mean deploy?)\n→ See `slipway --help`.",
  });
  expect((await slipway(null, ["logs"])).err).toBe(
    "error: missing required argument 'service'\n→ See `slipway logs --help`.",
  );
});

test.each([
  [["ls"], new Refusal("InternalServiceErrorException", "Internal error.", 500), "slipway doctor"],
  [["ls"], new Refusal("ThrottlingException", "Too many."), "Try again"],
  [["info"], new Refusal("AccessDeniedException", "Not authorized.", 403), "slipway users grant"],
  [["status", ARN], new Refusal("ResourceNotFoundException", "Service not found."), "slipway ls"],
  [
    ["rollback", ARN, "9"],
    new Refusal("ResourceNotFoundException", "No release 9."),
    "slipway releases NAME",
  ],
  [
    ["sbom", "shop", "--release", "99"],
    new Refusal("ResourceNotFoundException", "No release 99."),
    "slipway releases shop`",
  ],
  [
    ["runtimes", "build", "X"],
    new Refusal("ResourceNotFoundException", "No runtime X."),
    "slipway runtimes`",
  ],
  [["ls", "--endpoint"], null, "slipway ls --help"],
  [["deploy", "--image", "web", "--min", "0"], null, "slipway deploy --help"],
])("%j: a failure ends with the next thing to do", async (args, refusal, hint) => {
  const refuse = () => {
    throw refusal ?? new Refusal("Unexpected", "nothing is called");
  };
  await using api = await startFakeApi({
    ListServices: refuse,
    GetInfo: refuse,
    DescribeService: refuse,
    RollbackService: refuse,
    BuildRuntime: refuse,
  });
  const { exitCode, err } = await slipway(api, args);
  expect(exitCode).toBe(refusal === null ? 2 : 1);
  expect(err.split("\n").at(-1)).toMatch(/^→ /);
  expect(err.split("\n").at(-1)).toContain(hint);
});

test("an error of a hook without a remedy of its own leads to the doctor", async () => {
  const down = async () => {
    throw new Error("It does not end.");
  };
  expect((await slipway(null, ["down"], { hooks: { down } })).err).toMatch(
    /error: It does not end\.\n→ See what is wrong with `slipway doctor`\.$/,
  );
});

test("a key of another installation is explained", async () => {
  await using api = await startFakeApi({
    ListServices: () => {
      throw new Refusal(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        403,
      );
    },
  });
  const { err } = await slipway(api, ["ls"]);
  expect(err).toContain("(UnrecognizedClientException)");
  expect(err).toContain("SLIPWAY_STATE_DIR");
});
