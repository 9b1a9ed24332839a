/** Secrets in the environment: looked up once by a deployment, and the very same at every start of its release. */
import { describe, expect, it } from "vitest";
import type { ServiceConfiguration } from "../domain/service.ts";
import { IMAGE, REPOSITORY, World, aCodeConfiguration, aConfiguration } from "./testing/world.ts";

const REFERENCE = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf";
const never = new AbortController().signal;

async function aWorld(): Promise<World> {
  const world = new World();
  world.secrets.put(REFERENCE, "first");
  world.sourceCode.push(REPOSITORY);
  await world.boot();
  return world;
}

async function create(world: World, configuration = withSecret()) {
  const { service, operationId } = await world.commands.create({ name: "web1", configuration, tags: [] });
  await world.advance(5_000);
  return { id: service.id, operationId };
}

function withSecret(environmentSecrets: Readonly<Record<string, string>> = { DB_URL: REFERENCE }) {
  return aConfiguration({ environment: { MODE: "a" }, environmentSecrets });
}

/** As a build finds it in `apprunner.yaml`. */
async function aWorldWithFile(): Promise<World> {
  const world = await aWorld();
  world.environmentSecretsOfFile = { DB_URL: REFERENCE };
  return world;
}

async function environments(world: World) {
  const containers = await world.containers.listInstances(never);
  return containers.map(({ instanceId }) => world.containers.specOf(instanceId).environment);
}

function count(world: World, call: string): number {
  return world.secrets.calls.filter((one) => one.startsWith(call)).length;
}

/** Everything that is written down. */
async function records(world: World, id: string, operationId: string | null): Promise<string> {
  const release = await world.store.releases.get(id, 1);
  const operation = await world.operation(id, operationId);
  return JSON.stringify([release, operation, world.events(id), world.details(id, operationId ?? "")]);
}

describe("a service with secrets", () => {
  it("gives their values to its instances beside its variables, and writes them nowhere", async () => {
    const world = await aWorld();
    const journal: unknown[] = [];
    world.onJournal = (entry) => void journal.push(entry);
    const { id, operationId } = await create(world);
    expect(await environments(world)).toEqual([{ MODE: "a", DB_URL: "first", PORT: "8080" }]);
    const pinned = { DB_URL: { reference: REFERENCE, versionId: "1" } };
    expect(await world.store.releases.get(id, 1)).toMatchObject({ secrets: pinned });
    expect(world.details(id, operationId)).toContain("[AppRunner] Looked up the secret of DB_URL.");
    expect(await records(world, id, operationId)).not.toContain("first");
    expect(JSON.stringify(journal)).not.toContain("first");
  });

  it("gives a new instance what was deployed, though there is a newer version", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    world.secrets.put(REFERENCE, "second");
    const [first] = await world.instances(id);
    world.containers.exitInstance(first?.id ?? "", { exitCode: 1, isSilent: false });
    await world.advance(10_000);
    await world.commands.pause(id);
    await world.advance(200_000);
    await world.commands.resume(id);
    await world.advance(10_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
    expect(count(world, "resolve")).toBe(1);
  });

  it("gets the new version with the next deployment, and the old one again with a rollback", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    world.secrets.put(REFERENCE, "second");
    await world.commands.startDeployment(id);
    await world.advance(200_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "second" }]);
    await world.commands.rollBack(id, null);
    await world.advance(200_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
    expect(count(world, "resolve")).toBe(2);
  });

  it("looks up what a file of the source code names, also when its build is kept", async () => {
    const world = await aWorldWithFile();
    const { id } = await create(world, aCodeConfiguration());
    expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
    expect(await world.store.releases.get(id, 1)).toMatchObject({
      secrets: { DB_URL: { versionId: "1" } },
    });
    world.secrets.put(REFERENCE, "second");
    await world.commands.update(id, (present) => ({
      ...present,
      instance: { cpu: "512", memory: "1024" },
    }));
    await world.advance(200_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "second" }]);
    expect(world.builder.requests).toHaveLength(1);
  });

  it("has what its instances get hidden from the log of its build, as far as it is there", async () => {
    const world = await aWorldWithFile();
    await create(world, aCodeConfiguration());
    const [request] = world.builder.requests;
    expect(await request?.maskedValues()).toEqual(["first"]);
    world.secrets.drop(REFERENCE);
    expect(await request?.maskedValues()).toEqual([]);
    world.secrets.outage = new Error("the database is away");
    await expect(request?.maskedValues()).rejects.toThrow("away");
  });

  it("is refused what a file names, where whoever gave it its source may not read all and no role decides", async () => {
    const world = await aWorldWithFile();
    const untrusted = { ...aCodeConfiguration(), refusesFileSecrets: true } as const;
    const { id, operationId } = await create(world, untrusted);
    expect((await world.operation(id, operationId))?.cause?.message).toContain(
      `apprunner.yaml names the secret ${REFERENCE}, and the service has no instance role`,
    );
    expect(world.secrets.calls).toEqual([]);
    const withoutSecrets = await aWorld();
    await create(withoutSecrets, untrusted);
    expect(await environments(withoutSecrets)).toMatchObject([{ PORT: "8080" }]);
  });

  it("gets the old version with a rollback also where a file names it, without a build", async () => {
    const world = await aWorldWithFile();
    const { id } = await create(world, aCodeConfiguration());
    world.secrets.put(REFERENCE, "second");
    await world.commands.startDeployment(id);
    await world.advance(200_000);
    await world.commands.rollBack(id, null);
    await world.advance(200_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
    expect(world.builder.requests).toHaveLength(2);
    expect(count(world, "resolve")).toBe(2);
  });

  it("looks up what the API names before it builds", async () => {
    const world = await aWorld();
    const { id, operationId } = await create(world, code({ DB_URL: "nosuch" }));
    expect(world.builder.requests).toEqual([]);
    expect(await world.operation(id, operationId)).toMatchObject({ cause: { class: "secret" } });
  });
});

function code(environmentSecrets: Readonly<Record<string, string>>): ServiceConfiguration {
  const values = {
    runtime: "NODEJS_22",
    buildCommand: null,
    startCommand: "node a.js",
    port: "3000",
    environment: {},
    environmentSecrets,
  };
  return aCodeConfiguration({ configurationSource: "API", values });
}

describe("a secret that cannot be had", () => {
  it("fails the deployment with the variable and the reference, and what ran goes on", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    const { operationId } = await world.commands.update(id, () => withSecret({ API_KEY: "nosuch" }));
    await world.advance(5_000);
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      releaseNumber: null,
      cause: {
        phase: "secrets",
        class: "secret",
        message: "The variable API_KEY cannot be set: There is no secret nosuch. Create it first.",
      },
    });
    expect(await world.service(id)).toMatchObject({ status: "RUNNING", activeReleaseNumber: 1 });
    expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
    const told = "Failure reason : The variable API_KEY cannot be set";
    expect(world.events(id).join("\n")).toContain(told);
    const details = world.details(id, operationId ?? "").filter((line) => line.includes("API_KEY"));
    expect(details).toEqual([expect.stringContaining(told)]);
  });

  it("fails the deployment before anything is built when a file names it", async () => {
    const world = await aWorldWithFile();
    world.secrets.drop(REFERENCE);
    const { id, operationId } = await create(world, aCodeConfiguration());
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "FAILED",
      cause: { phase: "secrets", class: "secret", message: expect.stringContaining("DB_URL") as string },
    });
    expect(await world.service(id)).toMatchObject({ status: "CREATE_FAILED" });
    expect(world.details(id, operationId)).not.toContain("[Build] building");
  });

  it("fails the deployment when its value cannot be a variable", async () => {
    const world = await aWorld();
    world.secrets.put("binary", "a\0b");
    const { id, operationId } = await create(world, withSecret({ KEY: "binary" }));
    expect((await world.operation(id, operationId)).cause?.message).toBe(
      "The variable KEY cannot be set: The secret binary does not fit: a value must not hold NUL.",
    );
  });

  it("fails the deployment when all of them are more than a process can be given", async () => {
    const world = await aWorld();
    world.secrets.put("large", "x".repeat(65_536));
    const names = Array.from({ length: 8 }, (_, index) => `KEY_${index}`);
    const { id, operationId } = await create(
      world,
      withSecret(Object.fromEntries(names.map((name) => [name, "large"]))),
    );
    expect((await world.operation(id, operationId)).cause?.message).toBe(
      "The variable KEY_7 cannot be set: The secret large does not fit: the secrets up to this one have 524336 bytes in all and may have 524288.",
    );
  });

  it("fails a rollback whose versions are gone before anything starts", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    world.secrets.drop(REFERENCE);
    world.secrets.put(REFERENCE, "second");
    await world.commands.startDeployment(id);
    await world.advance(200_000);
    const { operationId } = await world.commands.rollBack(id, null);
    await world.advance(5_000);
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      cause: { phase: "secrets", class: "secret" },
    });
    expect(await environments(world)).toMatchObject([{ DB_URL: "second" }]);
  });

  it("keeps an instance from being started, says so once, and is tried again", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    world.secrets.drop(REFERENCE);
    const [first] = await world.instances(id);
    world.containers.exitInstance(first?.id ?? "", { exitCode: 1, isSilent: false });
    await world.advance(120_000);
    const said = `[AppRunner] An instance could not be started: the variable DB_URL cannot be set: There is no secret ${REFERENCE}. Create it first.`;
    expect(world.events(id).filter((line) => line === said)).toHaveLength(1);
    expect(count(world, "read")).toBeGreaterThan(4);
    expect(await environments(world)).toEqual([]);
  });

  it("fails what brings its release into traffic when it is gone only then", async () => {
    const world = await aWorld();
    world.onJournal = ({ step, status }) => {
      if (step === "pinSecrets" && status === "done") world.secrets.drop(REFERENCE);
    };
    const { id, operationId } = await create(world);
    const cause = {
      phase: "provision",
      class: "secret",
      message: `The variable DB_URL cannot be set: There is no secret ${REFERENCE}. Create it first.`,
    };
    expect(await world.operation(id, operationId)).toMatchObject({ status: "FAILED", cause });
  });

  it("fails a resume, and the service stays paused", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    await world.commands.pause(id);
    await world.advance(200_000);
    world.secrets.drop(REFERENCE);
    const { operationId } = await world.commands.resume(id);
    await world.advance(5_000);
    expect(await world.operation(id, operationId)).toMatchObject({
      status: "FAILED",
      cause: { phase: "provision", class: "secret" },
    });
    expect(await world.service(id)).toMatchObject({ status: "PAUSED" });
  });

  it("is asked for again while nobody can read secrets, and fails the deployment in the end", async () => {
    const world = await aWorld();
    world.secrets.outage = new Error("the database is locked");
    const { id, operationId } = await create(world);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "IN_PROGRESS", phase: "secrets" });
    world.secrets.outage = null;
    await world.advance(15_000);
    expect(await world.operation(id, operationId)).toMatchObject({ status: "SUCCEEDED" });
    world.secrets.outage = new Error("the database is locked");
    const next = await world.commands.startDeployment(id);
    await world.advance(90_000);
    expect(await world.operation(id, next.operationId)).toMatchObject({
      status: "ROLLBACK_SUCCEEDED",
      cause: {
        phase: "secrets",
        class: "secret",
        message: 'The step "secrets" took longer than 60 s. Last problem: The database is locked.',
      },
    });
  });
});

it("a crash in the step that looks secrets up does no harm", async () => {
  const world = await aWorld();
  let hasDied = false;
  world.onJournal = ({ step }) => {
    if (step !== "pinSecrets" || hasDied) return;
    hasDied = true;
    world.kill();
  };
  const { service } = await world.commands.create({
    name: "web1",
    configuration: withSecret(),
    tags: [],
  });
  await world.settle();
  expect(world.isDead).toBe(true);
  await world.boot();
  await world.advance(5_000);
  expect(await world.service(service.id)).toMatchObject({ status: "RUNNING" });
  expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
});

it("an image's own configuration without secrets looks nothing up", async () => {
  const world = await aWorld();
  const { id } = await create(world, aConfiguration({ imageIdentifier: IMAGE }));
  expect(world.secrets.calls).toEqual([]);
  expect(await world.service(id)).toMatchObject({ status: "RUNNING" });
});

describe("the role of a service", () => {
  const ROLE = "arn:aws:iam::000000000000:role/shop";
  const BUILD_REFERENCE = `${REFERENCE}-of-the-build`;
  const withRole = (configuration: ServiceConfiguration): ServiceConfiguration => ({
    ...configuration,
    instance: { ...configuration.instance, instanceRoleArn: ROLE },
  });

  it("is asked by each deployment, and by no start of an instance", async () => {
    const world = await aWorld();
    const { id } = await create(world, withRole(withSecret()));
    expect(world.secretAccess.asked).toEqual([`${ROLE} ${REFERENCE}`]);
    world.secretAccess.denied.add(`${ROLE} ${REFERENCE}`);
    const [first] = await world.instances(id);
    world.containers.exitInstance(first?.id ?? "", { exitCode: 1, isSilent: false });
    await world.advance(10_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
    const { operationId } = await world.commands.startDeployment(id);
    await world.advance(200_000);
    expect(await world.operation(id, operationId)).toMatchObject({
      cause: {
        phase: "secrets",
        class: "secret",
        message: `The variable DB_URL cannot be set: The secret ${REFERENCE} cannot be read: ${ROLE} is not authorized.`,
      },
    });
    expect(await environments(world)).toMatchObject([{ DB_URL: "first" }]);
  });

  it("must allow what a rollback brings back", async () => {
    const world = await aWorld();
    const { id } = await create(world, withRole(withSecret()));
    await world.commands.startDeployment(id);
    await world.advance(200_000);
    world.secretAccess.denied.add(`${ROLE} ${REFERENCE}`);
    const { operationId } = await world.commands.rollBack(id, null);
    await world.advance(200_000);
    expect(await world.operation(id, operationId)).toMatchObject({ cause: { class: "secret" } });
  });

  it("must allow the secrets of a build", async () => {
    const world = await aWorld();
    world.secrets.put(BUILD_REFERENCE, "token");
    world.secretAccess.denied.add(`${ROLE} ${BUILD_REFERENCE}`);
    const tags = [{ key: "slipway:build-secrets", value: `npm=${BUILD_REFERENCE}` }];
    const configuration = withRole(aCodeConfiguration());
    const { service, operationId } = await world.commands.create({ name: "web1", configuration, tags });
    await world.advance(5_000);
    expect(await world.operation(service.id, operationId)).toMatchObject({
      cause: { phase: "build", class: "secret" },
    });
    expect(world.builder.requests).toEqual([]);
  });

  it("lets its instances, and no others, through the door; what the user set wins", async () => {
    const world = await aWorld();
    const { id } = await create(world, withRole(withSecret()));
    const [row] = await world.instances(id);
    const spec = world.containers.specOf(row?.id ?? "");
    expect(spec.reachesDoor).toBe(true);
    expect(spec.environment).toMatchObject({ AWS_CONTAINER_AUTHORIZATION_TOKEN: `token of ${row?.id}` });
    const environment = { AWS_CONTAINER_AUTHORIZATION_TOKEN: "mine" };
    await world.commands.update(id, () => withRole(aConfiguration({ environment })));
    await world.advance(200_000);
    expect(await environments(world)).toEqual([{ ...environment, PORT: "8080" }]);
    await world.commands.update(id, () => aConfiguration());
    await world.advance(200_000);
    expect(await environments(world)).toEqual([{ PORT: "8080" }]);
  });

  it("is nobody where there is none: who named the secrets was asked then", async () => {
    const world = await aWorld();
    await create(world);
    expect(world.secretAccess.asked).toEqual([]);
  });
});

describe("a deployment because of new values", () => {
  const trigger = { by: "rotation", variables: ["DB_URL"], secretVersions: "2" } as const;

  it("keeps the image, though its tag has moved on, and says why", async () => {
    const world = await aWorld();
    const { id } = await create(world);
    const before = await world.store.releases.get(id, 1);
    world.secrets.put(REFERENCE, "second");
    world.containers.addLocalImage(IMAGE);
    const { operationId } = await world.commands.startDeployment(id, trigger);
    await world.advance(200_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "second" }]);
    expect(await world.store.releases.get(id, 2)).toMatchObject({ imageId: before?.imageId });
    expect(world.events(id)).toContain(
      "[AppRunner] The secret of DB_URL changed: the service is deployed anew with the new values.",
    );
    expect(await world.operation(id, operationId)).toMatchObject({ type: "START_DEPLOYMENT", trigger });
  });

  it("keeps the build, though the branch has moved on", async () => {
    const world = await aWorldWithFile();
    const { id } = await create(world, aCodeConfiguration());
    world.secrets.put(REFERENCE, "second");
    world.sourceCode.push(REPOSITORY);
    await world.commands.startDeployment(id, trigger);
    await world.advance(200_000);
    expect(await environments(world)).toMatchObject([{ DB_URL: "second" }]);
    expect(world.builder.requests).toHaveLength(1);
  });
});
