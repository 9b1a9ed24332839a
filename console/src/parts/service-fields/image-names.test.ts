import { expect, test } from "vitest";
import { isOfRegistry, repositoryOf, sortedTags } from "./image-names.ts";

test.each([
  ["app", "app"],
  ["team/app:1.2", "team/app"],
  ["registry.example.com:5000/team/app", "registry.example.com:5000/team/app"],
  ["registry.example.com:5000/team/app:", "registry.example.com:5000/team/app"],
  ["registry.example.com/app:1@sha256:00", "registry.example.com/app"],
])("the repository of %s is %s", (image, repository) => {
  expect(repositoryOf(image)).toBe(repository);
});

test("only what names a registry can be asked there", () => {
  const names = ["localhost/app", "127.0.0.1:5000/app", "registry.example.com/app"];
  expect(names.map(isOfRegistry)).toEqual([true, true, true]);
  expect(["app:1", "team/app", "registry.example.com", "registry.example.com/"].map(isOfRegistry)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test("tags are sorted as versions, the newest first", () => {
  expect(sortedTags(["1.10", "1.9", "latest", "2.0"])).toEqual(["latest", "2.0", "1.10", "1.9"]);
});
