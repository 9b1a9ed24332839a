/**
 * Real builds by a real engine: what comes out, what holds a hostile build, what is left afterwards. Runs alone: while
 * anybody builds, his guard refuses what comes from the default bridge, also what these tests ask from there.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, mkdir, rm, statfs, symlink, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { removeImage } from "../../test/support/remove-image.ts";
import { waitFor } from "../../test/support/wait-for.ts";
import { BuildError, type BuildLine, type BuildRequest } from "../ports/builder.ts";
import type { BuildLimits } from "./buildkit/build-limits.ts";
import { buildImage } from "./buildkit/buildkit-client.ts";
import { EngineApi } from "./buildkit/engine-api.ts";
import { NetworkGuard } from "./buildkit/network-guard.ts";
import { ensureShellImage } from "./buildkit/shell-image.test-support.ts";
import { DockerBuilder } from "./docker-builder.ts";
import type { RuntimeBases } from "./runtimes/runtime-bases.ts";

const SOCKET = "/var/run/docker.sock";
const OWNER = "b01dbeef";
const MIB = 1_024 ** 2;
const docker = new Docker({ socketPath: SOCKET });
const run = promisify(execFile);

let base: string;
let tree: string;
let builder: DockerBuilder;
let lines: BuildLine[];
const images = new Set<string>();

beforeAll(async () => {
  base = await ensureShellImage();
  await removeGuardsOfKilledTests();
});

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "slipway-build-"));
  lines = [];
});

afterEach(async () => {
  await builder.close();
  await rm(tree, { recursive: true, force: true });
});

afterAll(async () => {
  for (const image of images) await removeImage(docker, image);
});

function newBuilder(limits: Partial<BuildLimits> = {}): DockerBuilder {
  builder = new DockerBuilder({ socketPath: SOCKET, ownerId: OWNER, bases, limits, environment: {} });
  return builder;
}

/** For builds by a Dockerfile nobody asks for one. */
const bases: RuntimeBases = {
  ensure: () => Promise.reject(new Error("no managed runtime is wanted here")),
  offerPublicImages: () => Promise.resolve(),
};

function requestOf(serviceId = "a"): BuildRequest {
  return {
    serviceId,
    operationId: "1",
    treeDirectory: tree,
    source: {
      kind: "code",
      repositoryUrl: "https://example.com/a.git",
      branch: "main",
      sourceDirectory: "/",
      configurationSource: "API",
      values: null,
    },
    dockerfile: { path: "Dockerfile", target: null, buildArguments: {} },
    secrets: {},
    maskedValues: async () => [],
    onPlan: () => Promise.resolve(),
    onLine: (line) => lines.push(line),
  };
}

async function build(dockerfile: string, signal = new AbortController().signal) {
  await writeFile(join(tree, ".dockerignore"), "Dockerfile\n.dockerignore\nignored\n");
  await writeFile(join(tree, "Dockerfile"), dockerfile.replace(/^FROM base/gm, `FROM ${base}`));
  const built = await builder.build(requestOf(), signal);
  images.add(built.imageId);
  return built;
}

/** A different one in each test run: nothing of it is in the cache. */
const unique = () => `ENV UNIQUE=${process.pid}-${Date.now()}`;

async function failureOf(dockerfile: string): Promise<BuildError> {
  const error: unknown = await build(dockerfile).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(BuildError);
  return error as BuildError;
}

function texts(): readonly string[] {
  return lines.map(({ text }) => text);
}

async function processesWith(argument: string): Promise<readonly string[]> {
  const { stdout } = await run("ps", ["-eo", "args"]);
  return stdout.split("\n").filter((line) => line.startsWith("sleep ") && line.includes(argument));
}

test("a Node application is built from its Dockerfile, and the image serves", async () => {
  newBuilder();
  await writeFile(
    join(tree, "server.js"),
    `require("node:http").createServer((_, answer) => answer.end("hello")).listen(3000);`,
  );
  const { imageId, run } = await build(
    `FROM base AS before\n${unique()}\nRUN echo getting ready\nFROM base\nWORKDIR /app\nCOPY --from=before /etc/passwd /x\nCOPY . .\nEXPOSE 3000\nCMD ["node", "server.js"]\n`,
  );
  expect(run.port).toBe("3000");
  expect(lines).toContainEqual({ part: "Build", text: "getting ready" });
  const container = await docker.createContainer({ Image: imageId });
  try {
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const answer = await waitFor(() =>
      fetch(`http://${NetworkSettings.Networks["bridge"]!.IPAddress}:3000/`),
    );
    expect(await answer.text()).toBe("hello");
  } finally {
    await container.remove({ force: true });
  }
});

test("the context holds the tree, normalised, and nothing of ours; unchanged files hit the cache", async () => {
  newBuilder();
  await mkdir(join(tree, "sub"));
  await writeFile(join(tree, "sub", "tool"), `${process.pid}`, { mode: 0o700 });
  await writeFile(join(tree, "ignored"), "");
  await writeFile(join(tree, "grüße 🎉"), "x".repeat(100_000));
  await writeFile(join(tree, "empty"), "", { mode: 0o600 });
  await symlink("/etc/shadow", join(tree, "link"));
  const dockerfile = `FROM base\n${unique()}\nCOPY . /app/\nRUN cd /app; ls -AlnR | node -e 'for (const line of fs.readFileSync(0, "utf8").split("\\n")) console.log(line.replace(/\\s+/g, " ").replace(/ [A-Z][a-z]+ \\d+ [\\d:]+/, ""))'; cat 'grüße 🎉' | node -p 'fs.readFileSync(0).length'\n`;
  const first = await build(dockerfile);
  expect(texts()).toEqual(
    expect.arrayContaining([
      "-rw-r--r-- 1 0 0 0 empty",
      expect.stringMatching(/^lrwxrwxrwx 1 0 0 11 link -> \/etc\/shadow$/),
      expect.stringMatching(/^-rwxr-xr-x 1 0 0 \d+ tool$/),
      "drwxr-xr-x 2 0 0 4096 sub",
      "100000",
    ]),
  );
  expect(texts().join("\n")).not.toMatch(/Dockerfile|ignored$/m);
  lines = [];
  await writeFile(join(tree, "sub", "tool"), `${process.pid}`);
  const again = await build(dockerfile);
  expect(again.imageId).toBe(first.imageId);
  expect(texts()).toContainEqual(expect.stringMatching(/COPY \. \/app\/ \(cached\)$/));
});

test("a command that fails is named as written, with its exit code and its last lines", async () => {
  newBuilder();
  const error = await failureOf(`FROM base\nENV X=1\nRUN seq 500 && echo "$X" \\\n  && exit 7\n`);
  expect(error.problem).toBe("command");
  expect(error.exitCode).toBe(7);
  expect(error.message).toBe('The command `seq 500 && echo "$X" && exit 7` failed with exit code 7.');
  expect(error.logLines).toHaveLength(100);
  expect(error.logLines.slice(-2)).toEqual(["500", "1"]);
});

test("problems of the Dockerfile are told apart", async () => {
  newBuilder();
  const unknown = await failureOf("FROM base\n\nFOO bar\n");
  expect(unknown.problem).toBe("configuration");
  expect(unknown.message).toBe("Dockerfile, line 3: unknown instruction: FOO");
  const missing = await failureOf("FROM base\nCOPY nothere /x\n");
  expect(missing).toMatchObject({ problem: "configuration" });
  expect(missing.message).toBe(
    'Dockerfile: "/nothere" is not in the source, or .dockerignore leaves it out.',
  );
  const noBase = await failureOf("FROM 127.0.0.1:9/none:1\n");
  expect(noBase.problem).toBe("configuration");
  expect(noBase.message).toContain("base image cannot be had");
  const hostNetwork = await failureOf("FROM base\nRUN --network=host true\n");
  expect(hostNetwork.problem).toBe("configuration");
});

test("more output than the log takes is cut, the cause keeps the last lines", async () => {
  newBuilder({ outputLines: 50 });
  const error = await failureOf(`FROM base\nRUN seq 5000; exit 3\n`);
  expect(lines.length).toBeLessThan(60);
  expect(texts().at(-1)).toMatch(/^Output truncated/);
  expect(error.logLines.at(-1)).toBe("5000");
});

test("a memory hog ends as out of memory", async () => {
  newBuilder({ memoryBytes: 256 * MIB });
  const error = await failureOf(
    `FROM base\n${unique()}\nRUN node -e 'const all = []; for (;;) all.push(Buffer.alloc(1e7, 1))'\n`,
  );
  expect(error.problem).toBe("out-of-memory");
  expect(error.exitCode).toBe(137);
  expect(error.message).toContain("256 MiB");
});

test("a fork bomb is held, and nothing of it is left", async () => {
  newBuilder({ pids: 64, durationMs: 30_000 });
  const marker = `31${process.pid}`;
  const error = await failureOf(
    `FROM base\n${unique()}\nRUN i=0; while [ $i -lt 500 ]; do i=$((i+1)); sleep ${marker} & done; wait\n`,
  );
  expect(["command", "deadline"]).toContain(error.problem);
  expect(error.logLines.join("\n")).toMatch(/[Cc]annot fork/);
  await waitFor(async () => (await processesWith(marker)).length === 0, { what: "the end of all processes" });
});

test("a build that hangs ends at its deadline, and its process with it", async () => {
  newBuilder({ durationMs: 2_000 });
  const marker = `32${process.pid}`;
  const error = await failureOf(`FROM base\n${unique()}\nRUN echo before; sleep ${marker}\n`);
  expect(error.problem).toBe("deadline");
  expect(error.logLines).toEqual(["before"]);
  await waitFor(async () => (await processesWith(marker)).length === 0, { timeoutMs: 5_000 });
});

test("a build that fills the disk is ended, and the disk gets its room back", async () => {
  newBuilder({ diskBytes: 500 * MIB });
  const { DockerRootDir } = (await docker.info()) as { DockerRootDir: string };
  const free = async () => {
    const { bavail, bsize } = await statfs(DockerRootDir);
    return bavail * bsize;
  };
  const before = await free();
  const error = await failureOf(
    `FROM base\n${unique()}\nRUN i=0; while [ $i -lt 200 ]; do i=$((i+1)); dd if=/dev/zero of=/big$i bs=1048576 count=50 2>/dev/null; sleep 0.05; done\n`,
  );
  expect(error.problem).toBe("disk-full");
  expect(error.message).toContain("500 MiB");
  await waitFor(async () => before - (await free()) < 300 * MIB, { what: "the room to come back" });
});

test("without room to begin with nothing is built", async () => {
  newBuilder({ diskReserveBytes: 2 ** 50 });
  const error = await failureOf(`FROM base\n`);
  expect(error.problem).toBe("disk-full");
});

test("without an engine the error says so", async () => {
  builder = new DockerBuilder({ socketPath: join(tree, "no.sock"), ownerId: OWNER, bases });
  expect((await failureOf("FROM base\n")).problem).toBe("engine");
});

test("an aborted build leaves no process behind", async () => {
  newBuilder();
  const marker = `33${process.pid}`;
  const aborting = new AbortController();
  const building = build(`FROM base\n${unique()}\nRUN sleep ${marker}\n`, aborting.signal);
  building.catch(() => undefined);
  await waitFor(async () => (await processesWith(marker)).length > 0, { what: "the command" });
  aborting.abort(new Error("not wanted any more"));
  await expect(building).rejects.toThrow("not wanted any more");
  expect(await processesWith(marker)).toEqual([]);
});

test("when the process that builds is killed, its build ends", async () => {
  newBuilder();
  const marker = `34${process.pid}`;
  await writeFile(join(tree, "Dockerfile"), `FROM ${base}\n${unique()}\nRUN sleep ${marker}\n`);
  const program = `
    import { DockerBuilder } from ${JSON.stringify(join(import.meta.dirname, "docker-builder.ts"))};
    const builder = new DockerBuilder({ socketPath: ${JSON.stringify(SOCKET)}, ownerId: ${JSON.stringify(OWNER)}, bases: { offerPublicImages: async () => {} } });
    const request = { ...${JSON.stringify(requestOf())}, onLine: () => {}, onPlan: async () => {}, maskedValues: async () => [] };
    await builder.build(request, new AbortController().signal);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" });
  try {
    await waitFor(async () => (await processesWith(marker)).length > 0, { what: "the command" });
  } finally {
    child.kill("SIGKILL");
  }
  await waitFor(async () => (await processesWith(marker)).length === 0, { timeoutMs: 10_000 });
  expect(await rulesOfOurs()).not.toEqual([]);
  await builder.prepare();
  expect(await rulesOfOurs()).toEqual([]);
});

/** Tests' owners begin alike; a test that was killed leaves its guard, which would refuse what is asked from here. */
async function removeGuardsOfKilledTests(): Promise<void> {
  const { stdout } = await run("iptables-save", []);
  const owners = new Set([...stdout.matchAll(/^:SLW-(b01d\w{4})-BIN /gm)].map((match) => match[1] ?? ""));
  for (const owner of owners) await new NetworkGuard(new EngineApi(SOCKET), owner, {}).remove();
}

async function rulesOfOurs(): Promise<readonly string[]> {
  const { stdout } = await run("iptables-save", []);
  return stdout.split("\n").filter((rule) => rule.includes(`SLW-${OWNER}-B`));
}

test("a newer build of a service takes the place of its waiting one, others are told how long the queue is", async () => {
  newBuilder();
  await writeFile(join(tree, "Dockerfile"), `FROM ${base}\n${unique()}\nRUN sleep 1\n`);
  const { signal } = new AbortController();
  const first = builder.build(requestOf("a"), signal);
  const older = builder.build(requestOf("b"), signal);
  const newer = builder.build(requestOf("b"), signal);
  await expect(older).rejects.toMatchObject({ problem: "superseded" });
  for (const { imageId } of await Promise.all([first, newer])) images.add(imageId);
  expect(texts().filter((text) => text.startsWith("Waiting"))).toEqual([
    "Waiting for 1 other build on this machine.",
    "Waiting for 1 other build on this machine.",
  ]);
});

test("an image does not wait for what others build on this engine", async () => {
  const marker = `35${process.pid}`;
  const aborting = new AbortController();
  const other = new DockerBuilder({ socketPath: SOCKET, ownerId: "0123cafe", bases, environment: {} });
  const request = { ...requestOf(), onLine: () => undefined };
  await writeFile(join(tree, "Dockerfile"), `FROM ${base}\n${unique()}\nRUN sleep ${marker}\n`);
  const building = other.build(request, aborting.signal).catch(() => undefined);
  try {
    await waitFor(async () => (await processesWith(marker)).length > 0, { what: "the other's command" });
    newBuilder();
    await build(`FROM base\n${unique()}\nRUN true\n`);
    expect(await rulesOfOurs()).not.toEqual([]);
    await builder.close();
    expect(await rulesOfOurs()).toEqual([]);
  } finally {
    aborting.abort();
    await building;
    await other.close();
  }
});

test("a hostile command reaches no service of this machine and no container; the bridge is open to others", async () => {
  newBuilder();
  const servers = await listen();
  const neighbour = await docker.createContainer({
    Image: base,
    Cmd: [
      "node",
      "-e",
      `require("net").createServer((s) => s.on("error", () => {}).end("open")).listen(7777)`,
    ],
  });
  try {
    await neighbour.start();
    const address = (await neighbour.inspect()).NetworkSettings.Networks["bridge"]!.IPAddress;
    const host = networkInterfaces()["docker0"]!.find(({ family }) => family === "IPv4")!.address;
    const uplink = networkInterfaces()["eth0"]?.find(({ family }) => family === "IPv4")?.address ?? host;
    const targets = [
      [host, servers.port],
      [uplink, servers.port],
      ["127.0.0.1", servers.port],
      [address, 7777],
      ["169.254.169.254", 80],
    ];
    const script = `const net = require("net"); for (const [host, port] of ${JSON.stringify(targets)}) { const s = net.connect({ host, port, timeout: 3000 }); const end = (what) => { console.log("try", host, what); s.destroy(); }; s.on("connect", () => end("OPEN")).on("error", (e) => end(e.code)).on("timeout", () => end("silent")); }`;
    await writeFile(join(tree, "attack.js"), script);
    const building = build(
      `FROM base\n${unique()}\nCOPY attack.js /\nRUN node /attack.js\nRUN sleep 3\nRUN node /attack.js\n`,
    );
    await waitFor(() => texts().some((text) => text.includes("RUN sleep 3")));
    const seen = await fetchFrom(neighbour, host, servers.port);
    await building;
    const tried = texts().filter((text) => text.startsWith("try "));
    expect(tried).toHaveLength(10);
    expect(tried.filter((text) => text.endsWith("OPEN"))).toEqual([]);
    expect(servers.connections).toBe(1);
    expect(seen).toContain("open");
    await waitFor(async () => (await rulesOfOurs()).length === 0, { what: "the bridge as it was" });
  } finally {
    await neighbour.remove({ force: true });
    servers.close();
  }
});

async function listen() {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections++;
    socket.on("error", () => undefined).end("open");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "0.0.0.0", resolve);
  });
  const { port } = server.address() as { readonly port: number };
  return {
    port,
    get connections() {
      return connections;
    },
    close: () => server.close(),
  };
}

/** What a container that is no build gets from there, while a build runs. */
async function fetchFrom(container: Docker.Container, host: string, port: number): Promise<string> {
  const script = `require("net").connect({ host: ${JSON.stringify(host)}, port: ${port} }).on("error", console.log).pipe(process.stdout)`;
  const { stdout } = await run("docker", ["exec", container.id, "node", "-e", script]);
  return stdout;
}

test("an address in ADD is refused before the engine asks for it, also when a base image's ONBUILD has it", async () => {
  newBuilder();
  expect((await failureOf(`FROM base\nADD http://127.0.0.1:1/x /x\n`)).message).toContain("line 2");
  const server = await listen();
  try {
    const archive = await docker.createContainer({ Image: base, Cmd: ["true"] });
    const trap = (await archive.commit({
      changes: `ONBUILD ADD http://127.0.0.1:${server.port}/x /x`,
    })) as { readonly Id: string };
    await archive.remove();
    images.add(trap.Id);
    const tag = { repo: "slipway-test/onbuild", tag: "1" };
    await docker.getImage(trap.Id).tag(tag);
    const error = await failureOf(`FROM slipway-test/onbuild:1\nRUN echo got it\n`);
    expect(error.problem).toBe("configuration");
    expect(texts()).not.toContain("got it");
  } finally {
    server.close();
  }
});

test("an image that says of itself that it is a base image of a runtime is none", async () => {
  newBuilder();
  const { imageId } = await build(`FROM base\n${unique()}\nLABEL slipway.runtime=NODEJS_22`);
  const label = ["slipway.runtime=NODEJS_22"];
  const bases = await docker.listImages({ all: true, filters: { label } });
  expect(bases.map(({ Id }) => Id)).not.toContain(imageId);
});

test("the cache that a Dockerfile mounts is its service's own", async () => {
  newBuilder();
  const id = `test-${process.pid}-${Date.now()}`;
  const dockerfile = (command: string) =>
    `FROM base\n${unique()}\nRUN --mount=type=cache,target=/cache,id=${id} ${command}\n`;
  await build(dockerfile("echo mine > /cache/file"));
  await build(dockerfile("cat /cache/file"));
  expect(texts()).toContain("mine");
  await writeFile(
    join(tree, "Dockerfile"),
    dockerfile("ls /cache/file").replace("FROM base", `FROM ${base}`),
  );
  await expect(builder.build(requestOf("b"), new AbortController().signal)).rejects.toMatchObject({
    problem: "command",
  });
});

test("a secret is seen by the command that asks for it, and by nothing else", async () => {
  newBuilder();
  const secret = `s3crét-${process.pid}`;
  const said: string[] = [];
  const imageId = await buildImage(
    new EngineApi(SOCKET),
    {
      treeDirectory: tree,
      contextDirectory: ".",
      ignore: [],
      dockerfile: `FROM ${base}\n${unique()}\nRUN --mount=type=secret,id=token node -p 'fs.readFileSync("/run/secrets/token").length'\nRUN ls -A /run || true\n`,
      target: null,
      buildArguments: {},
      secrets: { token: Buffer.from(secret) },
      labels: {},
      onProgress: ({ logs }) => said.push(...logs.map(({ bytes }) => bytes.toString())),
    },
    new AbortController().signal,
  );
  images.add(imageId);
  expect(said.join("")).toContain(String(Buffer.byteLength(secret)));
  const image = docker.getImage(imageId);
  const known = JSON.stringify([await image.inspect(), await image.history(), said]);
  expect(known).not.toContain(secret);
});

test("a secret of the build is hidden where a command prints it, and a new value does not build anew", async () => {
  newBuilder();
  const line = unique();
  const dockerfile = `FROM ${base}\n${line}\nRUN --mount=type=secret,id=token cat /run/secrets/token; echo end\nRUN --mount=type=secret,id=token echo "saw:$(cat /run/secrets/token)"; exit 7\n`;
  await writeFile(join(tree, "Dockerfile"), dockerfile);
  const wasRun: boolean[] = [];
  for (const token of ["hunter2-first", "hunter2-second"]) {
    lines.length = 0;
    const request = { ...requestOf(), secrets: { token } };
    const refused: unknown = await builder
      .build(request, new AbortController().signal)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ problem: "command", exitCode: 7, logLines: ["saw:***"] });
    expect(JSON.stringify([lines, String(refused)])).not.toContain("hunter2");
    expect(texts()).toContain("saw:***");
    wasRun.push(texts().includes("***end"));
  }
  // The second time the first command came from the cache.
  expect(wasRun).toEqual([true, false]);
});

test("what was built with the secrets of one service is not in the image of another with the same Dockerfile", async () => {
  newBuilder();
  await writeFile(
    join(tree, "Dockerfile"),
    `FROM ${base}\n${unique()}\nRUN --mount=type=secret,id=token cat /run/secrets/token > /fetched || true\nRUN echo "it holds $(cat /fetched)," && cat /fetched > /copied\n`,
  );
  const built: string[] = [];
  for (const [serviceId, secrets] of [
    ["one", { token: "of-one" }],
    ["other", { token: "of-other" }],
    ["none", {}],
    ["one", { token: "of-one" }],
  ] as const) {
    const { imageId } = await builder.build(
      { ...requestOf(serviceId), secrets },
      new AbortController().signal,
    );
    images.add(imageId);
    built.push(await contentOf(imageId, "/copied"));
  }
  expect(built).toEqual(["of-one", "of-other", "", "of-one"]);
  // The same service's second build came from the cache.
  expect(texts().filter((text) => text === "it holds ***,")).toHaveLength(2);
});

async function contentOf(imageId: string, path: string): Promise<string> {
  const { stdout } = await run("docker", ["run", "--rm", "--network=none", imageId, "cat", path]);
  return stdout;
}

test("a build that waits for the cache to be trimmed can be given up", async () => {
  const trim = Promise.withResolvers<void>();
  const slowEngine = await slowProxy("/build/prune", trim.promise);
  try {
    builder = new DockerBuilder({ socketPath: slowEngine.path, ownerId: OWNER, bases, environment: {} });
    await build(`FROM base\n${unique()}\n`);
    const controller = new AbortController();
    const waiting = builder.build(requestOf(), controller.signal);
    await slowEngine.asked;
    setImmediate(() => controller.abort(new Error("given up")));
    await expect(waiting).rejects.toThrow("given up");
  } finally {
    trim.resolve();
    await builder.close();
    slowEngine.close();
  }
});

/** The engine, but calls of this path wait. */
async function slowProxy(slowPath: string, until: Promise<void>) {
  const path = `${tree}.sock`;
  const asked = Promise.withResolvers<void>();
  const server = createServer((client) => {
    const upstream = connect(SOCKET);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    client.on("data", (bytes: Buffer) => {
      client.pause();
      const isSlow = bytes.toString("latin1").split("\r\n")[0]?.includes(slowPath) === true;
      if (isSlow) asked.resolve();
      const ready = isSlow ? until : Promise.resolve();
      void ready.then(() => upstream.write(bytes)).then(() => client.resume());
    });
    client.on("end", () => upstream.end());
    upstream.pipe(client);
  });
  server.listen(path);
  await once(server, "listening");
  return { path, asked: asked.promise, close: () => server.close() };
}
