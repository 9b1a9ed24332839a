/**
 * The bill of materials of a release: what package-lock.json says goes into it, in CycloneDX 1.5. The same lockfile gives the
 * same bytes: no time, no chance. Prints it: `npm run --silent sbom > slipway.cdx.json`.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

interface Lockfile {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** What only development needs is no part of it. */
export function billOfMaterials({ name, version, packages }: Lockfile): object {
  const components = Object.entries(packages)
    .filter(([path, { dev, link }]) => path !== "" && dev !== true && link !== true)
    .map(([path, locked]) => componentOf(nameAt(path), locked));
  const unique = new Map(components.map((component) => [component.purl, component]));
  const sorted = [...unique.values()].sort((one, other) => (one.purl < other.purl ? -1 : 1));
  const digest = createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: `urn:uuid:${uuidOf(digest)}`,
    version: 1,
    metadata: { component: { type: "application", name, version, purl: `pkg:npm/${name}@${version}` } },
    components: sorted,
  };
}

function componentOf(name: string, { version = "", integrity, license, optional }: LockedPackage) {
  const [, content] = /^sha512-(.+)$/.exec(integrity ?? "") ?? [];
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  return {
    type: "library",
    "bom-ref": purl,
    name,
    version,
    scope: optional === true ? "optional" : "required",
    purl,
    ...(content !== undefined && {
      hashes: [{ alg: "SHA-512", content: Buffer.from(content, "base64").toString("hex") }],
    }),
    ...(license !== undefined && { licenses: [{ expression: license }] }),
  };
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
function nameAt(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

function uuidOf(hex: string): string {
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

if (import.meta.main) {
  const lockfile = join(import.meta.dirname, "..", "package-lock.json");
  const bill = billOfMaterials(JSON.parse(readFileSync(lockfile, "utf8")) as Lockfile);
  process.stdout.write(`${JSON.stringify(bill, null, 2)}\n`);
}
