/**
 * The console in a real Chromium, signed in as root by a one-time link, as `slipway console` gives it. Whatever the browser
 * complains of (errors, refused policies, failed requests) is kept and must be nothing at the end.
 */
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, chromium, expect, type Page } from "@playwright/test";
import type { Installation } from "./installation.ts";
import { waitFor } from "./wait-for.ts";

const CHROMIUM = process.env["SLIPWAY_CHROMIUM"] ?? "/usr/bin/chromium";
/** Chromium drops what is under way whenever a container gets its network interface; the console reads again. */
const NETWORK_CHANGED = "net::ERR_NETWORK_CHANGED";
/** What it says while a server is killed and starts again. */
const OUTAGE = /net::ERR_|status of 503/;
/**
 * Cloudscape's layout gives the bar that stands for the navigation on a phone an `aria-orientation`, which <nav> does not know. It
 * takes nothing from anybody, and no page can change it.
 */
const LAYOUTS_OWN =
  /^aria-allowed-attr: <nav [^>]*aria-orientation="horizontal" class="awsui_mobile-toolbar-nav_[^>]*>/;
/** Of the longest wait on a machine that does much else; what is there is found at once. */
const ACT_TIMEOUT_MS = 30_000;
const DESKTOP = { width: 1_440, height: 900 };

/** Playwright's, which waits for what is expected. */
export const expectPage = expect.configure({ timeout: ACT_TIMEOUT_MS });

export class ConsoleBrowser {
  readonly page: Page;
  /** What the browser complained of, and where. Tests that expect a refusal take it out again. */
  readonly complaints: string[] = [];
  /** For who looks for the cause of a complaint: the browser's own words do not name what was asked. */
  readonly #refused: string[] = [];
  readonly #browser: Browser;
  readonly #home: string;

  private constructor(browser: Browser, page: Page, home: string) {
    this.#browser = browser;
    this.page = page;
    this.#home = home;
  }

  /** Signed in as root, or, with `isSignedIn: false`, a visitor. */
  static async open(
    slipway: Installation,
    {
      isSignedIn = true,
      viewport = DESKTOP,
    }: { readonly isSignedIn?: boolean; readonly viewport?: typeof DESKTOP } = {},
  ): Promise<ConsoleBrowser> {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"],
    });
    const opened = await ConsoleBrowser.#window(browser, slipway, viewport);
    if (isSignedIn) await opened.#signIn(slipway.client());
    return opened;
  }

  /** A window of the same browser for a user, with cookies of its own; who opened it closes it, and looks at its complaints. */
  async openFor(slipway: Installation, userName: string): Promise<ConsoleBrowser> {
    const opened = await ConsoleBrowser.#window(this.#browser, slipway, DESKTOP);
    const IAM = "AWSIdentityManagementV20100508";
    const { AccessKey } = await slipway.client().call(`${IAM}.CreateAccessKey`, { UserName: userName });
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey;
    await opened.#signIn(slipway.client({ accessKeyId, secretAccessKey }));
    return opened;
  }

  static async #window(browser: Browser, slipway: Installation, viewport: typeof DESKTOP) {
    const context = await browser.newContext({ viewport, reducedMotion: "reduce", acceptDownloads: true });
    context.setDefaultTimeout(ACT_TIMEOUT_MS);
    const page = await context.newPage();
    const opened = new ConsoleBrowser(browser, page, `http://127.0.0.1:${slipway.apiPort}/console/`);
    opened.#listen(page);
    return opened;
  }

  /** The tab that a click opens; what it complains of counts too. */
  async tabOf(click: () => Promise<void>): Promise<Page> {
    const [tab] = await Promise.all([this.page.waitForEvent("popup"), click()]);
    this.#listen(tab);
    return tab;
  }

  /** A page of the console: `/services`, `/users`. The former page is gone then: its buttons may have the same names. */
  async go(path: string): Promise<void> {
    const former = this.page.locator("h1[data-former]");
    if (kindOf(new URL(this.page.url()).hash.slice(1)) !== kindOf(path)) {
      await this.page.locator("h1").evaluateAll((headings) => {
        for (const heading of headings) heading.setAttribute("data-former", "");
      });
    }
    await this.page.goto(`${this.#home}#${path}`);
    await expectPage(former).toHaveCount(0);
  }

  /** Once more if it is cut off, as by a container's network interface or by the page's own way elsewhere. */
  async reload(): Promise<void> {
    await expectPage(async () => void (await this.page.reload())).toPass();
  }

  /** Nothing serious for who reads with ears or keyboard; asked when the page shows `heading`. */
  async expectAccessible(heading: string | RegExp): Promise<void> {
    await expectPage(this.page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    // In one go: there are no frames, for which each look would load axe into a window of its own, which takes thrice as long.
    const axe = new AxeBuilder({ page: this.page })
      .setLegacyMode(true)
      .options({ resultTypes: ["violations"] });
    const { violations } = await axe.analyze();
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
      .filter((violation) => !LAYOUTS_OWN.test(violation));
    expect(serious).toEqual([]);
  }

  /** The main pages' pictures of the documentation; made anew when SLIPWAY_SCREENSHOTS says so. */
  async picture(name: string): Promise<void> {
    if (process.env["SLIPWAY_SCREENSHOTS"] === undefined) return;
    await this.page.screenshot({ path: new URL(`../../docs/images/${name}.png`, import.meta.url).pathname });
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  /** Refusals that a test wanted, of which the browser tells too: one at least. Returns how many there were. */
  async takeRefusals(status = 400): Promise<number> {
    return waitFor(() => this.#take(new RegExp(`status of ${status}`)) || null, {
      what: `the browser's complaint of a ${status}`,
    });
  }

  /** That nothing answered for a moment is what a test wanted. */
  takeOutage(): void {
    this.#take(OUTAGE);
  }

  /** Of a window that `openFor` opened. */
  async closeWindow(): Promise<void> {
    await this.page.context().close();
  }

  /** Last of all: what throws here must not keep a test from clearing up. */
  expectNoComplaints(): void {
    if (this.complaints.length === 0) return;
    const refused = this.#refused.length === 0 ? ["nothing"] : this.#refused;
    throw new Error(
      ["The browser complained:", ...this.complaints, "The server had refused:", ...refused].join("\n  "),
    );
  }

  #take(pattern: RegExp): number {
    const others = this.complaints.filter((text) => !pattern.test(text));
    return this.complaints.splice(0, this.complaints.length, ...others).length - others.length;
  }

  #listen(page: Page): void {
    page.on("console", (message) => {
      const isComplaint = message.type() === "error" || message.type() === "warning";
      if (!isComplaint || message.text().includes(NETWORK_CHANGED)) return;
      this.complaints.push(`${message.text()} (${message.location().url} on ${page.url()})`);
    });
    page.on("response", (response) => {
      const asked = response.request();
      if (response.status() < 400) return;
      this.#refused.push(
        `${response.status()} ${asked.headers()["x-amz-target"] ?? asked.url()} ${asked.postData() ?? ""}`,
      );
    });
    page.on("pageerror", (error) => this.complaints.push(error.stack ?? error.message));
  }

  async #signIn(client: ReturnType<Installation["client"]>): Promise<void> {
    const { Url } = await client.call("Slipway.CreateSignInLink", {});
    const link = new URL(Url).hash.replace(/^#(?:link=)?/, "");
    const reply = await this.page.request.post(new URL("../session", this.#home).href, {
      data: { link },
      headers: { origin: new URL(this.#home).origin },
    });
    expect(reply.ok(), await reply.text()).toBe(true);
    await this.go("/services");
  }
}

/** Pages of one kind are one component, whose heading may stay: a service's tabs, a list and one of its things are not. */
function kindOf(path: string): string {
  const [, list = "", one] = path.replace(/\?.*/, "").split("/");
  return one === undefined ? list : `${list}/…`;
}
