/**
 * A name whose certificate its authority refuses, by clicks: what is read on screen, what is copied from it, and the way from
 * there to an answer over HTTPS once the cause is mended.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConsoleBrowser, expectPage } from "../support/browser.ts";
import { CAA_IDENTITY, CaaGate } from "../support/caa-gate.ts";
import { clearUp } from "../support/clear-up.ts";
import { freePort } from "../support/free-port.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import type { ZoneLine } from "../support/resolver.ts";
import { createService, type ServiceView, waitForStatus } from "../support/service.ts";
import { TlsInstallation, USER_ZONE } from "../support/tls-installation.ts";

const WORLD_MS = 180_000;
const LOOK_MS = 10_000;
/** A wish that comes within a minute of the last one is heard at its end; and then a handshake has to show the certificate. */
const MINUTE_MS = 120_000;
const DOMAIN = `refused.${USER_ZONE}`;

let images: TestImages;
let world: TlsInstallation;
let gate: CaaGate;
let browser: ConsoleBrowser;
let shop: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  const gatePort = await freePort();
  const SLIPWAY_ACME_DIRECTORY = `https://127.0.0.1:${gatePort}/dir`;
  world = await TlsInstallation.create({}, { env: { SLIPWAY_ACME_DIRECTORY } });
  gate = await CaaGate.start(gatePort, world.pebble, world.resolver.address);
  await world.start();
  const { ServiceArn } = await createService(world.slipway, { name: "shop", image: images.app });
  shop = await waitForStatus(world.slipway, ServiceArn, "RUNNING");
  browser = await ConsoleBrowser.open(world.slipway);
  await browser.page
    .context()
    .grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(browser.page.url()).origin });
}, WORLD_MS);

afterAll(async () => {
  await clearUp(
    () => browser.close(),
    () => world.remove(),
    () => gate.stop(),
    () => images.remove(),
    () => browser.expectNoComplaints(),
  );
}, WORLD_MS);

const page = () => browser.page;
const button = (name: string) => page().getByRole("button", { name, exact: true });
const records = () => page().getByRole("table", { name: DOMAIN });
const record = (hasText: string) => records().getByRole("row").filter({ hasText });
const refusal = () => page().getByText("The authority refuses to certify it");

async function copied(buttonName: string): Promise<string> {
  await button(buttonName).click();
  return page().evaluate("navigator.clipboard.readText()");
}

test("a domain is added by clicks; its records are copied from the page", async () => {
  await browser.go(`/services/${shop.ServiceId}/domains`);
  await page().getByRole("button", { name: "Add domain" }).first().click();
  const dialog = page().getByRole("dialog");
  await page().getByLabel("Domain", { exact: true }).fill(DOMAIN);
  await dialog.getByRole("button", { name: "Add domain" }).click();
  await expectPage(dialog).toBeHidden();
  await expectPage(page().getByText("Waits for DNS")).toBeVisible();
  await expectPage(record("brings requests here")).toContainText("Missing");

  const target = shop.ServiceUrl.replace(/:\d+$/, "");
  expect(await copied(`Copy name of the record ${DOMAIN}`)).toBe(DOMAIN);
  expect(await copied(`Copy value of the record ${DOMAIN}`)).toBe(target);
  const zone = await copied(`Copy all as a zone file: ${DOMAIN}`);
  expect(zone).toContain(`${DOMAIN}. 300 IN CNAME ${target}.`);
  expect(zone).toContain(`_acme-challenge.${DOMAIN}. 300 IN CNAME `);
});

test(
  "the authority's refusal is told in its words, with what would be right, beside records that are as they should be",
  async () => {
    await setRecords(`${USER_ZONE}. CAA 0 issue "other-ca.test"`);
    await button(`Check now: ${DOMAIN}`).click();
    await expectPage(refusal()).toBeVisible();
    await button(`Try again: ${DOMAIN}`).click();
    await expectPage(page().getByText("It is asked again within a minute")).toBeVisible();
    await expectPage(page().getByText("Failed", { exact: true })).toBeVisible();
    await expectPage(page().getByText(`CAA record for ${DOMAIN} prevents issuance`)).toBeVisible();
    await expectPage(page().getByText(`0 issue "${CAA_IDENTITY}"`)).toBeVisible();
    await expectPage(page().getByText("Mend what the authority names, then try again")).toBeVisible();
    await expectPage(page().getByText("None: the authority refused it.")).toBeVisible();
    // A look that fell into the resolver's own restart saw nothing.
    await expectPage(async () => {
      await button(`Check now: ${DOMAIN}`).click();
      await expectPage(page().getByText("2 of 2 as they should be")).toBeVisible({ timeout: LOOK_MS });
    }).toPass({ timeout: MINUTE_MS });
    await expectPage(page().getByText("Not issued")).toBeVisible();
    const [target, challenge] = [shop.ServiceUrl.replace(/:\d+$/, ""), "_acme-challenge"];
    await expectPage(record("brings requests here")).toContainText(target);
    await expectPage(record("brings requests here")).toContainText("Right");
    await expectPage(record(challenge)).toContainText("Right");
    expect(await world.describe(shop, DOMAIN)).toMatchObject({ Status: "create_failed" });
    await browser.expectAccessible("shop");
    await expect(world.https(DOMAIN)).rejects.toThrow(/self-signed/);
  },
  WORLD_MS,
);

test(
  "once the cause is mended a click leads to an answer with the certificate, though the last try was seconds ago",
  async () => {
    await setRecords(`${USER_ZONE}. CAA 0 issue "${CAA_IDENTITY}"`);
    await button(`Try again: ${DOMAIN}`).click();
    // The last step's name, and the status.
    await expectPage(page().getByText("Active", { exact: true })).toHaveCount(2, { timeout: MINUTE_MS });
    await expectPage(refusal()).toBeHidden();
    await expectPage(page().getByText("By a public authority")).toBeVisible();
    await expectPage(page().getByText("Answers over HTTPS")).toBeVisible();
    expect(await world.describe(shop, DOMAIN)).toMatchObject({ Status: "active" });
    // Verified against the authority's root, under the name.
    expect(await world.https(DOMAIN)).toMatchObject({ status: 200 });
    await browser.expectAccessible("shop");
  },
  WORLD_MS,
);

/** Those that the domain needs, and one more. */
async function setRecords(more: ZoneLine): Promise<void> {
  const described = await world.describe(shop, DOMAIN);
  const validation = (described?.CertificateValidationRecords ?? []).map(
    ({ Name, Value }) => `${Name ?? ""} CNAME ${Value ?? ""}` as const,
  );
  const target = shop.ServiceUrl.replace(/:\d+$/, "");
  await world.setRecords([...validation, `${DOMAIN}. CNAME ${target}.`, more]);
}
