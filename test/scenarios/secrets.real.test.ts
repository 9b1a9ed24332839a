/** Secrets and parameters with the distribution's AWS CLI, and that what they hold is nowhere to be read. */
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartDeploymentCommand } from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, listOperations, sdk, waitForStatus } from "../support/service.ts";
import { bytesOf, filesUnder } from "../support/state-files.ts";

let slipway: Installation;
let images: TestImages;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create();
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await images.remove();
});

const secrets = <Output = Record<string, unknown>>(...args: string[]) =>
  slipway.awsOf<Output>("secretsmanager", args);
const parameters = <Output = Record<string, unknown>>(...args: string[]) =>
  slipway.awsOf<Output>("ssm", args);

describe("the AWS CLI", () => {
  it("takes a secret through its whole life", async () => {
    const created = await secrets<{ ARN: string }>(
      "create-secret",
      "--name",
      "shop/db",
      "--secret-string",
      '{"user":"ada"}',
      "--description",
      "of the shop",
      "--tags",
      "Key=team,Value=shop",
    );
    expect(created.ARN).toMatch(/:secret:shop\/db-[A-Za-z0-9]{6}$/);
    await secrets("put-secret-value", "--secret-id", "shop/db", "--secret-string", '{"user":"eve"}');
    const read = (...more: string[]) => secrets("get-secret-value", "--secret-id", created.ARN, ...more);
    expect(await read()).toMatchObject({ SecretString: '{"user":"eve"}', VersionStages: ["AWSCURRENT"] });
    const previous = await read("--version-stage", "AWSPREVIOUS");
    expect(previous).toMatchObject({ SecretString: '{"user":"ada"}' });
    const listed = await secrets<{ SecretList: { Name: string; Description: string; Tags: unknown }[] }>(
      "list-secrets",
      "--filters",
      "Key=name,Values=shop/",
    );
    expect(listed.SecretList).toMatchObject([
      { Name: "shop/db", Description: "of the shop", Tags: [{ Key: "team", Value: "shop" }] },
    ]);
    const ids = await secrets<{ Versions: unknown[] }>("list-secret-version-ids", "--secret-id", "shop/db");
    expect(ids.Versions).toHaveLength(2);
    await secrets("delete-secret", "--secret-id", "shop/db", "--recovery-window-in-days", "7");
    await expect(read()).rejects.toThrow(/InvalidRequestException.*marked for deletion/);
    await secrets("restore-secret", "--secret-id", "shop/db");
    expect(await read()).toMatchObject({ SecretString: '{"user":"eve"}' });
    await secrets("delete-secret", "--secret-id", "shop/db", "--force-delete-without-recovery");
    await expect(read()).rejects.toThrow(/ResourceNotFoundException/);
  });

  it("takes bytes from a file and gives the same back", async () => {
    const file = join(tmpdir(), `slipway-bytes-${process.pid}`);
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    writeFileSync(file, bytes, { mode: 0o600 });
    try {
      await secrets("create-secret", "--name", "bytes", "--secret-binary", `fileb://${file}`);
    } finally {
      rmSync(file);
    }
    const { SecretBinary } = await secrets<{ SecretBinary: string }>(
      "get-secret-value",
      "--secret-id",
      "bytes",
    );
    expect(Buffer.from(SecretBinary, "base64").equals(bytes)).toBe(true);
  });

  it("takes parameters through their whole life", async () => {
    const put = (name: string, value: string, ...more: string[]) =>
      parameters("put-parameter", "--name", name, "--value", value, ...more);
    await put("/shop/host", "db.internal", "--type", "String");
    await put("/shop/password", "first", "--type", "SecureString");
    expect(await put("/shop/password", "second", "--overwrite")).toMatchObject({ Version: 2 });
    const get = (name: string, ...more: string[]) =>
      parameters<{ Parameter: { Value: string } }>("get-parameter", "--name", name, ...more);
    expect((await get("/shop/password")).Parameter.Value).not.toBe("second");
    expect((await get("/shop/password", "--with-decryption")).Parameter.Value).toBe("second");
    expect((await get("/shop/password:1", "--with-decryption")).Parameter.Value).toBe("first");
    const below = await parameters<{ Parameters: { Name: string }[] }>(
      "get-parameters-by-path",
      "--path",
      "/shop",
      "--page-size",
      "1",
    );
    expect(below.Parameters.map(({ Name }) => Name)).toEqual(["/shop/host", "/shop/password"]);
    const described = await parameters<{ Parameters: unknown[] }>(
      "describe-parameters",
      "--parameter-filters",
      "Key=Type,Values=SecureString",
    );
    expect(described.Parameters).toMatchObject([{ Name: "/shop/password", Version: 2, Tier: "Standard" }]);
    const history = await parameters<{ Parameters: unknown[] }>(
      "get-parameter-history",
      "--name",
      "/shop/password",
    );
    expect(history.Parameters).toHaveLength(2);
    await expect(put("/shop/host", "other", "--type", "String")).rejects.toThrow(/ParameterAlreadyExists/);
    const removed = await parameters("delete-parameters", "--names", "/shop/host", "/shop/password", "none");
    expect(removed).toMatchObject({
      DeletedParameters: ["/shop/host", "/shop/password"],
      InvalidParameters: ["none"],
    });
    await expect(get("/shop/host")).rejects.toThrow(/ParameterNotFound/);
  });
});

describe("the slipway command", () => {
  it("stores a value, shows it only when asked to, deletes and restores it", async () => {
    const file = join(tmpdir(), `slipway-value-${process.pid}`);
    writeFileSync(file, "hunter2\n", { mode: 0o600 });
    const run = async (...args: string[]) => slipway.slipway(["secrets", ...args]);
    try {
      const arn = await run("set", "by-command", "--file", file);
      expect(arn.trim()).toMatch(/:secret:by-command-[A-Za-z0-9]{6}$/);
    } finally {
      rmSync(file);
    }
    expect(await run("show", "by-command", "--reveal")).toBe("hunter2\n\n");
    for (const shown of [await run(), await run("show", "by-command")]) {
      expect(shown).toContain("by-command");
      expect(shown).not.toContain("hunter2");
    }
    await run("rm", "by-command");
    await expect(run("show", "by-command", "--reveal")).rejects.toThrow(/marked for deletion/);
    await run("restore", "by-command");
    await run("rm", "by-command", "--now", "--yes");
    await expect(run("show", "by-command")).rejects.toThrow(/can't find the specified secret/);
  });
});

describe("a service", () => {
  it("gets what its references mean at a deployment, and keeps that until the next", async () => {
    const first = '{"user":"ada","port":5432}';
    const { ARN: arn } = await secrets<{ ARN: string }>(
      "create-secret",
      "--name",
      "service/db",
      "--secret-string",
      first,
    );
    const put = ["put-parameter", "--name", "/service/greeting", "--type", "SecureString", "--value"];
    await parameters(...put, "hello");
    const created = await createService(slipway, {
      name: "with-secrets",
      image: images.app,
      startCommand: "/node /app/server.js",
      secrets: { WHOLE: arn, PORT_OF_DB: `${arn}:port::`, GREETING: "/service/greeting" },
    });
    const { ServiceUrl: url } = await waitForStatus(slipway, created.ServiceArn, "RUNNING");
    const environment = async () =>
      JSON.parse((await slipway.fetch(url, "/env")).body) as Readonly<Record<string, string>>;
    expect(await environment()).toMatchObject({ WHOLE: first, PORT_OF_DB: "5432", GREETING: "hello" });

    await secrets("put-secret-value", "--secret-id", arn, "--secret-string", '{"port":"6543"}');
    await parameters(...put, "good day", "--overwrite");
    expect(await environment()).toMatchObject({ PORT_OF_DB: "5432", GREETING: "hello" });
    const redeploy = async () => {
      await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: created.ServiceArn }));
      await waitForStatus(slipway, created.ServiceArn, "RUNNING");
    };
    await redeploy();
    expect(await environment()).toMatchObject({ PORT_OF_DB: "6543", GREETING: "good day" });

    await secrets("delete-secret", "--secret-id", arn);
    await redeploy();
    expect(await environment()).toMatchObject({ PORT_OF_DB: "6543", GREETING: "good day" });
    const [last] = await listOperations(slipway, created.ServiceArn);
    expect(last).toMatchObject({ Type: "START_DEPLOYMENT", Status: "ROLLBACK_SUCCEEDED" });
  });
});

describe("a value", () => {
  /** Long enough that it is nowhere by chance, short enough for every refusal to be able to quote it. */
  const canary = "Kanarienvogel-7f3a9c";
  const forms = [
    canary,
    Buffer.from(canary).toString("base64").slice(0, 24),
    Buffer.from(canary).toString("hex"),
  ];
  /** What may be read: that it is found shows that the search can find. */
  const visible = "Beschreibung-7f3a9c";
  const messages: string[] = [];

  async function refused(attempt: Promise<unknown>): Promise<void> {
    const error = await attempt.then(
      () => null,
      (thrown: { readonly stderr?: string }) => thrown,
    );
    expect(error?.stderr).toMatch(/An error occurred/);
    messages.push(error?.stderr ?? "");
  }

  it("is in no file of the installation and in no error, whatever is done with it", async () => {
    const token = ["--client-request-token", "1".repeat(32)];
    const put = (...more: string[]) => parameters("put-parameter", "--name", "/canary", ...more);
    const described = ["--description", visible, ...token];
    await secrets("create-secret", "--name", "canary", "--secret-string", canary, ...described);
    await secrets("update-secret", "--secret-id", "canary", "--secret-string", `{"key":"${canary}"}`);
    const again = ["put-secret-value", "--secret-id", "canary", ...token];
    await refused(secrets(...again, "--secret-string", `${canary}!`));
    await refused(secrets("create-secret", "--name", "canary", "--secret-string", canary));
    await refused(secrets("create-secret", "--name", "large", "--secret-string", canary.repeat(5000)));
    await refused(
      secrets("put-secret-value", "--secret-id", "none", "--secret-string", canary, "--version-stages", "A"),
    );
    await put("--type", "SecureString", "--value", canary);
    await put("--type", "SecureString", "--value", `${canary}2`, "--overwrite");
    await refused(put("--type", "String", "--value", canary, "--overwrite"));
    await refused(put("--value", canary, "--overwrite", "--allowed-pattern", "^[0-9]+$"));
    await refused(put("--value", canary.repeat(450), "--overwrite"));
    const plain = ["put-parameter", "--name", "/plain", "--type", "String", "--value", canary];
    await parameters(...plain);
    await refused(parameters(...plain));

    const service = await createService(slipway, {
      name: "canary",
      image: images.app,
      startCommand: "/node /app/server.js",
      secrets: { CANARY: "/canary" },
    });
    const { ServiceUrl: url } = await waitForStatus(slipway, service.ServiceArn, "RUNNING");
    expect((await slipway.fetch(url, "/env")).body).toContain(canary);
    const broken = await createService(slipway, {
      name: "broken-canary",
      image: images.app,
      startCommand: "/node /app/none.js",
      secrets: { CANARY: "/canary" },
    });
    await waitForStatus(slipway, broken.ServiceArn, "CREATE_FAILED");

    await slipway.kill();
    await slipway.start();
    const { SecretString } = await secrets<{ SecretString: string }>(
      "get-secret-value",
      "--secret-id",
      "canary",
    );
    expect(SecretString).toContain(canary);

    expect(filesWith(["api.request"])).toContain(slipway.logFile);
    expect(filesWith([visible]).join()).toContain("slipway.db");
    expect(filesWith(forms)).toEqual([]);
    expect(messages).toHaveLength(8);
    for (const message of messages) for (const form of forms) expect(message).not.toContain(form);
  });
});

/** Files of the installation that hold one of the texts. */
function filesWith(texts: readonly string[]): readonly string[] {
  return filesUnder(slipway.stateDirectory).filter((path) => {
    const bytes = bytesOf(path);
    return texts.some((text) => bytes.includes(text));
  });
}
