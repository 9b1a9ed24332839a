import { expect, test } from "vitest";
import { baseName, labels, newestBase, type Part } from "./base-image.ts";
import type { FoundImage } from "./images.ts";

function image(part: Part, version: string, tags?: readonly string[]): FoundImage {
  const identity = { version, key: "0123456789ab" };
  return {
    id: `sha256:${part}${version}`,
    tags: tags ?? [baseName("NODEJS_22", part, identity)],
    labels: {
      [labels.runtime]: "NODEJS_22",
      [labels.part]: part,
      [labels.version]: version,
      [labels.key]: identity.key,
    },
    sizeBytes: 1,
    createdAtMs: 0,
  };
}

test("the newest complete pair counts", () => {
  const images = [image("build", "22.9.0"), image("run", "22.9.0"), image("build", "22.10.0")];
  expect(newestBase(images, ["build", "run"], () => true)?.version).toBe("22.9.0");
  expect(newestBase(images, ["build"], () => true)?.version).toBe("22.10.0");
});

test("an image that only says of itself that it is a base does not count", () => {
  const hostile = [image("build", "22.99.0", []), image("run", "22.99.0", ["evil/base:22.99.0"])];
  const images = [...hostile, image("build", "22.9.0"), image("run", "22.9.0")];
  expect(newestBase(images, ["build", "run"], () => true)?.version).toBe("22.9.0");
  expect(newestBase(hostile, ["build"], () => true)).toBe(null);
});
