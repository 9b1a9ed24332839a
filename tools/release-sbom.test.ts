import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { billOfMaterials } from "./release-sbom.ts";

interface Bill {
  readonly serialNumber: string;
  readonly components: readonly { readonly name: string; readonly purl: string; readonly hashes?: unknown }[];
}

describe("The bill of materials of a release", () => {
  const packages = {
    "": { version: "0.1.0" },
    "node_modules/@scope/b": {
      version: "2.0.0",
      integrity: `sha512-${Buffer.from([1, 2]).toString("base64")}`,
    },
    "node_modules/a": { version: "1.0.0", license: "MIT" },
    "node_modules/@scope/b/node_modules/a": { version: "0.9.0", optional: true },
    "node_modules/tests": { version: "3.0.0", dev: true },
  };
  const bill = billOfMaterials({ name: "slipway", version: "0.1.0", packages }) as Bill;

  it("names what goes into it, with its hash, and nothing of development", () => {
    expect(bill.components.map(({ purl }) => purl)).toEqual([
      "pkg:npm/%40scope/b@2.0.0",
      "pkg:npm/a@0.9.0",
      "pkg:npm/a@1.0.0",
    ]);
    expect(bill.components[0]).toMatchObject({ hashes: [{ alg: "SHA-512", content: "0102" }] });
    expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("is made of our own lockfile, the same at each time, with every dependency in it", () => {
    const print = () =>
      execFileSync(process.execPath, [join(import.meta.dirname, "release-sbom.ts")], { encoding: "utf8" });
    const [first, second] = [print(), print()];
    expect(first).toBe(second);
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const names = (JSON.parse(first) as Bill).components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
    expect(names).not.toContain("vitest");
  });
});
