import { expect, test } from "vitest";
import { NOW_MS, slipway, startFakeApi } from "../testing/fake-api.ts";

test("the link alone is on standard output, what to know of it is not", async () => {
  const link = { Url: "http://127.0.0.1:7070/console/#link=abc", ExpiresAt: NOW_MS / 1000 + 60 };
  await using api = await startFakeApi({ CreateSignInLink: () => link });
  const { out, err } = await slipway(api, ["console"]);
  expect(out).toBe(link.Url);
  expect(err).toContain("within a minute");
  expect(JSON.parse((await slipway(api, ["console", "--json"])).out)).toEqual(link);
});
