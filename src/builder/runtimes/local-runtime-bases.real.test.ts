/**
 * Every language for real: base images, the example built from source on them, its container called and stopped. The
 * images stay on the engine: the first run takes some four minutes on two cores, the second one.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { removeImage } from "../../../test/support/remove-image.ts";
import { waitFor } from "../../../test/support/wait-for.ts";
import type { CodeSource } from "../../domain/code-source.ts";
import { findRuntime } from "../../domain/runtime.ts";
import type { BuildLine, BuiltImage, DockerfileBuild } from "../../ports/builder.ts";
import { DockerBuilder } from "../docker-builder.ts";
import { LocalRuntimeBases } from "./local-runtime-bases.ts";

const SOCKET = "/var/run/docker.sock";
const EXAMPLES = join(import.meta.dirname, "../../../examples");
const COLD_MS = 300_000;
/** Half of what a deployment gives by default. */
const STOPS_WITHIN_S = 5;
const docker = new Docker({ socketPath: SOCKET });
const never = new AbortController().signal;

let workDirectory: string;
let bases: LocalRuntimeBases;
let builder: DockerBuilder;
let lines: BuildLine[] = [];
const built = new Set<string>();

beforeAll(async () => {
  workDirectory = await mkdtemp(join(tmpdir(), "slipway-runtimes-"));
  bases = new LocalRuntimeBases({ socketPath: SOCKET, workDirectory, usesRegistries: false });
  builder = new DockerBuilder({ socketPath: SOCKET, ownerId: "b01dba5e", bases });
});

afterEach(() => {
  lines = [];
});

afterAll(async () => {
  await builder.close();
  for (const image of built) await removeImage(docker, image);
  await removeStandIn("node:22-slim");
  await rm(workDirectory, { recursive: true, force: true });
});

/** The real image of that name stays. */
async function removeStandIn(name: string): Promise<void> {
  const ours = await docker.listImages({ filters: { reference: [name], label: ["slipway.runtime"] } });
  if (ours.length > 0) await docker.getImage(name).remove();
}

function sourceOf(values: CodeSource["values"]): CodeSource {
  return {
    kind: "code",
    repositoryUrl: "https://example.com/a.git",
    branch: "main",
    sourceDirectory: "/",
    configurationSource: values === null ? "REPOSITORY" : "API",
    values,
  };
}

async function buildExample(
  example: string,
  source: CodeSource,
  dockerfile: DockerfileBuild | null = null,
): Promise<BuiltImage> {
  const image = await builder.build(
    {
      serviceId: example,
      operationId: "1",
      treeDirectory: join(EXAMPLES, example),
      source,
      dockerfile,
      secrets: {},
      maskedValues: async () => [],
      onPlan: () => Promise.resolve(),
      onLine: (line) => lines.push(line),
    },
    never,
  );
  built.add(image.imageId);
  return image;
}

/** What `/` answers; `/health` answers too, and SIGTERM ends it soon. */
async function helloFrom({ imageId, run }: BuiltImage): Promise<string> {
  const container = await docker.createContainer({
    Image: imageId,
    ...(run.command === null ? {} : { Cmd: [...run.command] }),
    Env: [...Object.entries(run.environment), ["PORT", run.port]].map(([name, value]) => `${name}=${value}`),
  });
  try {
    await container.start();
    const { Networks } = (await container.inspect()).NetworkSettings;
    const url = `http://${Networks["bridge"]?.IPAddress}:${run.port}`;
    const text = await waitFor(() => textOf(`${url}/`), { what: `an answer of ${url}` });
    expect(await textOf(`${url}/health`)).toBe("ok\n");
    await container.stop({ t: STOPS_WITHIN_S });
    const killed = 137;
    expect((await container.inspect()).State.ExitCode).not.toBe(killed);
    return text;
  } finally {
    await container.remove({ force: true });
  }
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return await response.text();
}

test.each([
  ["node", /^Hello from Node\.js 22\.\d+\.\d+\n$/],
  ["python", /^Hello from Python 3\.11\.\d+\n$/],
  ["go", /^Hello from Go 1\.\d+/],
  ["java", /^Hello from Java 17\./],
  ["php", /^Hello from PHP 8\.2\.\d+\n$/],
  ["ruby", /^Hello from Ruby 3\.1\.\d+\n$/],
])(
  "the example in %s is built from its apprunner.yaml and runs",
  async (example, hello) => {
    expect(await helloFrom(await buildExample(example, sourceOf(null)))).toMatch(hello);
  },
  COLD_MS,
);

test.each(["18", "20", "24"])(
  "the same source runs on Node %s when the API says so",
  async (major) => {
    const values = {
      runtime: `NODEJS_${major}`,
      buildCommand: "npm ci --omit=dev",
      startCommand: "npm start",
      port: "3000",
      environment: {},
      environmentSecrets: {},
    };
    const image = await buildExample("node", sourceOf(values));
    expect(await helloFrom(image)).toMatch(new RegExp(`^Hello from Node\\.js ${major}\\.`));
  },
  COLD_MS,
);

test(
  "a Dockerfile that starts from a public image is built, with a stand-in where no registry can be reached",
  async () => {
    const image = await buildExample("dockerfile", sourceOf(null), {
      path: "Dockerfile",
      target: null,
      buildArguments: {},
    });
    expect(image.run.port).toBe("3000");
    expect(await helloFrom(image)).toMatch(/^Hello from a Dockerfile, Node\.js 22\./);
  },
  COLD_MS,
);

test("what is there is found at once, by any spelling of its version", async () => {
  const node = findRuntime("NODEJS_22")!;
  const report = (line: string) => expect.unreachable(`nothing is to be made: ${line}`);
  const one = await bases.ensure(node, null, report, never);
  expect(await bases.ensure(node, "22", report, never)).toEqual(one);
  expect(await bases.ensure(node, one.version, report, never)).toEqual(one);
});

test("the list says what is there and until when it is supported", async () => {
  const states = await bases.list(never);
  const python = states.find(({ runtime }) => runtime.name === "PYTHON_311");
  expect(python).toMatchObject({ version: "3.11.2", foundation: "debian", canBePutTogether: true });
  expect(python!.sizeBytes).toBeGreaterThan(100_000_000);
  expect(states.find(({ runtime }) => runtime.name === "DOTNET_6")).toMatchObject({
    version: null,
    sizeBytes: 0,
    endOfSupport: "2025-12-01",
  });
});

test("a version that cannot be had is refused with what can", async () => {
  const wanted = bases.ensure(findRuntime("PYTHON_313")!, null, () => undefined, never);
  await expect(wanted).rejects.toMatchObject({ name: "BuildError", problem: "runtime" });
  await expect(wanted).rejects.toThrow(/PYTHON_313 cannot be had.*PYTHON_311 \(3\.11\.2\)/);
});

test("before a build it is known which runtimes it cannot have", async () => {
  const why = await bases.whyUnavailable(findRuntime("PYTHON_313")!, never);
  expect(why?.message).toMatch(/PYTHON_313 cannot be had.*PYTHON_311 \(3\.11\.2\)/);
  expect(await bases.whyUnavailable(findRuntime("NODEJS_22")!, never)).toBeNull();
});

test("a missing tool is named with what installs it", async () => {
  const path = process.env["PATH"];
  const directory = await mkdtemp(join(tmpdir(), "slipway-no-tools-"));
  process.env["PATH"] = directory;
  try {
    const tomorrow = () => Date.now() + 24 * 60 * 60_000;
    const offline = { socketPath: SOCKET, workDirectory, usesRegistries: false, now: tomorrow };
    const building = new LocalRuntimeBases(offline).build(findRuntime("GO_1")!, null, () => undefined, never);
    await expect(building).rejects.toThrow(/mmdebstrap is missing.*apt install mmdebstrap/);
  } finally {
    process.env["PATH"] = path;
    await rm(directory, { recursive: true });
  }
});
