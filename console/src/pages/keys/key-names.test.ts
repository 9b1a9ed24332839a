import { expect, test } from "vitest";
import { hrefOfKeyIn } from "./key-names.ts";

test("a refusal for a key's sake leads to the key, another one nowhere", () => {
  const arn = "arn:aws:kms:us-east-1:000000000000:key/0a1b2c3d-0000-4000-8000-000000000001";
  expect(hrefOfKeyIn(`The key ${arn} is disabled. Enable it with \`slipway keys enable\`.`)).toBe(
    "#/keys/0a1b2c3d-0000-4000-8000-000000000001",
  );
  expect(hrefOfKeyIn("You may not read arn:aws:logs:us-east-1:000000000000:log-group:shop.")).toBeNull();
});
