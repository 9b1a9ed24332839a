/**
 * What a service is given, by clicks: names with certificates (a real authority and a real resolver in between), and settings
 * that are compared before they are applied.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Locator } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { clearUp } from "../support/clear-up.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { createScaling, createService, type ServiceView, waitForStatus } from "../support/service.ts";
import { TlsInstallation, USER_ZONE } from "../support/tls-installation.ts";
import { waitFor } from "../support/wait-for.ts";

const WORLD_MS = 120_000;
const SLOW_MS = 60_000;
const DOMAIN = `one.${USER_ZONE}`;

let images: TestImages;
let world: TlsInstallation;
let browser: ConsoleBrowser;
let shop: ServiceView;
let certificates: string;

beforeAll(async () => {
  certificates = mkdtempSync(join(tmpdir(), "slipway-certificates-"));
  images = await buildTestImages();
  world = await TlsInstallation.create();
  await world.start();
  const environment = { VERSION: "first" };
  const { ServiceArn } = await createService(world.slipway, { name: "shop", image: images.app, environment });
  shop = await waitForStatus(world.slipway, ServiceArn, "RUNNING");
  browser = await ConsoleBrowser.open(world.slipway);
}, WORLD_MS);

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => world.remove(),
    () => images.remove(),
    () => rmSync(certificates, { recursive: true, force: true }),
    () => browser.expectNoComplaints(),
  );
}, WORLD_MS);

const button = (name: string | RegExp, within: Locator = browser.page.locator("body")) =>
  within.getByRole("button", { name });
/** The second of the form's files. */
const keyFile = () => browser.page.locator("input[type=file]").nth(1);
const dialog = () => browser.page.getByRole("dialog");
/** Of a list, by what it names. */
const row = (name: string) => browser.page.getByRole("row", { name: `Select ${name}` });

function openTab(tab: string): Promise<void> {
  return browser.go(`/services/${shop.ServiceArn.split("/").at(-1)}/${tab}`);
}

/** However far the page is scrolled, and on a phone. */
async function expectReviewInView(): Promise<void> {
  const { page } = browser;
  const wide = page.viewportSize();
  for (const width of [390, wide?.width ?? 1400]) {
    await page.setViewportSize({ width, height: wide?.height ?? 900 });
    for (const place of ["0", "document.body.scrollHeight"]) {
      await page.evaluate(`window.scrollTo(0, ${place})`);
      await expectPage(button("Review changes")).toBeInViewport({ ratio: 1 });
    }
  }
}

/** A key, and a certificate for `name` that is signed with it. */
async function makeCertificate(
  name: string,
): Promise<{ readonly certificate: string; readonly key: string }> {
  const [certificate, key] = ["crt", "key"].map((kind) => join(certificates, `${name}.${kind}`)) as [
    string,
    string,
  ];
  const args = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "30",
  ];
  const names = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  const ofServer = ["-addext", "basicConstraints=critical,CA:FALSE"];
  await promisify(execFile)("openssl", [...args, ...names, ...ofServer, "-keyout", key, "-out", certificate]);
  return { certificate, key };
}

/** A page without its live stream, so that it does not hear of what others change; back with what comes back. */
async function openDeaf(tab: string): Promise<() => Promise<void>> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await browser.page.route("**/console/live", async (route) => {
    await promise;
    await route.continue().catch(() => undefined);
  });
  await openTab(tab);
  await browser.reload();
  return async () => {
    resolve();
    await browser.page.unroute("**/console/live");
  };
}

test(
  "a domain is added, tells which records are missing, and is active once they are set",
  async () => {
    const { page } = browser;
    await openTab("domains");
    await expectPage(page.getByText("No custom domains")).toBeVisible();
    await button("Add domain").first().click();
    await page.getByLabel("Domain", { exact: true }).fill(`https://${DOMAIN}/`);
    await expectPage(dialog().getByText(`${DOMAIN}  CNAME`)).toBeVisible();
    await button("Add domain", dialog()).click();
    await expectPage(dialog()).toBeHidden();

    const records = page.getByRole("table", { name: DOMAIN });
    await expectPage(records.getByRole("row").filter({ hasText: "brings requests here" })).toContainText(
      "Missing",
    );
    await expectPage(records.getByRole("row").filter({ hasText: "_acme-challenge" })).toContainText(
      "nothing",
    );
    await expectPage(page.getByText("0 of 2 as they should be")).toBeVisible();
    await expectPage(page.getByText("What is missing")).toBeVisible();
    await browser.expectAccessible("shop");
    await browser.picture("domains");

    const described = await world.describe(shop, DOMAIN);
    const validation = (described?.CertificateValidationRecords ?? []).map(
      ({ Name, Value }) => `${Name ?? ""} CNAME ${Value ?? ""}` as const,
    );
    const target = shop.ServiceUrl.replace(/:\d+$/, "");
    await world.setRecords([`${DOMAIN}. A 192.0.2.9`]);
    await button(`Check now: ${DOMAIN}`).click();
    await expectPage(records.getByText("A 192.0.2.9", { exact: true })).toBeVisible();
    await expectPage(records.getByText("Wrong", { exact: true })).toBeVisible();
    await world.setRecords([...validation, `${DOMAIN}. CNAME ${target}.`]);
    await button(`Check now: ${DOMAIN}`).click();
    await expectPage(page.getByText("Answers over HTTPS")).toBeVisible({ timeout: SLOW_MS });
    await expectPage(page.getByText("By a public authority")).toBeVisible();
    expect((await world.https(DOMAIN)).body).toContain("first from");
  },
  WORLD_MS,
);

test("a certificate with another one's key is refused at the key, with its own it is taken", async () => {
  const { page } = browser;
  const own = await makeCertificate("own.example.com");
  const other = await makeCertificate("other.example.com");
  await browser.go("/certificates");
  // The page before has a button of that name too.
  await expectPage(page.getByRole("heading", { level: 1, name: "Certificates" })).toBeVisible();
  await button("Import certificate").first().click();
  await page.getByRole("textbox", { name: "Certificate" }).fill(readFileSync(own.certificate, "utf8"));
  await keyFile().setInputFiles(other.key);
  await button("Import", dialog()).click();
  await expectPage(dialog().getByText("does not belong to the certificate", { exact: false })).toBeVisible();
  expect(await browser.takeRefusals()).toBe(1);
  await button("Take other.example.com.key", dialog()).click();
  await keyFile().setInputFiles(own.key);
  await button("Import", dialog()).click();
  await expectPage(row("own.example.com")).toContainText("Imported");
  await expectPage(row(DOMAIN)).toContainText("Public authority");
  await browser.expectAccessible("Certificates");
  await row("own.example.com").getByRole("radio").check();
  await button("Delete").click();
  await button("Delete", dialog()).click();
  await expectPage(row("own.example.com")).toHaveCount(0);
});

test(
  "changed settings are compared, applied by a deployment, and live in the service",
  async () => {
    const { page } = browser;
    await createScaling(world.slipway, { name: "gentle", minSize: 1, maxSize: 4 });
    await openTab("configuration");
    await button("Edit Variables and secrets").click();
    await page
      .getByRole("textbox", { name: /^Value/ })
      .first()
      .fill("second");
    await button("Edit Auto scaling").click();
    await page.getByRole("button", { name: /^Configuration Default/ }).click();
    await page.getByRole("option", { name: /gentle/ }).click();
    await expectReviewInView();
    await button("Review changes").click();
    const change = dialog().getByRole("row").filter({ hasText: "Variable VERSION" });
    await expectPage(change.locator("del")).toHaveText("first");
    await expectPage(change.locator("ins")).toHaveText("second");
    await expectPage(dialog().getByRole("row").filter({ hasText: "gentle, revision 1" })).toBeVisible();
    await browser.picture("configuration");
    await button("Apply", dialog()).click();
    await expectPage(page).toHaveURL(/\/activity$/);
    await waitForStatus(world.slipway, shop.ServiceArn, "RUNNING");
    await waitFor(async () => (await world.https(DOMAIN)).body.startsWith("second from"), {
      what: "the new variable in the service",
    });
    await openTab("configuration");
    await expectPage(page.getByText("1 to 4 instances")).toBeVisible();
    await browser.expectAccessible("shop");
  },
  WORLD_MS,
);

test("what somebody else changed meanwhile is shown before anything is applied", async () => {
  const { page } = browser;
  const ResourceArn = shop.ServiceArn;
  const hearAgain = await openDeaf("configuration");
  await button("Edit Security").click();
  await page.getByLabel("Rate limit").fill("10/s");
  await button("Review changes").click();
  await expectPage(dialog().getByText("All of this takes effect within seconds")).toBeVisible();
  await world.slipway.client().call("AppRunner.TagResource", {
    ResourceArn,
    Tags: [{ Key: "slipway:max-body", Value: "1MB" }],
  });
  await button("Apply", dialog()).click();
  await expectPage(dialog().getByText("changed by somebody else meanwhile")).toBeVisible();
  await button("Apply", dialog()).click();
  await expectPage(page.getByText("The changes are applied.")).toBeVisible();
  const { Tags = [] } = await world.slipway.client().call("AppRunner.ListTagsForResource", { ResourceArn });
  expect(Tags).toContainEqual({ Key: "slipway:rate-limit", Value: "10/s" });
  expect(Tags).toContainEqual({ Key: "slipway:max-body", Value: "1MB" });
  await hearAgain();
});

test("the services it may call and the key of its signature are chosen; names that there are not stay, and are shown as such", async () => {
  const { page } = browser;
  const client = world.slipway.client();
  const ResourceArn = shop.ServiceArn;
  const other = await createService(world.slipway, { name: "billing", image: images.app });
  await waitForStatus(world.slipway, other.ServiceArn, "RUNNING");
  await client.call("AppRunner.TagResource", {
    ResourceArn,
    Tags: [
      { Key: "slipway:connect", Value: "later" },
      { Key: "slipway:verify-signature", Value: "lost" },
    ],
  });
  await openTab("configuration");
  await browser.reload();
  await button("Edit Networking").click();
  await expectPage(page.getByText("There is no such service yet")).toBeVisible();
  await page.getByRole("combobox", { name: "Services it may call" }).click();
  await page.getByRole("option", { name: /^billing/ }).click();
  await expectPage(page.getByText("http://billing.internal:")).toBeVisible();
  await button("Edit Security").click();
  const key = button(/Signed by/);
  await expectPage(key).toContainText("lost");
  await expectPage(page.getByText("every deployment is refused")).toBeVisible();
  await key.click();
  await page
    .getByRole("option", { name: /What the installation asks for.*No signature is asked for/ })
    .click();
  await button("Review changes").click();
  await button("Apply", dialog()).click();
  await expectPage(page).toHaveURL(/\/activity$/);
  await waitForStatus(world.slipway, ResourceArn, "RUNNING");
  const { Tags = [] } = await client.call("AppRunner.ListTagsForResource", { ResourceArn });
  expect(Tags).toContainEqual({ Key: "slipway:connect", Value: "later,billing" });
  expect(Tags.map(({ Key }) => Key)).not.toContain("slipway:verify-signature");
});

test(
  "who may call it is warned of before it changes, also by a rollback; a connection is shown while there is one, and goes first",
  async () => {
    const { page } = browser;
    const client = world.slipway.client();
    const { ServiceArn } = shop;
    const running = () => waitForStatus(world.slipway, ServiceArn, "RUNNING");
    const act = async (name: string) => {
      await button("Actions").click();
      await page.getByRole("menuitem", { name }).click();
    };
    await openTab("configuration");
    await button("Edit Networking").click();
    await page.getByRole("radio", { name: "Private" }).check();
    await button("Done with Networking").click();
    await expectPage(page.getByText("1 change, not applied yet")).toBeVisible();
    await browser.expectAccessible("shop");
    await button("Review changes").click();
    await expectPage(dialog().getByText("This makes the service private")).toBeVisible();
    await button("Apply", dialog()).click();
    await expectPage(page).toHaveURL(/\/activity$/);
    await running();
    await client.call("AppRunner.CreateVpcIngressConnection", {
      ServiceArn,
      VpcIngressConnectionName: "office",
      IngressVpcConfiguration: { VpcId: "vpc-1", VpcEndpointId: "vpce-1" },
    });
    await expectPage(page.getByText("VPC ingress connection", { exact: true })).toBeVisible();

    await act("Roll back…");
    await expectPage(dialog().getByText("This makes the service public")).toBeVisible();
    await expectPage(dialog().getByRole("row", { name: /^Who may call it/ })).toContainText("Everybody");
    await button("Roll back", dialog()).click();
    await expectPage(dialog()).toBeHidden();
    await running();
    await expectPage(page.getByText("Default domain", { exact: true })).toBeVisible({ timeout: SLOW_MS });
    await expectPage(page.getByText("VPC ingress connection", { exact: true })).toBeVisible();

    await act("Delete…");
    await dialog().getByRole("textbox").fill("shop");
    await expectPage(dialog().getByText("Its VPC ingress connection office goes first")).toBeVisible();
    await expectPage(dialog().getByRole("button", { name: "Delete", exact: true })).toBeDisabled();
    await button("Delete office", dialog()).click();
    await expectPage(dialog().getByRole("button", { name: "Delete", exact: true })).toBeEnabled();
    await button("Cancel", dialog()).click();
    await expectPage(page.getByText("VPC ingress connection", { exact: true })).toBeHidden();
  },
  WORLD_MS,
);
