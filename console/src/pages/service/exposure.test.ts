import { expect, test } from "vitest";
import { exposureChange, isPublic } from "./exposure.ts";

test("what makes a private service public is told, and what takes it off the public listener", () => {
  expect(exposureChange(false, true)).toBe("published");
  expect(exposureChange(true, false)).toBe("withdrawn");
});

test("what leaves it as it is is not", () => {
  expect(exposureChange(true, true)).toBeNull();
  expect(exposureChange(false, false)).toBeNull();
});

test("a configuration that says nothing of it is public", () => {
  expect(isPublic({})).toBe(true);
  expect(isPublic({ NetworkConfiguration: { IngressConfiguration: {} } })).toBe(true);
  expect(isPublic({ NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: false } } })).toBe(
    false,
  );
});
