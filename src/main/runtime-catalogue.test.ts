import { expect, test } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import { findRuntime, type Runtime } from "../domain/runtime.ts";
import { BuildError } from "../ports/builder.ts";
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
    list: async () =>
      [node, php].map((runtime) => ({
        runtime,
        version: null,
        foundation: null,
        sizeBytes: 0,
        endOfSupport: null,
        canBePutTogether: true,
      })),
    build: (runtime: Runtime, version: string | null, report: (line: string) => void) =>
      make(`${runtime.name} ${version}`, report),
    whyUnavailable: async (runtime: Runtime) => {
      if (runtime === node) throw new Error("the engine does not answer");
      return new BuildError("runtime", `${runtime.name} cannot be had on this machine.`);
    },
  };
  return { asked, resolve, reject, catalogue: new LocalRuntimeCatalogue(bases, end) };
}

const php = findRuntime("PHP_83") as Runtime;
const buildOf = async (catalogue: LocalRuntimeCatalogue, index = 0) =>
  (await catalogue.list(end))[index]?.build ?? null;

test("a build is begun once, says its last line while it runs, and that it is done", async () => {
  const { asked, resolve, catalogue } = someBases();
  expect(await buildOf(catalogue)).toBeNull();
  catalogue.build(node, null);
  catalogue.build(node, null);
  await waitFor(() => asked.length > 0);
  expect(await buildOf(catalogue)).toEqual({ outcome: "running", lastLine: "Installing packages." });
  resolve(base);
  await waitFor(async () => (await buildOf(catalogue))?.outcome === "done");
  expect(asked).toEqual(["NODEJS_22 null"]);
});

test("one that fails leaves the cause, and may be begun again", async () => {
  const { asked, reject, catalogue } = someBases();
  catalogue.build(node, "22.1");
  reject(new Error("mmdebstrap is missing."));
  await waitFor(async () => (await buildOf(catalogue))?.outcome === "failed");
  expect((await buildOf(catalogue))?.lastLine).toBe("mmdebstrap is missing.");
  catalogue.build(node, "22.1");
  await waitFor(() => asked.length === 2);
});

test("another runtime waits for its turn, and says so", async () => {
  const { asked, resolve, catalogue } = someBases();
  catalogue.build(node, null);
  catalogue.build(php, null);
  catalogue.build(php, null);
  const lastLine = "Waiting for 1 other runtime to be made.";
  expect(await buildOf(catalogue, 1)).toEqual({ outcome: "running", lastLine });
  await waitFor(() => asked.length > 0);
  expect(asked).toEqual(["NODEJS_22 null"]);
  resolve(base);
  await waitFor(async () => (await buildOf(catalogue, 1))?.outcome === "done");
  expect(asked).toEqual(["NODEJS_22 null", "PHP_83 null"]);
});

test("only what is known for certain makes a runtime unavailable", async () => {
  const { catalogue } = someBases();
  expect(await catalogue.whyUnavailable(php, end)).toBe("PHP_83 cannot be had on this machine.");
  expect(await catalogue.whyUnavailable(node, end)).toBeNull();
});
