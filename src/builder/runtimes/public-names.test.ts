import { expect, test } from "vitest";
import { findPublicName } from "./public-names.ts";

test.each([
  ["node:22-slim", "NODEJS_22", "22", "run"],
  ["node:22-bookworm-slim", "NODEJS_22", "22", "run"],
  ["docker.io/library/node:22.14.0-slim", "NODEJS_22", "22.14.0", "run"],
  ["node:20", "NODEJS_20", "20", "build"],
  ["python:3.11-slim", "PYTHON_311", "3.11", "run"],
  ["python:3.11-slim-bookworm", "PYTHON_311", "3.11", "run"],
  ["golang:1.19-bookworm", "GO_1", "1.19", "build"],
  ["php:8.2-cli", "PHP_82", "8.2", "build"],
  // What is built the original way has one image for both.
  ["ruby:3.1-slim", "RUBY_31", "3.1", "build"],
])("%s is stood for by %s", (reference, runtime, wantedVersion, part) => {
  expect(findPublicName(reference)).toMatchObject({ runtime: { name: runtime }, wantedVersion, part });
});

test("the name is the one that the engine looks for", () => {
  expect(findPublicName("docker.io/library/node:22-slim")?.name).toBe("node:22-slim");
});

test.each([
  ["a musl system", "node:22-alpine"],
  ["another release of Debian", "node:22-bullseye-slim"],
  ["a language that cannot be had", "python:3.13-slim"],
  ["no version", "node:slim"],
  ["somebody else's", "acme/node:22-slim"],
  ["another registry's", "registry.example.com/library/node:22"],
  ["a web server we do not have", "php:8.2-fpm"],
  ["a digest", "node@sha256:0123"],
])("nothing stands for %s: %s", (_, reference) => {
  expect(findPublicName(reference)).toBeNull();
});
