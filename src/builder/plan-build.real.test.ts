/** Plans carried out by a real engine: what a user's words become, and what is left in the image. */
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { removeImage } from "../../test/support/remove-image.ts";
import { BuildError, type BuildLine, type DockerfileBuild } from "../ports/builder.ts";
import { ensureShellImage } from "./buildkit/shell-image.test-support.ts";
import { DockerBuilder } from "./docker-builder.ts";

const docker = new Docker({ socketPath: "/var/run/docker.sock" });
const images = new Set<string>();
let base: string;
let tree: string;
let builder: DockerBuilder;

beforeAll(async () => {
  base = await ensureShellImage();
});

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "slipway-plan-"));
  builder = new DockerBuilder({
    socketPath: "/var/run/docker.sock",
    ownerId: "b01dbee0",
    environment: {},
    bases: {
      ensure: async () => ({ version: "1.0.0", buildImage: base, runImage: base }),
      offerPublicImages: () => Promise.resolve(),
    },
  });
});

afterEach(async () => {
  await builder.close();
  await rm(tree, { recursive: true });
});

afterAll(async () => {
  for (const image of images) await removeImage(docker, image);
});

async function build(
  files: Readonly<Record<string, string>>,
  sourceDirectory = "/",
  {
    dockerfile = null,
    secrets = {},
  }: {
    readonly dockerfile?: DockerfileBuild | null;
    readonly secrets?: Readonly<Record<string, string>>;
  } = {},
) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  const lines: BuildLine[] = [];
  const image = await builder.build(
    {
      serviceId: "plan-test",
      operationId: "1",
      treeDirectory: tree,
      source: {
        kind: "code",
        repositoryUrl: "https://git.example.com/a.git",
        branch: "main",
        sourceDirectory,
        configurationSource: "REPOSITORY",
        values: null,
      },
      dockerfile,
      secrets,
      maskedValues: async () => [],
      onPlan: () => Promise.resolve(),
      onLine: (line) => lines.push(line),
    },
    new AbortController().signal,
  );
  images.add(image.imageId);
  return { ...image, lines };
}

/** What a command prints in the finished image. */
async function printed(image: string, command: string): Promise<string> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ["/bin/sh", "-c", command],
    Tty: true,
  });
  try {
    await container.start();
    await container.wait();
    const output = await container.logs({ stdout: true, stderr: true });
    return output.toString().replaceAll("\r", "").trimEnd();
  } finally {
    await container.remove({ force: true });
  }
}

const value = `a "b" 'c' $HOME \\$d \\\\ <<EOF #`;

function file(runtime: string, build: string): string {
  return `version: 1.0\nruntime: ${runtime}\nbuild:\n${build}\nrun:\n  command: ./start\n  env: [{name: RUN_ONLY, value: 1}]\n`;
}

describe("an original build", () => {
  it("keeps the directory from command to command, what lands anywhere, and no variable of the build", async () => {
    const text = file(
      "ruby31",
      [
        "  commands:",
        "    pre-build: [echo pre > /outside-pre]",
        "    build: [cd web, export KEPT=yes, pwd > /outside; echo $KEPT >> /outside]",
        "    post-build: ['[ -e /outside ]', echo > /app/post]",
        `  env: [{name: ODD, value: ${JSON.stringify(value)}}]`,
      ].join("\n"),
    );
    const { imageId, run } = await build({ "apprunner.yaml": text, "web/a": "" });
    expect(run).toMatchObject({ port: "8080", command: ["./start"], environment: { RUN_ONLY: "1" } });
    const seen = await printed(imageId, 'cat /outside-pre /outside; ls /app; echo "[$ODD]"; pwd');
    expect(seen.split("\n")).toStrictEqual(["pre", "/app/web", "yes", "apprunner.yaml\tweb", "[]", "/app"]);
    expect((await docker.getImage(imageId).inspect()).Config.Env).not.toContainEqual(
      expect.stringMatching(/ODD|RUN_ONLY/),
    );
  });
});

describe("a revised build", () => {
  it("takes only /app to the run image, and gives the build's variables to its commands alone", async () => {
    const text = [
      "version: 1.0",
      "runtime: nodejs22",
      "build:",
      "  commands:",
      "    build:",
      '      - printf "%s" "$ODD" > /app/odd; printf "%s" "$LINES" > /app/lines; echo > /outside',
      "      - cd /",
      "      - pwd > /app/where",
      "      - |",
      "        cat <<EOF > /app/here",
      "        FROM scratch",
      "        EOF",
      "    post-build: [echo > /app/post]",
      `  env: [{name: ODD, value: ${JSON.stringify(value)}}, {name: LINES, value: "1\\n2"}]`,
      "run:",
      '  pre-run: [printf "%s" "$ODD" > /pre-run]',
      "  command: node a.js",
    ];
    const directory = 'we "b" $x';
    const { imageId, lines } = await build(
      { [`${directory}/apprunner.yaml`]: text.join("\n") },
      `/${directory}`,
    );
    const seen = await printed(
      imageId,
      'cat /app/odd; echo; cat /app/lines; echo; cat /app/where /app/here /pre-run; echo; ls -d /outside /app/post; echo "[$ODD$LINES]"; pwd',
    );
    expect(seen.split("\n").filter((line) => !line.includes("No such file"))).toStrictEqual([
      value,
      "1",
      "2",
      `/app/${directory}`,
      "FROM scratch",
      value,
      "[]",
      `/app/${directory}`,
    ]);
    expect(seen.match(/No such file/g)).toHaveLength(2);
    expect(new Set(lines.map(({ part }) => part))).toContain("PreRun");
  });

  it("ends when a command fails, also after the build", async () => {
    const text = file("nodejs22", "  commands: {post-build: [exit 7]}");
    const error: unknown = await build({ "apprunner.yaml": text }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(BuildError);
    expect(error).toMatchObject({ problem: "command", exitCode: 7 });
  });
});

describe("a dependency layer", () => {
  const text = file("nodejs22", "  commands: {build: [npm ci, 'cat /installed > installed']}");
  // Stands in for npm: each run leaves another text.
  const npm = "cat /proc/sys/kernel/random/uuid > /installed";

  it("is made again when a manifest changes, not when the source does", async () => {
    const files = { "apprunner.yaml": text, "package-lock.json": "{}", "package.json": "{}" };
    base = await baseWith("npm", `#!/bin/sh\n${npm}\n`);
    const installedIn = async (changed: Readonly<Record<string, string>>): Promise<string> =>
      printed((await build({ ...files, ...changed })).imageId, "cat /app/installed");
    const first = await installedIn({ "a.js": "1" });
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(await installedIn({ "a.js": "2" })).toBe(first);
    expect(await installedIn({ "package.json": '{"name":"b"}' })).not.toBe(first);
  });
});

/** The base image with one more program, made by a plan for a Dockerfile. */
async function baseWith(program: string, script: string): Promise<string> {
  await writeFile(join(tree, "Dockerfile"), `FROM ${base}\nCOPY ${program} /bin/\n`);
  await writeFile(join(tree, program), script, { mode: 0o755 });
  const dockerfile = { path: "Dockerfile", target: null, buildArguments: {} };
  const { imageId } = await build({}, "/", { dockerfile });
  await rm(join(tree, "Dockerfile"));
  await rm(join(tree, program));
  await docker.getImage(imageId).tag({ repo: "slipway-test/plan-base", tag: "1" });
  return "slipway-test/plan-base:1";
}

describe("secrets of a build", () => {
  it.each(["ruby31", "python311"])(
    "are files for every command of %s, and not in the image",
    async (runtime) => {
      const length = (path: string) =>
        JSON.stringify(`token=$(cat /run/secrets/token); echo \${#token} > ${path}; echo $token`);
      const text = [
        "version: 1.0",
        `runtime: ${runtime}`,
        "build:",
        "  commands:",
        `    pre-build: [${length("/app/pre")}]`,
        `    build: [${length("/app/build")}, echo end]`,
        `    post-build: ['[ -s /run/secrets/token ]']`,
        ...(runtime === "ruby31" ? ["run:"] : ["run:", `  pre-run: [${length("/app/run")}]`]),
        "  command: ./start",
      ];
      const token = `hunter2-${process.pid}`;
      const { imageId, lines } = await build(
        // The nonce: commands that an earlier run has left in the engine's cache would print nothing.
        { "apprunner.yaml": text.join("\n"), nonce: randomUUID() },
        "/",
        { secrets: { token } },
      );
      const files = runtime === "ruby31" ? ["pre", "build"] : ["pre", "build", "run"];
      const seen = await printed(imageId, `cd /app; cat ${files.join(" ")}; cat /run/secrets/token`);
      const [missing, ...lengths] = seen.split("\n").toReversed();
      expect(missing).toMatch(/No such file|can't open/);
      expect(lengths).toEqual(files.map(() => String(token.length)));
      const image = docker.getImage(imageId);
      const known = JSON.stringify([lines, await image.inspect(), await image.history()]);
      expect(known).toContain("***");
      expect(known).not.toContain(token);
    },
  );
});
