import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { freePort } from "./free-port.ts";

const COUNT = 400;
const OTHERS = `
const { freePort } = await import(${JSON.stringify(new URL("free-port.ts", import.meta.url).href)});
const ports = [];
for (let count = 0; count < ${COUNT}; count++) ports.push(await freePort());
console.log(JSON.stringify(ports));
`;

// By chance alone, 400 of 12,768 and 400 others have a dozen in common.
test("no port is given twice, to another process neither, though nobody listens on it", async () => {
  const own: number[] = [];
  for (let count = 0; count < COUNT; count++) own.push(await freePort());
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", OTHERS]);
  const all = [...own, ...(JSON.parse(stdout) as number[])];
  expect(new Set(all).size).toBe(2 * COUNT);
});
