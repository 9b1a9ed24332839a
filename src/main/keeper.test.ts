import { describe, expect, it } from "vitest";
import { SlipwayError } from "../domain/error.ts";
import { keep, type Kept, prepareUntilReady } from "./keeper.ts";

/** Answers from a list of problems, the last one for ever; ends everything after `looks` looks. */
function scripted(problems: readonly (string | null)[], looks: number) {
  const ending = new AbortController();
  const told: (string | null)[] = [];
  let count = 0;
  const kept: Kept = {
    name: "edge",
    everyMs: 5_000,
    prepare() {
      const problem = problems[Math.min(count, problems.length - 1)] ?? null;
      count++;
      if (count >= looks) ending.abort();
      return problem === null
        ? Promise.resolve()
        : Promise.reject(new SlipwayError("EdgeUnavailable", { problem }));
    },
  };
  const context = {
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    end: ending.signal,
    onChange: (_name: string, problem: string | null) => void told.push(problem),
  };
  return { kept, context, told };
}

describe("the keeper", () => {
  it("tries until it works, and tells each problem once", async () => {
    const { kept, context, told } = scripted(["port taken", "port taken", "no permission", null], 100);
    expect(await prepareUntilReady(kept, context)).toBe(true);
    expect(told.map((problem) => problem?.split(": ")[1] ?? null)).toEqual([
      "port taken. Try `slipway doctor`.",
      "no permission. Try `slipway doctor`.",
      null,
    ]);
  });

  it("gives up when everything ends", async () => {
    const { kept, context } = scripted(["port taken"], 3);
    expect(await prepareUntilReady(kept, context)).toBe(false);
  });

  it("goes on looking after it was ready, and says nothing while all is well", async () => {
    const { kept, context, told } = scripted([null], 4);
    await keep(kept, context);
    expect(told).toEqual([]);
  });

  it("tells of a surprise too, and survives it", async () => {
    const { kept, context, told } = scripted([null], 100);
    let isFirst = true;
    const prepare = (signal: AbortSignal) => {
      if (!isFirst) return kept.prepare(signal);
      isFirst = false;
      return Promise.reject(new TypeError("a bug"));
    };
    expect(await prepareUntilReady({ ...kept, prepare }, context)).toBe(true);
    expect(told).toEqual(["unexpected: TypeError: a bug", null]);
  });
});
