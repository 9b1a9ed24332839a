import { expect, test } from "vitest";
import type { Images } from "./images.ts";
import { RegistryReach } from "./registry-reach.ts";

const never = new AbortController().signal;

/** A registry that answers as told, and counts. */
function registry(answer: () => Promise<void>) {
  const asked: string[] = [];
  const images = {
    askRegistry: (name: string) => {
      asked.push(name);
      return answer();
    },
  } as unknown as Images;
  return { asked, images };
}

test("an answer holds for the whole registry and for some minutes", async () => {
  const { asked, images } = registry(() => Promise.resolve());
  let nowMs = 0;
  const reach = new RegistryReach(images, () => nowMs);
  expect(await reach.isReachable("node:22", never)).toBe(true);
  expect(await reach.isReachable("library/python:3.11", never)).toBe(true);
  expect(asked).toEqual(["node:22"]);
  expect(await reach.isReachable("registry.example.com/node:22", never)).toBe(true);
  nowMs = 6 * 60_000;
  await reach.isReachable("node:22", never);
  expect(asked).toEqual(["node:22", "registry.example.com/node:22", "node:22"]);
});

test("a registry that does not have the image is there nevertheless", async () => {
  const { images } = registry(() => Promise.reject(Object.assign(new Error("no such"), { statusCode: 404 })));
  expect(await new RegistryReach(images, () => 0).isReachable("node:22", never)).toBe(true);
});

test("an engine that cannot reach it says so with an error of its own", async () => {
  const { images } = registry(() => Promise.reject(Object.assign(new Error("lookup"), { statusCode: 500 })));
  expect(await new RegistryReach(images, () => 0).isReachable("node:22", never)).toBe(false);
});

test("who gives up learns nothing, and the next one asks again", async () => {
  const controller = new AbortController();
  const { asked, images } = registry(() => Promise.reject(new Error("aborted")));
  const reach = new RegistryReach(images, () => 0);
  controller.abort(new Error("given up"));
  await expect(reach.isReachable("node:22", controller.signal)).rejects.toThrow("given up");
  expect(await reach.isReachable("node:22", never)).toBe(false);
  expect(asked).toHaveLength(2);
});
