import { expect, test } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import { findRuntime, type Runtime } from "../domain/runtime.ts";
import { LocalRuntimeCatalogue } from "./runtime-catalogue.ts";

const node = findRuntime("NODEJS_22") as Runtime;
const base = { version: "22.21.1", buildImage: "b", runImage: "r" };
const end = new AbortController().signal;

/** Bases that are made when the test says so. */
function someBases() {
  const asked: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<typeof base>();
  const make = async (what: string, report: (line: string) => void) => {
    asked.push(what);
    report("Installing packages.");
    return promise;
  };
  const bases = {
    list: async () => [
      {
        runtime: node,
        version: null,
        foundation: null,
        sizeBytes: 0,
        endOfSupport: null,
        canBePutTogether: true,
      },
    ],
    build: (runtime: Runtime, version: string | null, report: (line: string) => void) =>
      make(`${runtime.name} ${version}`, report),
  };
  return { asked, resolve, reject, catalogue: new LocalRuntimeCatalogue(bases, end) };
}

const buildOf = async (catalogue: LocalRuntimeCatalogue) => (await catalogue.list(end))[0]?.build ?? null;

test("a build is begun once, says its last line while it runs, and that it is done", async () => {
  const { asked, resolve, catalogue } = someBases();
  expect(await buildOf(catalogue)).toBeNull();
  catalogue.build(node, null);
  catalogue.build(node, null);
  expect(asked).toEqual(["NODEJS_22 null"]);
  expect(await buildOf(catalogue)).toEqual({ outcome: "running", lastLine: "Installing packages." });
  resolve(base);
  await waitFor(async () => (await buildOf(catalogue))?.outcome === "done");
});

test("one that fails leaves the cause, and may be begun again", async () => {
  const { asked, reject, catalogue } = someBases();
  catalogue.build(node, "22.1");
  reject(new Error("mmdebstrap is missing."));
  await waitFor(async () => (await buildOf(catalogue))?.outcome === "failed");
  expect((await buildOf(catalogue))?.lastLine).toBe("mmdebstrap is missing.");
  catalogue.build(node, "22.1");
  expect(asked).toEqual(["NODEJS_22 22.1", "NODEJS_22 22.1"]);
});
