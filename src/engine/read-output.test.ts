// Follows a log file of an engine that says where it is and never that its instance has stopped.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EngineContext } from "./context.ts";
import { readOutput } from "./read-output.ts";

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-read-output-"));
  path = join(directory, "log");
});
afterEach(() => rm(directory, { recursive: true }));

const entry = (log: string) =>
  `${JSON.stringify({ log, stream: "stdout", time: "2026-11-20T21:00:01.5Z" })}\n`;

function contextOf(LogPath: string): EngineContext {
  const container = {
    inspect: () => Promise.resolve({ LogPath }),
    wait: ({ abortSignal }: { readonly abortSignal: AbortSignal }) => {
      const { promise, reject } = Promise.withResolvers<never>();
      abortSignal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      return promise;
    },
  };
  const call = async (signal: AbortSignal, act: (docker: unknown, within: AbortSignal) => unknown) =>
    await act({ getContainer: () => container }, signal);
  return { client: { call }, names: { instanceContainer: (id: string) => id } } as unknown as EngineContext;
}

test("who waits for the next lines of a silent instance holds nothing of the last page", async () => {
  await writeFile(path, entry(`${"x".repeat(100)}\n`).repeat(500));
  const end = new AbortController();
  const batches = readOutput(contextOf(path), "one", null, end.signal)[Symbol.asyncIterator]();
  const { value: batch } = await batches.next();
  const [first] = batch ?? [];
  expect([batch?.length, batch?.escaped?.bytes.length]).toEqual([500, 500 * (100 + 22)]);
  const next = batches.next();
  await vi.waitFor(() => expect(batch?.escaped?.bytes.buffer.byteLength).toBe(0), 20_000);
  expect([...(batch ?? [])]).toEqual([]);
  expect(first?.text).toBe("x".repeat(100));
  end.abort();
  expect((await next).done).toBe(true);
});
