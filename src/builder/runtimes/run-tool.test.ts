import { expect, test } from "vitest";
import { runTool, ToolFailed, ToolMissing } from "./run-tool.ts";

const never = new AbortController().signal;
const options = { directory: "/", deadlineMs: 10_000 };

test("standard output of what succeeds", async () => {
  expect(await runTool("printf", ["%s", "$HOME; a"], options, never)).toBe("$HOME; a");
});

test("a failure tells the end of what was said", async () => {
  await expect(runTool("ls", ["/does-not-exist"], options, never)).rejects.toThrow(/does-not-exist/);
  await expect(runTool("ls", ["/does-not-exist"], options, never)).rejects.toBeInstanceOf(ToolFailed);
});

test("what is not installed is named", async () => {
  const missing = runTool("slipway-no-such-tool", [], options, never);
  await expect(missing).rejects.toBeInstanceOf(ToolMissing);
  await expect(missing).rejects.toThrow("slipway-no-such-tool");
});

test("the signal and the deadline end it", async () => {
  const aborted = AbortSignal.timeout(20);
  await expect(runTool("sleep", ["60"], options, aborted)).rejects.toThrow("timeout");
  await expect(runTool("sleep", ["60"], { ...options, deadlineMs: 20 }, never)).rejects.toThrow(
    /longer than/,
  );
});
