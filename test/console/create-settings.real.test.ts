/**
 * The wizard's settings of networks, roles, keys and traces: each is chosen by clicks, of things that were made by clicks in the
 * tab beside, and then has the effect that it names, in the instance and at the listeners. And the health check that is tried by TCP.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import Docker from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { TestCollector } from "../support/collector.ts";
import { CreateWizard } from "../support/create-wizard.ts";
import { freePort } from "../support/free-port.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { buildHostileImage } from "../support/images/hostile.ts";
import { Installation } from "../support/installation.ts";
import { Registry } from "../support/registry.ts";
import { buildRoleAppImage, ROLE_APP_COMMAND, type RoleAppImage } from "../support/role-app-image.ts";
import { createService, describeService, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const START_MS = 120_000;
const TEST_MS = 120_000;
const RUNNING_MS = 30_000;
const SECRET = "nine-patient-herons-204";
/** An image of Perl, which is small to push, whose program answers every request. */
const GREETING = [
  "EXPOSE 8080",
  `CMD ${JSON.stringify(["/perl", "-e", 'socket S, 2, 1, 6; bind S, pack "S n N x8", 2, 8080, 0; listen S, 9; while (accept C, S) { sysread C, $_, 9999; syswrite C, "HTTP/1.0 200 OK\r\n\r\nguarded"; close C }'])}`,
];
/** Stops listening when it is asked to, and lives on. */
const DEAF = `/node -e "const s = require('http').createServer((q, r) => r.end(q.url === '/close' ? (s.close(), 'closed') : 'hears')).listen(8080)"`;

const docker = new Docker();
const database = `console-db-${process.pid}`;
let slipway: Installation;
let browser: ConsoleBrowser;
let wizard: CreateWizard;
let images: TestImages;
let app: RoleAppImage;
let directory: string;
let registry: Registry;
let postgres: Docker.Container;
let collector: TestCollector | null = null;
let collectorPort: number;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "slipway-create-"));
  images = await buildTestImages();
  app = await buildRoleAppImage(images.app);
  registry = await Registry.start(join(directory, "registry"));
  await registry.push(guarded(), await buildHostileImage(GREETING), "1");
  await docker.createNetwork({ Name: database, Driver: "bridge" });
  postgres = await docker.createContainer({
    Image: images.appImageId,
    Env: ["PORT=5432"],
    HostConfig: { NetworkMode: database },
    NetworkingConfig: { EndpointsConfig: { [database]: { Aliases: ["postgres"] } } },
  });
  await postgres.start();
  collectorPort = await freePort();
  slipway = await Installation.create({
    env: {
      SLIPWAY_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
      SLIPWAY_OTLP_INSTANCE_ENDPOINT: `http://${ownAddress()}:${collectorPort}`,
    },
  });
  guardRegistry();
  await slipway.start();
  browser = await ConsoleBrowser.open(slipway);
  wizard = new CreateWizard(browser, slipway);
}, START_MS);

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => slipway.remove(),
    () => postgres.remove({ force: true }),
    () => docker.getNetwork(database).remove(),
    () => registry.stop(),
    () => app.remove(),
    () => images.remove(),
    () => collector?.[Symbol.asyncDispose](),
    () => rmSync(directory, { recursive: true }),
    () => browser.expectNoComplaints(),
  );
}, START_MS);

const guarded = () => `${registry.host}/team/guarded:1`;

/** Only who has the access role `pulls` gets something of the registry. */
function guardRegistry(): void {
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, "anything", { mode: 0o600 });
  const registries = [{ host: registry.host, username: "shop", passwordFile, roles: ["pulls"] }];
  writeFileSync(join(slipway.stateDirectory, "settings.json"), JSON.stringify({ registries }));
}

/** An address of this machine that instances may be let to. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find(({ family, internal }) => family === "IPv4" && !internal);
  if (found === undefined) throw new Error("this machine has no address but loopback");
  return found.address;
}

const field = (name: string, page = browser.page) => page.getByRole("textbox", { name, exact: true });
/** Of a list that is empty the first: there the same button stands in the list, too. */
const press = (name: string, within: Locator | Page = browser.page) =>
  within.getByRole("button", { name, exact: true }).first().click();
const dialog = (page: Page) => page.getByRole("dialog");
const option = (name: string | RegExp, page = browser.page) => page.getByRole("option", { name });
const heading = (name: string) => browser.page.getByRole("heading", { level: 1, name, exact: true });

async function choose(list: RegExp, name: string | RegExp, page = browser.page): Promise<void> {
  await page.getByRole("button", { name: list }).click();
  await option(name, page).click();
}

/** What a form leads to for what is missing there. */
const elsewhere = (name: string) =>
  browser.tabOf(() => browser.page.getByRole("link", { name: `${name} (opens in a new tab)` }).click());

async function ask(service: ServiceView, path: string): Promise<Readonly<Record<string, string>>> {
  const { body } = await slipway.fetch(service.ServiceUrl, path);
  return JSON.parse(body) as Readonly<Record<string, string>>;
}

test(
  "an access role is made beside the wizard and chosen: the image is pulled with its credentials",
  async () => {
    const { page } = browser;
    await wizard.begin(guarded());
    await expectPage(page.getByText("credentials", { exact: false }).last()).toBeVisible();
    const tab = await elsewhere("Create role");
    await dialog(tab)
      .getByRole("radio", { name: /^Pulling images/ })
      .check();
    await field("Role name", tab).fill("pulls");
    await press("Create role", dialog(tab));
    await expectPage(tab.getByRole("heading", { level: 1, name: "pulls" })).toBeVisible();
    await tab.close();
    await expectPage(page.getByRole("button", { name: /^Access role.* pulls/ })).toBeVisible();
    await wizard.name("guarded");
    const service = await wizard.create("guarded");
    expect(service.SourceConfiguration?.AuthenticationConfiguration).toEqual({
      AccessRoleArn: "arn:aws:iam::000000000000:role/pulls",
    });
    expect((await slipway.fetch(service.ServiceUrl)).body).toBe("guarded");
  },
  TEST_MS,
);

test(
  "an instance role and a key are made beside the wizard and chosen: the secret is read, the log sealed",
  async () => {
    const { page } = browser;
    const client = slipway.client();
    await client.call("secretsmanager.CreateSecret", { Name: "shop/db", SecretString: SECRET });
    await wizard.begin(app.name);
    await wizard.name("sealed", ROLE_APP_COMMAND);
    await press("Add secret");
    await page.getByRole("textbox", { name: "Name", exact: true }).last().fill("DB");
    await page.getByRole("combobox", { name: "Secret or parameter" }).click();
    await option(/shop\/db/).click();

    await wizard.goTo("Networking and security");
    const reads = await elsewhere("Create role");
    await field("Role name", reads).fill("reads");
    await choose(/^Secrets it may read/, "shop/db", reads);
    await reads.keyboard.press("Escape");
    await press("Create role", dialog(reads));
    await expectPage(reads.getByRole("heading", { level: 1, name: "reads" })).toBeVisible();
    await reads.close();
    const keys = await elsewhere("Create key");
    await field("Alias", keys).fill("ours");
    await press("Create key", dialog(keys));
    await expectPage(keys.getByRole("heading", { level: 1, name: "ours" })).toBeVisible();
    await keys.close();
    // What was made there is chosen; a role is offered to those alone whom it trusts.
    await expectPage(page.getByRole("button", { name: /^Instance role.* reads/ })).toBeVisible();
    await page.getByRole("button", { name: /^Instance role/ }).click();
    await expectPage(option("reads")).toBeVisible();
    await expectPage(option("pulls")).toHaveCount(0);
    await option("reads").click();
    await expectPage(page.getByRole("button", { name: /^Encryption key.* alias\/ours/ })).toBeVisible();
    await browser.expectAccessible("Networking and security");
    const sealed = await wizard.create("sealed");

    const { Keys } = await client.call("Slipway.ListEncryptionKeys", {});
    const KmsKey = Keys[0]?.KeyArn ?? "";
    expect(sealed).toMatchObject({
      InstanceConfiguration: { InstanceRoleArn: "arn:aws:iam::000000000000:role/reads" },
      EncryptionConfiguration: { KmsKey },
    });
    expect(await ask(sealed, "/")).toMatchObject({
      db: SECRET,
      url: expect.stringContaining("credentials") as string,
    });
    expect(await ask(sealed, "/secret?id=shop/db")).toEqual({ value: SECRET });
    const logGroupName = `/aws/apprunner/sealed/${sealed.ServiceId}/service`;
    const read = () => client.call("Logs_20140328.FilterLogEvents", { logGroupName });
    expect((await read()).events).not.toEqual([]);
    await client.call("TrentService.DisableKey", { KeyId: KmsKey });
    await expect(read()).rejects.toThrow(KmsKey);
    await client.call("TrentService.EnableKey", { KeyId: KmsKey });
  },
  TEST_MS,
);

test(
  "a connector is made beside the wizard and chosen: the service reaches its network, and nothing else",
  async () => {
    const { page } = browser;
    await wizard.begin(images.app);
    await wizard.name("inside", "/node /app/server.js");
    await wizard.goTo("Networking and security");
    const chosen = page.getByRole("radio", { name: "What a VPC connector leads to" });
    await expectPage(chosen).toBeDisabled();
    const tab = await elsewhere("Create connector");
    await makeConnector(tab);
    await tab.close();
    await expectPage(chosen).toBeChecked();
    await expectPage(page.getByRole("button", { name: /^VPC connector database, revision 1/ })).toBeVisible();
    await browser.expectAccessible("Networking and security");
    const inside = await wizard.create("inside");

    const { VpcConnectors } = await slipway.client().call("AppRunner.ListVpcConnectors", {});
    expect(inside.NetworkConfiguration?.EgressConfiguration).toEqual({
      EgressType: "VPC",
      VpcConnectorArn: VpcConnectors[0]?.VpcConnectorArn,
    });
    const reach = async (host: string, port: number) =>
      (await ask(inside, `/connect?host=${host}&port=${port}`))["result"];
    expect(await reach("postgres", 5432)).toBe("connected");
    expect(await reach("postgres", 80)).not.toBe("connected");
    expect(await reach("10.0.0.1", 80)).toBe("ECONNREFUSED");
  },
  TEST_MS,
);

async function makeConnector(tab: Page): Promise<void> {
  await press("Create network", dialog(tab));
  await field("Name", tab).fill("office");
  await field("Docker network", tab).fill(database);
  await press("Create", dialog(tab));
  await press("Create network", dialog(tab));
  await field("Name", tab).fill("postgres-only");
  await tab.getByLabel("Security group").check();
  await tab.getByLabel("Port", { exact: true }).fill("5432");
  await press("Create", dialog(tab));
  // The form of the network has a name, too, and stays until there is an answer.
  await expectPage(tab.getByRole("dialog", { name: "Create a VPC connector" })).toBeVisible();
  await field("Name", tab).fill("database");
  await press("Create", dialog(tab));
  const made = tab.getByRole("row", { name: "Select database" });
  await expectPage(made).toContainText("office");
  await expectPage(made).toContainText("postgres-only");
}

test(
  "a private service answers nobody, until its page leads to an ingress connection, whose name opens it",
  async () => {
    const { page } = browser;
    await wizard.begin(images.app);
    await wizard.name("billing", "/node /app/server.js");
    await press("Add variable");
    await field("Name").fill("VERSION");
    await field("Value").fill("billing");
    await wizard.goTo("Networking and security");
    await page.getByRole("radio", { name: "Private" }).check();
    await expectPage(
      page.getByText("Its default domain answers nobody then.", { exact: false }),
    ).toBeVisible();
    const billing = await wizard.create("billing");
    expect(billing.NetworkConfiguration?.IngressConfiguration).toEqual({ IsPubliclyAccessible: false });
    expect((await slipway.fetch(billing.ServiceUrl)).status).toBe(404);
    await expectPage(page.getByRole("button", { name: "Open", exact: true })).toBeDisabled();

    await page.getByRole("link", { name: "Create one" }).click();
    await press("Create ingress connection");
    await field("Name").fill("doorway");
    await choose(/^Service Choose/, "billing");
    await press("Create", dialog(page));
    await expectPage(page.getByRole("row", { name: "Select doorway" })).toContainText("Available");
    await expectPage(page.getByRole("row", { name: "Select doorway" })).toContainText(
      `:${slipway.ingressPort}`,
    );
    await page.getByRole("row", { name: "Select doorway" }).getByRole("link", { name: "billing" }).click();
    const link = page.getByRole("link", { name: new RegExp(`:${slipway.ingressPort}`) });
    const host = ((await link.textContent()) ?? "").trim();
    const reached = await waitFor(
      async () => {
        const { status, body } = await slipway.fetchInside(host.replace(/:\d+$/, ""));
        return status === 200 && body;
      },
      { what: "an answer under the connection's name" },
    );
    expect(reached).toMatch(/^billing from/);
    // The tab is the service's own, and not the console's to answer for.
    const [opened] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("link", { name: "Open", exact: true }).click(),
    ]);
    await expectPage(opened.getByText("billing from", { exact: false })).toBeVisible();
    await opened.close();
    expect((await slipway.fetch(billing.ServiceUrl)).status).toBe(404);
  },
  TEST_MS,
);

test(
  "tracing is switched on with a configuration that is made beside it: it says who takes traces, and instances are told",
  async () => {
    const { page } = browser;
    await wizard.begin(images.app);
    await wizard.name("traced", "/node /app/server.js");
    await wizard.goTo("Observability and tags");
    const toggle = page.getByRole("checkbox", { name: "Trace requests" });
    await expectPage(toggle).toBeDisabled();
    const tab = await elsewhere("Create configuration");
    await field("Name", tab).fill("traced");
    await press("Create", dialog(tab));
    await expectPage(tab.getByRole("row", { name: "Select traced" })).toBeVisible();
    await tab.close();
    await expectPage(toggle).toBeChecked();
    await expectPage(page.getByText("Nobody takes the traces yet")).toBeVisible();
    await browser.expectAccessible("Observability and tags");
    collector = await TestCollector.listen(collectorPort, "0.0.0.0");
    await expectPage(page.getByText("Nobody takes the traces yet")).toBeHidden();
    const traced = await wizard.create("traced");

    expect(traced.ObservabilityConfiguration).toMatchObject({
      ObservabilityEnabled: true,
      ObservabilityConfigurationArn: expect.stringContaining("/traced/1/") as string,
    });
    expect(await ask(traced, "/env")).toMatchObject({
      OTEL_SERVICE_NAME: "traced",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${ownAddress()}:${collectorPort}`,
      OTEL_TRACES_EXPORTER: "otlp",
    });
    const taken = collector;
    await waitFor(() => taken.requests.some(({ path }) => path === "/v1/traces"), {
      what: "traces at the collector",
      timeoutMs: RUNNING_MS,
    });
  },
  TEST_MS,
);

test(
  "a health check by TCP is tried where something listens, and where nothing does any more",
  async () => {
    const { page } = browser;
    await page.getByRole("link", { name: "Try its health check" }).click();
    await expectPage(page.getByRole("radio", { name: "TCP", exact: true })).toBeChecked();
    await press("Try it now");
    await expectPage(page.getByText(/is healthy \(\d+ ms\)/)).toBeVisible();

    const { ServiceArn } = await createService(slipway, {
      name: "deaf",
      image: images.app,
      startCommand: DEAF,
      // It shall not be replaced while this looks at it.
      healthCheck: { Protocol: "TCP", Interval: 20, Timeout: 1, UnhealthyThreshold: 20 },
    });
    const { ServiceUrl: url, ServiceId: id } = await waitForStatus(slipway, ServiceArn, "RUNNING");
    await browser.go(`/services/${id}/configuration?edit=health`);
    await expectPage(heading("deaf")).toBeVisible();
    await press("Try it now");
    await expectPage(page.getByText(/is healthy \(\d+ ms\)/)).toBeVisible();
    expect((await slipway.fetch(url, "/close")).body).toBe("closed");
    await press("Try it now");
    await expectPage(page.getByText(/: nothing listens on the port/)).toBeVisible();
    await browser.expectAccessible("deaf");
    expect((await describeService(slipway, ServiceArn)).Status).toBe("RUNNING");
  },
  TEST_MS,
);
