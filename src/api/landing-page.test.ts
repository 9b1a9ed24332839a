import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { landingPage } from "./landing-page.ts";

const page = { endpoint: "http://127.0.0.1:7070", region: "us-east-1" };

function command(html: string): string {
  const [, text = ""] = /<pre>([\s\S]*)<\/pre>/.exec(html) ?? [];
  return text.replaceAll(/&#(\d+);/g, (_whole, code: string) => String.fromCharCode(Number(code)));
}

test.each(["/var/lib/slipway/credentials", "/home/o'neil/my state/$(id)/credentials"])(
  "a shell hands the file %s on as it is",
  async (credentialsFile) => {
    const line = command(landingPage({ ...page, credentialsFile })).replace("aws apprunner", "printenv --");
    const variable = line.replace(/list-services[\s\S]*$/, "AWS_SHARED_CREDENTIALS_FILE AWS_PROFILE");
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", variable]);
    expect(stdout).toBe(`${credentialsFile}\nslipway\n`);
  },
);

test("to another machine the credentials are described, no path is named", () => {
  const html = landingPage(page);
  expect(command(html)).toMatch(/^env AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=… /);
  expect(html).toContain("slipway info");
  expect(html).not.toContain("/var/lib");
});

test("where there is no console it says so, and else where people sign in", () => {
  expect(landingPage(page)).toContain("without the console");
  expect(landingPage({ ...page, hasConsole: true })).toContain('href="console/"');
});
