/** The console's create wizard, gone through by clicks: step by step to a service that runs. */
import { type ConsoleBrowser, expectPage } from "./browser.ts";
import type { Installation } from "./installation.ts";
import { type ServiceView, waitForStatus } from "./service.ts";
import { waitFor } from "./wait-for.ts";

/** Of a service from an image. */
const STEPS = [
  "Source and deployment",
  "Service",
  "Scaling and health",
  "Networking and security",
  "Observability and tags",
  "Review and create",
] as const;

export class CreateWizard {
  readonly #browser: ConsoleBrowser;
  readonly #slipway: Installation;

  constructor(browser: ConsoleBrowser, slipway: Installation) {
    this.#browser = browser;
    this.#slipway = slipway;
  }

  /**
   * Afresh, with an image that listens on port 8080. Without loading the page anew: that fails whenever another container of this
   * machine gets its network interface.
   */
  async begin(image: string): Promise<void> {
    const { page } = this.#browser;
    await this.#browser.go("/services");
    await page.evaluate(() => sessionStorage.clear());
    await this.#browser.go("/services/create");
    await page.getByRole("combobox", { name: "Container image", exact: true }).fill(image);
  }

  /** Past the image, which is there. */
  async name(service: string, command = ""): Promise<void> {
    const { page } = this.#browser;
    await expectPage(page.getByText("exposes port 8080")).toBeVisible();
    await this.goTo("Service");
    await page.getByRole("textbox", { name: "Service name", exact: true }).fill(service);
    await page.getByRole("textbox", { name: "Start command - optional", exact: true }).fill(command);
  }

  /** Over all that is before it. */
  async goTo(step: (typeof STEPS)[number]): Promise<void> {
    const { page } = this.#browser;
    const shown = (await page.locator("main h1").textContent()) ?? "";
    const at = STEPS.findIndex((one) => shown.startsWith(one));
    for (const next of STEPS.slice(at + 1, STEPS.indexOf(step) + 1)) {
      await page.getByRole("button", { name: "Next", exact: true }).click();
      // Of steps that may be left out the heading says so, too.
      const heading = page.getByRole("heading", { level: 1, name: new RegExp(`^${next}`) });
      await expectPage(heading).toBeVisible();
    }
  }

  /** To the end, until it runs. */
  async create(name: string): Promise<ServiceView> {
    const { page } = this.#browser;
    await this.goTo("Review and create");
    await page.getByRole("button", { name: "Create service", exact: true }).click();
    await expectPage(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
    const find = async () => (await this.#slipway.serviceArns()).find((arn) => arn.includes(`/${name}/`));
    const arn = await waitFor(find, { what: `the service ${name}` });
    return await waitForStatus(this.#slipway, arn, "RUNNING");
  }
}
