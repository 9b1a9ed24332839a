import { expect, test } from "vitest";
import { SecretUnavailable } from "../ports/secret-values.ts";
import type { Store } from "../ports/store.ts";
import { secretsOf } from "./log-parts.ts";

function pinned(reference: string) {
  return { reference, versionId: "1", createdAtMs: 1 };
}

const store = {
  instances: { get: async (id: string) => (id === "known" ? { serviceId: "s", releaseNumber: 2 } : null) },
  releases: {
    get: async (_service: string, number: number) =>
      number === 2 ? { secrets: { PASSWORD: pinned("password"), OLD: pinned("gone") } } : null,
  },
} as unknown as Store;

test("an instance's secrets are those of its release; what is gone cannot be masked", async () => {
  const secretValues = {
    read: async ({ reference }: { readonly reference: string }) => {
      if (reference === "gone") throw new SecretUnavailable("no such version (any more)");
      return `value of ${reference}`;
    },
  };
  expect(await secretsOf("known", { store, secretValues })).toEqual(["value of password"]);
  expect(await secretsOf("unknown", { store, secretValues })).toEqual([]);
});

test("a vault that fails is no reason to go on without its values", async () => {
  const secretValues = { read: async () => Promise.reject(new Error("sealed")) };
  await expect(secretsOf("known", { store, secretValues })).rejects.toThrow("sealed");
});
