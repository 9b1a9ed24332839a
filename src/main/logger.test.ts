import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { KnownValues } from "../secrets/known-values.ts";
import { createLogger } from "./logger.ts";

function linesOf(path: string): readonly Record<string, unknown>[] {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it("hides values in the texts of a line, and leaves the line what it is", () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const logFile = join(directory, "serve.log");
  const known = new KnownValues();
  for (const value of ["hunter2-long", '"level":50', 'a"quote\\ and more']) known.add(value);
  const logger = createLogger({ logFile }, known);
  logger.error({ err: new Error('{"p":"hunter2-long","q":"a\\"quote\\\\ and more"}') }, "no hunter2-long");
  logger.info("hunter2-long is no error");
  const [problem, told] = linesOf(logFile);
  expect(problem).toMatchObject({ level: 50, msg: "no ***", err: { message: '{"p":"***","q":"***"}' } });
  expect(JSON.stringify(problem)).not.toContain("hunter2");
  expect(told).toMatchObject({ level: 30, msg: "hunter2-long is no error" });
});
