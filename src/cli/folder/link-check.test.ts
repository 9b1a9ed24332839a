import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findEscapingLink } from "../../sources/git/escaping-link.ts";
import type { FolderFile } from "./folder-files.ts";
import { assertLinksWithin } from "./link-check.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slipway-links-"));
  await symlink("/etc/hosts", join(folder, "bad"));
  await symlink("nowhere", join(folder, "dangling"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const link = (path: string): FolderFile => ({ path, kind: "link", sizeBytes: 1 });

test("a link that leads out is named, with where it leads and what to do", async () => {
  const check = assertLinksWithin(folder, [link("dangling"), link("bad")], findEscapingLink);
  await expect(check).rejects.toMatchObject({
    message: 'The link "bad" → "/etc/hosts" leads out of the folder.',
    hint: expect.stringContaining("Nothing was sent.") as string,
  });
});

test("a link within the folder is fine, also where nothing is there", async () => {
  const files: readonly FolderFile[] = [link("dangling"), { path: "bad", kind: "file", sizeBytes: 1 }];
  await expect(assertLinksWithin(folder, files, findEscapingLink)).resolves.toBeUndefined();
});
