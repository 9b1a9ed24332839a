/**
 * Values that must not leak are planted everywhere they are known, and taken along paths that work and paths that fail, by
 * programs that print them in every form. Then everything the system wrote and said is searched for them.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { zstdDecompressSync } from "node:zlib";
import {
  CreateServiceCommand,
  ListOperationsCommand,
  StartDeploymentCommand,
} from "@aws-sdk/client-apprunner";
import { extract } from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FakeVault } from "../../src/secrets/testing/fake-vault.ts";
import { type GitServer, startGitServer } from "../../src/sources/testing/git-server.ts";
import { TestRepository } from "../../src/sources/testing/test-repository.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createService,
  describeOperation,
  liveInstances,
  sdk,
  type ServiceView,
} from "../support/service.ts";
import { bytesOf, filesUnder } from "../support/state-files.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
const BUILD_MS = 120_000;
const LAYER_BYTES_MAX = 32 * 1024 ** 2;
/** Of each canary the middle: it stands in every form of it but base64, and nothing else on this machine has it. */
const cores = new Map<string, string>();

function plant(name: string): string {
  const core = randomBytes(9).toString("hex");
  cores.set(name, core);
  return `k"/${core}+?`;
}

const canaries = {
  image: plant("secret of a service from an image"),
  member: plant("member of a JSON secret"),
  source: plant("secret of a service from source code"),
  build: plant("secret of a build"),
  external: plant("secret in a Vault"),
  token: plant("token of a Vault"),
  registry: plant("password of a registry"),
  git: plant("token of a Git host"),
};

/** Prints a value as it is, in two halves, in JSON, in a URL, in base64 and in a header for signing in. */
const printer = (value: string) =>
  [
    `const v = ${value}`,
    "console.log('plain', v, v)",
    "console.log(JSON.stringify({ v }))",
    "console.error('http://x/?v=' + encodeURIComponent(v))",
    "console.log(Buffer.from(v).toString('base64'))",
    "console.log('Authorization: Basic ' + Buffer.from('user:' + v).toString('base64'))",
    "process.stdout.write('half ' + v.slice(0, 9))",
    "setTimeout(() => console.log(v.slice(9)), 100)",
  ].join(";");

const base64 = (text: string) => Buffer.from(text).toString("base64");

let slipway: Installation;
let images: TestImages;
let root: string;
let host: GitServer;
let registry: Server;
let vault: FakeVault;
let repository: TestRepository;
let imageService: ServiceView;
let sourceService: ServiceView;
/** What was said to people: answers and outputs. */
const said: string[] = [];
const seenOfProcesses: string[] = [];
let watching: NodeJS.Timeout;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "slipway-canaries-"));
  images = await buildTestImages();
  host = await startGitServer({ root, answer: answerOfHost });
  // It refuses, and quotes what it was sent.
  registry = createServer((request, response) => {
    const credential = Buffer.from((request.headers.authorization ?? "").slice(6), "base64").toString();
    const errors = [{ code: "UNAUTHORIZED", message: `no: ${credential}` }];
    response.writeHead(401, { "www-authenticate": 'Basic realm="r"', "content-type": "application/json" });
    response.end(JSON.stringify({ errors }));
  });
  registry.listen(0, "127.0.0.1");
  await new Promise((resolve) => registry.once("listening", resolve));
  vault = await FakeVault.start();
  vault.tokens.set(canaries.token, { ttl: 0, renewable: false });
  vault.put("secret/shop/db", { password: canaries.external });
  writeFileSync(join(root, "vault-token"), canaries.token, { mode: 0o600 });
  slipway = await Installation.create({
    env: {
      SLIPWAY_GIT_OVER_HTTP: "true",
      SLIPWAY_VAULT_ADDRESS: `http://127.0.0.1:${vault.port}`,
      SLIPWAY_VAULT_TOKEN_FILE: join(root, "vault-token"),
    },
  });
  const passwordFile = join(root, "registry-password");
  writeFileSync(passwordFile, canaries.registry, { mode: 0o600 });
  const registries = [{ host: registryHost(), username: "deploy", passwordFile }];
  writeFileSync(join(slipway.stateDirectory, "settings.json"), JSON.stringify({ registries }));
  await slipway.start();
  // Words of /proc vanish with their process: they are looked at all the time.
  watching = setInterval(() => seenOfProcesses.push(...processes()), 100);
  const client = slipway.client();
  const json = JSON.stringify({ user: "shop", password: canaries.member });
  for (const [Name, SecretString] of [
    ["image", canaries.image],
    ["json", json],
    ["source", canaries.source],
    ["build", canaries.build],
  ] as const) {
    const { ARN } = await client.call("secretsmanager.CreateSecret", { Name, SecretString });
    arns.set(Name, ARN);
  }
}, 60_000);

afterAll(async () => {
  clearInterval(watching);
  await slipway.remove();
  await images.remove();
  await host[Symbol.asyncDispose]();
  registry.closeAllConnections();
  await new Promise((resolve) => registry.close(resolve));
  rmSync(root, { recursive: true });
});

const arns = new Map<string, string>();
const registryHost = () => `127.0.0.1:${(registry.address() as AddressInfo).port}`;

/** Its API knows the token's owner, and its repositories are for whoever has the token. */
function answerOfHost({ url = "", headers }: IncomingMessage, response: ServerResponse): boolean {
  const isApi = url.startsWith("/api/v1/");
  if (isApi) response.writeHead(200, { "content-type": "application/json" }).end('{"login":"ada"}');
  else if (headers.authorization === `Basic ${base64(`oauth2:${canaries.git}`)}`) return false;
  else response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end();
  return true;
}

async function ended(arn: string) {
  const operationId = await waitFor(
    async () => {
      const { OperationSummaryList: [newest] = [] } = await sdk(slipway).send(
        new ListOperationsCommand({ ServiceArn: arn }),
      );
      return newest?.EndedAt !== undefined && newest.Id;
    },
    { what: "the end of the operation", timeoutMs: BUILD_MS },
  );
  const operation = await describeOperation(slipway, arn, operationId);
  said.push(JSON.stringify(operation));
  return operation;
}

/** One word of the command after `-e`: nothing of it is a shell's. */
const nodeRuns = (script: string) => `/node -e "${script.replaceAll('"', String.raw`\"`)}"`;

it("an image's service prints its secrets, works and fails", { timeout: BUILD_MS }, async () => {
  const secrets = {
    DB: arns.get("image") ?? "",
    PASSWORD: `${arns.get("json")}:password::`,
    ALL: arns.get("json") ?? "",
    EXTERNAL: "vault:secret/shop/db:password",
  };
  const script = `${printer("process.env.DB + ' ' + process.env.PASSWORD + ' ' + process.env.EXTERNAL + ' ' + process.env.ALL")}; setTimeout(() => require('/app/server.js'), 200)`;
  const request = { name: "shop", image: images.app, secrets, startCommand: nodeRuns(script) };
  imageService = await createService(slipway, request);
  expect(await ended(imageService.ServiceArn)).toMatchObject({ Status: "SUCCEEDED" });
  const environment = async () =>
    JSON.parse((await slipway.fetch(imageService.ServiceUrl, "/env")).body) as Record<string, string>;
  expect(await environment()).toMatchObject({ EXTERNAL: canaries.external });
  // Once deployed, instances need no Vault: another one starts while it is away.
  await vault.stop();
  const [before] = await liveInstances(slipway, imageService.ServiceArn);
  await slipway.fetch(imageService.ServiceUrl, "/exit?code=1");
  await waitFor(
    async () => {
      const [now] = await liveInstances(slipway, imageService.ServiceArn);
      return now?.State === "ready" && now.InstanceId !== before?.InstanceId;
    },
    { what: "another instance" },
  );
  expect(await environment()).toMatchObject({ EXTERNAL: canaries.external });
  const late = await createService(slipway, { ...request, name: "late" });
  expect(await ended(late.ServiceArn)).toMatchObject({
    Cause: { Class: "secret", Message: expect.stringContaining("cannot be reached") as string },
  });
  const dying = await createService(slipway, {
    ...request,
    name: "dying",
    secrets: { DB: secrets.DB, ALL: secrets.ALL },
    startCommand: nodeRuns(
      `${printer("process.env.DB")}; setTimeout(() => { throw new Error(v + process.env.ALL) }, 300)`,
    ),
  });
  const operation = await ended(dying.ServiceArn);
  expect(JSON.stringify(operation)).toContain("plain *** ***");
  said.push(await slipway.slipway(["why", "dying"]), await slipway.slipway(["status", "dying"]));
  const refused = await createService(slipway, { name: "pulling", image: `${registryHost()}/x/y:1` });
  expect(await ended(refused.ServiceArn)).toMatchObject({
    Cause: { Class: expect.stringMatching(/pull|auth/) as string },
  });
  said.push(await slipway.slipway(["why", "pulling"]));
});

it(
  "a service from source code prints its build's secrets, works and fails",
  { timeout: BUILD_MS },
  async () => {
    const client = slipway.client();
    const { Connection } = await client.call("AppRunner.CreateConnection", {
      ConnectionName: "forge",
      ProviderType: "GITEA",
    });
    const answer = await client.call("Slipway.CompleteConnection", {
      ConnectionArn: Connection.ConnectionArn ?? "",
      ServerUrl: host.origin,
      Token: { Token: canaries.git },
    });
    said.push(JSON.stringify(answer));
    repository = await TestRepository.create(join(root, "webs.git"));
    await commit("");
    const { Service } = await sdk(slipway).send(
      new CreateServiceCommand({
        ServiceName: "webs",
        SourceConfiguration: {
          AutoDeploymentsEnabled: false,
          AuthenticationConfiguration: { ConnectionArn: Connection.ConnectionArn },
          CodeRepository: {
            RepositoryUrl: `${host.origin}/webs.git`,
            SourceCodeVersion: { Type: "BRANCH", Value: "main" },
            CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
          },
        },
        HealthCheckConfiguration: { Protocol: "TCP", Interval: 1, Timeout: 1 },
        Tags: [
          { Key: "slipway:dockerfile", Value: "Dockerfile" },
          { Key: "slipway:build-secrets", Value: `token=${arns.get("build")}` },
        ],
      }),
    );
    sourceService = Service as ServiceView;
    const first = await ended(sourceService.ServiceArn);
    expect(first, JSON.stringify(first)).toMatchObject({ Status: "SUCCEEDED" });
    await commit("; setTimeout(() => { throw new Error(v) }, 300)");
    await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: sourceService.ServiceArn }));
    const operation = await ended(sourceService.ServiceArn);
    expect(operation).toMatchObject({ Cause: { Phase: "build" } });
    expect(JSON.stringify(operation)).toContain("plain *** ***");
    // A host that refuses the credential is told of with its address.
    rmSync(join(root, "webs.git"), { recursive: true });
    await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: sourceService.ServiceArn }));
    expect(await ended(sourceService.ServiceArn)).toMatchObject({ Cause: { Class: "source" } });
  },
);

async function commit(ending: string): Promise<void> {
  const script = printer("require('fs').readFileSync('/run/secrets/token', 'utf8')") + ending;
  await repository.commit({
    Dockerfile: [
      `FROM ${images.app}`,
      // A step from the cache of an earlier run would say nothing.
      `ENV TEST_RUN=${randomBytes(6).toString("hex")}`,
      `RUN --mount=type=secret,id=token ${JSON.stringify(["/node", "-e", script])}`,
      'CMD ["/node", "/app/server.js"]',
      "",
    ].join("\n"),
    "apprunner.yaml": `version: 1.0\nruntime: nodejs22\nrun:\n  command: unused\n  secrets: [{name: DB, value-from: "${arns.get("source")}"}]\n`,
  });
}

it("users' keys, webhooks and the master key are used, also wrongly", { timeout: BUILD_MS }, async () => {
  const client = slipway.client();
  const { SourceWatch: watch } = await client.call("Slipway.RotateWebhookSecret", {
    ServiceArn: sourceService.ServiceArn,
  });
  const secret = watch.WebhookSecret;
  cores.set("secret of a webhook", secret);
  const headers = { "x-gitea-event": "push", "x-gitea-signature": secret };
  const refused = await fetch(watch.WebhookUrl, { method: "POST", headers, body: "{}" });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  said.push(await refused.text());
  await slipway.awsOf("iam", ["create-user", "--user-name", "ada"]);
  const { AccessKey } = await slipway.awsOf<{ AccessKey: { SecretAccessKey: string } }>("iam", [
    "create-access-key",
    "--user-name",
    "ada",
  ]);
  cores.set("key of a user", AccessKey.SecretAccessKey);
  const master = () =>
    Buffer.from(readFileSync(join(slipway.stateDirectory, "master.key"), "utf8"), "base64");
  const before = master();
  said.push(await slipway.slipway(["vault", "rotate"]));
  for (const [name, key] of [
    ["old master key", before],
    ["master key", master()],
  ] as const) {
    cores.set(name, key.toString("hex"));
    cores.set(`${name} in base64`, key.toString("base64"));
  }
});

it("none of it is anywhere", { timeout: 60_000 }, async () => {
  said.push(...(await toldByTheApi()));
  const output = await slipway.slipway(["logs", "shop"]);
  // The forms were printed and hidden, or the search would find nothing for another reason.
  for (const form of ["plain ***", '{"v":"***', "http://x/?v=***", "Authorization: Basic ", "half ***"]) {
    expect(output).toContain(form);
  }
  clearInterval(watching);
  const written = new Map([
    ["what was said", said.join("\n")],
    ["processes", seenOfProcesses.join("\n")],
    ["containers", await inspected("container", await slipway.containers())],
    ["images", await imagesBuilt()],
    ...filesOfState(),
  ]);
  expect(written.get("serve.log")).toContain("control plane started");
  const found: string[] = [];
  for (const [where, text] of written) {
    for (const [name, core] of cores) if (holds(text, formsOf(core))) found.push(`${name} in ${where}`);
  }
  expect(found).toEqual([]);
});

/** What it tells of all services, and every line of every log. */
async function toldByTheApi(): Promise<readonly string[]> {
  const client = slipway.client();
  const answers: object[] = [
    await client.call("secretsmanager.ListSecrets", {}),
    await client.call("Slipway.LookupEvents", {}),
    await client.call("Slipway.ListEvents", {}),
    await client.call("Slipway.RunDoctor", {}),
    await client.call("Slipway.GetVaultStatus", {}),
  ];
  for (const ServiceArn of await slipway.serviceArns()) {
    answers.push(
      await client.call("AppRunner.DescribeService", { ServiceArn }),
      await client.call("AppRunner.ListOperations", { ServiceArn }),
      await client.call("Slipway.ListReleases", { ServiceArn }),
      await client.call("Slipway.ListInstances", { ServiceArn }),
      await client.call("Slipway.ExplainService", { ServiceArn }),
    );
  }
  for (const { logGroupName } of (await client.call("Logs_20140328.DescribeLogGroups", {})).logGroups) {
    const { logStreams } = await client.call("Logs_20140328.DescribeLogStreams", { logGroupName });
    for (const { logStreamName } of logStreams) {
      answers.push(await client.call("Logs_20140328.GetLogEvents", { logGroupName, logStreamName }));
    }
  }
  return answers.map((answer) => JSON.stringify(answer));
}

/** As it is, and in base64 at each of the places within three bytes that it may begin at. */
function formsOf(core: string): readonly string[] {
  const shifted = ["", "x", "xy"].map((before) => base64(before + core).slice(4, -4));
  return [core, ...shifted];
}

function holds(text: string, forms: readonly string[]): boolean {
  return forms.some((form) => text.includes(form));
}

/** All but those that hold a key by design. */
function filesOfState(): readonly (readonly [string, string])[] {
  const own = /^(master\.key(\.old-.*)?|credentials)$/;
  return filesUnder(slipway.stateDirectory)
    .map((path) => [relative(slipway.stateDirectory, path), path] as const)
    .filter(([name]) => !own.test(name))
    .map(([name, path]) => [name, textOf(path)] as const);
}

function textOf(path: string): string {
  const bytes = bytesOf(path);
  const isPacked = path.endsWith(".zst") && bytes.length > 0;
  return (isPacked ? zstdDecompressSync(bytes) : bytes).toString("latin1");
}

/** Without what is in the environment of instances on purpose. */
async function inspected(kind: "container" | "image", names: readonly string[]): Promise<string> {
  const { stdout } = await run("docker", ["inspect", "--type", kind, ...names], { maxBuffer: 2 ** 26 });
  const found = JSON.parse(stdout) as { readonly Config?: { Env?: unknown } }[];
  if (kind === "container") for (const { Config } of found) delete Config?.Env;
  return JSON.stringify(found);
}

/** Configuration, history and every file of every layer of what was built here. */
async function imagesBuilt(): Promise<string> {
  const owner = slipway.info()["InstallationId"] ?? "";
  const listed = await run("docker", [
    "images",
    "-q",
    "--no-trunc",
    "--filter",
    `label=slipway.built-by=${owner}`,
  ]);
  const ids = [...new Set(listed.stdout.split("\n").filter((id) => id !== ""))];
  expect(ids).not.toEqual([]);
  const { stdout: history } = await run("docker", ["history", "--no-trunc", ids[0] ?? ""]);
  return [await inspected("image", ids), history, await layersOf(ids[0] ?? "")].join("\n");
}

/** But for the base image's, which was there before any canary and is large. */
async function layersOf(image: string): Promise<string> {
  const { stdout } = await run("docker", ["save", image], { maxBuffer: 2 ** 30, encoding: "buffer" });
  const texts: string[] = [];
  for await (const entry of Readable.from([stdout]).pipe(extract())) {
    if ((entry.header.size ?? 0) < LAYER_BYTES_MAX) texts.push((await buffer(entry)).toString("latin1"));
    else entry.resume();
  }
  return texts.join("\n");
}

/** Command lines of all, and the environment of those that are in no container. */
function processes(): readonly string[] {
  const forms = [...cores.values()].flatMap(formsOf);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const isInstance = /docker|slipway/.test(wordsOf(pid, "cgroup"));
      const words = [wordsOf(pid, "cmdline"), isInstance ? "" : environmentOf(pid)];
      return words.filter((text) => holds(text, forms));
    });
}

/** But for where a git process has its credential. */
function environmentOf(pid: string): string {
  const variables = wordsOf(pid, "environ").split("\0");
  return variables.filter((variable) => !variable.startsWith("SLIPWAY_GIT_PASSWORD=")).join("\0");
}

function wordsOf(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}
