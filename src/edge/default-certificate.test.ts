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

test("the library that makes certificates is loaded when one is made, not at each start", async () => {
  // What reflect-metadata adds: the library needs it.
  expect(Reflect).not.toHaveProperty("getMetadata");
  const layout = edgeLayout(directory);
  mkdirSync(dirname(layout.reloadMark));
  await ensureDefaultCertificate(layout);
  expect(Reflect).toHaveProperty("getMetadata");
  const made = readFileSync(layout.defaultCertificate, "utf8");
  const { subject, validTo } = new X509Certificate(made);
  expect(subject).toBe("CN=slipway.invalid");
  expect(Date.parse(validTo) - Date.now()).toBeGreaterThan(9 * YEAR_MS);
  await ensureDefaultCertificate(layout);
  expect(readFileSync(layout.defaultCertificate, "utf8")).toBe(made);
});
