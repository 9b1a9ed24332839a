import { expect, test } from "vitest";
import { BuildQueue } from "./build-queue.ts";

const never = new AbortController().signal;

function scene() {
  const queue = new BuildQueue(1);
  const started: string[] = [];
  const waits: number[] = [];
  const ends = new Map<string, () => void>();
  const build = (name: string, serviceId = name, signal = never) => {
    const built = queue.run(
      serviceId,
      (others) => waits.push(others),
      async () => {
        started.push(name);
        await new Promise<void>((resolve) => {
          ends.set(name, resolve);
        });
        return name;
      },
      signal,
    );
    built.catch(() => undefined);
    return built;
  };
  return { build, started, waits, end: (name: string) => ends.get(name)?.() };
}

test("one at a time, first come, first served", async () => {
  const { build, started, waits, end } = scene();
  const [a, b, c] = [build("a"), build("b"), build("c")];
  await Promise.resolve();
  expect(started).toEqual(["a"]);
  expect(waits).toEqual([1, 2]);
  end("a");
  expect(await a).toBe("a");
  await Promise.resolve();
  end("b");
  expect(await b).toBe("b");
  await Promise.resolve();
  end("c");
  expect(await c).toBe("c");
  expect(started).toEqual(["a", "b", "c"]);
});

test("a newer build takes the place of the older waiting one of its service", async () => {
  const { build, started, end } = scene();
  const first = build("first");
  const older = build("older", "b");
  const other = build("other", "c");
  const newer = build("newer", "b");
  await expect(older).rejects.toMatchObject({ problem: "superseded" });
  end("first");
  await first;
  await Promise.resolve();
  end("newer");
  await newer;
  await Promise.resolve();
  end("other");
  await other;
  expect(started).toEqual(["first", "newer", "other"]);
});

test("one that is aborted while it waits leaves the queue, one that fails makes room", async () => {
  const { build, started, end } = scene();
  const first = build("first");
  const aborting = new AbortController();
  const aborted = build("aborted", "b", aborting.signal);
  const last = build("last");
  aborting.abort(new Error("given up"));
  await expect(aborted).rejects.toThrow("given up");
  end("first");
  await first;
  await Promise.resolve();
  end("last");
  await last;
  expect(started).toEqual(["first", "last"]);
});
