/**
 * Source trees in, plans out: one file for each case beside this test. `npx vitest run test/golden/builder -u` writes them
 * anew; read the difference, for it is what every build is made of.
 */
import { describe, expect, it } from "vitest";
import type { PlanRequest } from "../../../src/builder/build-plan.ts";
import { planBuild } from "../../../src/builder/plan-build.ts";
import type { RuntimeBases } from "../../../src/builder/runtimes/runtime-bases.ts";
import { memoryTree } from "../../../src/builder/testing/memory-tree.ts";
import { findLine } from "../../../src/domain/runtime.ts";

const bases: Pick<RuntimeBases, "ensure"> = {
  async ensure(runtime, wantedVersion) {
    const line = findLine(runtime, wantedVersion);
    return {
      version: wantedVersion ?? line?.version ?? "",
      buildImage: `example/${runtime.yamlName}-build:1`,
      runImage: `example/${runtime.yamlName}-run:1`,
    };
  },
};

type Changes = Omit<Partial<PlanRequest>, "source"> & { readonly source?: Partial<PlanRequest["source"]> };

async function plan(files: Readonly<Record<string, string>>, changes: Changes = {}): Promise<string> {
  const request: PlanRequest = {
    dockerfile: null,
    cacheScope: "svc1",
    secretIds: [],
    today: "2026-06-01",
    report: () => undefined,
    signal: new AbortController().signal,
    ...changes,
    source: {
      kind: "code",
      repositoryUrl: "https://git.example.com/shop.git",
      branch: "main",
      sourceDirectory: "/",
      configurationSource: "REPOSITORY",
      values: null,
      ...changes.source,
    },
  };
  const { dockerfile, ...rest } = await planBuild(memoryTree(files), request, bases);
  return `${dockerfile}\n# ---\n${JSON.stringify(rest, null, 2)}\n`;
}

const node = { "package.json": '{"dependencies":{"express":"5"}}', "package-lock.json": "{}" };

describe("the plan", () => {
  it("of a revised build with all parts", async () => {
    const file = [
      "version: 1.0",
      "runtime: python312",
      "build:",
      "  commands:",
      "    pre-build: [./fetch.sh]",
      "    build: [pip3 install build, python3 -m build && ls]",
      "    post-build: [python3 -m unittest]",
      '  env: [{name: MODE, value: "a \\"b\\" $c \\\\"}, {name: LINES, value: "1\\n2"}, {name: A.B, value: x}]',
      "run:",
      "  pre-run: [pip3 install -r requirements.txt, ./check.sh]",
      "  command: gunicorn app:app",
      "  network: {port: 8000, env: APP_PORT}",
      "  env: [{name: LEVEL, value: 3.10}]",
      "  secrets: [{name: TOKEN, value-from: token}]",
    ];
    const text = await plan({ "apprunner.yaml": file.join("\n"), "requirements.txt": "flask==3.1.0\n" });
    await expect(text).toMatchFileSnapshot("revised-all-parts.txt");
  });

  it("of an original build: cd lasts, nothing of the build's variables stays", async () => {
    const file = [
      "version: 1.0",
      "runtime: ruby31",
      "build:",
      "  commands:",
      "    pre-build: [apt-get install -y imagemagick]",
      "    build: [cd web, npm ci]",
      "    post-build: [rake test]",
      "  env: [{name: MODE, value: production}]",
      "run: {command: bundle exec puma -p $PORT}",
    ];
    await expect(await plan({ "apprunner.yaml": file.join("\n") })).toMatchFileSnapshot("original.txt");
  });

  it("of a build with secrets: every command has them, and nothing else has", async () => {
    const file = [
      "version: 1.0",
      "runtime: python312",
      "build: {commands: {build: [./fetch.sh]}}",
      "run: {pre-run: [pip3 install -r requirements.txt], command: gunicorn app:app}",
    ];
    const files = { "apprunner.yaml": file.join("\n"), "requirements.txt": "flask==3.1.0\n" };
    const text = await plan(files, { secretIds: ["npm", "pip.conf"] });
    await expect(text).toMatchFileSnapshot("build-secrets.txt");
  });

  it("of the API's values, with a dependency layer, in a directory of the repository", async () => {
    const values = {
      runtime: "NODEJS_22",
      buildCommand: "npm ci",
      startCommand: "npm start",
      port: "3000",
      environment: { MODE: "prod" },
      environmentSecrets: {},
    };
    const files = {
      "services/web/package.json": node["package.json"],
      "services/web/package-lock.json": "{}",
    };
    const source = { configurationSource: "API", values, sourceDirectory: "/services/web" } as const;
    await expect(await plan(files, { source })).toMatchFileSnapshot("api-values.txt");
  });

  it("of a build whose words mean something to a Dockerfile", async () => {
    const file = [
      "version: 1.0",
      "runtime: nodejs24",
      "build:",
      "  commands:",
      "    build:",
      "      - |",
      "        cat <<EOF > a",
      "        FROM evil",
      "        EOF",
      '      - "# syntax=evil/front:1"',
      '      - "--mount=type=secret,id=x ls"',
      "      - '[\"a\"]'",
      "      - 'echo $HOME \\'",
      '      - "a\\u2028b"',
      "run: {command: node a.js}",
    ];
    const text = await plan(
      { 'we "b" $x/apprunner.yaml': file.join("\n") },
      { source: { sourceDirectory: '/we "b" $x' } },
    );
    await expect(text).toMatchFileSnapshot("hostile-words.txt");
  });

  it("of a user's own Dockerfile", async () => {
    const files = {
      "web/docker/Dockerfile": "# syntax=docker/dockerfile:1.7\n# escape=`\nFROM node:22-slim\nEXPOSE 3000\n",
      "web/.dockerignore": "# big\nnode_modules\n!node_modules/keep\n\n*.log\r\n",
    };
    const dockerfile = { path: "docker/Dockerfile", target: "run", buildArguments: { VERSION: "1" } };
    await expect(await plan(files, { dockerfile, source: { sourceDirectory: "/web" } })).toMatchFileSnapshot(
      "own-dockerfile.txt",
    );
  });
});
