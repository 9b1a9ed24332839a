/** A release can be made again by anybody: the same sources give the same bytes, wherever and whenever they are built. */
import { isAscii } from "node:buffer";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
/** On the same file system, so that dependencies can be linked instead of copied. */
mkdirSync(join(root, "dist"), { recursive: true });
const directory = mkdtempSync(join(root, "dist", ".release-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const INGREDIENTS = ["src", "console", "tools", "package.json", "rolldown.config.ts", "tsconfig.json"];

/** File → hash of what the build made of the same sources at this place. */
async function built(place: string, environment: Readonly<Record<string, string>>) {
  const checkout = join(directory, place);
  mkdirSync(checkout, { recursive: true });
  for (const name of INGREDIENTS)
    cpSync(join(directory, "sources", name), join(checkout, name), { recursive: true });
  await run("cp", ["-al", join(root, "node_modules"), join(checkout, "node_modules")]);
  await run("npm", ["run", "build"], { cwd: checkout, env: { ...process.env, ...environment } });
  const files = globSync("**/*.{mjs,map,js,css,html,svg,gz,br}", { cwd: join(checkout, "dist") }).sort();
  const hashOf = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(checkout, "dist", name)))
      .digest("hex");
  return Object.fromEntries(files.map((name) => [name, hashOf(name)]));
}

it("gives the same bytes in another directory, at another time, in another language", async () => {
  // Nobody may change them between the two.
  for (const name of INGREDIENTS)
    cpSync(join(root, name), join(directory, "sources", name), { recursive: true });
  const first = await built("one", { TZ: "UTC", LC_ALL: "C" });
  const second = await built("a/much/deeper/one", {
    TZ: "Asia/Tokyo",
    LC_ALL: "de_DE.UTF-8",
    HOME: join(directory, "home"),
  });
  expect(Object.keys(first)).toEqual(
    expect.arrayContaining([
      "slipway.mjs",
      "slipway.mjs.map",
      "log-worker.mjs",
      "simulation-worker.mjs",
      "console/index.html",
    ]),
  );
  expect(second).toEqual(first);
  // One other character, and Node keeps the whole text in memory with two bytes for each.
  expect(isAscii(readFileSync(join(directory, "one", "dist", "slipway.mjs")))).toBe(true);
});
