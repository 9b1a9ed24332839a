import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureDefaultCertificate } from "./default-certificate.ts";
import { edgeLayout } from "./layout.ts";

const YEAR_MS = 365 * 24 * 3_600_000;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-default-certificate-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("the library that makes certificates is not loaded at each start", () => {
  // In a process of its own: other tests load it. `getMetadata` is what reflect-metadata adds, which the library needs.
  const start = "await import(process.argv[1]); console.log('getMetadata' in Reflect)";
  const edge = new URL("haproxy-edge.ts", import.meta.url).href;
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", start, edge]);
  expect(printed.toString()).toBe("false\n");
});

test("the certificate for unknown names is made once", async () => {
  const layout = edgeLayout(directory);
  mkdirSync(dirname(layout.reloadMark));
  await ensureDefaultCertificate(layout);
  const made = readFileSync(layout.defaultCertificate, "utf8");
  const { subject, validTo } = new X509Certificate(made);
  expect(subject).toBe("CN=slipway.invalid");
  expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(9 * YEAR_MS);
  await ensureDefaultCertificate(layout);
  expect(readFileSync(layout.defaultCertificate, "utf8")).toBe(made);
});
