import { expect, test } from "vitest";
import { findRuntime } from "../../domain/runtime.ts";
import { publicImages } from "./public-bases.ts";

function imagesOf(name: string, wantedVersion: string | null): string | undefined {
  return publicImages(findRuntime(name)!, wantedVersion)?.runImage;
}

test("what is pinned serves whoever asks for nothing, or for its own line", () => {
  const pinned = imagesOf("NODEJS_22", null);
  expect(pinned).toMatch(/^node:22\.\d+\.\d+-bookworm-slim$/);
  expect(imagesOf("NODEJS_22", "22")).toBe(pinned);
});

test("another version of the line has the same name with its own number", () => {
  expect(imagesOf("NODEJS_22", "22.14.0")).toBe("node:22.14.0-bookworm-slim");
  expect(imagesOf("PYTHON_311", "3.11.7")).toBe("python:3.11.7-slim-bookworm");
});

test("Java's images are numbered in another way: only what is pinned can be had", () => {
  expect(imagesOf("CORRETTO_17", "17.0.13.11.1")).toBe(imagesOf("CORRETTO_17", null));
});

test("a version of another line has no images", () => {
  expect(imagesOf("NODEJS_22", "20")).toBeUndefined();
});
