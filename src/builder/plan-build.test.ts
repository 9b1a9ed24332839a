import { describe, expect, it } from "vitest";
import type { CodeConfigurationValues, CodeSource } from "../domain/code-source.ts";
import { BuildError, type DockerfileBuild } from "../ports/builder.ts";
import { type BuildPlan, portOfImage } from "./build-plan.ts";
import { planBuild } from "./plan-build.ts";
import { memoryTree } from "./testing/memory-tree.ts";

const bases = {
  ensure: async () => ({ version: "18.20.8", buildImage: "example/build:1", runImage: "example/run:1" }),
  offerPublicImages: () => Promise.resolve(),
};
const values: CodeConfigurationValues = {
  runtime: "NODEJS_18",
  buildCommand: null,
  startCommand: "node a.js",
  port: "8080",
  environment: {},
  environmentSecrets: {},
};

function plan(
  files: Readonly<Record<string, string>>,
  wish: {
    readonly values?: Partial<CodeConfigurationValues>;
    readonly dockerfile?: Partial<DockerfileBuild>;
    readonly directory?: string;
    readonly today?: string;
    readonly scope?: string;
  } = {},
): Promise<BuildPlan> {
  const source: CodeSource = {
    kind: "code",
    repositoryUrl: "https://git.example.com/a.git",
    branch: "main",
    sourceDirectory: wish.directory ?? "/",
    configurationSource: wish.values === undefined ? "REPOSITORY" : "API",
    values: wish.values === undefined ? null : { ...values, ...wish.values },
  };
  const dockerfile = wish.dockerfile && {
    path: "Dockerfile",
    target: null,
    buildArguments: {},
    ...wish.dockerfile,
  };
  return planBuild(
    memoryTree(files),
    {
      source,
      dockerfile: dockerfile ?? null,
      cacheScope: wish.scope ?? "svc",
      secretIds: [],
      today: wish.today ?? "2024-01-01",
      report: () => undefined,
      signal: new AbortController().signal,
    },
    bases,
  );
}

describe("a plan that cannot be made", () => {
  it.each<[string, () => Promise<BuildPlan>, string]>([
    [
      "no file",
      () => plan({}),
      "App Runner configuration file apprunner.yaml not found in the repository's root",
    ],
    ["no file in the directory", () => plan({}, { directory: "/a" }), "not found in the source directory a"],
    [
      "an unknown runtime",
      () => plan({}, { values: { runtime: "COBOL_1" } }),
      "Valid ones: PYTHON_3, PYTHON_311",
    ],
    ["no start command", () => plan({}, { values: { startCommand: null } }), "StartCommand: missing"],
    [
      "an open quote",
      () => plan({}, { values: { startCommand: 'node "a' } }),
      'StartCommand: a " is never closed',
    ],
    [
      "a directory outside",
      () => plan({}, { values: {}, directory: "/../a" }),
      "is not a path within the repository",
    ],
    [
      "a version package.json rules out",
      () => plan({ "package.json": '{"engines":{"node":">=20"}}' }, { values: {} }),
      'package.json: engines.node wants ">=20", but the runtime nodejs18 is Node 18.20.8',
    ],
    [
      "a command too long",
      () => plan({}, { values: { buildCommand: `a ${"'".repeat(70_000)}` } }),
      "too long for one build step",
    ],
    ["no Dockerfile", () => plan({}, { dockerfile: {} }), "Dockerfile not found in the repository"],
    [
      "a Dockerfile outside",
      () => plan({}, { dockerfile: { path: "../Dockerfile" } }),
      "is not a path within the repository",
    ],
    [
      "an empty Dockerfile",
      () => plan({ Dockerfile: "\n" }, { dockerfile: {} }),
      "Dockerfile: the file is empty",
    ],
    [
      "another syntax",
      () => plan({ Dockerfile: '{"syntax":"evil"}' }, { dockerfile: {} }),
      "Dockerfile: begins with {",
    ],
    [
      "another comment",
      () => plan({ Dockerfile: "#!x\n// syntax=evil" }, { dockerfile: {} }),
      "Dockerfile: begins with /",
    ],
    [
      "an argument of the engine's",
      () => plan({ Dockerfile: "FROM a" }, { dockerfile: { buildArguments: { BUILDKIT_SYNTAX: "evil" } } }),
      "BUILDKIT_SYNTAX: build arguments that begin with BUILDKIT_ are reserved",
    ],
    [
      "a target of no name",
      () => plan({ Dockerfile: "FROM a" }, { dockerfile: { target: "a b" } }),
      '"a b" is not the name',
    ],
  ])("%s", async (_what, made, message) => {
    const error: unknown = await made().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(BuildError);
    expect((error as BuildError).message).toContain(message);
  });
});

describe("a managed plan", () => {
  it("says when support has ended, and only then", async () => {
    expect((await plan({}, { values: {} })).remarks).toStrictEqual([]);
    expect((await plan({}, { values: {}, today: "2026-06-01" })).remarks).toStrictEqual([
      "Support of nodejs18 (18.20.8) ended on 2025-12-01: it gets no more security updates. Still supported: nodejs22, nodejs24.",
    ]);
  });

  it("is the same for the same input, and its caches are those of its scope", async () => {
    const wish = { values: { buildCommand: "npm ci && npm run build" } };
    expect(await plan({}, wish)).toStrictEqual(await plan({}, wish));
    expect((await plan({}, wish)).dockerfile).toContain("id=svc-npm,target=/root/.npm");
    const odd = (await plan({}, { ...wish, scope: "a,target=/etc\nUSER x" })).dockerfile;
    expect(odd).toMatch(/id=[0-9a-f]{32}-npm,target=/);
    expect(odd).not.toContain("USER");
  });

  it("installs dependencies apart from what follows on the same line", async () => {
    const files = { "package.json": "{}", "package-lock.json": "{}" };
    const stages = async (buildCommand: string): Promise<readonly string[]> => {
      const { dockerfile } = await plan(files, { values: { buildCommand } });
      return dockerfile
        .split("\n")
        .filter((line) => /^(?:FROM|RUN)/.test(line))
        .map((line) => line.replaceAll(/--mount=\S+ /g, ""));
    };
    expect(await stages("npm ci && npm run build && ls")).toStrictEqual([
      "FROM example/build:1 AS dependencies-stage",
      "RUN npm ci",
      "FROM dependencies-stage AS pre-build-stage",
      "FROM pre-build-stage AS build-stage",
      'RUN ["/bin/sh", "-c", "npm run build && ls"]',
      "FROM example/run:1 AS packaging-stage",
    ]);
    for (const line of [
      "npm ci && a || b",
      "npm ci && a; b",
      "npm ci && a & b",
      "npm ci\n&& a",
      "cd b && npm ci",
    ]) {
      expect(await stages(line)).toContain(
        `RUN ${JSON.stringify(["/bin/sh", "-c", line]).replaceAll('","', '", "')}`,
      );
    }
  });

  it("mounts no cache that a command takes for something else", async () => {
    const { dockerfile } = await plan({}, { values: { buildCommand: "npm ci && rm -rf ~/.npm" } });
    expect(dockerfile).not.toContain("id=svc-npm");
    expect(dockerfile).toContain("id=svc-yarn");
  });

  it("does not put variables of the application into the image", async () => {
    const { dockerfile, run } = await plan({}, { values: { environment: { TOKEN: "hunter2" } } });
    expect(dockerfile).not.toContain("hunter2");
    expect(run.environment).toStrictEqual({ TOKEN: "hunter2" });
  });
});

describe("a plan for a Dockerfile", () => {
  const build = { dockerfile: {} };

  it("leaves port and command to the image, where nothing says otherwise", async () => {
    expect((await plan({ Dockerfile: "FROM a\n" }, build)).run).toMatchObject({ port: null, command: null });
    const given = await plan(
      { Dockerfile: "FROM a\n" },
      { ...build, values: { port: "3000", startCommand: null } },
    );
    expect(given.run).toMatchObject({ port: "3000", command: null });
  });

  it("takes port, variables and secrets of apprunner.yaml", async () => {
    const file =
      "version: 1\nruntime: go1\nrun: {command: x, network: {port: 9000}, env: [{name: A, value: 1}], secrets: [{name: B, value-from: b}]}";
    const { run, remarks } = await plan({ Dockerfile: "FROM a\n", "apprunner.yaml": file }, build);
    expect(run).toStrictEqual({
      port: "9000",
      command: null,
      environment: { A: "1" },
      environmentSecrets: { B: "b" },
    });
    expect(remarks[0]).toContain("only port, variables and secrets are used");
  });

  it("keeps the numbers of lines and the other directives where a syntax line was", async () => {
    const text = "#!/bin/x\n# Syntax = evil/front\n# escape=`\nFROM a\n";
    const { dockerfile, remarks } = await plan({ Dockerfile: text }, build);
    expect(dockerfile).toBe("#!/bin/x\n# escape=`\n#\nFROM a\n");
    expect(remarks).toStrictEqual([
      "Dockerfile: the syntax line was left out; the engine reads the Dockerfile itself",
    ]);
    for (const hidden of ["\uFEFF\uFEFF#!/bin/x\n# syntax=evil\nFROM a", "\uFEFF\uFEFF# syntax=evil\nFROM a"])
      expect((await plan({ Dockerfile: hidden }, build)).dockerfile).not.toContain("syntax");
    const comment = "FROM a\n# syntax=just a comment\n";
    expect((await plan({ Dockerfile: comment }, build)).dockerfile).toBe(comment);
  });

  it("keeps the caches that a Dockerfile mounts apart from those of other services", async () => {
    const namespaces = ["one", "other"].map(async (scope) => {
      const { buildArguments } = await plan({ Dockerfile: "FROM a" }, { ...build, scope });
      return buildArguments["BUILDKIT_CACHE_MOUNT_NS"];
    });
    expect(await Promise.all(namespaces)).toStrictEqual(["dockerfile-one", "dockerfile-other"]);
  });

  it("takes the Dockerfile's own ignore file before that of the directory", async () => {
    const files = { "a/Dockerfile": "FROM a", "a/Dockerfile.dockerignore": "x\n", "a/.dockerignore": "y\n" };
    const made = await plan(files, { ...build, directory: "/a" });
    expect(made).toMatchObject({ ignore: ["x"], contextDirectory: "a" });
  });
});

describe("the port of an image", () => {
  it.each([
    [null, "8080"],
    [{}, "8080"],
    [{ "3000/tcp": {} }, "3000"],
    [{ "9000/tcp": {}, "443/tcp": {} }, "443"],
    [{ "80/tcp": {}, "8080/tcp": {} }, "8080"],
    [{ "53/udp": {}, "5000/tcp": {} }, "5000"],
  ])("%j is %s", (exposed, port) => {
    expect(portOfImage(exposed)).toBe(port);
  });
});
