import { readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppendHandles } from "./append-handles.ts";
import { FileAccess } from "./file-access.ts";
import { patience, temporaryDirectory } from "./test-support.ts";

/** Of this process, in a directory; a file that was removed is there too. */
async function openIn(directory: string): Promise<readonly string[]> {
  const names = await readdir("/proc/self/fd");
  const paths = await Promise.all(
    names.map(async (name) => readlink(`/proc/self/fd/${name}`).catch(() => "")),
  );
  return paths.filter((path) => path.startsWith(directory)).sort();
}

const LONG_MS = 3_600_000;
const one = Buffer.from("one\n");
const two = Buffer.from("two\n");

test("a file stays open from one text to the next, and is closed soon after the last", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "0.jsonl");
  const kept = new AppendHandles({ keptMs: LONG_MS });
  await kept.append(path, one);
  await kept.append(path, two);
  expect(await openIn(directory)).toEqual([path]);
  await kept.letGo(path);
  expect(await openIn(directory)).toEqual([]);
  await new AppendHandles({ keptMs: 1 }).append(path, one);
  await expect.poll(async () => openIn(directory), patience).toEqual([]);
  expect(await readFile(path, "utf8")).toBe("one\ntwo\none\n");
});

test("of more files than may be open, those that were there first stay", async () => {
  const directory = await temporaryDirectory();
  const [first, second, third] = ["0", "1", "2"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  const kept = new AppendHandles({ keptMs: LONG_MS, keptMax: 2 });
  for (const path of [first, second, third, first, third]) await kept.append(path, one);
  expect(await openIn(directory)).toEqual([first, second]);
  await Promise.all([first, second].map(async (path) => kept.letGo(path)));
  expect(await readFile(third, "utf8")).toBe("one\none\n");
});

test("what could not be written to is opened anew", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "0.jsonl");
  await symlink("/dev/full", path);
  const kept = new AppendHandles({ keptMs: LONG_MS });
  await expect(kept.append(path, one)).rejects.toMatchObject({ code: "ENOSPC" });
  await rm(path);
  await kept.append(path, two);
  await kept.letGo(path);
  expect(await readFile(path, "utf8")).toBe("two\n");
});

test("a file that is busy and was taken away by hand is soon made again", async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, "0.jsonl");
  const kept = new AppendHandles({ keptMs: 20 });
  await kept.append(path, one);
  await rm(path);
  await expect
    .poll(async () => {
      await kept.append(path, two);
      return readFile(path, "utf8");
    }, patience)
    .toContain("two\n");
  await expect.poll(async () => openIn(directory), patience).toEqual([]);
});

test("nothing is added to a file that was removed or that another took the place of", async () => {
  const directory = await temporaryDirectory();
  const [path, draft] = [join(directory, "0.jsonl"), join(directory, "draft")];
  const access = new FileAccess();
  await access.append(path, one);
  await access.remove(path);
  await access.append(path, two);
  expect(await readFile(path, "utf8")).toBe("two\n");
  await access.append(draft, one);
  await access.rename(draft, path);
  await access.append(path, two);
  expect(await readFile(path, "utf8")).toBe("one\ntwo\n");
});
