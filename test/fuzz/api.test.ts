import { expect, test } from "vitest";
import { fuzzApi } from "./api-fuzz.ts";
import { Chance } from "./chance.ts";
import { startFuzzedApi } from "./fuzzed-api.ts";

const CALLS = 4_000;

test(
  "whatever is sent, the API answers, and never with a fault of its own",
  { timeout: 120_000 },
  async () => {
    const slipway = await startFuzzedApi();
    const seed = Math.trunc(Math.random() * 2 ** 32);
    const finding = await fuzzApi(slipway, CALLS, new Chance(seed));
    expect({ seed, finding }).toEqual({ seed, finding: null });
    await slipway.close();
  },
);
